//! Models whose weights are on this machine: where they are, how they are told apart, and the engine that runs them.

use crate::providers::engine::{EngineEndpoint, EngineHost};
use crate::providers::http::Timeouts;
use async_trait::async_trait;
use atelier_types::JsonMap;
use atelier_types::error::ApiError;
use atelier_types::provider::{ErrorCategory, ProviderError};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A slow machine may think for long, and nobody pays by the minute. An engine that hangs is ended by unloading its model.
pub(super) const TIMEOUTS: Timeouts = Timeouts { total: Duration::from_secs(3_600), idle: Duration::from_secs(600) };

/// Path prefix of models that ship with Atelier.
pub const BUILTIN: &str = "builtin:";

/// The engine's program, as far as a call needs it.
#[async_trait]
pub trait LocalEngine: Send + Sync {
    /// Starts the engine and loads the weights where that is not done yet, and says where they are served.
    async fn serve(&self, weights: &Path) -> Result<ServedModel, ApiError>;
}

/// Weights that are loaded and answer.
#[derive(Clone)]
pub struct ServedModel {
    /// Reaches the engine.
    pub http: reqwest::Client,
    pub base_url: String,
    /// Shared secret of this start of the engine.
    pub token: String,
    /// The model's id as the engine knows it.
    pub model_id: String,
    /// Hashes of weights and chat template, quantisation, engine version.
    pub identity: JsonMap,
}

#[async_trait]
impl LocalEngine for EngineHost {
    async fn serve(&self, weights: &Path) -> Result<ServedModel, ApiError> {
        let EngineEndpoint { http, base_url, token, model_id, context_tokens: _, identity } =
            self.endpoint(weights).await?;
        Ok(ServedModel { http, base_url, token, model_id, identity })
    }
}

/// Where weights are: `builtin:<name>`, or a path that starts at the workspace where it is relative.
pub fn resolve(path: &str, workspace: &Path, builtin_models: &Path) -> PathBuf {
    match path.strip_prefix(BUILTIN) {
        // Only a name: `builtin:../..` names nothing.
        Some(name) => builtin_models.join(Path::new(name).file_name().unwrap_or_default()),
        None => workspace.join(path),
    }
}

/// Names, sizes and times of the files of a model; empty where there are none.
pub(super) fn fingerprint(path: &Path) -> String {
    let mut lines: Vec<String> = files(path).iter().filter_map(|file| describe(file)).collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// The model file itself, or the files of its folder.
pub fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(folder) = std::fs::read_dir(path) else { return vec![path.to_owned()] };
    folder.filter_map(|entry| Some(entry.ok()?.path())).filter(|file| file.is_file()).collect()
}

fn describe(file: &Path) -> Option<String> {
    let metadata = file.metadata().ok()?;
    let modified = metadata.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(format!("{} {} {}", file.file_name()?.display(), metadata.len(), modified.as_nanos()))
}

/// A model that could not be started, as the failure of the call that wanted it.
pub(super) fn failed(err: &ApiError) -> ProviderError {
    let is_gone = err.code == ErrorCategory::EngineLost.code();
    ProviderError {
        category: if is_gone { ErrorCategory::EngineLost } else { ErrorCategory::BadRequest },
        status: None,
        provider_code: Some(err.code.clone()),
        message: err.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_the_workspace_or_among_the_models_that_ship() {
        let resolve = |path| resolve(path, Path::new("/w"), Path::new("/models"));
        assert_eq!(resolve("weights/small"), Path::new("/w/weights/small"));
        assert_eq!(resolve("/elsewhere/m.gguf"), Path::new("/elsewhere/m.gguf"));
        assert_eq!(resolve("builtin:demo"), Path::new("/models/demo"));
        assert_eq!(resolve("builtin:../../etc"), Path::new("/models/etc"));
    }

    #[test]
    fn fingerprint_follows_the_files() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(fingerprint(&folder.path().join("none")), "");
        std::fs::write(folder.path().join("a"), "1").unwrap();
        let one = fingerprint(folder.path());
        assert!(one.starts_with("a 1 "), "{one}");
        std::fs::write(folder.path().join("a"), "22").unwrap();
        assert_ne!(fingerprint(folder.path()), one);
    }
}
