//! Loaded models: how they are loaded, who owns them, and what is known about each.

pub mod actor;
mod identity;
mod load;
mod registry;

pub use identity::{Identity, MISTRALRS_VERSION};
pub use load::VectorModel;
pub use registry::{ModelStatus, Models, Ready};

use crate::error::EngineError;
use mistralrs::{MistralRs, Request};
use serde_json::Value;
use std::sync::Arc;

/// A model in memory. Dropping the last reference ends mistral.rs' thread and gives the memory back.
pub struct Model {
    runner: Arc<MistralRs>,
    pub facts: Arc<Facts>,
}

impl Model {
    pub async fn send(&self, request: Request) -> Result<(), EngineError> {
        // Starts the engine's thread again where it has died.
        let sender = self.runner.get_sender(None).map_err(|_| EngineError::Lost)?;
        sender.send(request).await.map_err(|_| EngineError::Lost)
    }
}

type TokenCounter = Box<dyn Fn(&str) -> Result<usize, String> + Send + Sync>;
type SchemaCheck = Box<dyn Fn(&Value) -> Result<(), String> + Send + Sync>;

/// What does not change while a model is loaded.
pub struct Facts {
    pub context_tokens: u32,
    pub has_chat_template: bool,
    pub defaults: Defaults,
    /// The token with which a grammar ends, where the model itself does not end an answer with it. Without it a
    /// constrained answer would go on to its limit after it is complete.
    pub grammar_end: Option<u32>,
    end_tokens: Vec<u32>,
    /// mistral.rs brings another version of `tokenizers` than ours, so its objects are kept behind functions.
    count: TokenCounter,
    bytes: Box<dyn Fn(u32) -> Vec<u8> + Send + Sync>,
    check_schema: SchemaCheck,
}

impl Facts {
    pub fn ends_answer(&self, token: u32) -> bool {
        self.end_tokens.contains(&token) || self.grammar_end == Some(token)
    }

    /// Tokens of a plain text, without special ones.
    pub fn count(&self, text: &str) -> Result<usize, String> {
        (self.count)(text)
    }

    /// Bytes of one token; a token may hold part of a character.
    pub fn bytes(&self, token: u32) -> Vec<u8> {
        (self.bytes)(token)
    }

    pub fn check_schema(&self, schema: &Value) -> Result<(), String> {
        (self.check_schema)(schema)
    }
}

/// What `generation_config.json` recommends. mistral.rs reads it and does not apply it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub top_k: Option<usize>,
    pub min_p: Option<f64>,
    pub repetition_penalty: Option<f32>,
    pub max_tokens: Option<u32>,
}

/// Name of the device on which this build computes.
pub fn device_name() -> &'static str {
    if cfg!(feature = "cuda") {
        "cuda"
    } else if cfg!(feature = "metal") {
        "metal"
    } else {
        "cpu"
    }
}

fn is_cpu_build() -> bool {
    device_name() == "cpu"
}
