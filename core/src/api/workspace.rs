//! Verbs of `workspace`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// The open workspace.
pub async fn current(_studio: &Studio, _request: Nothing) -> Result<Option<WorkspaceInfo>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "workspace.current"))
}

/// Open a workspace, also below the root of a repository.
pub async fn open(_studio: &Studio, _request: PathRequest) -> Result<WorkspaceInfo> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "workspace.open"))
}

/// Create a workspace with one prompt and one dataset.
pub async fn create(_studio: &Studio, _request: WorkspaceCreateRequest) -> Result<WorkspaceInfo> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "workspace.create"))
}

/// Clone a repository and open the workspace in it.
pub async fn clone_repository(_studio: &Studio, _request: WorkspaceCloneRequest) -> Result<WorkspaceInfo> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "workspace.clone_repository"))
}

/// Make a copy of the demo workspace with a small history, and open it.
pub async fn demo(_studio: &Studio, _request: WorkspaceDemoRequest) -> Result<WorkspaceInfo> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "workspace.demo"))
}

/// Workspaces that were opened before.
pub async fn recent(_studio: &Studio, _request: Nothing) -> Result<Vec<RecentWorkspace>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "workspace.recent"))
}

/// Find a text everywhere.
pub async fn search(_studio: &Studio, _request: SearchRequest) -> Result<Vec<SearchHit>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "workspace.search"))
}
