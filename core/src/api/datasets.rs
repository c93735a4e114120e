//! Verbs of `datasets`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// All datasets.
pub async fn list(_studio: &Studio, _request: Nothing) -> Result<Vec<DatasetSummary>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "datasets.list"))
}

/// A window of rows.
pub async fn show(_studio: &Studio, _request: DatasetPageRequest) -> Result<DatasetPage> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "datasets.show"))
}

/// Read a JSONL or CSV file into the workspace, with an id a row.
pub async fn import(_studio: &Studio, _request: DatasetImportRequest) -> Result<DatasetSummary> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "datasets.import"))
}

/// Delete a dataset file.
pub async fn delete(_studio: &Studio, _request: DatasetRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "datasets.delete"))
}
