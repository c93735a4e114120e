//! Verbs of `runs`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// Runs, newest first.
pub async fn list(_studio: &Studio, _request: RunsListRequest) -> Result<Vec<RunSummary>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "runs.list"))
}

/// Start or resume a run; progress arrives as events.
pub async fn start(_studio: &Studio, _request: RunStartRequest) -> Result<RunId> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "runs.start"))
}

/// Stop a run; what was answered stays and it can be resumed.
pub async fn cancel(_studio: &Studio, _request: RunRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "runs.cancel"))
}

/// The head of a results grid.
pub async fn show(_studio: &Studio, _request: RunShowRequest) -> Result<RunDetail> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "runs.show"))
}

/// A window of a results grid.
pub async fn grid(_studio: &Studio, _request: GridRequest) -> Result<GridPage> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "runs.grid"))
}

/// Two variants, their measures, verdicts and rows.
pub async fn compare(_studio: &Studio, _request: CompareRequest) -> Result<Comparison> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "runs.compare"))
}

/// A run against the thresholds of its experiment.
pub async fn check(_studio: &Studio, _request: RunRequest) -> Result<Vec<ThresholdCheck>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "runs.check"))
}

/// Delete a run and its outputs from this machine.
pub async fn delete(_studio: &Studio, _request: RunRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "runs.delete"))
}
