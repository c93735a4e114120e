//! What of a workspace differs from the newest commit, and what state the repository is in.

use super::{Place, head_commit, trees};
use crate::workspace::names::OWN_PATHS;
use crate::workspace::{Result, Workspace, WorkspaceError};
use atelier_types::ids::CommitId;
use git2::{Repository, RepositoryState, StatusEntry, StatusOptions, StatusShow};

/// The state of a workspace in git.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// `None` with a detached head.
    pub branch: Option<String>,
    /// `None` before the first commit.
    pub head: Option<CommitId>,
    /// Files of the workspace that differ from the newest commit, relative to the workspace; sorted.
    pub uncommitted: Vec<String>,
    /// Those of them that a merge left in conflict.
    pub conflicts: Vec<String>,
}

impl Workspace {
    pub fn status(&self) -> Result<Status> {
        let repository = self.repository()?;
        let head = head_commit(&repository)?;
        let mut status = Status { branch: branch(&repository), ..Status::default() };
        status.head = head.as_ref().map(|commit| commit.id().to_string().into());
        let mut options = options(self);
        let found = repository.statuses(Some(&mut options)).map_err(WorkspaceError::git("compare the files"))?;
        for entry in found.iter() {
            let Ok(path) = entry.path() else { continue };
            let Some(relative) = self.0.place.in_workspace(path) else { continue };
            if entry.status().is_conflicted() {
                status.conflicts.push(relative.to_owned());
            }
            if differs_from_head(self, &repository, head.as_ref(), &entry, relative) {
                status.uncommitted.push(relative.to_owned());
            }
        }
        status.uncommitted.sort_unstable();
        Ok(status)
    }
}

/// Refuses while a merge, rebase or the like is unfinished: a commit in the midst of one would end it half done. A
/// stash that was applied can leave conflicts too; they stand in the way where they are in the workspace.
pub(super) fn refuse_unfinished(repository: &Repository, place: &Place) -> Result<()> {
    let paths = conflicted_paths(repository)?;
    match operation(repository.state()) {
        Some(operation) if paths.is_empty() => Err(WorkspaceError::UnderWay { operation }),
        Some(_) => Err(WorkspaceError::Conflicted { paths }),
        None if paths.iter().any(|path| place.in_workspace(path).is_some()) => {
            Err(WorkspaceError::Conflicted { paths })
        }
        None => Ok(()),
    }
}

fn operation(state: RepositoryState) -> Option<&'static str> {
    match state {
        RepositoryState::Clean | RepositoryState::Bisect => None,
        RepositoryState::Merge => Some("merge"),
        RepositoryState::Revert | RepositoryState::RevertSequence => Some("revert"),
        RepositoryState::CherryPick | RepositoryState::CherryPickSequence => Some("cherry-pick"),
        RepositoryState::Rebase
        | RepositoryState::RebaseInteractive
        | RepositoryState::RebaseMerge
        | RepositoryState::ApplyMailbox
        | RepositoryState::ApplyMailboxOrRebase => Some("rebase"),
    }
}

/// The branch that is checked out, also before its first commit.
fn branch(repository: &Repository) -> Option<String> {
    let head = repository.find_reference("HEAD").ok()?;
    let target = head.symbolic_target().ok().flatten()?;
    target.strip_prefix("refs/heads/").map(str::to_owned)
}

fn options(workspace: &Workspace) -> StatusOptions {
    let mut options = StatusOptions::new();
    options
        .show(StatusShow::IndexAndWorkdir)
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_ignored(false)
        .exclude_submodules(true)
        .disable_pathspec_match(true);
    for own in OWN_PATHS {
        options.pathspec(workspace.0.place.in_repository(own));
    }
    options
}

/// A file that was staged and then changed back is equal to the newest commit, whatever the index says.
fn differs_from_head(
    workspace: &Workspace,
    repository: &Repository,
    head: Option<&git2::Commit<'_>>,
    entry: &StatusEntry<'_>,
    relative: &str,
) -> bool {
    let status = entry.status();
    let is_staged = status.is_index_modified() || status.is_index_new() || status.is_index_deleted();
    if !is_staged || status.is_conflicted() {
        return true;
    }
    let committed = head
        .and_then(|commit| commit.tree().ok())
        .and_then(|tree| trees::entry(&tree, &workspace.0.place.in_repository(relative)).map(|(blob, _)| blob));
    let on_disk = trees::working_blob(repository, &workspace.0.place, relative).ok().flatten();
    committed != on_disk.map(|(blob, _)| blob)
}

fn conflicted_paths(repository: &Repository) -> Result<Vec<String>> {
    let index = repository.index().map_err(WorkspaceError::git("read the index"))?;
    let conflicts = index.conflicts().map_err(WorkspaceError::git("read the conflicts"))?;
    let sides = conflicts.filter_map(|conflict| conflict.ok()).filter_map(|one| one.our.or(one.their).or(one.ancestor));
    Ok(sides.map(|entry| String::from_utf8_lossy(&entry.path).into_owned()).collect())
}
