//! A studio as far as local models need one: the core's host of the real engine, a folder for models, and the dialect.

use crate::programs::program;
use crate::tiny_model::TinyModel;
use atelier_core::providers::engine::{EngineEndpoint, EngineHost, EngineSettings};
use atelier_core::support::SystemRandom;
use atelier_types::error::ApiError;
use atelier_types::model::EngineState;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Far longer than anything takes; it only keeps a hang from going on for ever.
pub const PATIENCE: Duration = Duration::from_secs(180);

pub struct Studio {
    pub host: EngineHost,
    /// Each state as it was published.
    pub states: UnboundedReceiver<EngineState>,
    pub http: reqwest::Client,
    folder: tempfile::TempDir,
}

/// A streamed answer, put together.
#[derive(Debug, Default, PartialEq)]
pub struct Streamed {
    pub pieces: Vec<String>,
    pub finish_reason: Option<String>,
    pub usage: Option<Value>,
    pub is_done: bool,
}

impl Streamed {
    pub fn text(&self) -> String {
        self.pieces.concat()
    }
}

impl Default for Studio {
    fn default() -> Self {
        Self::new()
    }
}

impl Studio {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("atelier-engine-").tempdir().expect("a temporary folder");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let settings = EngineSettings {
            program: program("atelier-engine"),
            home: folder.path().join("home"),
            http: http.clone(),
            random: Arc::new(SystemRandom),
        };
        let (sender, states) = unbounded_channel();
        let on_state = Arc::new(move |state| {
            let _test_may_be_over = sender.send(state);
        });
        Self { host: EngineHost::new(settings, on_state), states, http, folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the model into a folder of this name and loads it.
    pub async fn serve(&self, name: &str, model: &TinyModel) -> EngineEndpoint {
        model.write_folder(&self.path(name));
        self.load(&self.path(name)).await.unwrap_or_else(|error| panic!("{error}"))
    }

    pub async fn load(&self, path: &Path) -> Result<EngineEndpoint, ApiError> {
        tokio::time::timeout(PATIENCE, self.host.endpoint(path)).await.expect("a load ends")
    }

    pub fn pid(&self) -> u32 {
        match self.host.state() {
            EngineState::Running { pid, .. } => pid,
            other => panic!("the engine does not run: {other:?}"),
        }
    }

    /// Waits for a state of this kind.
    pub async fn state(&mut self, is_it: impl Fn(&EngineState) -> bool) -> EngineState {
        let wait = async {
            loop {
                let state = self.states.recv().await.expect("the host lives");
                if is_it(&state) {
                    return state;
                }
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("the state comes")
    }

    fn post(&self, endpoint: &EngineEndpoint, body: &Value) -> reqwest::RequestBuilder {
        let mut body = body.clone();
        body["model"] = json!(endpoint.model_id);
        let url = format!("{}/chat/completions", endpoint.base_url);
        self.http.post(url).bearer_auth(&endpoint.token).json(&body).timeout(PATIENCE)
    }

    /// Status and body.
    pub async fn ask_raw(&self, endpoint: &EngineEndpoint, body: &Value) -> (u16, Value) {
        let response = self.post(endpoint, body).send().await.expect("the engine answers");
        (response.status().as_u16(), response.json().await.expect("an answer in JSON"))
    }

    /// A whole answer, which must be a success.
    pub async fn ask(&self, endpoint: &EngineEndpoint, body: &Value) -> Value {
        let (status, answer) = self.ask_raw(endpoint, body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// Text of a whole answer.
    pub async fn text(&self, endpoint: &EngineEndpoint, body: &Value) -> String {
        let answer = self.ask(endpoint, body).await;
        answer["choices"][0]["message"]["content"].as_str().expect("a text").to_owned()
    }

    /// Starts a streamed answer and leaves the reading to the test.
    pub async fn open_stream(&self, endpoint: &EngineEndpoint, body: &Value) -> reqwest::Response {
        let mut body = body.clone();
        body["stream"] = json!(true);
        body["stream_options"] = json!({"include_usage": true});
        let response = self.post(endpoint, &body).send().await.expect("the engine answers");
        assert_eq!(response.status().as_u16(), 200);
        response
    }

    pub async fn stream(&self, endpoint: &EngineEndpoint, body: &Value) -> Streamed {
        let text = self.open_stream(endpoint, body).await.text().await.expect("a stream with an end");
        let mut streamed = Streamed::default();
        for data in text.lines().filter_map(|line| line.strip_prefix("data: ")) {
            if data == "[DONE]" {
                streamed.is_done = true;
                continue;
            }
            let chunk: Value = serde_json::from_str(data).expect("a chunk in JSON");
            let choice = &chunk["choices"][0];
            streamed.pieces.extend(choice["delta"]["content"].as_str().map(str::to_owned));
            streamed.finish_reason = choice["finish_reason"].as_str().map(str::to_owned).or(streamed.finish_reason);
            streamed.usage = chunk.get("usage").cloned().or(streamed.usage);
        }
        streamed
    }
}

/// A request with one message that takes the most likely tokens.
pub fn greedy(content: &str, max_tokens: u32) -> Value {
    json!({"messages": [{"role": "user", "content": content}], "max_tokens": max_tokens, "temperature": 0})
}

/// `request` with a member more.
pub fn with(mut request: Value, name: &str, value: Value) -> Value {
    request[name] = value;
    request
}
