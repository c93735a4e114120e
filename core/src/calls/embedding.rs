//! Vectors of texts, from the store where they were asked for before. Token vectors are not kept: they are large, and only
//! local encoders give them.

use super::catalog::{Target, Way};
use super::receipt::cost_usd;
use super::request_hash::text_hash;
use super::{Caller, files_of};
use crate::providers::{chat_body, errors};
use crate::store::embeddings;
use atelier_types::ids::ModelName;
use atelier_types::provider::{EmbeddingRequest, Embeddings, ProviderError, TextVectors, Usage, VectorKind};
use std::borrow::Cow;
use std::collections::BTreeSet;
use tokio_util::sync::CancellationToken;

/// Texts whose vectors are wanted, of which model.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbedCall {
    pub model: ModelName,
    pub texts: Vec<String>,
    pub kind: VectorKind,
    /// Take vectors from the store where they were asked for before.
    pub use_cache: bool,
}

/// Vectors in the order of the texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embedded {
    pub texts: Vec<TextVectors>,
    /// Of what was sent; `None` where the store answered or no price is known.
    pub cost_usd: Option<f64>,
}

impl Caller {
    /// One request for the texts that the store does not have. Limits and retries are those of [`Caller::call`].
    pub async fn embed(&self, call: EmbedCall, cancel: &CancellationToken) -> Result<Embedded, ProviderError> {
        let target = self.known(|known| known.target(&call.model))?;
        let hashes = match call.kind {
            VectorKind::Text => text_hashes(&target, &call.texts).await,
            VectorKind::Tokens { .. } => Vec::new(),
        };
        let kept: Vec<Option<Vec<f32>>> =
            hashes.iter().map(|hash| self.kept(hash).filter(|_| call.use_cache)).collect();
        let is_missing = |place: usize| kept.get(place).is_none_or(Option::is_none);
        let missing: BTreeSet<&String> =
            call.texts.iter().enumerate().filter(|(place, _)| is_missing(*place)).map(|(_, text)| text).collect();
        let texts: Vec<String> = missing.into_iter().cloned().collect();
        let asked = if texts.is_empty() {
            Embeddings::default()
        } else {
            let request = EmbeddingRequest { model: model_id(&target), texts: texts.clone(), kind: call.kind };
            let sent = cancel.run_until_cancelled(self.send(&target, request)).await;
            sent.unwrap_or_else(|| Err(errors::cancelled()))?
        };
        let usage = asked.num_tokens.map(|num_prompt_tokens| Usage { num_prompt_tokens, ..Usage::default() });
        let new = |text: &String| {
            let place = texts.binary_search(text).ok()?;
            asked.texts.get(place).cloned()
        };
        let vectors = call.texts.iter().enumerate().map(|(place, text)| match kept.get(place).cloned().flatten() {
            Some(vector) => TextVectors { vectors: vec![vector], ..TextVectors::default() },
            None => new(text).unwrap_or_default(),
        });
        let embedded = Embedded { texts: vectors.collect(), cost_usd: cost_usd(target.price(), usage) };
        self.keep(&hashes, &kept, &embedded).await;
        Ok(embedded)
    }

    async fn send(&self, target: &Target, request: EmbeddingRequest) -> Result<Embeddings, ProviderError> {
        let num_tokens = request.texts.iter().map(|text| chat_body::num_tokens_of(text)).sum();
        let mut num_tries = 0;
        loop {
            num_tries += 1;
            let permit = target.limiter().acquire(num_tokens).await;
            let error = match self.send_once(target, &request).await {
                Ok(embeddings) => {
                    permit.settle(embeddings.num_tokens.unwrap_or(num_tokens));
                    self.note_state(target, None);
                    return Ok(embeddings);
                }
                Err(error) => error,
            };
            drop(permit);
            self.note_state(target, Some(&error));
            self.wait_after(error, target, num_tries).await?;
        }
    }

    async fn send_once(&self, target: &Target, request: &EmbeddingRequest) -> Result<Embeddings, ProviderError> {
        let (provider, served) = self.provider(target).await?;
        let mut request = Cow::Borrowed(request);
        if let Some(served) = served {
            request.to_mut().model = served.model_id;
        }
        let _open = self.0.connections.open(target.remote_host());
        provider.embed(&request).await.map_err(|error| target.own_words(error))
    }

    /// A cache that cannot be read answers nothing.
    fn kept(&self, hash: &str) -> Option<Vec<f32>> {
        self.0.store.read(|connection| embeddings::find(connection, hash)).ok().flatten()
    }

    /// A vector that cannot be stored is asked for again next time.
    async fn keep(&self, hashes: &[String], kept: &[Option<Vec<f32>>], embedded: &Embedded) {
        let new = hashes.iter().zip(kept).zip(&embedded.texts).filter(|((_, kept), _)| kept.is_none());
        let new: Vec<(String, Vec<f32>)> =
            new.filter_map(|((hash, _), text)| Some((hash.clone(), text.vectors.first()?.clone()))).collect();
        if new.is_empty() {
            return;
        }
        let insert = move |transaction: &rusqlite::Transaction<'_>| {
            new.iter().try_for_each(|(hash, vector)| embeddings::insert(transaction, hash, vector))
        };
        self.0.store.queue(insert).await.ok();
    }
}

/// The id that a remote server knows; a local model's is given by the engine.
fn model_id(target: &Target) -> String {
    match &target.way {
        Way::Remote { id, .. } => id.clone(),
        Way::Local { shown_path, .. } => shown_path.clone(),
    }
}

async fn text_hashes(target: &Target, texts: &[String]) -> Vec<String> {
    let files = files_of(target).await;
    let provider = match &target.way {
        Way::Remote { endpoint, .. } => endpoint.config.base_url.as_str(),
        Way::Local { shown_path, .. } => shown_path,
    };
    let model = model_id(target);
    texts.iter().map(|text| text_hash(provider, &model, &files, text)).collect()
}
