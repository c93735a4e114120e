//! Verbs of `drafts`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// What was typed and not saved.
pub async fn list(_studio: &Studio, _request: Nothing) -> Result<Vec<Draft>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "drafts.list"))
}

/// Keep what is being typed.
pub async fn keep(_studio: &Studio, _request: DraftKeepRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "drafts.keep"))
}

/// Put a draft aside for good.
pub async fn discard(_studio: &Studio, _request: PromptRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "drafts.discard"))
}
