//! `POST /v1/chat/completions`.

mod answer;
mod request;

pub use request::{IncomingMessage, message};

use crate::error::EngineError;
use crate::generate::Event;
use crate::model::Models;
use answer::Frame;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use request::ChatRequest;
use std::time::{SystemTime, UNIX_EPOCH};

pub async fn complete(State(models): State<Models>, body: Bytes) -> Result<Response, EngineError> {
    let request = ChatRequest::parse(&body)?;
    let ready = models.get(&request.model)?;
    let is_stream = request.stream;
    let includes_usage = request.stream_options.as_ref().is_some_and(|options| options.include_usage);
    let model = request.model.clone();
    // 32 bits, so that the seed survives every JSON reader that the receipt may meet.
    let generation = request.into_generation(&ready.facts.defaults, u64::from(rand::random::<u32>()))?;
    let seed = generation.sampling.seed;
    let mut events = ready.queue.submit(generation)?;
    // Nothing is answered before the model has accepted the prompt, so that a refusal gets a status of its own.
    match events.recv().await {
        Some(Event::Accepted) => {}
        Some(Event::Failed(error)) => return Err(error),
        Some(Event::Piece(_) | Event::Finished(_)) | None => return Err(EngineError::Lost),
    }
    let frame = Frame {
        id: format!("chatcmpl-{:016x}", rand::random::<u64>()),
        created: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        model,
        ready,
        seed,
    };
    if is_stream {
        let stream = answer::stream(frame, events, includes_usage);
        return Ok(Sse::new(stream).keep_alive(KeepAlive::default()).into_response());
    }
    Ok(Json(answer::whole(&frame, events).await?).into_response())
}
