//! Verbs of `prompts`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// All prompts and fragments.
pub async fn list(_studio: &Studio, _request: Nothing) -> Result<Vec<PromptSummary>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "prompts.list"))
}

/// One prompt file at a version.
pub async fn show(_studio: &Studio, _request: PromptAtRequest) -> Result<PromptSource> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "prompts.show"))
}

/// Create a prompt or a fragment.
pub async fn create(_studio: &Studio, _request: PromptCreateRequest) -> Result<PromptSource> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "prompts.create"))
}

/// Rename or move a prompt, with its labels.
pub async fn rename(_studio: &Studio, _request: RenameRequest) -> Result<PromptSource> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "prompts.rename"))
}

/// Copy a prompt under a new name.
pub async fn duplicate(_studio: &Studio, _request: RenameRequest) -> Result<PromptSource> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "prompts.duplicate"))
}

/// Delete a prompt file; its history stays.
pub async fn delete(_studio: &Studio, _request: PromptRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "prompts.delete"))
}

/// Write the file, unless it changed since it was read.
pub async fn save(_studio: &Studio, _request: PromptSaveRequest) -> Result<PromptSource> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "prompts.save"))
}

/// Make saved files a version that others see.
pub async fn commit(_studio: &Studio, _request: CommitRequest) -> Result<Committed> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "prompts.commit"))
}

/// The messages that a prompt makes of its inputs.
pub async fn render(_studio: &Studio, _request: RenderRequest) -> Result<Rendered> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "prompts.render"))
}

/// The file with its fragments resolved, for other Prompty tools.
pub async fn flatten(_studio: &Studio, _request: PromptAtRequest) -> Result<TextResponse> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "prompts.flatten"))
}
