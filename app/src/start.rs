//! Which workspace a face starts with.

use atelier_core::api::{self, Result, Studio};
use atelier_types::api::{Nothing, PathRequest, SettingsShow, WorkspaceDemo, WorkspaceDemoRequest, WorkspaceOpen};
use atelier_types::workspace::WorkspaceInfo;
use std::path::{Path, PathBuf};

/// What the caller asked to start with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum First {
    /// The workspace that was open last, if it is still there.
    #[default]
    Last,
    Demo,
    Folder(PathBuf),
}

/// Opens it. `Last` never fails: a face without a workspace shows its home screen.
pub async fn open(studio: &Studio, first: &First) -> Result<Option<WorkspaceInfo>> {
    match first {
        First::Demo => api::call::<WorkspaceDemo>(studio, WorkspaceDemoRequest { path: None }).await.map(Some),
        First::Folder(folder) => open_folder(studio, folder).await.map(Some),
        First::Last => {
            let settings = api::call::<SettingsShow>(studio, Nothing {}).await.unwrap_or_default();
            match settings.last_workspace {
                Some(path) => Ok(open_folder(studio, Path::new(&path)).await.ok()),
                None => Ok(None),
            }
        }
    }
}

async fn open_folder(studio: &Studio, folder: &Path) -> Result<WorkspaceInfo> {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    api::call::<WorkspaceOpen>(studio, PathRequest { path: folder.display().to_string() }).await
}
