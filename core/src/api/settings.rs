//! Verbs of `settings`. PLACEHOLDER: replace every body.
#![allow(unused_imports)]
use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::{
    JsonMap, dataset::*, diff::*, error::*, experiment::*, ids::*, model::*, prompt::*, review::*, settings::*,
    workspace::*,
};

/// What is remembered on this machine.
pub async fn show(_studio: &Studio, _request: Nothing) -> Result<Settings> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "settings.show"))
}

/// Remember settings.
pub async fn save(_studio: &Studio, _request: SettingsSaveRequest) -> Result<Nothing> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "settings.save"))
}

/// What was found on this machine.
pub async fn machine(_studio: &Studio, _request: Nothing) -> Result<Vec<MachineCheck>> {
    Err(ApiError::new(ErrorKind::Internal, "api.placeholder", "settings.machine"))
}
