//! Committing a workspace's own files.
//!
//! The new tree is made from the newest commit's tree and the named files alone, so nothing that the user has staged
//! gets in. The user's index is then touched only at the named paths, and there only where nothing was staged: so what
//! was staged is staged afterwards, byte for byte.

use super::status::refuse_unfinished;
use super::{GitResult, Program, head_commit, lock_repository, trees};
use crate::workspace::names::OWN_PATHS;
use crate::workspace::{Result, Workspace, WorkspaceError};
use atelier_types::api::Committed;
use atelier_types::time::MillisSinceEpoch;
use git2::{Commit, ErrorCode, FileMode, IndexEntry, IndexTime, Oid, Repository, Signature, Time, Tree};
use std::path::Path;

/// Somebody else may commit between reading the newest commit and moving the branch; then it is done again on top.
const MAX_ATTEMPTS: usize = 8;

/// Who commits where git's configuration names nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    pub name: String,
    pub email: String,
}

/// A file that the commit changes; `None` deletes it.
struct Change {
    path: String,
    blob: Option<(Oid, FileMode)>,
}

impl Workspace {
    /// Commits the files at `paths`, relative to the workspace; everything that differs where there are none.
    /// The author is the one of git's configuration, or `fallback`.
    pub fn commit(
        &self,
        paths: &[String],
        message: &str,
        fallback: &Author,
        at: MillisSinceEpoch,
    ) -> Result<Committed> {
        if message.trim().is_empty() {
            return Err(WorkspaceError::EmptyMessage);
        }
        let repository = self.repository()?;
        refuse_unfinished(&repository, &self.0.place)?;
        let author = configured_author(&repository, fallback);
        self.commit_as(&repository, &self.paths_to_commit(paths)?, message, &author, at)
    }

    /// Commits as exactly this author: what a scripted history needs.
    pub(in crate::workspace) fn commit_as(
        &self,
        repository: &Repository,
        paths: &[String],
        message: &str,
        author: &Author,
        at: MillisSinceEpoch,
    ) -> Result<Committed> {
        // Two of our programs commit one after the other; against others the branch's own check for movement holds.
        let _alone = lock_repository(repository);
        let signature = Signature::new(&author.name, &author.email, &Time::new(at.0.div_euclid(1000), 0))
            .map_err(WorkspaceError::git("use the author's name"))?;
        for _ in 0..MAX_ATTEMPTS {
            let parent = head_commit(repository)?;
            if let Some(id) = self.try_commit(repository, paths, message.trim(), &signature, parent.as_ref())? {
                return Ok(id);
            }
        }
        Err(WorkspaceError::UnderWay { operation: "commit of another program" })
    }

    fn paths_to_commit(&self, paths: &[String]) -> Result<Vec<String>> {
        if paths.is_empty() {
            return Ok(self.status()?.uncommitted);
        }
        for path in paths {
            self.0.files.place(path)?;
            let is_own = OWN_PATHS
                .iter()
                .any(|own| path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
            if !is_own {
                return Err(WorkspaceError::Outside { relative: path.clone() });
            }
        }
        Ok(paths.to_vec())
    }

    /// `None` when the branch moved meanwhile.
    fn try_commit(
        &self,
        repository: &Repository,
        paths: &[String],
        message: &str,
        signature: &Signature<'_>,
        parent: Option<&Commit<'_>>,
    ) -> Result<Option<Committed>> {
        let failed = WorkspaceError::git("commit");
        let base = parent.map(Commit::tree).transpose().map_err(&failed)?;
        let changes = self.changes(repository, base.as_ref(), paths)?;
        if changes.is_empty() {
            return Err(WorkspaceError::NothingToCommit);
        }
        let tree = trees::updated(repository, base.as_ref(), changes.iter().map(|one| (one.path.as_str(), one.blob)));
        let tree = repository.find_tree(tree.map_err(&failed)?).map_err(&failed)?;
        // The index first: a crash in between leaves our files staged, and never staged backwards.
        update_index(repository, base.as_ref(), &changes).map_err(WorkspaceError::git("update the index"))?;
        let written = write_commit(self, repository, message, signature, &tree, parent)?;
        let num_files = u32::try_from(changes.len()).unwrap_or(u32::MAX);
        Ok(written.map(|id| Committed { commit: id.to_string().into(), num_files }))
    }

    fn changes(&self, repository: &Repository, base: Option<&Tree<'_>>, paths: &[String]) -> Result<Vec<Change>> {
        let mut changes = Vec::new();
        for relative in paths {
            let path = self.0.place.in_repository(relative);
            let blob = trees::working_blob(repository, &self.0.place, relative)?;
            let committed = base.and_then(|tree| trees::entry(tree, &path));
            let is_same = committed == blob.map(|(id, mode)| (id, i32::from(mode)));
            if !is_same {
                changes.push(Change { path, blob });
            }
        }
        Ok(changes)
    }
}

fn configured_author(repository: &Repository, fallback: &Author) -> Author {
    let config = repository.config().and_then(|mut config| config.snapshot());
    let read =
        |key| config.as_ref().ok().and_then(|config| config.get_string(key).ok()).filter(|text| !text.is_empty());
    Author {
        name: read("user.name").unwrap_or_else(|| fallback.name.clone()),
        email: read("user.email").unwrap_or_else(|| fallback.email.clone()),
    }
}

/// Brings the user's index to the new commit at the changed paths, except where the user has staged something.
fn update_index(repository: &Repository, base: Option<&Tree<'_>>, changes: &[Change]) -> GitResult<()> {
    let mut index = repository.index()?;
    index.read(true)?;
    let mut is_changed = false;
    for change in changes {
        let path = Path::new(&change.path);
        let staged = index.get_path(path, 0).map(|entry| entry.id);
        let committed = base.and_then(|tree| trees::entry(tree, &change.path)).map(|(id, _)| id);
        if staged != committed {
            continue;
        }
        match change.blob {
            Some((id, mode)) => index.add(&index_entry(&change.path, id, mode))?,
            None if staged.is_some() => index.remove(path, 0)?,
            None => continue,
        }
        is_changed = true;
    }
    if is_changed { index.write() } else { Ok(()) }
}

/// Without times and size git compares the content itself at its next look, which is always right.
fn index_entry(path: &str, id: Oid, mode: FileMode) -> IndexEntry {
    IndexEntry {
        ctime: IndexTime::new(0, 0),
        mtime: IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode: u32::from(mode),
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    }
}

/// Moves the branch only if it is still where `parent` says; `None` otherwise.
fn write_commit(
    workspace: &Workspace,
    repository: &Repository,
    message: &str,
    signature: &Signature<'_>,
    tree: &Tree<'_>,
    parent: Option<&Commit<'_>>,
) -> Result<Option<Oid>> {
    let message = format!("{message}\n");
    let parents: Vec<&Commit<'_>> = parent.into_iter().collect();
    let written = if wants_signing(repository) {
        let id =
            Program::in_folder(workspace.repository_root()).signed_commit(&message, signature, tree.id(), parent)?;
        move_head(repository, id, parent).map(|()| id)
    } else {
        repository.commit(Some("HEAD"), signature, signature, &message, tree, &parents)
    };
    match written {
        Ok(id) => Ok(Some(id)),
        Err(err) if matches!(err.code(), ErrorCode::Modified | ErrorCode::Exists | ErrorCode::Locked) => Ok(None),
        Err(source) => Err(WorkspaceError::Git { action: "commit", source }),
    }
}

fn wants_signing(repository: &Repository) -> bool {
    repository.config().and_then(|config| config.get_bool("commit.gpgsign")).unwrap_or(false)
}

fn move_head(repository: &Repository, id: Oid, parent: Option<&Commit<'_>>) -> GitResult<()> {
    let head = repository.find_reference("HEAD")?;
    let name = head.symbolic_target()?.unwrap_or("HEAD").to_owned();
    match parent {
        Some(parent) => repository.reference_matching(&name, id, true, parent.id(), "commit")?,
        None => repository.reference(&name, id, false, "commit (initial)")?,
    };
    Ok(())
}
