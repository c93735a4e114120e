//! Verbs of `playground`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// Run a draft on several models at once; answers arrive as events.
pub async fn run(_studio: &Studio, _request: PlaygroundRequest) -> Result<PlaygroundId> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "playground.run"))
}

/// Stop one model or all of a round.
pub async fn cancel(_studio: &Studio, _request: PlaygroundCancelRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "playground.cancel"))
}
