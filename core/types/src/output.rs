//! An answer and its receipt.

use crate::JsonMap;
use crate::ids::{ModelName, PromptName, VersionHash};
use crate::prompt::Message;
use crate::provider::{FinishReason, Params, ProviderError, TokenLogprobs, Usage};
use crate::time::MillisSinceEpoch;
use serde::{Deserialize, Serialize};

/// What came back, or why nothing did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// The text so far, also when the call failed half-way.
    pub text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// The answer token by token, where the call asked for log-probabilities and the provider gave them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logprobs: Vec<TokenLogprobs>,
    pub error: Option<ProviderError>,
    pub receipt: Receipt,
}

/// Everything that is needed to run a call again and to trust its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    pub prompt: Option<PromptName>,
    pub version: Option<VersionHash>,
    pub messages: Vec<Message>,
    pub model: ModelName,
    /// `https://api.example.com/v1` or the path of local weights.
    pub provider: String,
    /// The model's id as it was asked for, and as the provider said it answered.
    pub requested_model: String,
    pub reported_model: Option<String>,
    pub params: Params,
    /// SHA-256 in hex of the request as it is cached: model identity, messages, parameters.
    pub request_hash: String,
    /// Weights' hashes, quantisation, chat template's hash, engine version: what the provider said about itself.
    pub identity: JsonMap,
    pub finish: Option<FinishReason>,
    pub usage: Option<Usage>,
    pub started_at: MillisSinceEpoch,
    pub first_token_millis: Option<f64>,
    pub latency_millis: f64,
    /// Tries that it took, counted from 1.
    pub num_tries: u32,
    pub cost_usd: Option<f64>,
    /// Version of Atelier.
    pub atelier_version: String,
}
