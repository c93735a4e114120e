//! The studio's side of `atelier-engine`: starts the program when a local model is first wanted, loads weights before a
//! call, watches it, and starts it again after it has ended.
//!
//! Invariants:
//! - At most one engine runs, and one load at a time: two loads would need the memory of both.
//! - Nothing waits for a load but who wants that model. Models that are loaded answer meanwhile.
//! - When the engine ends, all models are unloaded and the state says why. The next call starts it again; whether a call
//!   is sent a second time is decided in `calls`.
//! - With the last model unloaded the program ends too: only that gives back every byte.
//! - Dropping the host ends the program.
//!
//! The protocol is described where it is served, in `app/engine/src/main.rs`. What is sent to a loaded model does not
//! belong here: it goes through the dialect for OpenAI's chat completions.

mod link;
mod process;

use crate::support::Random;
use atelier_types::JsonMap;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::model::{EngineState, LoadState};
use link::LoadedModel;
use process::Process;
use serde_json::json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The program is at the address and answers, and the weights are loaded.
#[derive(Clone)]
pub struct EngineEndpoint {
    pub http: reqwest::Client,
    /// Requests go to `{base_url}/chat/completions`.
    pub base_url: String,
    /// Bearer token of this start of the engine.
    pub token: String,
    pub model_id: String,
    pub context_tokens: Option<u32>,
    /// Hashes of the files, quantisation, chat template's hash, versions, device: for receipts.
    pub identity: JsonMap,
}

/// What the host needs from outside.
#[derive(Clone)]
pub struct EngineSettings {
    /// The program; it need not be there.
    pub program: PathBuf,
    /// Folder that the engine gets as the home of hub files, so that it never reads the user's.
    pub home: PathBuf,
    /// Goes to this machine only, and never through a proxy.
    pub http: reqwest::Client,
    pub random: Arc<dyn Random>,
}

/// Hears of each change of the engine or of a model's load state.
pub type OnEngineState = Arc<dyn Fn(EngineState) + Send + Sync>;

/// Cheap to share; ends the engine when dropped.
pub struct EngineHost(Arc<Shared>);

impl Drop for EngineHost {
    fn drop(&mut self) {
        self.0.memory().process = None;
    }
}

impl EngineHost {
    pub fn new(settings: EngineSettings, on_state: OnEngineState) -> Self {
        Self(Arc::new(Shared {
            settings,
            on_state,
            memory: Mutex::default(),
            starting: tokio::sync::Mutex::default(),
            loading: tokio::sync::Mutex::default(),
        }))
    }

    pub fn state(&self) -> EngineState {
        self.0.memory().state.clone()
    }

    pub fn load_state(&self, weights: &Path) -> LoadState {
        self.0.memory().load_states.get(weights).cloned().unwrap_or(LoadState::Unloaded)
    }

    /// Starts the engine and loads the weights where that is not done yet. `weights` is absolute.
    pub async fn endpoint(&self, weights: &Path) -> Result<EngineEndpoint, ApiError> {
        if let Some(endpoint) = self.0.ready(weights) {
            return Ok(endpoint);
        }
        // A task of its own: a caller that gives up leaves the load to those who come after.
        let load = Arc::clone(&self.0).load(weights.to_owned());
        tokio::spawn(load).await.map_err(|error| {
            ApiError::new(ErrorKind::Internal, "engine.load_failed", "Loading the model ended early").with_cause(error)
        })?
    }

    /// Cancels what runs on the model and gives its memory back. An engine that does not let go of it is ended.
    pub async fn unload(&self, weights: &Path) -> Result<(), ApiError> {
        let _one_at_a_time = self.0.loading.lock().await;
        let (process, endpoint) = {
            let memory = self.0.memory();
            (memory.process.clone(), memory.endpoint(weights, &self.0.settings.http))
        };
        let (Some(process), Some(endpoint)) = (process, endpoint) else { return Ok(()) };
        let is_unloaded = link::unload(&self.0.settings.http, &process, &endpoint.model_id).await.is_ok();
        let is_last = {
            let mut memory = self.0.memory();
            memory.load_states.remove(weights);
            memory.loaded.remove(weights);
            memory.loaded.is_empty()
        };
        if is_last || !is_unloaded {
            self.stop().await;
        } else {
            self.0.note_resident_bytes(&process).await;
        }
        Ok(())
    }

    /// Ends the program. What was loaded is unloaded, what was running fails.
    pub async fn stop(&self) {
        let process = self.0.memory().forget(EngineState::Idle);
        if let Some(process) = process {
            process.kill().await;
        }
        self.0.publish();
    }

    /// Tokens of each text as the model's own tokenizer counts them. `None` where the model is not loaded: counting is
    /// no reason to load it.
    pub async fn count_tokens(&self, weights: &Path, texts: &[String]) -> Result<Option<Vec<u32>>, ApiError> {
        self.count(weights, |id| json!({"id": id, "texts": texts})).await
    }

    /// Tokens of messages in the model's chat template, with the beginning of the answer. `None` as above.
    pub async fn count_message_tokens(
        &self,
        weights: &Path,
        messages: &[atelier_types::prompt::Message],
    ) -> Result<Option<u32>, ApiError> {
        let counts = self.count(weights, |id| json!({"id": id, "messages": messages})).await?;
        Ok(counts.and_then(|counts| counts.first().copied()))
    }

    async fn count(
        &self,
        weights: &Path,
        question: impl FnOnce(&str) -> serde_json::Value,
    ) -> Result<Option<Vec<u32>>, ApiError> {
        let (process, endpoint) = {
            let memory = self.0.memory();
            (memory.process.clone(), memory.endpoint(weights, &self.0.settings.http))
        };
        let (Some(process), Some(endpoint)) = (process, endpoint) else { return Ok(None) };
        link::count(&self.0.settings.http, &process, question(&endpoint.model_id)).await.map(Some)
    }
}

struct Shared {
    settings: EngineSettings,
    on_state: OnEngineState,
    memory: Mutex<Memory>,
    starting: tokio::sync::Mutex<()>,
    loading: tokio::sync::Mutex<()>,
}

/// What is known at the moment. Its lock is never held while something is awaited.
#[derive(Default)]
struct Memory {
    state: EngineState,
    process: Option<Arc<Process>>,
    loaded: HashMap<PathBuf, LoadedModel>,
    load_states: HashMap<PathBuf, LoadState>,
    /// Id of each path, once given; an id stays with its path while the studio runs.
    ids: HashMap<PathBuf, String>,
}

impl Memory {
    fn endpoint(&self, weights: &Path, http: &reqwest::Client) -> Option<EngineEndpoint> {
        let process = self.process.as_ref()?;
        let loaded = self.loaded.get(weights)?;
        Some(EngineEndpoint {
            http: http.clone(),
            base_url: format!("{}/v1", process.base_url),
            token: process.token.clone(),
            model_id: loaded.id.clone(),
            context_tokens: loaded.context_tokens,
            identity: loaded.identity.clone(),
        })
    }

    /// The name of the file or folder, made unique.
    fn id(&mut self, weights: &Path) -> String {
        if let Some(id) = self.ids.get(weights) {
            return id.clone();
        }
        let name = weights.file_name().unwrap_or(weights.as_os_str()).to_string_lossy();
        let is_taken = |id: &String| self.ids.values().any(|taken| taken == id);
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        let mut candidates = std::iter::once(name.to_string()).chain(numbered);
        let id = candidates.find(|id| !is_taken(id)).unwrap_or_default();
        self.ids.insert(weights.to_owned(), id.clone());
        id
    }

    /// Takes the process out and leaves nothing loaded.
    fn forget(&mut self, state: EngineState) -> Option<Arc<Process>> {
        self.state = state;
        self.loaded.clear();
        self.load_states.retain(|_, load_state| matches!(load_state, LoadState::Failed { .. }));
        self.process.take()
    }
}

impl Shared {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ready(&self, weights: &Path) -> Option<EngineEndpoint> {
        self.memory().endpoint(weights, &self.settings.http)
    }

    fn publish(&self) {
        let state = self.memory().state.clone();
        (self.on_state)(state);
    }

    fn set_state(&self, state: EngineState) {
        self.memory().state = state;
        self.publish();
    }

    fn set_load_state(&self, weights: &Path, state: LoadState) {
        self.memory().load_states.insert(weights.to_owned(), state);
        self.publish();
    }

    async fn load(self: Arc<Self>, weights: PathBuf) -> Result<EngineEndpoint, ApiError> {
        let _one_at_a_time = self.loading.lock().await;
        if let Some(endpoint) = self.ready(&weights) {
            return Ok(endpoint);
        }
        let process = self.started().await?;
        let id = self.memory().id(&weights);
        self.set_load_state(&weights, LoadState::Loading);
        match link::load(&self.settings.http, &process, &id, &weights).await {
            Ok(loaded) => {
                let state = LoadState::Loaded { resident_bytes: loaded.resident_bytes };
                let endpoint = {
                    let mut memory = self.memory();
                    memory.loaded.insert(weights.clone(), loaded);
                    memory.endpoint(&weights, &self.settings.http)
                };
                self.set_load_state(&weights, state);
                self.note_resident_bytes(&process).await;
                // The engine may have ended in between.
                endpoint.ok_or_else(link::lost)
            }
            Err(error) => {
                self.set_load_state(&weights, LoadState::Failed { error: error.clone() });
                Err(error)
            }
        }
    }

    /// The running engine, started where it is not.
    async fn started(self: &Arc<Self>) -> Result<Arc<Process>, ApiError> {
        let _one_at_a_time = self.starting.lock().await;
        if let Some(process) = self.memory().process.clone() {
            return Ok(process);
        }
        if !self.settings.program.is_file() {
            let error = process::missing(&self.settings.program);
            self.set_state(EngineState::Missing { error: error.clone() });
            return Err(error);
        }
        self.set_state(EngineState::Starting);
        let weak = Arc::downgrade(self);
        let on_end = move |token: &str, error: ApiError| {
            if let Some(shared) = weak.upgrade() {
                shared.ended(token, error);
            }
        };
        let started = Process::start(&self.settings, on_end).await.and_then(|process| self.keep(process));
        if let Err(error) = &started {
            self.set_state(EngineState::Stopped { error: error.clone() });
        }
        started
    }

    /// Keeps a process that has just been started, unless it has ended already.
    fn keep(&self, process: Process) -> Result<Arc<Process>, ApiError> {
        let process = Arc::new(process);
        {
            let mut memory = self.memory();
            if let Some(error) = process.end() {
                return Err(error.clone());
            }
            memory.process = Some(Arc::clone(&process));
            memory.state = process.state(None);
        }
        self.publish();
        Ok(process)
    }

    /// The process of this token has ended by itself.
    fn ended(&self, token: &str, error: ApiError) {
        {
            let mut memory = self.memory();
            if memory.process.as_ref().is_none_or(|process| process.token != token) {
                return;
            }
            memory.forget(EngineState::Stopped { error });
        }
        self.publish();
    }

    async fn note_resident_bytes(&self, process: &Process) {
        let Ok(resident_bytes) = link::resident_bytes(&self.settings.http, process).await else { return };
        let is_current = {
            let mut memory = self.memory();
            let is_current = memory.process.as_ref().is_some_and(|current| current.token == process.token);
            if is_current {
                memory.state = process.state(resident_bytes);
            }
            is_current
        };
        if is_current {
            self.publish();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::SystemRandom;

    fn host(program: &Path) -> (EngineHost, Arc<Mutex<Vec<EngineState>>>) {
        let settings = EngineSettings {
            program: program.to_owned(),
            home: std::env::temp_dir(),
            http: reqwest::Client::new(),
            random: Arc::new(SystemRandom),
        };
        let seen = Arc::new(Mutex::new(Vec::new()));
        let states = Arc::clone(&seen);
        (EngineHost::new(settings, Arc::new(move |state| states.lock().unwrap().push(state))), seen)
    }

    #[tokio::test]
    async fn a_missing_program_is_said_and_published() {
        let (host, seen) = host(Path::new("/nowhere/atelier-engine"));
        let error = host.endpoint(Path::new("/nowhere/model")).await.err().unwrap();
        assert_eq!(error.code, "engine.missing");
        assert!(error.action.is_some());
        assert_eq!(*seen.lock().unwrap(), [EngineState::Missing { error }]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_that_ends_at_once_says_how_and_what_it_wrote() {
        // Without arguments it complains and fails.
        let (host, seen) = host(Path::new("/bin/cp"));
        let error = host.endpoint(Path::new("/nowhere/model")).await.err().unwrap();
        assert_eq!(error.code, "engine.start_failed");
        let causes = error.causes.join("\n");
        assert!(causes.contains("exit status") && causes.contains("cp"), "{causes}");
        assert_eq!(*seen.lock().unwrap(), [EngineState::Starting, EngineState::Stopped { error }]);
    }

    #[test]
    fn two_models_of_one_name_have_two_ids_that_stay() {
        let mut memory = Memory::default();
        assert_eq!(memory.id(Path::new("/a/model")), "model");
        assert_eq!(memory.id(Path::new("/b/model")), "model (2)");
        assert_eq!(memory.id(Path::new("/a/model")), "model");
    }
}
