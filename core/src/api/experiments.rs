//! Verbs of `experiments`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// All experiments with their last run.
pub async fn list(_studio: &Studio, _request: Nothing) -> Result<Vec<ExperimentSummary>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "experiments.list"))
}

/// One experiment file.
pub async fn show(_studio: &Studio, _request: ExperimentRequest) -> Result<ExperimentSpec> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "experiments.show"))
}

/// Write an experiment file.
pub async fn save(_studio: &Studio, _request: ExperimentSaveRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "experiments.save"))
}

/// Delete an experiment file; its runs stay.
pub async fn delete(_studio: &Studio, _request: ExperimentRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "experiments.delete"))
}

/// Cells, cost and time of a run, before anything is sent.
pub async fn plan(_studio: &Studio, _request: PlanRequest) -> Result<Plan> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "experiments.plan"))
}
