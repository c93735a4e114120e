//! Versions of a prompt: where each was committed, and the text of any of them.
//!
//! A version is the hash of a prompt with every fragment that it includes. Along the history they are numbered from 1,
//! one for each change of that hash, whether the prompt itself changed or a fragment. Commits are hints: a label or a
//! receipt names the hash, and a pinned version is found after a rebase that lost its commit.

use super::git::{History, blob_text};
use super::prompt::{Bundle, file_of};
use super::{Result, Workspace, WorkspaceError, labels, lock};
use atelier_types::ids::{PromptName, VersionHash};
use atelier_types::prompt::{Version, VersionRef};
use git2::{Oid, Repository, Tree};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

/// A prompt that was renamed more often than this has its older names left out.
const MAX_RENAMES: usize = 16;
/// So many digits of a hash are enough to mean a version.
const MIN_HASH_DIGITS: usize = 6;

/// What was read of the history so far.
#[derive(Default)]
pub(super) struct Trails {
    generation: u64,
    by_prompt: HashMap<PromptName, Trail>,
}

/// The versions of one prompt in the order of the history.
#[derive(Clone, Default)]
struct Trail {
    versions: Vec<Seen>,
    /// The prompt's file and every fragment that one of its versions asked for.
    paths: BTreeSet<String>,
    /// Position in the history up to which it was followed.
    next: usize,
}

#[derive(Clone)]
struct Seen {
    hash: VersionHash,
    /// Position in the history.
    event: usize,
    /// Path at that time, relative to the workspace.
    path: String,
}

/// Where the files of a version are.
enum State {
    Working,
    Tree { tree: Oid, path: String, prefix: String },
}

impl Workspace {
    /// The text of a prompt or fragment at a version, with every fragment that it includes.
    pub fn source(&self, name: &PromptName, at: &VersionRef) -> Result<Bundle> {
        super::prompt::check_name(name).map_err(|_| no_prompt(name))?;
        match self.locate(name, at)? {
            State::Working => self.working_bundle(name),
            State::Tree { tree, path, prefix } => {
                let repository = self.repository()?;
                let tree = repository.find_tree(tree).map_err(WorkspaceError::git("read a version"))?;
                let (bundle, _) = bundle_in(&repository, &tree, name, &path, &prefix).ok_or_else(|| no_prompt(name))?;
                Ok(bundle)
            }
        }
    }

    /// The committed versions, oldest first, with their labels.
    pub fn versions(&self, name: &PromptName) -> Result<Vec<Version>> {
        let labels = self.labels(name)?;
        let repository = self.repository()?;
        self.with_trail(&repository, name, |history, trail| {
            let version = |(index, seen): (usize, &Seen)| {
                let event = history.event(seen.event);
                Version {
                    number: number(index),
                    hash: seen.hash.clone(),
                    commit: event.commit.to_string().into(),
                    author: event.author.clone(),
                    committed_at: event.at,
                    summary: event.summary.clone(),
                    labels: Vec::new(),
                }
            };
            let mut versions: Vec<Version> = trail.versions.iter().enumerate().map(version).collect();
            for (label, target) in &labels {
                // The newest of several that are equal.
                if let Some(version) = versions.iter_mut().rev().find(|version| version.hash == target.version) {
                    version.labels.push(label.clone());
                }
            }
            versions
        })
    }

    /// The number of the newest committed version with this hash.
    pub fn version_number(&self, name: &PromptName, hash: &VersionHash) -> Result<Option<u32>> {
        let repository = self.repository()?;
        self.with_trail(&repository, name, |_, trail| {
            trail.versions.iter().rposition(|seen| seen.hash == *hash).map(number)
        })
    }

    /// The prompt at the newest commit; `None` where it is not in it.
    pub fn committed(&self, name: &PromptName) -> Result<Option<Bundle>> {
        match self.source(name, &VersionRef::Committed) {
            Ok(bundle) => Ok(Some(bundle)),
            Err(WorkspaceError::NeverCommitted { .. } | WorkspaceError::NoPrompt { .. }) => Ok(None),
            Err(err) => Err(err),
        }
    }

    fn working_bundle(&self, name: &PromptName) -> Result<Bundle> {
        let text = self.read(&file_of(name)).map_err(|err| match err {
            WorkspaceError::NoFile { .. } => no_prompt(name),
            err => err,
        })?;
        let read = |fragment: &PromptName| self.read(&file_of(fragment)).ok();
        Ok(Bundle::resolve(name.clone(), text, &read))
    }

    fn locate(&self, name: &PromptName, at: &VersionRef) -> Result<State> {
        match at {
            VersionRef::Working => Ok(State::Working),
            VersionRef::Committed => self.locate_committed(name),
            VersionRef::Number(wanted) => {
                let index = usize::try_from(*wanted).unwrap_or(usize::MAX).checked_sub(1);
                let found = self.locate_seen(name, |trail| index.and_then(|index| trail.versions.get(index)))?;
                found.ok_or_else(|| no_version(name, &format!("v{wanted}")))
            }
            VersionRef::Hash(hash) => self.locate_hash(name, hash),
            VersionRef::Label(label) => {
                let labels = self.labels(name)?;
                let target = labels
                    .get(label)
                    .ok_or_else(|| WorkspaceError::NoLabel { prompt: name.to_string(), label: label.to_string() })?;
                self.locate_hash(name, &target.version)
            }
        }
    }

    fn locate_committed(&self, name: &PromptName) -> Result<State> {
        let repository = self.repository()?;
        let never = || WorkspaceError::NeverCommitted { prompt: name.to_string() };
        let head = super::git::head_commit(&repository)?.ok_or_else(never)?;
        let tree = head.tree().map_err(WorkspaceError::git("read the newest commit"))?;
        let path = file_of(name);
        if tree.get_path(self.0.place.in_repository(&path).as_ref()).is_err() {
            return Err(never());
        }
        Ok(State::Tree { tree: tree.id(), path, prefix: self.0.place.in_repository("") })
    }

    fn locate_hash(&self, name: &PromptName, hash: &VersionHash) -> Result<State> {
        let is_meant = |known: &VersionHash| {
            known == hash || (hash.as_str().len() >= MIN_HASH_DIGITS && known.as_str().starts_with(hash.as_str()))
        };
        let seen = self.locate_seen(name, |trail| trail.versions.iter().rfind(|seen| is_meant(&seen.hash)))?;
        if let Some(state) = seen {
            return Ok(state);
        }
        if let Some(tree) = labels::pinned(&self.repository()?, hash) {
            return Ok(State::Tree { tree, path: labels::PINNED_PROMPT.to_owned(), prefix: String::new() });
        }
        match self.working_bundle(name) {
            Ok(bundle) if is_meant(&bundle.version) => Ok(State::Working),
            _ => Err(no_version(name, hash.as_str())),
        }
    }

    fn locate_seen(&self, name: &PromptName, pick: impl FnOnce(&Trail) -> Option<&Seen>) -> Result<Option<State>> {
        let repository = self.repository()?;
        let found = self.with_trail(&repository, name, |history, trail| {
            pick(trail).map(|seen| (history.event(seen.event).commit, seen.path.clone()))
        })?;
        let Some((commit, path)) = found else { return Ok(None) };
        let tree = repository.find_commit(commit).map_err(WorkspaceError::git("read a version"))?.tree_id();
        Ok(Some(State::Tree { tree, path, prefix: self.0.place.in_repository("") }))
    }

    /// Runs `work` with the history at the newest commit and the prompt's versions in it.
    fn with_trail<T>(
        &self,
        repository: &Repository,
        name: &PromptName,
        work: impl FnOnce(&History, &Trail) -> T,
    ) -> Result<T> {
        let mut kept = lock(&self.0.history);
        let (history, trails) = &mut *kept;
        history.update(repository, &self.0.place)?;
        if trails.generation != history.generation() {
            *trails = Trails { generation: history.generation(), ..Trails::default() };
        }
        let trail = match trails.by_prompt.remove(name) {
            Some(trail) => self.follow(repository, history, name, trail, usize::MAX)?,
            None => self.begin_trail(repository, history, name, usize::MAX, MAX_RENAMES)?,
        };
        let value = work(history, &trail);
        trails.by_prompt.insert(name.clone(), trail);
        Ok(value)
    }

    /// The versions before the position `until`, also under the names that the prompt had before.
    fn begin_trail(
        &self,
        repository: &Repository,
        history: &History,
        name: &PromptName,
        until: usize,
        max_renames: usize,
    ) -> Result<Trail> {
        let path = file_of(name);
        let mut trail = Trail::default();
        if let Some((first, Some(from))) = history.origin(&path)
            && let Some(old_name) = super::prompt::name_of(from)
            && first < until
            && max_renames > 0
        {
            trail = self.begin_trail(repository, history, &old_name, first, max_renames - 1)?;
            trail.paths.remove(from);
            trail.next = first;
        }
        trail.paths.insert(path);
        self.follow(repository, history, name, trail, until)
    }

    fn follow(
        &self,
        repository: &Repository,
        history: &History,
        name: &PromptName,
        mut trail: Trail,
        until: usize,
    ) -> Result<Trail> {
        let (path, prefix) = (file_of(name), self.0.place.in_repository(""));
        let failed = WorkspaceError::git("read a version");
        while let Some(event) = history.next_change(&trail.paths, trail.next).filter(|event| *event < until) {
            trail.next = event + 1;
            let commit = repository.find_commit(history.event(event).commit).map_err(&failed)?;
            let tree = commit.tree().map_err(&failed)?;
            let Some((bundle, asked)) = bundle_in(repository, &tree, name, &path, &prefix) else { continue };
            trail.paths.extend(asked);
            if trail.versions.last().is_none_or(|last| last.hash != bundle.version) {
                trail.versions.push(Seen { hash: bundle.version, event, path: path.clone() });
            }
        }
        Ok(trail)
    }
}

/// The bundle in a tree, and the paths of all fragments that it asks for, there or not. A file that is missing or no
/// text is none.
fn bundle_in(
    repository: &Repository,
    tree: &Tree<'_>,
    name: &PromptName,
    path: &str,
    prefix: &str,
) -> Option<(Bundle, BTreeSet<String>)> {
    let read = |path: &str| blob_text(repository, tree, &format!("{prefix}{path}")).ok().flatten();
    let text = read(path)?;
    let asked = RefCell::new(BTreeSet::new());
    let read_fragment = |fragment: &PromptName| {
        let path = file_of(fragment);
        let text = read(&path);
        asked.borrow_mut().insert(path);
        text
    };
    let bundle = Bundle::resolve(name.clone(), text, &read_fragment);
    Some((bundle, asked.into_inner()))
}

fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

fn no_prompt(name: &PromptName) -> WorkspaceError {
    WorkspaceError::NoPrompt { name: name.to_string() }
}

fn no_version(name: &PromptName, version: &str) -> WorkspaceError {
    WorkspaceError::NoVersion { prompt: name.to_string(), version: version.to_owned() }
}

#[cfg(test)]
mod tests;
