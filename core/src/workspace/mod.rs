//! A workspace: a folder of plain files inside a git repository, which a person could have made by hand.
//!
//! Files in git are the truth for everything a team shares. Here is how they are read, written whole, committed without
//! touching what the user has staged, and looked up at any version. A workspace reads no clock, no environment and no
//! home: times and the author to fall back on are handed in. What is local or bulky (outputs, traces, drafts) belongs in
//! `store`, and nothing here knows it.

mod clone;
mod create;
mod dataset;
mod demo;
mod error;
mod experiments;
mod files;
mod git;
mod labels;
mod manifest;
mod names;
mod place;
pub mod prompt;
mod rubrics;
mod search;
mod versions;
mod watch;

pub use clone::clone_repository;
pub use create::Creation;
pub use dataset::Dataset;
pub use error::WorkspaceError;
pub use files::write_whole;
pub use git::{Author, Status, program_version};
pub use labels::Label;
pub use manifest::{FORMAT, Manifest, ManifestEdit};
pub use names::check_name;
pub use place::{find, is_workspace};
pub use search::matching_lines;
pub use watch::Watch;

use dataset::DatasetCache;
use files::{Files, Stamp};
use git::Place;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use versions::Reading;

pub type Result<T> = std::result::Result<T, WorkspaceError>;

/// An open workspace. Cloning shares it. All calls block: call them from a blocking thread.
#[derive(Clone)]
pub struct Workspace(Arc<Inner>);

struct Inner {
    files: Files,
    place: Place,
    manifest: Mutex<Option<(Stamp, Manifest)>>,
    datasets: Mutex<DatasetCache>,
    reading: Mutex<Reading>,
}

impl Workspace {
    /// Opens the folder that holds `atelier.toml`, at or below the root of a git repository.
    pub fn open(path: &Path) -> Result<Self> {
        let root = path.canonicalize().map_err(|_| WorkspaceError::NotFound { path: path.to_owned() })?;
        let files = Files::new(root.clone());
        if !files.exists(manifest::FILE) {
            return Err(WorkspaceError::NoManifest { path: root });
        }
        let place = Place::find(&root)?;
        let inner =
            Inner { files, place, manifest: Mutex::default(), datasets: Mutex::default(), reading: Mutex::default() };
        let workspace = Self(Arc::new(inner));
        workspace.manifest()?;
        Ok(workspace)
    }

    /// Folder that holds `atelier.toml`, canonical.
    pub fn root(&self) -> &Path {
        self.0.files.root()
    }

    /// Root of the git repository, at or above [`Workspace::root`].
    pub fn repository_root(&self) -> &Path {
        self.0.place.work_dir()
    }

    /// `atelier.toml`, read again when the file changed.
    pub fn manifest(&self) -> Result<Manifest> {
        let stamp = self.0.files.stamp(manifest::FILE)?;
        let mut kept = lock(&self.0.manifest);
        if let Some((known, manifest)) = &*kept
            && *known == stamp
        {
            return Ok(manifest.clone());
        }
        let manifest = manifest::parse(&self.read(manifest::FILE)?)?;
        *kept = Some((stamp, manifest.clone()));
        Ok(manifest)
    }

    /// Changes `atelier.toml`; comments, order and everything that the edit does not name stay.
    pub fn edit_manifest(&self, edit: &ManifestEdit) -> Result<()> {
        let _alone = self.exclusive();
        let edited = manifest::edit(&self.read(manifest::FILE)?, edit)?;
        let written = self.write_atomic(manifest::FILE, edited.as_bytes());
        *lock(&self.0.manifest) = None;
        written
    }

    pub fn exists(&self, relative: &str) -> bool {
        self.0.files.exists(relative)
    }

    /// A file by its path relative to the workspace, with `/`.
    pub fn read_bytes(&self, relative: &str) -> Result<Vec<u8>> {
        self.0.files.read_bytes(relative)
    }

    /// A text file by its path relative to the workspace, with `/`.
    pub fn read(&self, relative: &str) -> Result<String> {
        self.0.files.read(relative)
    }

    /// Writes a file whole or not at all; it is on disk when this returns.
    pub fn write_atomic(&self, relative: &str, bytes: &[u8]) -> Result<()> {
        self.0.files.write_atomic(relative, bytes)
    }

    /// Adds a line to a file that is only ever appended to; it is on disk when this returns. Several programs may append
    /// at once. A torn last line, left by a crash, stays as a line of its own: readers skip what they cannot parse.
    pub fn append_line(&self, relative: &str, line: &str) -> Result<()> {
        self.0.files.append_line(relative, line)
    }

    pub fn remove(&self, relative: &str) -> Result<()> {
        self.0.files.remove(relative)
    }

    /// Paths, relative to the workspace, of the files in `folder` and its folders that end with `ending`; sorted.
    pub fn list(&self, folder: &str, ending: &str) -> Result<Vec<String>> {
        self.0.files.list(folder, ending)
    }

    /// The same as names: without `folder/` and without `ending`.
    pub fn list_names(&self, folder: &str, ending: &str) -> Result<Vec<String>> {
        let mut paths = self.list(folder, ending)?;
        for path in &mut paths {
            path.truncate(path.len() - ending.len());
            path.drain(..=folder.len());
        }
        Ok(paths)
    }
}

/// Whoever panicked while holding a lock left a cache behind that is whole or stale, never half-written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
