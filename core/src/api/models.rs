//! Verbs of `models`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// Models, endpoints, the engine and the memory.
pub async fn list(_studio: &Studio, _request: Nothing) -> Result<ModelsOverview> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "models.list"))
}

/// Write a model into atelier.toml.
pub async fn add(_studio: &Studio, _request: ModelAddRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "models.add"))
}

/// Take a model out of atelier.toml.
pub async fn remove(_studio: &Studio, _request: ModelRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "models.remove"))
}

/// Write an endpoint into atelier.toml.
pub async fn add_endpoint(_studio: &Studio, _request: EndpointAddRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "models.add_endpoint"))
}

/// Take an endpoint out of atelier.toml.
pub async fn remove_endpoint(_studio: &Studio, _request: EndpointRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "models.remove_endpoint"))
}

/// Put an endpoint's key into the keychain.
pub async fn set_key(_studio: &Studio, _request: SetKeyRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "models.set_key"))
}

/// Ask a model for one word.
pub async fn probe(_studio: &Studio, _request: ModelRequest) -> Result<Probe> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "models.probe"))
}

/// Load a local model into memory.
pub async fn load(_studio: &Studio, _request: ModelRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "models.load"))
}

/// Give a local model's memory back.
pub async fn unload(_studio: &Studio, _request: ModelRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "models.unload"))
}

/// Hash a local model's files.
pub async fn verify(_studio: &Studio, _request: ModelRequest) -> Result<JsonMap> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "models.verify"))
}
