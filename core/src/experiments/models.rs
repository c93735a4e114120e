//! What a run needs of whoever makes calls.

use crate::calls::{Call, Caller, EmbedCall, Embedded, Finished};
use async_trait::async_trait;
use atelier_types::ids::ModelName;
use atelier_types::model::Price;
use atelier_types::provider::ProviderError;
use tokio_util::sync::CancellationToken;

/// The way to the models.
#[async_trait]
pub trait Models: Send + Sync {
    /// Never fails: what went wrong stands in the output.
    async fn call(&self, call: Call, cancel: &CancellationToken) -> Finished;

    async fn embed(&self, call: EmbedCall, cancel: &CancellationToken) -> Result<Embedded, ProviderError>;

    fn max_concurrency(&self, model: &ModelName) -> usize;

    fn is_local(&self, model: &ModelName) -> bool;

    fn price(&self, model: &ModelName) -> Option<Price>;

    /// The other machine that a call contacts.
    fn host(&self, model: &ModelName) -> Option<String>;
}

#[async_trait]
impl Models for Caller {
    async fn call(&self, call: Call, cancel: &CancellationToken) -> Finished {
        Caller::call(self, call, &|_| {}, cancel).await
    }

    async fn embed(&self, call: EmbedCall, cancel: &CancellationToken) -> Result<Embedded, ProviderError> {
        Caller::embed(self, call, cancel).await
    }

    fn max_concurrency(&self, model: &ModelName) -> usize {
        Caller::max_concurrency(self, model)
    }

    fn is_local(&self, model: &ModelName) -> bool {
        Caller::is_local(self, model)
    }

    fn price(&self, model: &ModelName) -> Option<Price> {
        Caller::price(self, model)
    }

    fn host(&self, model: &ModelName) -> Option<String> {
        Caller::host(self, model)
    }
}
