//! The routes. Each is checked by [`crate::guard`] first; nothing is served to the unknown, not even a 404.

use crate::chat::{self, IncomingMessage};
use crate::embeddings;
use crate::error::EngineError;
use crate::generate::Message;
use crate::guard::{self, Guard, HostRule, Token};
use crate::memory;
use crate::model::{self, MISTRALRS_VERSION, ModelStatus, Models};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// A long conversation is text; more than this is a mistake.
const MAX_BODY_BYTES: usize = 64 << 20;

pub async fn serve(listener: TcpListener, token: Token, hosts: HostRule) -> anyhow::Result<()> {
    let guard = Arc::new(Guard { token, hosts });
    let router = Router::new()
        .route("/v1/chat/completions", post(chat::complete))
        .route("/v1/embeddings", post(embeddings::embed))
        .route("/v1/models", get(list))
        .route("/engine/load", post(load))
        .route("/engine/unload", post(unload))
        .route("/engine/status", get(status))
        .route("/engine/tokenize", post(tokenize))
        .fallback(async || EngineError::NoSuchRoute)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(axum::middleware::from_fn_with_state(guard, guard::check))
        .with_state(Models::default());
    // A short answer in small pieces would else wait for the receiver's delayed acknowledgement: 40 ms a call. Where the
    // system refuses, calls are only slower.
    let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
    Ok(axum::serve(listener, router).await?)
}

pub fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, EngineError> {
    serde_json::from_slice(body)
        .map_err(|error| EngineError::bad_request(format!("The request is not understood: {error}")))
}

async fn list(State(models): State<Models>) -> Json<Value> {
    let loaded = models.statuses().into_iter().filter(|model| model.is_loaded);
    let data: Value =
        loaded.map(|model| json!({"id": model.id, "object": "model", "created": 0, "owned_by": "local"})).collect();
    Json(json!({"object": "list", "data": data}))
}

#[derive(Deserialize)]
struct LoadRequest {
    id: String,
    path: PathBuf,
}

async fn load(State(models): State<Models>, body: Bytes) -> Result<Json<ModelStatus>, EngineError> {
    let request: LoadRequest = parse(&body)?;
    if request.id.is_empty() {
        return Err(EngineError::bad_parameter("id", "`id` is empty."));
    }
    Ok(Json(models.load(&request.id, &request.path).await?))
}

#[derive(Deserialize)]
struct UnloadRequest {
    id: String,
}

async fn unload(State(models): State<Models>, body: Bytes) -> Result<Json<Value>, EngineError> {
    let request: UnloadRequest = parse(&body)?;
    models.unload(&request.id).await?;
    Ok(Json(json!({"resident_bytes": memory::resident_bytes()})))
}

async fn status(State(models): State<Models>) -> Json<Value> {
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "mistralrs_version": MISTRALRS_VERSION,
        "device": model::device_name(),
        "pid": std::process::id(),
        "resident_bytes": memory::resident_bytes(),
        "models": models.statuses(),
    }))
}

#[derive(Deserialize)]
struct TokenizeRequest {
    id: String,
    #[serde(default)]
    texts: Vec<String>,
    messages: Option<Vec<IncomingMessage>>,
}

/// Texts are counted beside a running generation; messages wait for the end of the step that runs.
async fn tokenize(State(models): State<Models>, body: Bytes) -> Result<Json<Value>, EngineError> {
    let request: TokenizeRequest = parse(&body)?;
    let ready = models.get(&request.id)?;
    if let Some(messages) = request.messages {
        let messages = messages.into_iter().map(chat::message).collect::<Result<Vec<Message>, _>>()?;
        let tokens = ready.queue.tokenize(messages).await?;
        return Ok(Json(json!({"counts": [tokens.len()]})));
    }
    let facts = Arc::clone(&ready.facts);
    let count = move || request.texts.iter().map(|text| facts.count(text)).collect::<Result<Vec<usize>, String>>();
    let counts = tokio::task::spawn_blocking(count).await.map_err(|_| EngineError::Lost)?;
    Ok(Json(json!({"counts": counts.map_err(EngineError::ModelFailed)?})))
}
