//! Verbs of `exports`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// What an export would hold.
pub async fn preview(_studio: &Studio, _request: ExportRequest) -> Result<ExportPreview> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "exports.preview"))
}

/// Write an export to a file.
pub async fn write(_studio: &Studio, _request: ExportRequest) -> Result<Exported> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "exports.write"))
}

/// Freeze a run or its rated part as an eval set in the workspace.
pub async fn freeze(_studio: &Studio, _request: FreezeRequest) -> Result<Exported> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "exports.freeze"))
}
