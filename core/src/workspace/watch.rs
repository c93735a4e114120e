//! Noticing what other programs change in a workspace's files and in its branch.
//!
//! Only folders of the workspace and git's references are watched, never the rest of a repository, which may hold a
//! hundred thousand files that are none of our business. Changes are gathered until it is quiet for a moment.

use super::files::TEMPORARY_PREFIX;
use super::names::OWN_PATHS;
use super::{Result, Workspace, lock};
use atelier_types::event::Tag;
use notify::{Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

/// A change is told when nothing more came for this long,
const QUIET: Duration = Duration::from_millis(60);
/// or when it is this old.
const MAX_AGE: Duration = Duration::from_millis(400);
/// Where the system cannot watch (network folders, too many watches) files are looked at this often.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

const EVERYTHING: &[Tag] = &[
    Tag::Workspace,
    Tag::Prompts,
    Tag::History,
    Tag::Datasets,
    Tag::Experiments,
    Tag::Models,
    Tag::Reviews,
    Tag::Rubrics,
    Tag::Runs,
];

type AnyWatcher = Box<dyn Watcher + Send>;
type Shared = Arc<Mutex<AnyWatcher>>;

/// Watches until it is dropped.
pub struct Watch {
    _watcher: Shared,
}

/// What is watched, in canonical paths.
struct Places {
    root: PathBuf,
    /// Where this checkout's `HEAD` is.
    git_dir: PathBuf,
    /// Where the references are; another folder in a linked worktree.
    common_dir: PathBuf,
}

impl Workspace {
    /// Calls `on_change` from a thread of its own with what became stale.
    pub fn watch(&self, on_change: impl Fn(&[Tag]) + Send + 'static) -> Result<Watch> {
        let repository = self.repository()?;
        let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let places = Places {
            root: self.root().to_owned(),
            git_dir: canonical(repository.path()),
            common_dir: canonical(repository.commondir()),
        };
        let (sender, receiver) = channel();
        let watcher: Shared = Arc::new(Mutex::new(start(&places, sender)));
        let weak = Arc::downgrade(&watcher);
        let thread = std::thread::Builder::new().name("watch".to_owned());
        thread.spawn(move || gather(&places, &receiver, &weak, on_change)).map_err(|source| {
            super::WorkspaceError::Io { action: "watch the folder", path: self.root().to_owned(), source }
        })?;
        Ok(Watch { _watcher: watcher })
    }
}

fn start(places: &Places, sender: Sender<notify::Result<Event>>) -> AnyWatcher {
    let to = sender.clone();
    let native = RecommendedWatcher::new(move |event| drop(to.send(event)), Config::default());
    if let Ok(mut native) = native
        && watch_all(places, &mut native).is_ok()
    {
        return Box::new(native);
    }
    let config = Config::default().with_poll_interval(POLL_INTERVAL);
    match PollWatcher::new(move |event| drop(sender.send(event)), config) {
        Ok(mut polling) => {
            watch_all(places, &mut polling).ok();
            Box::new(polling)
        }
        Err(_) => Box::new(notify::NullWatcher),
    }
}

fn watch_all(places: &Places, watcher: &mut dyn Watcher) -> notify::Result<()> {
    watcher.watch(&places.root, RecursiveMode::NonRecursive)?;
    for own in OWN_PATHS {
        watch_folder(watcher, &places.root.join(own))?;
    }
    watcher.watch(&places.git_dir, RecursiveMode::NonRecursive)?;
    if places.common_dir != places.git_dir {
        watcher.watch(&places.common_dir, RecursiveMode::NonRecursive)?;
    }
    watch_folder(watcher, &places.common_dir.join("refs"))
}

/// Watches a folder with all below it, if it is there.
fn watch_folder(watcher: &mut dyn Watcher, folder: &Path) -> notify::Result<()> {
    if folder.is_dir() { watcher.watch(folder, RecursiveMode::Recursive) } else { Ok(()) }
}

fn gather(
    places: &Places,
    receiver: &Receiver<notify::Result<Event>>,
    watcher: &Weak<Mutex<AnyWatcher>>,
    on_change: impl Fn(&[Tag]),
) {
    let mut stale = BTreeSet::new();
    while let Ok(first) = receiver.recv() {
        let began = Instant::now();
        let mut next = Ok(first);
        while let Ok(event) = next {
            take(places, watcher, event, &mut stale);
            let left = MAX_AGE.saturating_sub(began.elapsed());
            if left.is_zero() {
                next = Err(RecvTimeoutError::Timeout);
            } else {
                next = receiver.recv_timeout(QUIET.min(left));
            }
        }
        if !stale.is_empty() {
            on_change(&std::mem::take(&mut stale).into_iter().collect::<Vec<_>>());
        }
    }
}

fn take(places: &Places, watcher: &Weak<Mutex<AnyWatcher>>, event: notify::Result<Event>, stale: &mut BTreeSet<Tag>) {
    let Ok(event) = event else {
        stale.extend(EVERYTHING);
        return;
    };
    if event.need_rescan() {
        stale.extend(EVERYTHING);
    }
    if matches!(event.kind, EventKind::Access(_)) {
        return;
    }
    for path in &event.paths {
        stale.extend(tags_of(places, path));
        // One of our folders that was not there when watching began.
        let is_own_folder = path.parent() == Some(&places.root) && path.is_dir();
        if is_own_folder
            && OWN_PATHS.iter().any(|own| path.ends_with(own))
            && let Some(watcher) = watcher.upgrade()
        {
            watch_folder(lock(&watcher).as_mut(), path).ok();
        }
    }
}

/// What a change of a file makes stale.
fn tags_of(places: &Places, path: &Path) -> Vec<Tag> {
    let is_temporary = path.file_name().is_some_and(|name| {
        let name = name.to_string_lossy();
        name.starts_with(TEMPORARY_PREFIX) || name.ends_with(".lock")
    });
    if is_temporary {
        return Vec::new();
    }
    let in_git = path.strip_prefix(&places.git_dir).or_else(|_| path.strip_prefix(&places.common_dir));
    if let Ok(inside) = in_git {
        return tags_of_git(inside);
    }
    let Ok(relative) = path.strip_prefix(&places.root) else { return Vec::new() };
    let top = relative.iter().next().map(|part| part.to_string_lossy()).unwrap_or_default();
    let tags: &[Tag] = match top.as_ref() {
        super::manifest::FILE => &[Tag::Models, Tag::Experiments],
        "prompts" => &[Tag::Prompts],
        "labels" => &[Tag::Prompts, Tag::History],
        "datasets" => &[Tag::Datasets],
        "experiments" | "scorers" => &[Tag::Experiments],
        "rubrics" => &[Tag::Rubrics],
        "reviews" => &[Tag::Reviews],
        "runs" => &[Tag::Runs],
        "evalsets" => &[],
        _ => return Vec::new(),
    };
    // The number of uncommitted files may be another one.
    [&[Tag::Workspace], tags].concat()
}

fn tags_of_git(inside: &Path) -> Vec<Tag> {
    let top = inside.iter().next().map(|part| part.to_string_lossy()).unwrap_or_default();
    match top.as_ref() {
        "HEAD" | "refs" | "packed-refs" => vec![Tag::Workspace, Tag::Prompts, Tag::History],
        "index" | "MERGE_HEAD" | "rebase-merge" | "rebase-apply" => vec![Tag::Workspace],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits until these tags were told, in however many pieces.
    fn wait_for(told: &Receiver<Vec<Tag>>, wanted: &[Tag]) {
        let mut seen = BTreeSet::new();
        while !wanted.iter().all(|tag| seen.contains(tag)) {
            seen.extend(told.recv_timeout(Duration::from_secs(20)).expect("the change is told"));
        }
    }

    #[test]
    fn changes_of_files_new_folders_and_commits_are_told() {
        let (_folder, workspace) = crate::testing::workspace();
        let (sender, told) = channel();
        let _watch = workspace.watch(move |tags| drop(sender.send(tags.to_vec()))).unwrap();
        workspace.write_atomic("prompts/new.prompty", b"x").unwrap();
        wait_for(&told, &[Tag::Prompts, Tag::Workspace]);
        std::fs::create_dir(workspace.root().join("rubrics")).unwrap();
        wait_for(&told, &[Tag::Rubrics]);
        let author = crate::testing::author();
        workspace.commit(&[], "New", &author, crate::testing::START).unwrap();
        wait_for(&told, &[Tag::History]);
    }

    #[test]
    fn files_that_are_none_of_ours_tell_nothing() {
        let places = Places { root: "/r/llm".into(), git_dir: "/r/.git".into(), common_dir: "/r/.git".into() };
        for path in ["/r/main.py", "/r/llm/notes.txt", "/r/.git/objects/aa/bb", "/r/llm/prompts/.atelier-tmp-x"] {
            assert_eq!(tags_of(&places, Path::new(path)), [], "{path}");
        }
        assert_eq!(tags_of(&places, Path::new("/r/.git/HEAD")), [Tag::Workspace, Tag::Prompts, Tag::History]);
        assert_eq!(tags_of(&places, Path::new("/r/llm/datasets/a.csv")), [Tag::Workspace, Tag::Datasets]);
    }
}
