//! Verbs of `rubrics`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// All rubrics.
pub async fn list(_studio: &Studio, _request: Nothing) -> Result<Vec<RubricSummary>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "rubrics.list"))
}

/// One rubric.
pub async fn show(_studio: &Studio, _request: RubricRequest) -> Result<Rubric> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "rubrics.show"))
}

/// Write a rubric file.
pub async fn save(_studio: &Studio, _request: RubricSaveRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "rubrics.save"))
}
