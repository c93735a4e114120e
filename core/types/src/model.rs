//! Models and endpoints as `atelier.toml` names them, and what the studio knows about them at this moment.

use crate::error::ApiError;
use crate::ids::{EndpointName, ModelName};
use crate::provider::Params;
use crate::time::MillisSinceEpoch;
use serde::{Deserialize, Serialize};

/// Which wire language an endpoint speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// OpenAI chat completions, and every server that speaks it.
    #[default]
    OpenaiChat,
}

/// Where an endpoint's key is read from. The key itself is never in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    #[default]
    None,
    /// The operating system's keychain, under this endpoint's name and address.
    Keychain,
    /// An environment variable of this name.
    Env(String),
}

/// `[endpoints.<name>]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointConfig {
    #[serde(default, skip_serializing_if = "is_default")]
    pub dialect: Dialect,
    /// Without a trailing slash; requests go to `{base_url}/chat/completions`.
    pub base_url: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub key: KeySource,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_concurrency: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<u32>,
    /// A call that has not ended after this long has failed. Default 120,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_millis: Option<u64>,
}

/// Where a model lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", untagged)]
pub enum ModelSource {
    /// Served by an endpoint under its own id.
    Endpoint { endpoint: EndpointName, id: String },
    /// Weights on this machine: a safetensors folder or a GGUF file. Relative paths start at the workspace;
    /// `builtin:<name>` is a model that ships with Atelier.
    Local { path: String },
}

/// `[models.<name>]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelConfig {
    #[serde(flatten)]
    pub source: ModelSource,
    #[serde(default, skip_serializing_if = "is_default")]
    pub params: Params,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
}

/// What is not said in a file is not written into it.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Price in US dollars for a million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Price {
    pub input_usd_per_mtok: f64,
    pub output_usd_per_mtok: f64,
}

/// Format of local weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WeightsFormat {
    Safetensors,
    Gguf,
}

/// What the engine does with a local model right now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum LoadState {
    Unloaded,
    Loading,
    Loaded { resident_bytes: Option<u64> },
    Failed { error: ApiError },
}

/// A local model as the models screen shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocalModel {
    pub name: ModelName,
    pub path: String,
    pub format: Option<WeightsFormat>,
    /// As its files say: `Q4_K_M`, `F16`.
    pub quantisation: Option<String>,
    pub disk_bytes: Option<u64>,
    pub context_tokens: Option<u32>,
    /// Estimate: weights on disk plus key-value cache for the full context.
    pub needed_bytes: Option<u64>,
    pub load_state: LoadState,
    pub speed: Option<Speed>,
    pub last_used_at: Option<MillisSinceEpoch>,
    /// Ships with Atelier.
    pub is_builtin: bool,
    /// Why it cannot be used, where it cannot.
    pub problem: Option<ApiError>,
}

/// Measured on this machine from stored calls.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Speed {
    pub tokens_per_second: f64,
    /// Half width of the 95 % interval; `None` with fewer than two calls.
    pub half_width: Option<f64>,
    pub first_token_millis_p50: Option<f64>,
    pub num_calls: u32,
}

/// What is known of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum EndpointState {
    #[default]
    NotAsked,
    Answered {
        at: MillisSinceEpoch,
    },
    Failed {
        at: MillisSinceEpoch,
        error: ApiError,
    },
}

/// An endpoint as the models screen shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndpointStatus {
    pub name: EndpointName,
    pub config: EndpointConfig,
    /// Whether a key was found where the configuration points. Always true for [`KeySource::None`].
    pub has_key: bool,
    pub state: EndpointState,
}

/// A remote model as the models screen shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteModel {
    pub name: ModelName,
    pub endpoint: EndpointName,
    pub id: String,
    pub price: Option<Price>,
    pub speed: Option<Speed>,
}

/// The engine process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum EngineState {
    /// Not started; it starts with the first local call.
    #[default]
    Idle,
    Starting,
    Running {
        version: String,
        device: String,
        pid: u32,
        resident_bytes: Option<u64>,
    },
    /// It ended by itself; the next local call starts it again.
    Stopped {
        error: ApiError,
    },
    /// This installation has no engine program.
    Missing {
        error: ApiError,
    },
}

/// Everything that the models screen shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelsOverview {
    pub total_memory_bytes: u64,
    pub available_memory_bytes: u64,
    pub num_threads: u32,
    pub engine: EngineState,
    pub local: Vec<LocalModel>,
    pub endpoints: Vec<EndpointStatus>,
    pub remote: Vec<RemoteModel>,
}

/// Answer of a probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    pub latency_millis: f64,
    pub reported_model: Option<String>,
    /// Model ids that the endpoint lists, where it lists any.
    pub available: Vec<String>,
    pub text: String,
}
