//! Everything that can go wrong in a workspace, and the one place where it becomes what a person reads.

use atelier_types::error::{ApiError, ErrorKind, Location};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("There is no folder to open: {}", .path.display())]
    NotFound { path: PathBuf },
    #[error("The folder has no atelier.toml: {}", .path.display())]
    NoManifest { path: PathBuf },
    #[error("There are several workspaces below {}: {}", .path.display(), .found.join(", "))]
    Ambiguous { path: PathBuf, found: Vec<String> },
    #[error("The workspace file cannot be read: {reason}")]
    BadManifest { reason: String, line: Option<u32>, column: Option<u32> },
    #[error("The workspace was written by a newer Atelier (its format is {found}, this program knows {known})")]
    NewerFormat { found: i64, known: u32 },
    #[error("There is something already: {}", .path.display())]
    Exists { path: PathBuf },
    #[error("Failed to write, because the place is read-only: {}", .path.display())]
    ReadOnly { path: PathBuf, source: io::Error },
    #[error("Failed to write, because the disk is full: {}", .path.display())]
    DiskFull { path: PathBuf, source: io::Error },
    #[error("Failed to {action}: {}", .path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error("There is no file `{relative}`")]
    NoFile { relative: String },
    #[error("The demo that ships with Atelier is not there: {}", .path.display())]
    NoDemo { path: PathBuf },
    #[error("The file `{relative}` is not UTF-8 text")]
    NotText { relative: String },
    #[error("`{name}` cannot be a name: {reason}")]
    BadName { name: String, reason: &'static str },
    #[error("The path `{relative}` leads out of the workspace")]
    Outside { relative: String },
    #[error("The folder is in no git repository: {}", .path.display())]
    NoRepository { path: PathBuf },
    #[error("The git repository belongs to another user: {}", .path.display())]
    NotOwned { path: PathBuf },
    #[error("A merge has left conflicts in {}", .paths.join(", "))]
    Conflicted { paths: Vec<String> },
    #[error("A {operation} is under way in the git repository")]
    UnderWay { operation: &'static str },
    #[error("There is nothing to commit")]
    NothingToCommit,
    #[error("The commit message is empty")]
    EmptyMessage,
    #[error("Failed to {action}")]
    Git { action: &'static str, source: git2::Error },
    #[error("Failed to clone `{url}`")]
    Clone { url: String, reason: String },
    #[error("The user's git failed to {action}")]
    Program { action: &'static str, reason: String },
    #[error("There is no prompt `{name}`")]
    NoPrompt { name: String },
    #[error("`{prompt}` has no version {version}")]
    NoVersion { prompt: String, version: String },
    #[error("`{prompt}` was never committed")]
    NeverCommitted { prompt: String },
    #[error("This state of `{prompt}` was never committed")]
    StateNotCommitted { prompt: String },
    #[error("`{prompt}` has no label `{label}`")]
    NoLabel { prompt: String, label: String },
    #[error("The labels in `{file}` cannot be read: {reason}")]
    BadLabels { file: String, reason: String, line: Option<u32>, column: Option<u32> },
    #[error("There is no dataset `{name}`")]
    NoDataset { name: String },
    #[error("There is a dataset `{name}` already")]
    DatasetExists { name: String },
    #[error("`{name}` is both a JSONL and a CSV file")]
    DatasetTwice { name: String },
    #[error("There is no rubric `{name}`")]
    NoRubric { name: String },
    #[error("The rubric `{file}` cannot be used: {reason}")]
    BadRubric { file: String, reason: String, line: Option<u32>, column: Option<u32> },
    #[error("The format of `{file_name}` is not known")]
    UnknownFormat { file_name: String },
    #[error("The dataset `{file}` cannot be read: {reason}")]
    BadRow { file: String, line: u32, column: Option<u32>, reason: String, code: RowFault },
    #[error("There is no experiment `{name}`")]
    NoExperiment { name: String },
    #[error("The experiment `{file}` cannot be read: {reason}")]
    BadExperiment { file: String, reason: String, line: Option<u32>, column: Option<u32> },
}

/// What is wrong with a row of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFault {
    Malformed,
    MissingId,
    DuplicateId,
}

impl WorkspaceError {
    /// A failed write, told apart by what a person can do about it.
    pub(super) fn writing(action: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path, source },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path, source },
            _ => Self::Io { action, path, source },
        }
    }

    pub(super) fn git(action: &'static str) -> impl Fn(git2::Error) -> Self {
        move |source| match disk_fault(&source) {
            Some(kind) => Self::writing(action, Path::new(".git"), io::Error::new(kind, source)),
            None => Self::Git { action, source },
        }
    }
}

impl From<WorkspaceError> for ApiError {
    fn from(err: WorkspaceError) -> Self {
        let (kind, code, action) = explain(&err);
        let mut api = ApiError::new(kind, code, err.to_string());
        if let Some(action) = action {
            api = api.with_action(action);
        }
        if let Some(location) = location(&err) {
            api = api.at(location);
        }
        match &err {
            WorkspaceError::Clone { reason, .. } | WorkspaceError::Program { reason, .. } => {
                api = api.with_cause(reason);
            }
            _ => {}
        }
        let mut cause = std::error::Error::source(&err);
        while let Some(source) = cause {
            api = api.with_cause(source);
            cause = source.source();
        }
        api
    }
}

/// libgit2 gives the operating system's reason as words only, always in English.
fn disk_fault(err: &git2::Error) -> Option<io::ErrorKind> {
    let says = |words: &str| err.message().contains(words);
    if says("No space left") || says("quota exceeded") {
        Some(io::ErrorKind::StorageFull)
    } else if says("Read-only file system") || says("Permission denied") {
        Some(io::ErrorKind::ReadOnlyFilesystem)
    } else {
        None
    }
}

/// Kind, stable code and the one action. A flat list on purpose: one line an error.
fn explain(err: &WorkspaceError) -> (ErrorKind, &'static str, Option<&'static str>) {
    use ErrorKind::{Conflict, Invalid, NotFound, Unavailable};
    use WorkspaceError as E;
    let (kind, code, action) = match err {
        E::NotFound { .. } => (NotFound, "workspace.not_found", "Check the path, or create a workspace there."),
        E::NoManifest { .. } => (NotFound, "workspace.no_manifest", "Open another folder, or create a workspace here."),
        E::Ambiguous { .. } => (Invalid, "workspace.ambiguous", "Open one of these folders."),
        E::BadManifest { .. } => (Invalid, "workspace.bad_manifest", "Mend atelier.toml at this place."),
        E::NewerFormat { .. } => (Invalid, "workspace.newer_format", "Open the workspace with the newer Atelier."),
        E::Exists { .. } => (Conflict, "workspace.exists", "Choose another folder, or open what is there."),
        E::ReadOnly { .. } => (Unavailable, "workspace.read_only", "Make the folder writable and try again."),
        E::DiskFull { .. } => (Unavailable, "workspace.disk_full", "Free some space and try again."),
        E::Io { .. } => (Unavailable, "workspace.io", "Check the file and its folder, then try again."),
        E::NoFile { .. } => (NotFound, "workspace.no_file", "Check the name."),
        E::NoDemo { .. } => (Unavailable, "workspace.no_demo", "Install Atelier again, or create a workspace."),
        E::NotText { .. } => (Invalid, "workspace.not_text", "Save the file as UTF-8."),
        E::BadName { .. } => (Invalid, "workspace.bad_name", "Choose another name."),
        E::Outside { .. } => (Invalid, "workspace.outside", "Keep the file inside the workspace."),
        E::NoRepository { .. } => (NotFound, "git.no_repository", "Run `git init` in the folder."),
        E::NotOwned { .. } => (Unavailable, "git.not_owned", "Add it to `safe.directory` in git's configuration."),
        E::Conflicted { .. } => (Conflict, "git.conflicted", "Resolve the conflicts and finish the merge."),
        E::UnderWay { .. } => (Conflict, "git.under_way", "Finish or abort it, then try again."),
        E::NothingToCommit => return (Invalid, "git.nothing_to_commit", None),
        E::EmptyMessage => (Invalid, "git.empty_message", "Say in a few words what changed."),
        E::Git { .. } => (Unavailable, "git.failed", "Check the repository with `git status`."),
        E::Clone { .. } => (Unavailable, "git.clone_failed", "Check the address and your access to it."),
        E::Program { .. } => (Unavailable, "git.program_failed", "Try the same with git in a terminal."),
        E::NoPrompt { .. } => (NotFound, "prompt.not_found", "Check the name."),
        E::NoVersion { .. } => (NotFound, "history.no_version", "Choose one of the versions in the history."),
        E::NeverCommitted { .. } => (NotFound, "history.never_committed", "Commit the prompt first."),
        E::StateNotCommitted { .. } => (Invalid, "history.state_not_committed", "Commit the prompt first."),
        E::NoLabel { .. } => (NotFound, "history.no_label", "Choose one of the prompt's labels."),
        E::BadLabels { .. } => (Invalid, "history.bad_labels", "Mend the file at this place."),
        E::NoExperiment { .. } => (NotFound, "experiment.not_found", "Check the name."),
        E::BadExperiment { .. } => (Invalid, "experiment.malformed", "Mend the file at this place."),
        E::NoDataset { .. } => (NotFound, "dataset.not_found", "Check the name."),
        E::DatasetExists { .. } => (Conflict, "dataset.exists", "Choose another name, or delete the dataset first."),
        E::DatasetTwice { .. } => (Conflict, "dataset.twice", "Rename or delete one of the two files."),
        E::NoRubric { .. } => (NotFound, "rubric.not_found", "Choose one of the files in `rubrics/`."),
        E::BadRubric { .. } => (Invalid, "rubric.malformed", "Mend the file at this place."),
        E::UnknownFormat { .. } => (Invalid, "dataset.unknown_format", "Choose a .jsonl or .csv file."),
        E::BadRow { code: RowFault::Malformed, .. } => (Invalid, "dataset.malformed", "Mend this line."),
        E::BadRow { code: RowFault::MissingId, .. } => {
            (Invalid, "dataset.missing_id", "Give the row an `id`, or import the file: importing writes ids.")
        }
        E::BadRow { code: RowFault::DuplicateId, .. } => {
            (Invalid, "dataset.duplicate_id", "Give the row another `id`.")
        }
    };
    (kind, code, Some(action))
}

fn location(err: &WorkspaceError) -> Option<Location> {
    let (file, line, column) = match err {
        WorkspaceError::BadManifest { line, column, .. } => (super::manifest::FILE, *line, *column),
        WorkspaceError::NewerFormat { .. } => (super::manifest::FILE, None, None),
        WorkspaceError::BadLabels { file, line, column, .. }
        | WorkspaceError::BadRubric { file, line, column, .. }
        | WorkspaceError::BadExperiment { file, line, column, .. } => (file.as_str(), *line, *column),
        WorkspaceError::BadRow { file, line, column, .. } => (file.as_str(), Some(*line), *column),
        WorkspaceError::NotText { relative } | WorkspaceError::NoFile { relative } => (relative.as_str(), None, None),
        _ => return None,
    };
    Some(Location { file: file.to_owned(), line, column })
}

/// Line and column, both from 1, of a byte offset; the column counts Unicode scalar values.
pub(super) fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_counts_lines_and_characters_from_one() {
        assert_eq!(line_and_column("ä\nöü=x", 0), (1, 1));
        assert_eq!(line_and_column("ä\nöü=x", "ä\nöü".len()), (2, 3));
    }

    #[test]
    fn disk_faults_that_git_met_are_told_like_others() {
        let code = |message| ApiError::from(WorkspaceError::git("commit")(git2::Error::from_str(message))).code;
        assert_eq!(code("failed to write: No space left on device"), "workspace.disk_full");
        assert_eq!(code("failed to create locked file: Read-only file system"), "workspace.read_only");
        assert_eq!(code("corrupt loose object"), "git.failed");
    }

    #[test]
    fn full_disk_and_read_only_folder_are_told_apart() {
        let code = |kind| ApiError::from(WorkspaceError::writing("write", Path::new("x"), io::Error::from(kind))).code;
        assert_eq!(code(io::ErrorKind::StorageFull), "workspace.disk_full");
        assert_eq!(code(io::ErrorKind::ReadOnlyFilesystem), "workspace.read_only");
        assert_eq!(code(io::ErrorKind::Interrupted), "workspace.io");
    }
}
