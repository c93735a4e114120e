//! Versions of a prompt: where each was committed, and the text of any of them.
//!
//! A version is the hash of a prompt with every fragment that it includes. Along the history they are numbered from 1,
//! one for each change of that hash, whether the prompt itself changed or a fragment. Commits are hints: a label or a
//! receipt names the hash, and a pinned version is found after a rebase that lost its commit.

mod trail;

use super::git::History;
use super::prompt::{Bundle, file_of};
use super::{Result, Workspace, WorkspaceError, labels, lock};
use atelier_types::ids::{PromptName, VersionHash};
use atelier_types::prompt::{Version, VersionRef};
use git2::{Oid, Repository};
use std::collections::HashMap;
use trail::{Follower, Seen, Snapshot, Trail};

/// So many digits of a hash are enough to mean a version.
const MIN_HASH_DIGITS: usize = 6;

/// What was read of the history so far.
#[derive(Default)]
pub(super) struct Reading {
    /// Kept open, since opening a repository takes longer than an answer.
    repository: Option<Repository>,
    history: History,
    /// [`History::generation`] that the trails belong to.
    generation: u64,
    trails: HashMap<PromptName, Trail>,
}

/// Where the files of a version are.
enum State {
    Working,
    /// In a commit, or in the tree of a pinned version.
    Committed {
        id: Oid,
        path: String,
        prefix: String,
    },
}

impl Workspace {
    /// The text of a prompt or fragment at a version, with every fragment that it includes.
    pub fn source(&self, name: &PromptName, at: &VersionRef) -> Result<Bundle> {
        super::prompt::check_name(name).map_err(|_| no_prompt(name))?;
        match self.locate(name, at)? {
            State::Working => self.working_bundle(name),
            State::Committed { id, path, prefix } => {
                let repository = self.repository()?;
                let snapshot = Snapshot::new(&repository, id, &prefix);
                let text = snapshot.text(&path).ok_or(WorkspaceError::NotText { relative: path })?;
                Ok(snapshot.bundle(name, text).0)
            }
        }
    }

    /// The committed versions, oldest first, with their labels.
    pub fn versions(&self, name: &PromptName) -> Result<Vec<Version>> {
        let labels = self.labels(name)?;
        self.with_trail(name, |history, trail| {
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
        self.with_trail(name, |_, trail| trail.versions.iter().rposition(|seen| seen.hash == *hash).map(number))
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
        Ok(State::Committed { id: head.id(), path, prefix: self.0.place.in_repository("") })
    }

    fn locate_hash(&self, name: &PromptName, hash: &VersionHash) -> Result<State> {
        let is_meant = |known: &VersionHash| {
            known == hash || (hash.as_str().len() >= MIN_HASH_DIGITS && known.as_str().starts_with(hash.as_str()))
        };
        // A pin is found without reading the history.
        if let Some(tree) = labels::pinned(&self.repository()?, hash) {
            return Ok(State::Committed { id: tree, path: labels::PINNED_PROMPT.to_owned(), prefix: String::new() });
        }
        let seen = self.locate_seen(name, |trail| trail.versions.iter().rfind(|seen| is_meant(&seen.hash)))?;
        if let Some(state) = seen {
            return Ok(state);
        }
        match self.working_bundle(name) {
            Ok(bundle) if is_meant(&bundle.version) => Ok(State::Working),
            _ => Err(no_version(name, hash.as_str())),
        }
    }

    fn locate_seen(&self, name: &PromptName, pick: impl FnOnce(&Trail) -> Option<&Seen>) -> Result<Option<State>> {
        let found = self.with_trail(name, |history, trail| {
            pick(trail).map(|seen| (history.event(seen.event).commit, seen.path.clone()))
        })?;
        let prefix = self.0.place.in_repository("");
        Ok(found.map(|(commit, path)| State::Committed { id: commit, path, prefix }))
    }

    /// Runs `work` with the history at the newest commit and the prompt's versions in it.
    fn with_trail<T>(&self, name: &PromptName, work: impl FnOnce(&History, &Trail) -> T) -> Result<T> {
        let mut kept = lock(&self.0.reading);
        let Reading { repository, history, generation, trails } = &mut *kept;
        let repository = match repository {
            Some(repository) => repository,
            none => none.insert(self.repository()?),
        };
        history.update(repository, &self.0.place)?;
        if *generation != history.generation() {
            trails.clear();
            *generation = history.generation();
        }
        let follower = Follower { repository, history, prefix: &self.0.place.in_repository("") };
        let trail = match trails.remove(name) {
            Some(trail) => follower.go_on(name, trail),
            None => follower.begin(name),
        };
        let value = work(history, &trail);
        trails.insert(name.clone(), trail);
        Ok(value)
    }
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
