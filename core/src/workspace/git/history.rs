//! Which commits changed what below `prompts/`: an index from path to commits, kept in memory.
//!
//! The order is that of a walk that finishes each commit after its parents, the first parent's side first. It depends
//! on nothing but the newest commit, every commit stands after all that it builds on, and new commits on top are only
//! ever added behind: so the numbers that are counted along it never change while a branch moves forward. When it moves
//! elsewhere the index is made anew.

use super::trees::{self, Difference};
use super::{GitResult, Place, head_commit};
use crate::workspace::names::PROMPTS;
use crate::workspace::{Result, WorkspaceError};
use atelier_types::time::MillisSinceEpoch;
use git2::{Commit, ErrorCode, ObjectType, Oid, Repository};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// A commit that moves more files than this at once, each with changes, has its renames left out.
const MAX_COMPARED: usize = 64;
const MIN_LIKENESS: f64 = 0.6;

#[derive(Default)]
pub(in crate::workspace) struct History {
    head: Option<Oid>,
    /// The folder `prompts/` of each commit that was walked.
    folders: HashMap<Oid, Option<Oid>>,
    events: Vec<Event>,
    /// By path relative to the workspace, in the order of `events`.
    changes: HashMap<String, Vec<Change>>,
    /// Counts how often the index was made anew, so that what was read from it can be dropped.
    generation: u64,
}

/// A commit that changed something below `prompts/`.
#[derive(Clone, Debug)]
pub(in crate::workspace) struct Event {
    pub commit: Oid,
    pub author: String,
    pub at: MillisSinceEpoch,
    /// First line of the message.
    pub summary: String,
    /// `(from, to)` of files that moved.
    renames: Vec<(String, String)>,
}

/// What an event left at a path.
#[derive(Clone, Copy, Debug)]
struct Change {
    event: usize,
    /// `None` where it was deleted.
    blob: Option<Oid>,
}

/// A commit on the way down; its parents come first.
struct Visit {
    commit: Oid,
    folder: Option<Oid>,
    parents: Vec<Oid>,
    num_done: usize,
}

impl History {
    /// Brings the index to the newest commit. Cheap when nothing was committed since.
    pub fn update(&mut self, repository: &Repository, place: &Place) -> Result<()> {
        let head = head_commit(repository)?.map(|commit| commit.id());
        if head == self.head {
            return Ok(());
        }
        let followed = self.follow(repository, place, head);
        if followed.is_err() {
            // A walk that was broken off must not be gone on with.
            self.clear();
        }
        followed.map_err(WorkspaceError::git("read the history"))
    }

    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Position of the first event from `from` on that changed one of the paths.
    pub fn next_change(&self, paths: &BTreeSet<String>, from: usize) -> Option<usize> {
        let first = |path: &String| {
            let changes = self.changes.get(path)?;
            changes.get(changes.partition_point(|change| change.event < from)).map(|change| change.event)
        };
        paths.iter().filter_map(first).min()
    }

    pub fn event(&self, position: usize) -> &Event {
        &self.events[position]
    }

    /// What the event left at a path; `None` where it did not change it.
    pub fn blob(&self, path: &str, event: usize) -> Option<Option<Oid>> {
        let changes = self.changes.get(path)?;
        let index = changes.binary_search_by_key(&event, |change| change.event).ok()?;
        Some(changes[index].blob)
    }

    /// Where the file at `path` was first seen, and the path that it had before, if it was moved there.
    pub fn origin(&self, path: &str) -> Option<(usize, Option<&str>)> {
        let first = self.changes.get(path)?.first()?.event;
        let renames = &self.events[first].renames;
        Some((first, renames.iter().find(|(_, to)| to == path).map(|(from, _)| from.as_str())))
    }

    fn clear(&mut self) {
        *self = Self { generation: self.generation + 1, ..Self::default() };
    }

    fn follow(&mut self, repository: &Repository, place: &Place, head: Option<Oid>) -> GitResult<()> {
        let Some(head) = head else {
            self.clear();
            return Ok(());
        };
        if !self.leads_to(repository, head)? {
            self.clear();
        }
        self.walk(repository, &place.in_repository(PROMPTS), head)?;
        self.head = Some(head);
        Ok(())
    }

    /// Whether the commit that is indexed is a first parent, near or far, of `head`.
    fn leads_to(&self, repository: &Repository, head: Oid) -> GitResult<bool> {
        if self.head.is_none() {
            return Ok(false);
        }
        let mut commit = head;
        while !self.folders.contains_key(&commit) {
            match repository.find_commit(commit)?.parent_id(0) {
                Ok(parent) if !repository.is_shallow() || exists(repository, parent) => commit = parent,
                _ => return Ok(false),
            }
        }
        Ok(Some(commit) == self.head)
    }

    fn walk(&mut self, repository: &Repository, folder: &str, head: Oid) -> GitResult<()> {
        let mut stack = vec![Visit::begin(repository, folder, head)?];
        while let Some(visit) = stack.last_mut() {
            match visit.parents.get(visit.num_done).copied() {
                Some(parent) => {
                    visit.num_done += 1;
                    if !self.folders.contains_key(&parent) {
                        stack.push(Visit::begin(repository, folder, parent)?);
                    }
                }
                None => {
                    if let Some(visit) = stack.pop() {
                        self.finish(repository, visit)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, repository: &Repository, visit: Visit) -> GitResult<()> {
        let mut sides: Vec<Option<Oid>> =
            visit.parents.iter().map(|parent| self.folders.get(parent).copied().flatten()).collect();
        if sides.is_empty() {
            sides.push(None);
        }
        self.folders.insert(visit.commit, visit.folder);
        let mut differences = Vec::new();
        let mut renames = Vec::new();
        for (number, side) in sides.into_iter().enumerate() {
            let known = differences.len();
            trees::compare(repository, side, visit.folder, &format!("{PROMPTS}/"), &mut differences)?;
            if number == 0 {
                renames = moved(repository, &differences[known..]);
            }
        }
        if differences.is_empty() {
            return Ok(());
        }
        let position = self.events.len();
        for difference in differences {
            let changes = self.changes.entry(difference.path).or_default();
            // A merge differs from each of its sides, and may do so in one file.
            if changes.last().is_none_or(|last| last.event != position) {
                changes.push(Change { event: position, blob: difference.after });
            }
        }
        self.events.push(Event::of(&repository.find_commit(visit.commit)?, renames));
        Ok(())
    }
}

impl Visit {
    fn begin(repository: &Repository, folder: &str, id: Oid) -> GitResult<Self> {
        let commit = repository.find_commit(id)?;
        let entry = match commit.tree()?.get_path(Path::new(folder)) {
            Ok(entry) => Some(entry),
            Err(err) if err.code() == ErrorCode::NotFound => None,
            Err(err) => return Err(err),
        };
        let folder = entry.filter(|entry| entry.kind() == Some(ObjectType::Tree)).map(|entry| entry.id());
        // A shallow clone ends somewhere: its last commits name parents that are not there.
        let is_shallow = repository.is_shallow();
        let parents = commit.parent_ids().filter(|parent| !is_shallow || exists(repository, *parent)).collect();
        Ok(Self { commit: id, folder, parents, num_done: 0 })
    }
}

impl Event {
    fn of(commit: &Commit<'_>, renames: Vec<(String, String)>) -> Self {
        Self {
            commit: commit.id(),
            author: String::from_utf8_lossy(commit.author().name_bytes()).into_owned(),
            at: MillisSinceEpoch(commit.time().seconds().saturating_mul(1000)),
            summary: commit.summary_bytes().map(|text| String::from_utf8_lossy(text).into_owned()).unwrap_or_default(),
            renames,
        }
    }
}

fn exists(repository: &Repository, commit: Oid) -> bool {
    repository.find_commit(commit).is_ok()
}

/// `(from, to)` of files that are gone in one place and new in another: byte for byte, or with most of their lines, since
/// a renamed prompt often says its name.
fn moved(repository: &Repository, differences: &[Difference]) -> Vec<(String, String)> {
    let mut gone: Vec<(&str, Oid)> = differences
        .iter()
        .filter(|one| one.after.is_none())
        .filter_map(|one| Some((one.path.as_str(), one.before?)))
        .collect();
    let mut added: Vec<(&str, Oid)> = differences
        .iter()
        .filter(|one| one.before.is_none())
        .filter_map(|one| Some((one.path.as_str(), one.after?)))
        .collect();
    let mut renames = Vec::new();
    added.retain(|(to, blob)| match gone.iter().position(|(_, known)| known == blob) {
        Some(index) => {
            renames.push((gone.remove(index).0.to_owned(), (*to).to_owned()));
            false
        }
        None => true,
    });
    if gone.len() * added.len() > MAX_COMPARED {
        return renames;
    }
    for (to, blob) in added {
        let likeness = |(_, known): &(&str, Oid)| likeness(repository, *known, blob);
        let best = gone.iter().map(likeness).enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((index, _)) = best.filter(|(_, likeness)| *likeness >= MIN_LIKENESS) {
            renames.push((gone.remove(index).0.to_owned(), to.to_owned()));
        }
    }
    renames
}

/// Share of the longer file's lines that are in both.
fn likeness(repository: &Repository, a: Oid, b: Oid) -> f64 {
    let (Ok(a), Ok(b)) = (repository.find_blob(a), repository.find_blob(b)) else { return 0.0 };
    let lines = |content: &'_ [u8]| content.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let (mut a, b) = (lines(a.content()), lines(b.content()));
    let longer = a.len().max(b.len());
    let num_shared = b.iter().filter(|line| take_out(&mut a, line)).count();
    num_shared as f64 / longer as f64
}

fn take_out(lines: &mut Vec<Vec<u8>>, line: &[u8]) -> bool {
    let found = lines.iter().position(|known| known == line);
    found.map(|index| lines.swap_remove(index)).is_some()
}
