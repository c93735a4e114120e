//! The demo: a copy of a workspace that ships with Atelier, with a small past.
//!
//! The past is told by `history.toml` beside the files. It is made in a folder of its own that gets its name only when
//! everything is there, so a half-made demo is never opened.

use super::clone::refuse_filled;
use super::create::init;
use super::files::TEMPORARY_PREFIX;
use super::names::LABELS;
use super::{Author, Result, Workspace, WorkspaceError, manifest};
use atelier_types::ids::{LabelName, PromptName};
use atelier_types::prompt::VersionRef;
use atelier_types::time::MillisSinceEpoch;
use indexmap::IndexMap;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

const HISTORY_FILE: &str = "history.toml";
const HISTORY_FOLDER: &str = "history";
const DAY_MILLIS: f64 = 86_400_000.0;

/// `history.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Past {
    #[serde(default, rename = "commit")]
    commits: Vec<PastCommit>,
    #[serde(default, rename = "label")]
    labels: Vec<PastLabel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PastCommit {
    message: String,
    author: String,
    email: String,
    days_ago: f64,
    /// Path in the workspace → path below the demo's folder. Without it the commit takes every file as it stands.
    files: Option<IndexMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PastLabel {
    prompt: PromptName,
    label: LabelName,
    number: u32,
}

impl PastCommit {
    fn author(&self) -> Author {
        Author { name: self.author.clone(), email: self.email.clone() }
    }

    fn at(&self, now: MillisSinceEpoch) -> MillisSinceEpoch {
        MillisSinceEpoch(now.0 - (self.days_ago * DAY_MILLIS) as i64)
    }
}

impl Workspace {
    /// Copies the demo at `source` to `target`, which is new or empty, as if its past had ended at `now`.
    pub fn create_demo(source: &Path, target: &Path, now: MillisSinceEpoch) -> Result<Self> {
        refuse_filled(target)?;
        let text = fs::read_to_string(source.join(HISTORY_FILE))
            .map_err(|_| WorkspaceError::NoDemo { path: source.to_owned() })?;
        let past: Past = toml::from_str(&text).map_err(|_| WorkspaceError::NoDemo { path: source.to_owned() })?;
        let parent = target.parent().unwrap_or_else(|| Path::new("."));
        let writing = |source| WorkspaceError::writing("make the demo", target, source);
        fs::create_dir_all(parent).map_err(writing)?;
        let half_made = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempdir_in(parent).map_err(writing)?;
        replay(source, half_made.path(), &past, now)?;
        // An empty folder may be there; a rename onto it is refused on some systems.
        fs::remove_dir(target).ok();
        fs::rename(half_made.path(), target).map_err(writing)?;
        // It has moved: there is nothing left to clean up.
        let _moved = half_made.keep();
        set_folder_mode(target);
        Self::open(target)
    }
}

fn replay(source: &Path, target: &Path, past: &Past, now: MillisSinceEpoch) -> Result<()> {
    init(target)?;
    let mut opened = None;
    for commit in &past.commits {
        let files = match &commit.files {
            Some(files) => files.clone(),
            None => all_files(source)?,
        };
        for (to, from) in &files {
            copy(&source.join(from), &target.join(to))?;
        }
        let paths: Vec<String> = files.into_keys().collect();
        let workspace: &Workspace = match &mut opened {
            Some(workspace) => workspace,
            none => none.insert(open_first(source, target)?),
        };
        let (author, at) = (commit.author(), commit.at(now));
        workspace.commit_as(&workspace.repository()?, &paths, &commit.message, &author, at)?;
    }
    let Some(workspace) = opened else { return Err(WorkspaceError::NoDemo { path: source.to_owned() }) };
    for label in &past.labels {
        workspace.set_label(&label.prompt, &label.label, &VersionRef::Number(label.number))?;
    }
    match past.commits.last() {
        Some(last) if !past.labels.is_empty() => commit_labels(&workspace, last, now),
        _ => Ok(()),
    }
}

fn commit_labels(workspace: &Workspace, last: &PastCommit, now: MillisSinceEpoch) -> Result<()> {
    let paths = workspace.list(LABELS, ".toml")?;
    let (author, at) = (last.author(), last.at(now));
    workspace.commit_as(&workspace.repository()?, &paths, "Label what is live", &author, at)?;
    Ok(())
}

/// The first commit of a demo need not have the workspace file; it is taken along then.
fn open_first(source: &Path, target: &Path) -> Result<Workspace> {
    if !target.join(manifest::FILE).exists() {
        copy(&source.join(manifest::FILE), &target.join(manifest::FILE))?;
    }
    Workspace::open(target)
}

/// Every file of the demo but its history, by its path.
fn all_files(source: &Path) -> Result<IndexMap<String, String>> {
    let mut found = Vec::new();
    collect(source, source, &mut found)?;
    found.sort();
    let is_past = |path: &String| path == HISTORY_FILE || path.starts_with(&format!("{HISTORY_FOLDER}/"));
    Ok(found.into_iter().filter(|path| !is_past(path)).map(|path| (path.clone(), path)).collect())
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) -> Result<()> {
    let failed = |source| WorkspaceError::Io { action: "read the demo", path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path: PathBuf = entry.map_err(failed)?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            found.push(parts.join("/"));
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let bytes = fs::read(from).map_err(|source| WorkspaceError::Io {
        action: "read the demo",
        path: from.to_owned(),
        source,
    })?;
    super::write_whole(to, &bytes)
}

/// Temporary folders are closed to others; the demo is a folder like any other.
fn set_folder_mode(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).ok();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    const PAST: &str = r#"
[[commit]]
message = "First"
author = "Mira"
email = "mira@example.org"
days_ago = 2
files = { "prompts/a.prompty" = "history/a.v1.prompty" }

[[commit]]
message = "Everything"
author = "Jonas"
email = "jonas@example.org"
days_ago = 0.5

[[label]]
prompt = "a"
label = "production"
number = 1
"#;

    fn demo() -> tempfile::TempDir {
        testing::isolate_git();
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("history.toml", PAST),
            ("history/a.v1.prompty", "old"),
            ("atelier.toml", "id = \"d\"\nname = \"Demo\"\nformat = 1\n"),
            ("prompts/a.prompty", "new"),
            ("README.md", "# Demo\n"),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn past_is_replayed_with_its_authors_times_and_labels() {
        let (source, folder) = (demo(), tempfile::tempdir().unwrap());
        let now = testing::START;
        let workspace = Workspace::create_demo(source.path(), &folder.path().join("demo"), now).unwrap();
        let versions = workspace.versions(&"a".into()).unwrap();
        let told: Vec<_> = versions.iter().map(|one| (one.author.as_str(), now.0 - one.committed_at.0)).collect();
        assert_eq!(told, [("Mira", 2 * 86_400_000), ("Jonas", 43_200_000)]);
        assert_eq!(versions[0].labels, ["production".into()]);
        assert!(workspace.status().unwrap().uncommitted.is_empty());
        assert_eq!(workspace.read("README.md").unwrap(), "# Demo\n");
        assert!(!workspace.root().join("history").exists() && !workspace.root().join("history.toml").exists());
    }

    #[test]
    fn filled_folder_and_missing_demo_are_refused_and_leave_nothing_behind() {
        let (source, folder) = (demo(), tempfile::tempdir().unwrap());
        let target = folder.path().join("demo");
        let missing = Workspace::create_demo(folder.path(), &target, testing::START);
        assert!(matches!(missing, Err(WorkspaceError::NoDemo { .. })));
        fs::remove_file(source.path().join("history/a.v1.prompty")).unwrap();
        assert!(Workspace::create_demo(source.path(), &target, testing::START).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        fs::create_dir_all(&target).unwrap();
        fs::write(target.join("mine.txt"), "mine").unwrap();
        let filled = Workspace::create_demo(source.path(), &target, testing::START);
        assert!(matches!(filled, Err(WorkspaceError::Exists { .. })));
    }

    #[test]
    fn demo_that_ships_is_whole_and_clean() {
        testing::isolate_git();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../workspaces/demo");
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::create_demo(&source, &folder.path().join("demo"), testing::START).unwrap();
        assert!(workspace.status().unwrap().uncommitted.is_empty());
        let problems: Vec<_> = workspace.datasets().unwrap().into_iter().filter_map(|one| one.problem).collect();
        assert_eq!(problems, []);
        let versions = workspace.versions(&"support/sentiment".into()).unwrap();
        assert!(versions.len() >= 3 && versions.iter().any(|version| !version.labels.is_empty()));
    }
}
