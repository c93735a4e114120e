//! Verbs of `history`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// The committed versions of one prompt, oldest first.
pub async fn list(_studio: &Studio, _request: PromptRequest) -> Result<Vec<Version>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "history.list"))
}

/// The difference of two versions, as written or as rendered.
pub async fn diff(_studio: &Studio, _request: VersionDiffRequest) -> Result<Vec<DiffSection>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "history.diff"))
}

/// Write an older version back to the file.
pub async fn restore(_studio: &Studio, _request: PromptAtRequest) -> Result<PromptSource> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "history.restore"))
}

/// Point a label at a version.
pub async fn set_label(_studio: &Studio, _request: LabelRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "history.set_label"))
}

/// Remove a label.
pub async fn remove_label(_studio: &Studio, _request: LabelRemoveRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "history.remove_label"))
}

/// The difference of any two texts.
pub async fn diff_texts(_studio: &Studio, _request: DiffTextsRequest) -> Result<TextDiff> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "history.diff_texts"))
}
