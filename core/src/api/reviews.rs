//! Verbs of `reviews`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// All review sets with their progress.
pub async fn list(_studio: &Studio, _request: Nothing) -> Result<Vec<ReviewSetSummary>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "reviews.list"))
}

/// Make a blind review set from a run.
pub async fn create(_studio: &Studio, _request: ReviewCreateRequest) -> Result<ReviewSetSummary> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "reviews.create"))
}

/// Items and answers of one reviewer.
pub async fn session(_studio: &Studio, _request: ReviewSessionRequest) -> Result<ReviewSession> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "reviews.session"))
}

/// Append a rating; it is on disk when this answers.
pub async fn rate(_studio: &Studio, _request: RateRequest) -> Result<Rating> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "reviews.rate"))
}

/// Win rates, means and comments of a set.
pub async fn results(_studio: &Studio, _request: ReviewSetRequest) -> Result<ReviewResults> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "reviews.results"))
}

/// Take in ratings from another file.
pub async fn import(_studio: &Studio, _request: ReviewImportRequest) -> Result<ReviewImported> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "reviews.import"))
}

/// Publish the mapping of a set; no ratings are taken after it.
pub async fn close(_studio: &Studio, _request: ReviewSetRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "reviews.close"))
}
