//! Git as a workspace needs it: only its own paths, and the user's staged files stay as they are.

mod commit;
mod history;
mod program;
mod status;
mod trees;

pub use commit::Author;
pub use program::version as program_version;
pub use status::Status;

pub(super) use history::History;
pub(super) use program::{Program, without_password};
pub(super) use trees::blob_text;

use super::{Result, Workspace, WorkspaceError};
use git2::{Commit, ErrorCode, Repository};
use std::fs::File;
use std::path::{Path, PathBuf};

const LOCK_FILE: &str = "atelier.lock";

/// Inside this module libgit2's own errors travel until somebody can say what was tried.
type GitResult<T> = std::result::Result<T, git2::Error>;

/// Where a workspace stands in its repository.
#[derive(Debug)]
pub(super) struct Place {
    work_dir: PathBuf,
    /// Path of the workspace from the repository's root, with `/` behind it; empty at the root.
    prefix: String,
}

impl Place {
    pub fn find(root: &Path) -> Result<Self> {
        let none = || WorkspaceError::NoRepository { path: root.to_owned() };
        let repository = Repository::discover(root).map_err(|source| match source.code() {
            ErrorCode::NotFound => none(),
            ErrorCode::Owner => WorkspaceError::NotOwned { path: root.to_owned() },
            _ => WorkspaceError::Git { action: "open the git repository", source },
        })?;
        let work_dir = repository.workdir().and_then(|path| path.canonicalize().ok()).ok_or_else(none)?;
        let below = root.strip_prefix(&work_dir).map_err(|_| none())?;
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        let prefix = if parts.is_empty() { String::new() } else { format!("{}/", parts.join("/")) };
        Ok(Self { work_dir, prefix })
    }

    pub fn work_dir(&self) -> &Path {
        &self.work_dir
    }

    /// Path from the repository's root.
    pub fn in_repository(&self, relative: &str) -> String {
        format!("{}{relative}", self.prefix)
    }

    /// Path from the workspace; `None` outside.
    pub fn in_workspace<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.prefix.as_str())
    }

    pub fn repository(&self) -> Result<Repository> {
        Repository::open(&self.work_dir).map_err(WorkspaceError::git("open the git repository"))
    }
}

impl Workspace {
    pub(super) fn repository(&self) -> Result<Repository> {
        self.0.place.repository()
    }

    /// Holds off our other programs on this repository until it is dropped. Where a lock cannot be had (a network folder,
    /// a repository that cannot be written) there is none: writes are whole even so.
    pub(crate) fn exclusive(&self) -> Option<File> {
        lock_repository(&self.repository().ok()?)
    }

    /// Folder of the repository's own files, where `HEAD` is.
    pub fn git_dir(&self) -> Result<PathBuf> {
        Ok(self.repository()?.path().to_owned())
    }
}

fn lock_repository(repository: &Repository) -> Option<File> {
    let file = File::create(repository.path().join(LOCK_FILE)).ok()?;
    file.lock().ok()?;
    Some(file)
}

/// The newest commit; `None` before the first one.
pub(super) fn head_commit(repository: &Repository) -> Result<Option<Commit<'_>>> {
    match repository.head() {
        Ok(head) => head.peel_to_commit().map(Some).map_err(WorkspaceError::git("read the newest commit")),
        Err(err) if matches!(err.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => Ok(None),
        Err(source) => Err(WorkspaceError::Git { action: "read the newest commit", source }),
    }
}
