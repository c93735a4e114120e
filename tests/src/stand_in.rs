//! A provider on loopback that speaks OpenAI's chat completions, and a log of what it was asked and answered.
//!
//! The model's id chooses the behaviour, so that one server plays all of them: `echo` answers with a text made from the
//! request, `wrong-key`, `rate-limited`, `overloaded`, `too-long`, `refused`, `broken-json` and `hang-up` fail in
//! their way. Everything else is answered like `echo`. Where log-probabilities are asked for, each letter is a token that
//! was as probable as not. A text's vector is its number of bytes and of spaces.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The key that opens the stand-in where it was given one.
pub const KEY: &str = "stand-in-key-1234567890";

/// One answered request.
#[derive(Clone, Debug)]
pub struct Logged {
    pub request: Value,
    pub text: String,
    pub authorization: Option<String>,
}

type Reply = Arc<dyn Fn(&Value) -> String + Send + Sync>;

struct Shared {
    log: Mutex<Vec<Logged>>,
    delay_millis: AtomicU64,
    wants_key: bool,
    reply: Reply,
}

/// A running stand-in. It ends when it is dropped.
pub struct StandIn {
    address: SocketAddr,
    shared: Arc<Shared>,
    _runtime: tokio::runtime::Runtime,
}

impl StandIn {
    /// Answers with [`echo`].
    pub fn start() -> Self {
        Self::with_reply(false, echo)
    }

    /// Answers only those who have [`KEY`].
    pub fn with_key() -> Self {
        Self::with_reply(true, echo)
    }

    pub fn with_reply(wants_key: bool, reply: impl Fn(&Value) -> String + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared {
            log: Mutex::default(),
            delay_millis: AtomicU64::new(0),
            wants_key,
            reply: Arc::new(reply),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("the listener's address");
        let router = Router::new()
            .route("/v1/chat/completions", post(chat))
            .route("/v1/embeddings", post(embeddings))
            .route("/v1/models", get(models))
            .with_state(shared.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { address, shared, _runtime: runtime }
    }

    /// `http://127.0.0.1:PORT/v1`
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Time before an answer starts.
    pub fn set_delay(&self, delay: Duration) {
        self.shared.delay_millis.store(delay.as_millis() as u64, Ordering::Relaxed);
    }

    /// All requests that were answered with a text, oldest first.
    pub fn log(&self) -> Vec<Logged> {
        self.shared.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn num_requests(&self) -> usize {
        self.shared.log.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// A text that depends on the messages and the seed alone, so that a stored output can be checked against its request.
pub fn echo(request: &Value) -> String {
    let last = request["messages"].as_array().and_then(|messages| messages.last());
    let content = last.and_then(|message| message["content"].as_str()).unwrap_or_default();
    let digest = Sha256::digest(format!("{}{}", request["messages"], request["seed"]));
    let hash: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{hash}: {}", content.chars().rev().take(40).collect::<String>())
}

async fn models() -> Json<Value> {
    Json(json!({ "object": "list", "data": [{ "id": "echo", "object": "model" }] }))
}

async fn chat(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    if shared.wants_key && authorization.as_deref() != Some(format!("Bearer {KEY}").as_str()) {
        return failure(StatusCode::UNAUTHORIZED, "invalid_api_key", "Incorrect API key provided");
    }
    let delay = shared.delay_millis.load(Ordering::Relaxed);
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    if let Some(response) = misbehaviour(request["model"].as_str().unwrap_or_default()) {
        return response;
    }
    let text = (shared.reply)(&request);
    let answer = if request["stream"] == true { streamed(&request, &text) } else { whole(&request, &text) };
    shared.log.lock().unwrap_or_else(PoisonError::into_inner).push(Logged { request, text, authorization });
    answer
}

async fn embeddings(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let texts = request["input"].as_array().cloned().unwrap_or_default();
    let vector = |(index, text): (usize, &Value)| {
        let text = text.as_str().unwrap_or_default();
        json!({ "object": "embedding", "index": index, "embedding": [text.len(), text.matches(' ').count()] })
    };
    let data: Vec<Value> = texts.iter().enumerate().map(vector).collect();
    let usage = json!({ "prompt_tokens": data.len(), "total_tokens": data.len() });
    let answer = json!({ "object": "list", "data": data, "model": request["model"], "usage": usage });
    let logged = Logged { request, text: String::new(), authorization: None };
    shared.log.lock().unwrap_or_else(PoisonError::into_inner).push(logged);
    Json(answer).into_response()
}

fn failure(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({ "error": { "code": code, "message": message, "type": code } }))).into_response()
}

fn misbehaviour(model: &str) -> Option<Response> {
    Some(match model {
        "wrong-key" => failure(StatusCode::UNAUTHORIZED, "invalid_api_key", "Incorrect API key provided"),
        "rate-limited" => {
            let refusal = failure(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", "Rate limit reached");
            ([(header::RETRY_AFTER, "0")], refusal).into_response()
        }
        "overloaded" => failure(StatusCode::SERVICE_UNAVAILABLE, "overloaded", "The server is overloaded"),
        "too-long" => failure(
            StatusCode::BAD_REQUEST,
            "context_length_exceeded",
            "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens.",
        ),
        "refused" => failure(StatusCode::BAD_REQUEST, "content_filter", "The prompt was filtered"),
        "broken-json" => ([(header::CONTENT_TYPE, "application/json")], "{\"choices\": [").into_response(),
        "hang-up" => {
            let broken = futures_util::stream::iter([
                Ok(Bytes::from_static(b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half\"}}]}\n\n")),
                Err(std::io::Error::other("the stand-in hung up")),
            ]);
            ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(broken)).into_response()
        }
        _ => return None,
    })
}

fn usage(request: &Value, text: &str) -> Value {
    let num_prompt_tokens = request["messages"].to_string().len() / 4 + 1;
    let num_completion_tokens = text.len() / 4 + 1;
    json!({
        "prompt_tokens": num_prompt_tokens,
        "completion_tokens": num_completion_tokens,
        "total_tokens": num_prompt_tokens + num_completion_tokens,
    })
}

fn whole(request: &Value, text: &str) -> Response {
    Json(json!({
        "id": "stand-in",
        "object": "chat.completion",
        "model": request["model"],
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": text },
            "finish_reason": "stop",
        }],
        "usage": usage(request, text),
    }))
    .into_response()
}

fn logprobs(request: &Value, text: &str) -> Value {
    if request["logprobs"] != true {
        return Value::Null;
    }
    let token = |letter: char| json!({ "token": letter.to_string(), "logprob": 0.5_f64.ln(), "top_logprobs": [] });
    json!({ "content": text.chars().map(token).collect::<Vec<_>>() })
}

/// The text in two pieces, the end, the counts, `[DONE]`.
fn streamed(request: &Value, text: &str) -> Response {
    let half = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let chunk = |delta: Value, finish: Value| {
        let logprobs = logprobs(request, delta["content"].as_str().unwrap_or_default());
        json!({
            "id": "stand-in",
            "object": "chat.completion.chunk",
            "model": request["model"],
            "choices": [{ "index": 0, "delta": delta, "finish_reason": finish, "logprobs": logprobs }],
        })
    };
    let counts = json!({ "id": "stand-in", "model": request["model"], "choices": [], "usage": usage(request, text) });
    let events = [
        chunk(json!({ "role": "assistant", "content": &text[..half] }), Value::Null),
        chunk(json!({ "content": &text[half..] }), Value::Null),
        chunk(json!({}), json!("stop")),
        counts,
    ];
    let mut body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    body.push_str("data: [DONE]\n\n");
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}
