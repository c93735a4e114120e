//! Ways to models: one trait, one file for each wire language, and what all of them need (classified errors, a
//! limiter, keys that never show).
//!
//! A provider sends one request once. Retries, the cache and receipts belong in `calls`.

mod chat_answer;
mod embeddings;
mod sse;

pub mod chat_body;
pub mod engine;
pub mod errors;
pub mod http;
pub mod limiter;
pub mod openai_chat;
pub mod secrets;
pub mod weights;

#[cfg(test)]
pub mod puppet;
#[cfg(test)]
pub mod stand_in;

use async_trait::async_trait;
use atelier_types::provider::{ChatRequest, EmbeddingRequest, Embeddings, ProviderError, StreamEvent};
use futures_util::stream::BoxStream;

/// The events of one answer. The stream ends after `End` or after an error; dropping it ends the call.
pub type AnswerStream = BoxStream<'static, Result<StreamEvent, ProviderError>>;

/// One way to a model.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Sends the request and answers when the provider has taken it.
    async fn stream(&self, request: &ChatRequest) -> Result<AnswerStream, ProviderError>;

    /// The vectors of texts.
    async fn embed(&self, request: &EmbeddingRequest) -> Result<Embeddings, ProviderError>;

    /// Ids of the models that can be asked for.
    async fn list_models(&self) -> Result<Vec<String>, ProviderError>;
}
