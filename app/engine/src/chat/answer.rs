//! Events of a generation in OpenAI's dialect: as one object, or as a stream of chunks.
//!
//! Beyond the dialect, the last chunk carries `atelier`: identity of the weights, the seed that was used, and times by
//! our own clock. mistral.rs' clock counts whole milliseconds and mixes prompt and answer in its rates.

use crate::error::EngineError;
use crate::generate::{Event, Finished, LogProbability, Piece, Reason};
use crate::model::Ready;
use axum::response::sse;
use futures_util::Stream;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;

/// What is the same in every part of one answer.
pub struct Frame {
    pub id: String,
    pub created: u64,
    pub model: String,
    pub ready: Arc<Ready>,
    pub seed: u64,
}

impl Frame {
    fn chunk(&self, choices: Value) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "system_fingerprint": self.ready.fingerprint,
            "choices": choices,
        })
    }

    fn log_probabilities(&self, found: &[(u32, LogProbability)]) -> Value {
        if found.is_empty() {
            return Value::Null;
        }
        let entry = |token: u32, log_probability: f32| {
            let bytes = self.ready.facts.bytes(token);
            json!({"token": String::from_utf8_lossy(&bytes), "logprob": log_probability, "bytes": bytes})
        };
        let content = found.iter().map(|(token, found)| {
            let mut content = entry(*token, found.chosen);
            content["top_logprobs"] = found.top.iter().map(|(token, log)| entry(*token, *log)).collect();
            content
        });
        json!({"content": content.collect::<Value>()})
    }

    fn receipt(&self, finished: &Finished) -> Value {
        let decode_millis = finished.first_token_millis.map(|first| finished.total_millis - first);
        let num_decoded = f64::from(finished.num_completion_tokens.saturating_sub(1));
        let rate = decode_millis.filter(|millis| *millis > 0.0).map(|millis| num_decoded * 1000.0 / millis);
        let mut receipt = json!(self.ready.identity);
        receipt["seed"] = json!(self.seed);
        receipt["first_token_millis"] = json!(finished.first_token_millis);
        receipt["total_millis"] = json!(finished.total_millis);
        receipt["decoded_tokens_per_second"] = json!(rate);
        receipt
    }
}

fn finish_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Stop => "stop",
        Reason::Length => "length",
    }
}

fn usage(finished: &Finished) -> Value {
    json!({
        "prompt_tokens": finished.num_prompt_tokens,
        "completion_tokens": finished.num_completion_tokens,
        "total_tokens": finished.num_prompt_tokens + finished.num_completion_tokens,
    })
}

/// Collects the whole answer.
pub async fn whole(frame: &Frame, mut events: UnboundedReceiver<Event>) -> Result<Value, EngineError> {
    let mut answer = Piece::default();
    loop {
        match events.recv().await {
            Some(Event::Accepted) => {}
            Some(Event::Piece(piece)) => {
                answer.text.push_str(&piece.text);
                answer.reasoning.push_str(&piece.reasoning);
                answer.log_probabilities.extend(piece.log_probabilities);
            }
            Some(Event::Finished(finished)) => return Ok(completion(frame, &answer, &finished)),
            Some(Event::Failed(error)) => return Err(error),
            None => return Err(EngineError::Lost),
        }
    }
}

fn completion(frame: &Frame, answer: &Piece, finished: &Finished) -> Value {
    let mut message = json!({"role": "assistant", "content": answer.text});
    if !answer.reasoning.is_empty() {
        message["reasoning_content"] = json!(answer.reasoning);
    }
    let mut completion = frame.chunk(json!([{
        "index": 0,
        "message": message,
        "logprobs": frame.log_probabilities(&answer.log_probabilities),
        "finish_reason": finish_reason(finished.reason),
    }]));
    completion["object"] = json!("chat.completion");
    completion["usage"] = usage(finished);
    completion["atelier"] = frame.receipt(finished);
    completion
}

/// Chunks as they come. Dropping the stream cancels the generation.
pub fn stream(
    frame: Frame,
    events: UnboundedReceiver<Event>,
    includes_usage: bool,
) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    let first =
        frame.chunk(json!([{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}]));
    let state =
        Streaming { frame, events, includes_usage, queued: VecDeque::from([first.to_string()]), is_over: false };
    futures_util::stream::unfold(state, |mut state| async move {
        let data = state.next().await?;
        Some((Ok(sse::Event::default().data(data)), state))
    })
}

struct Streaming {
    frame: Frame,
    events: UnboundedReceiver<Event>,
    includes_usage: bool,
    queued: VecDeque<String>,
    is_over: bool,
}

impl Streaming {
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(data) = self.queued.pop_front() {
                return Some(data);
            }
            if self.is_over {
                return None;
            }
            match self.events.recv().await {
                Some(Event::Accepted) => {}
                Some(Event::Piece(piece)) => self.queued.push_back(self.piece(&piece).to_string()),
                Some(Event::Finished(finished)) => self.end(&finished),
                Some(Event::Failed(error)) => self.fail(&error),
                None => self.fail(&EngineError::Lost),
            }
        }
    }

    fn piece(&self, piece: &Piece) -> Value {
        let mut delta = json!({});
        if !piece.text.is_empty() {
            delta["content"] = json!(piece.text);
        }
        if !piece.reasoning.is_empty() {
            delta["reasoning_content"] = json!(piece.reasoning);
        }
        self.frame.chunk(json!([{
            "index": 0,
            "delta": delta,
            "logprobs": self.frame.log_probabilities(&piece.log_probabilities),
            "finish_reason": null,
        }]))
    }

    fn end(&mut self, finished: &Finished) {
        let reason = finish_reason(finished.reason);
        let mut last = self.frame.chunk(json!([{"index": 0, "delta": {}, "finish_reason": reason}]));
        last["atelier"] = self.frame.receipt(finished);
        self.queued.push_back(last.to_string());
        if self.includes_usage {
            let mut chunk = self.frame.chunk(json!([]));
            chunk["usage"] = usage(finished);
            self.queued.push_back(chunk.to_string());
        }
        self.queued.push_back("[DONE]".to_owned());
        self.is_over = true;
    }

    /// The status line is long gone, so the failure travels as a chunk of its own, and no `[DONE]` follows.
    fn fail(&mut self, error: &EngineError) {
        self.queued.push_back(serde_json::to_string(&error.body()).unwrap_or_default());
        self.is_over = true;
    }
}
