//! The one way to a model: resolve the name, look into the store, keep to the endpoint's limits, send with retries,
//! and write the receipt. Experiments, the playground, judges and probes all go through [`Caller::call`].
//!
//! A call never fails as a function: what went wrong stands in the output, beside the text that had come by then.
//! Storing is the caller's part, since runs commit many outputs at once.

mod answer;
mod catalog;
mod connections;
mod embedding;
mod local;
mod receipt;
mod request_hash;
mod retry;

pub use catalog::{Catalog, ModelPlace};
pub use embedding::{EmbedCall, Embedded};
pub use local::{BUILTIN, LocalEngine, ServedModel, files as local_files};

use crate::providers::errors::{self, failure};
use crate::providers::openai_chat::OpenAiChat;
use crate::providers::{AnswerStream, Provider, chat_body, http, secrets};
use crate::store::traces::TraceRecord;
use crate::store::{Store, outputs};
use crate::support::{Clock, KeyStore, Random, Variables};
use answer::Gathered;
use atelier_types::ids::{ModelName, PromptName, VersionHash};
use atelier_types::model::{EndpointState, Price};
use atelier_types::output::Output;
use atelier_types::prompt::Message;
use atelier_types::provider::{ErrorCategory, Params, ProviderError, StreamEvent};
use catalog::{Known, Target, Way};
use connections::Connections;
use futures_util::StreamExt;
use receipt::Asked;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tokio_util::sync::CancellationToken;

/// What is asked, of whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub prompt: Option<PromptName>,
    pub version: Option<VersionHash>,
    pub model: ModelName,
    pub messages: Vec<Message>,
    /// What these leave open comes from the model's own parameters in `atelier.toml`.
    pub params: Params,
    /// Number of the repeat, counted from 0. Repeats of one request are independent answers.
    pub repeat: u32,
    /// Take the answer from the store where the same request was answered before.
    pub use_cache: bool,
}

/// A call that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    pub output: Output,
    /// Id of the stored output that answered it, so that nothing is to be stored again.
    pub stored: Option<i64>,
    /// Spans of this call; empty where the store answered.
    pub trace: TraceRecord,
}

/// What a caller tells while it works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Other machines that are being talked to, by host.
    Connections(Vec<String>),
    /// An endpoint answers that did not, or the other way round.
    EndpointChanged,
}

/// What a caller needs from outside.
#[derive(Clone)]
pub struct Parts {
    pub http: reqwest::Client,
    /// For servers on this machine, past any proxy.
    pub loopback_http: reqwest::Client,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub keys: Arc<dyn KeyStore>,
    pub variables: Variables,
    pub builtin_models: PathBuf,
    pub engine: Arc<dyn LocalEngine>,
    pub notify: Arc<dyn Fn(Notice) + Send + Sync>,
}

/// Makes calls. Cloning shares it.
#[derive(Clone)]
pub struct Caller(Arc<Inner>);

struct Inner {
    parts: Parts,
    store: Arc<Store>,
    known: RwLock<Known>,
    connections: Connections,
}

impl Caller {
    pub fn new(parts: Parts, store: Arc<Store>) -> Self {
        let connections = Connections::new(parts.notify.clone());
        Self(Arc::new(Inner { parts, store, known: RwLock::default(), connections }))
    }

    /// Takes over what the workspace says about models now. Where something changed keys are read anew; limits go on as
    /// long as they are the same.
    pub fn set_manifest(&self, catalog: Catalog) {
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.catalog != catalog {
            *known = Known::new(catalog, &self.0.parts.builtin_models, &known);
        }
    }

    /// Reads keys anew at the next calls.
    pub fn forget_keys(&self) {
        let mut known = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Known::new(known.catalog.clone(), &self.0.parts.builtin_models, &known);
    }

    pub fn catalog(&self) -> Catalog {
        self.known(|known| known.catalog.clone())
    }

    /// One call: resolve model → cache → limiter → provider with retries → receipt. Never fails: errors are in
    /// `Output::error`. An answer from the store gives no events.
    pub async fn call(
        &self,
        call: Call,
        on_event: &(dyn Fn(&StreamEvent) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Finished {
        let use_cache = call.use_cache;
        let target = match self.known(|known| known.target(&call.model)) {
            Ok(target) => target,
            Err(error) => return Asked::nowhere(call).finish(Gathered::default(), Some(error), &self.0.parts),
        };
        let asked = Asked::new(call, &target, &files_of(&target).await);
        if use_cache && let Some((id, output)) = self.stored(&asked).await {
            return Finished { output, stored: Some(id), trace: TraceRecord::default() };
        }
        let mut gathered = Gathered::default();
        let answered = cancel.run_until_cancelled(self.answer(&target, &asked, &mut gathered, on_event)).await;
        let error = answered.unwrap_or_else(|| Err(errors::cancelled())).err();
        self.note_state(&target, error.as_ref());
        asked.finish(gathered, error, &self.0.parts)
    }

    /// How many calls of this model can run at once: 1 for a local one, and no bound where the endpoint has none.
    pub fn max_concurrency(&self, model: &ModelName) -> usize {
        let limiter = self.known(|known| known.target(model)).map(|target| target.limiter().limits());
        let limit = limiter.ok().and_then(|limits| limits.max_concurrency);
        limit.map_or(usize::MAX, |limit| limit.max(1) as usize)
    }

    pub fn is_local(&self, model: &ModelName) -> bool {
        self.known(|known| known.target(model)).is_ok_and(|target| matches!(target.way, Way::Local { .. }))
    }

    /// Price of a model; nothing for a local one, and `None` where it is not known.
    pub fn price(&self, model: &ModelName) -> Option<Price> {
        self.known(|known| known.target(model)).ok()?.price()
    }

    /// The other machine that a call of this model contacts.
    pub fn host(&self, model: &ModelName) -> Option<String> {
        self.known(|known| known.target(model)).ok()?.remote_host().map(str::to_owned)
    }

    /// What calls so far say about each endpoint.
    pub fn endpoint_state(&self, name: &atelier_types::ids::EndpointName) -> EndpointState {
        self.known(|known| known.endpoint(name).map(|endpoint| endpoint.state())).unwrap_or_default()
    }

    /// Where a model's weights are, or which endpoint serves it.
    pub fn place(&self, model: &ModelName) -> Result<ModelPlace, ProviderError> {
        self.known(|known| known.target(model)).map(|target| target.place())
    }

    /// Ids that the model's server lists.
    pub async fn list_models(&self, model: &ModelName) -> Result<Vec<String>, ProviderError> {
        let target = self.known(|known| known.target(model))?;
        let (provider, _) = self.provider(&target).await?;
        let _open = self.0.connections.open(target.remote_host());
        provider.list_models().await
    }

    /// Puts a provider in place of the one that the workspace names.
    #[cfg(test)]
    pub async fn put_provider(&self, model: &ModelName, provider: Arc<dyn Provider>) {
        let target = self.known(|known| known.target(model)).unwrap();
        *target.provider.lock().await = Some(provider);
    }

    fn known<T>(&self, read: impl FnOnce(&Known) -> T) -> T {
        read(&self.0.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A cache that cannot be read answers nothing; whoever stores the new output will hear what is wrong.
    async fn stored(&self, asked: &Asked) -> Option<(i64, Output)> {
        let store = self.0.store.clone();
        // A look into the index takes a few microseconds, less than handing it to another thread would; most calls of a
        // run find nothing there.
        let id = store.read(|connection| outputs::find(connection, &asked.request_hash, asked.repeat)).ok()??;
        let read = tokio::task::spawn_blocking(move || store.read(|connection| outputs::get(connection, id)));
        Some((id, read.await.ok()?.ok()??))
    }

    /// Tries until there is an answer or a failure that stays.
    async fn answer(
        &self,
        target: &Target,
        asked: &Asked,
        gathered: &mut Gathered,
        on_event: &(dyn Fn(&StreamEvent) + Send + Sync),
    ) -> Result<(), ProviderError> {
        let limiter = target.limiter();
        let num_tokens = chat_body::estimate_tokens(&asked.request);
        loop {
            let permit = limiter.acquire(num_tokens).await;
            let error = match self.attempt(target, asked, gathered, on_event).await {
                Ok(()) => {
                    permit.settle(gathered.num_tokens().unwrap_or(num_tokens));
                    return Ok(());
                }
                Err(error) => error,
            };
            drop(permit);
            self.wait_after(error, target, gathered.num_tries).await?;
        }
    }

    /// Waits until the next try; the error where there is none.
    async fn wait_after(&self, error: ProviderError, target: &Target, num_tries: u32) -> Result<(), ProviderError> {
        if error.category == ErrorCategory::Auth {
            target.provider.lock().await.take();
        }
        let Some(delay) = retry::delay(&error, num_tries, &*self.0.parts.random) else { return Err(error) };
        if let Some(asked_for) = retry::server_delay(&error) {
            target.limiter().pause(asked_for);
        }
        tokio::time::sleep(delay).await;
        Ok(())
    }

    async fn attempt(
        &self,
        target: &Target,
        asked: &Asked,
        gathered: &mut Gathered,
        on_event: &(dyn Fn(&StreamEvent) + Send + Sync),
    ) -> Result<(), ProviderError> {
        gathered.num_tries += 1;
        let (provider, served) = self.provider(target).await?;
        let mut request = std::borrow::Cow::Borrowed(&asked.request);
        if let Some(served) = served {
            request.to_mut().model = served.model_id;
            gathered.identity = served.identity;
        }
        let _open = self.0.connections.open(target.remote_host());
        gathered.begin_try(self.0.parts.clock.now());
        let result = match provider.stream(&request).await {
            Ok(stream) => receive(stream, gathered, on_event).await,
            Err(error) => Err(error),
        };
        let result = result.map_err(|error| target.own_words(error));
        gathered.end_try(result.as_ref().err());
        result
    }

    /// The provider behind a model, with its key; for a local model the engine that has loaded it.
    async fn provider(&self, target: &Target) -> Result<(Arc<dyn Provider>, Option<ServedModel>), ProviderError> {
        match &target.way {
            Way::Local { path, .. } => self.local_provider(path).await,
            Way::Remote { endpoint, .. } => {
                let mut slot = target.provider.lock().await;
                if let Some(provider) = &*slot {
                    return Ok((provider.clone(), None));
                }
                let provider = self.remote_provider(endpoint).await?;
                *slot = Some(provider.clone());
                Ok((provider, None))
            }
        }
    }

    async fn remote_provider(&self, endpoint: &catalog::Endpoint) -> Result<Arc<dyn Provider>, ProviderError> {
        let parts = &self.0.parts;
        let (name, config) = (endpoint.name.clone(), endpoint.config.clone());
        let (keys, variables) = (parts.keys.clone(), parts.variables.clone());
        let key = tokio::task::spawn_blocking(move || secrets::read_key(&name, &config, &*keys, &variables)).await;
        let key = key.map_err(|_| failure(ErrorCategory::Auth, "Reading the key was interrupted"))??;
        let timeouts = http::Timeouts::of(endpoint.config.timeout_millis);
        let http = if endpoint.is_remote() { &parts.http } else { &parts.loopback_http };
        let provider = OpenAiChat::new(http.clone(), parts.clock.clone(), &endpoint.config.base_url, key, timeouts)?;
        Ok(Arc::new(provider))
    }

    async fn local_provider(&self, path: &Path) -> Result<(Arc<dyn Provider>, Option<ServedModel>), ProviderError> {
        let parts = &self.0.parts;
        let served = parts.engine.serve(path).await.map_err(|err| local::failed(&err))?;
        let token = secrets::Key::new(&served.token);
        let provider =
            OpenAiChat::new(served.http.clone(), parts.clock.clone(), &served.base_url, token, local::TIMEOUTS)?;
        Ok((Arc::new(provider), Some(served)))
    }

    fn note_state(&self, target: &Target, error: Option<&ProviderError>) {
        if let Way::Remote { endpoint, .. } = &target.way
            && endpoint.note(error, self.0.parts.clock.now())
        {
            (self.0.parts.notify)(Notice::EndpointChanged);
        }
    }
}

/// What tells one state of local weights from another, cheaply.
async fn files_of(target: &Target) -> String {
    match &target.way {
        Way::Remote { .. } => String::new(),
        Way::Local { path, .. } => {
            let path = path.clone();
            tokio::task::spawn_blocking(move || local::fingerprint(&path)).await.unwrap_or_default()
        }
    }
}

async fn receive(
    mut stream: AnswerStream,
    gathered: &mut Gathered,
    on_event: &(dyn Fn(&StreamEvent) + Send + Sync),
) -> Result<(), ProviderError> {
    while let Some(event) = stream.next().await {
        if gathered.take(event?, on_event) {
            return Ok(());
        }
    }
    Err(failure(ErrorCategory::Protocol, "The answer has no end"))
}

#[cfg(test)]
mod tests;
