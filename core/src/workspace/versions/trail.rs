//! The committed versions of one prompt, read along the history and gone on with when there is more of it.

use crate::workspace::git::{History, blob_text};
use crate::workspace::prompt::{Bundle, file_of, name_of};
use atelier_types::ids::{PromptName, VersionHash};
use git2::{Oid, Repository, Tree};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;

/// A prompt that was renamed more often than this has its older names left out.
const MAX_RENAMES: usize = 16;

/// The versions of one prompt in the order of the history.
#[derive(Clone, Default)]
pub(super) struct Trail {
    pub versions: Vec<Seen>,
    /// The prompt's file and every fragment that one of its versions asked for.
    paths: BTreeSet<String>,
    /// Position in the history up to which it was followed.
    next: usize,
}

#[derive(Clone)]
pub(super) struct Seen {
    pub hash: VersionHash,
    /// Position in the history.
    pub event: usize,
    /// Path at that time, relative to the workspace.
    pub path: String,
}

/// Follows trails through a history.
pub(super) struct Follower<'a> {
    pub repository: &'a Repository,
    pub history: &'a History,
    /// Where the workspace is in the repository, with `/` behind it.
    pub prefix: &'a str,
}

impl Follower<'_> {
    /// All versions, also under the names that the prompt had before.
    pub fn begin(&self, name: &PromptName) -> Trail {
        self.begin_before(name, usize::MAX, MAX_RENAMES)
    }

    /// Adds what the history has got since.
    pub fn go_on(&self, name: &PromptName, trail: Trail) -> Trail {
        self.follow(name, trail, usize::MAX)
    }

    fn begin_before(&self, name: &PromptName, until: usize, max_renames: usize) -> Trail {
        let path = file_of(name);
        let mut trail = Trail::default();
        if let Some((first, Some(from))) = self.history.origin(&path)
            && let Some(old_name) = name_of(from)
            && first < until
            && max_renames > 0
        {
            trail = self.begin_before(&old_name, first, max_renames - 1);
            trail.paths.remove(from);
            trail.next = first;
        }
        trail.paths.insert(path);
        self.follow(name, trail, until)
    }

    fn follow(&self, name: &PromptName, mut trail: Trail, until: usize) -> Trail {
        let path = file_of(name);
        while let Some(event) = self.history.next_change(&trail.paths, trail.next).filter(|event| *event < until) {
            trail.next = event + 1;
            let snapshot = Snapshot::new(self.repository, self.history.event(event).commit, self.prefix);
            let text = match self.history.blob(&path, event) {
                // Known from the index: most versions are read without looking at a tree.
                Some(blob) => blob.and_then(|blob| snapshot.blob(blob)),
                None => snapshot.text(&path),
            };
            let Some(text) = text else { continue };
            let (bundle, asked) = snapshot.bundle(name, text);
            trail.paths.extend(asked);
            if trail.versions.last().is_none_or(|last| last.hash != bundle.version) {
                trail.versions.push(Seen { hash: bundle.version, event, path: path.clone() });
            }
        }
        trail
    }
}

/// The files of a commit, or of a pinned tree.
pub(super) struct Snapshot<'a> {
    repository: &'a Repository,
    id: Oid,
    prefix: &'a str,
    tree: OnceCell<Option<Tree<'a>>>,
}

impl<'a> Snapshot<'a> {
    pub fn new(repository: &'a Repository, id: Oid, prefix: &'a str) -> Self {
        Self { repository, id, prefix, tree: OnceCell::new() }
    }

    /// A file that is missing or no text is none.
    pub fn text(&self, path: &str) -> Option<String> {
        let tree = || self.repository.find_object(self.id, None).ok()?.peel_to_tree().ok();
        let tree = self.tree.get_or_init(tree).as_ref()?;
        blob_text(self.repository, tree, &format!("{}{path}", self.prefix)).ok().flatten()
    }

    fn blob(&self, id: Oid) -> Option<String> {
        let blob = self.repository.find_blob(id).ok()?;
        std::str::from_utf8(blob.content()).ok().map(str::to_owned)
    }

    /// The prompt with its fragments, and the paths of all fragments that it asks for, there or not.
    pub fn bundle(&self, name: &PromptName, text: String) -> (Bundle, BTreeSet<String>) {
        let asked = RefCell::new(BTreeSet::new());
        let read_fragment = |fragment: &PromptName| {
            let path = file_of(fragment);
            let text = self.text(&path);
            asked.borrow_mut().insert(path);
            text
        };
        let bundle = Bundle::resolve(name.clone(), text, &read_fragment);
        (bundle, asked.into_inner())
    }
}
