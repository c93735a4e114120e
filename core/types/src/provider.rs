//! A model call: the request that goes in and the stream of events that comes out.

use crate::JsonMap;
use crate::prompt::Message;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Sampling parameters. `None` leaves the choice to the provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_p: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// JSON Schema that the answer must follow, where the provider can enforce one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json_schema: Option<Value>,
    /// Asks for the log-probability of each token of the answer and of so many that could have stood in its place; 0 for
    /// the tokens alone. Providers that have none answer without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_logprobs: Option<u32>,
}

impl Params {
    /// `self` where it says something, `defaults` elsewhere.
    #[must_use]
    pub fn or(self, defaults: &Params) -> Params {
        Params {
            temperature: self.temperature.or(defaults.temperature),
            top_p: self.top_p.or(defaults.top_p),
            top_k: self.top_k.or(defaults.top_k),
            min_p: self.min_p.or(defaults.min_p),
            max_tokens: self.max_tokens.or(defaults.max_tokens),
            seed: self.seed.or(defaults.seed),
            stop: if self.stop.is_empty() { defaults.stop.clone() } else { self.stop },
            frequency_penalty: self.frequency_penalty.or(defaults.frequency_penalty),
            presence_penalty: self.presence_penalty.or(defaults.presence_penalty),
            json_schema: self.json_schema.or_else(|| defaults.json_schema.clone()),
            top_logprobs: self.top_logprobs.or(defaults.top_logprobs),
        }
    }
}

/// What is asked of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatRequest {
    /// The model's id as its provider knows it.
    pub model: String,
    pub messages: Vec<Message>,
    pub params: Params,
}

/// Tokens of one call, as the provider counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub num_prompt_tokens: u32,
    pub num_completion_tokens: u32,
    /// Prompt tokens that the provider took from its cache; they are part of `num_prompt_tokens`.
    #[serde(default)]
    pub num_cached_tokens: u32,
}

/// Why a model stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    Stop,
    Length,
    ContentFilter,
    ToolCalls,
    /// Anything else, as the provider wrote it.
    Other(String),
}

/// One token of an answer, and what could have stood in its place. Log-probabilities are natural logarithms.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TokenLogprobs {
    pub token: String,
    pub logprob: f64,
    /// Most probable first; the token itself may be among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<(String, f64)>,
}

/// Texts whose vectors are wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingRequest {
    /// The model's id as its provider knows it.
    pub model: String,
    pub texts: Vec<String>,
    pub kind: VectorKind,
}

/// What the vectors stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VectorKind {
    /// One vector for the whole text.
    Text,
    /// One for each token in its context, after so many layers of the encoder; `None` for all of them. Only local encoders
    /// give these.
    Tokens { layer: Option<u32> },
}

/// The vectors of one text: one for the whole text, or one for each token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TextVectors {
    pub vectors: Vec<Vec<f32>>,
    /// Of the tokens; empty for a whole text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<u32>,
    /// Ids of the tokens that begin and end a text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub special_ids: Vec<u32>,
}

/// The vectors of the texts of a request, in their order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Embeddings {
    pub texts: Vec<TextVectors>,
    /// `None` where the provider reports no count.
    pub num_tokens: Option<u32>,
}

/// One event of an answer. A stream ends with exactly one `End`, or with an error instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum StreamEvent {
    /// Text to append.
    Delta { text: String },
    /// Text of a reasoning model's thinking, kept apart from the answer.
    Reasoning { text: String },
    /// The tokens that the text so far is made of, where the request asked for them.
    Logprobs { tokens: Vec<TokenLogprobs> },
    End {
        finish: FinishReason,
        /// `None` where the provider reports no counts.
        usage: Option<Usage>,
        /// Model id that the provider says has answered.
        reported_model: Option<String>,
        /// What else the provider said about itself: fingerprint, file hashes, engine version.
        identity: JsonMap,
    },
}

/// The one vocabulary for what can go wrong with a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "category")]
pub enum ErrorCategory {
    Auth,
    RateLimited {
        retry_after_millis: Option<u64>,
    },
    Overloaded {
        retry_after_millis: Option<u64>,
    },
    ContextTooLong {
        num_prompt_tokens: Option<u32>,
        max_tokens: Option<u32>,
    },
    ContentRefused,
    /// The provider understood the request and turns it down: unknown model, bad parameter.
    BadRequest,
    /// Could not connect, or the connection broke.
    Network,
    Timeout,
    /// The answer was not what the dialect promises.
    Protocol,
    /// The local engine stopped.
    EngineLost,
    Cancelled,
}

impl ErrorCategory {
    /// Stable code under which the failure is stored and shown.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Auth => "provider.auth",
            Self::RateLimited { .. } => "provider.rate_limited",
            Self::Overloaded { .. } => "provider.overloaded",
            Self::ContextTooLong { .. } => "provider.context_too_long",
            Self::ContentRefused => "provider.content_refused",
            Self::BadRequest => "provider.bad_request",
            Self::Network => "provider.network",
            Self::Timeout => "provider.timeout",
            Self::Protocol => "provider.protocol",
            Self::EngineLost => "engine.lost",
            Self::Cancelled => "provider.cancelled",
        }
    }

    /// Whether the same request may succeed when it is sent again.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. } | Self::Overloaded { .. } | Self::Network | Self::Timeout | Self::EngineLost
        )
    }
}

/// A failed call: the category, and the provider's own words with secrets removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderError {
    #[serde(flatten)]
    pub category: ErrorCategory,
    /// HTTP status where there was one.
    pub status: Option<u16>,
    /// The provider's own error code.
    pub provider_code: Option<String>,
    pub message: String,
}

impl std::fmt::Display for ProviderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.status {
            Some(status) => write!(f, "{} (HTTP {status})", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for ProviderError {}
