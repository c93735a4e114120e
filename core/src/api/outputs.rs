//! Verbs of `outputs`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// One output with its scores and receipt.
pub async fn show(_studio: &Studio, _request: CellRequest) -> Result<CellDetail> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "outputs.show"))
}

/// The stored cell of a row, variant and repeat.
pub async fn find(_studio: &Studio, _request: FindCellRequest) -> Result<Option<CellId>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "outputs.find"))
}

/// The difference of two outputs.
pub async fn diff(_studio: &Studio, _request: OutputDiffRequest) -> Result<TextDiff> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "outputs.diff"))
}

/// Ask again for one output, past the cache.
pub async fn rerun(_studio: &Studio, _request: CellRequest) -> Result<CellDetail> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "outputs.rerun"))
}
