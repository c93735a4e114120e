//! One generation on a loaded model, from messages to the end of the answer.
//!
//! Invariants:
//! - The caller runs one generation at a time per model. mistral.rs 0.8.1 on a CPU mixes up sequences that decode in one
//!   step, silently; see [`crate::model::actor`].
//! - [`run`] returns only when the engine has let go of the sequence, so that the next one never shares a step with it.
//! - The channel to mistral.rs holds the whole answer: a full channel would stall the engine for everybody.

mod sampling;
mod steps;
mod stop;

pub use sampling::{LogProbability, Sampling};

use crate::error::EngineError;
use crate::model::Model;
use either::Either;
use indexmap::IndexMap;
use mistralrs::core::TokenizationRequest;
use mistralrs::{
    ChatCompletionChunkResponse, Constraint, MessageContent, NormalRequest, Request, RequestMessage, Response,
    SamplingParams, StopTokens,
};
use serde_json::Value;
use std::sync::Arc;
use std::time::Instant;
use steps::{StepSampler, Steps, step_of_chunk};
use stop::StopMatcher;
use tokio::sync::{mpsc, watch};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub role: String,
    pub content: String,
}

/// A request whose parameters are valid and whose defaults are filled in.
#[derive(Clone, Debug)]
pub struct Generation {
    pub prompt: Prompt,
    pub sampling: Sampling,
    /// `None` goes on to the end of the context.
    pub max_tokens: Option<u32>,
    pub stop: Vec<String>,
    /// JSON Schema that the answer must follow.
    pub schema: Option<Value>,
    /// How many alternatives to report for each token; `None` reports no log-probabilities.
    pub num_top_log_probabilities: Option<usize>,
}

#[derive(Clone, Debug)]
pub enum Prompt {
    Chat(Vec<Message>),
    /// For the probe after loading.
    Tokens(Vec<u32>),
}

/// What happens on the way. A generation sends `Accepted`, pieces, and at last exactly one `Finished` or `Failed`; or
/// nothing but `Failed`.
#[derive(Debug)]
pub enum Event {
    /// The prompt fits and the parameters make sense; the model computes.
    Accepted,
    Piece(Piece),
    Finished(Finished),
    Failed(EngineError),
}

#[derive(Debug, Default)]
pub struct Piece {
    pub text: String,
    pub reasoning: String,
    pub log_probabilities: Vec<(u32, LogProbability)>,
}

impl Piece {
    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.reasoning.is_empty() && self.log_probabilities.is_empty()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    pub reason: Reason,
    pub num_prompt_tokens: u32,
    pub num_completion_tokens: u32,
    pub first_token_millis: Option<f64>,
    pub total_millis: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Stop,
    Length,
}

/// Where the events go and what may interrupt.
pub struct Listener<'a> {
    pub events: &'a mpsc::UnboundedSender<Event>,
    /// Turns true when the model is being unloaded.
    pub unloading: watch::Receiver<bool>,
}

pub async fn run(model: &Model, generation: &Generation, mut listener: Listener<'_>) -> Result<Finished, EngineError> {
    let started = Instant::now();
    let (message, prompt) = prepare(model, &generation.prompt).await?;
    let num_prompt_tokens = prompt.len() as u32;
    let max_length = max_length(model, num_prompt_tokens, generation.max_tokens)?;
    let constraint = constraint(model, generation.schema.as_ref())?;
    let _receiver_may_be_gone = listener.events.send(Event::Accepted);

    let steps = Arc::new(Steps::default());
    let sampler = StepSampler::new(
        generation.sampling.clone(),
        generation.num_top_log_probabilities,
        &prompt,
        Arc::clone(&steps),
    );
    let (sender, mut responses) = mpsc::channel(max_length as usize + 16);
    let stop_tokens = generation.schema.as_ref().and_then(|_| model.facts.grammar_end);
    let request = request(message, sampler, constraint, max_length, stop_tokens, sender);
    model.send(Request::Normal(Box::new(request))).await?;

    let mut answer = Answer {
        model,
        steps: &steps,
        stop: StopMatcher::new(&generation.stop),
        max_length,
        num_prompt_tokens,
        started,
        first_token_millis: None,
        last_step: None,
        num_reported: 0,
    };
    let outcome = answer.follow(&mut responses, &mut listener).await;
    // One step after the first one may still run although the answer has ended; make it fail, and wait until the engine
    // has dropped the sequence.
    steps.cancel();
    while responses.recv().await.is_some() {}
    outcome
}

async fn prepare(model: &Model, prompt: &Prompt) -> Result<(RequestMessage, Vec<u32>), EngineError> {
    match prompt {
        Prompt::Tokens(tokens) => Ok((RequestMessage::CompletionTokens(tokens.clone()), tokens.clone())),
        Prompt::Chat(messages) => {
            let tokens = tokenize(model, messages).await?;
            let messages = engine_messages(messages);
            Ok((RequestMessage::Chat { messages, enable_thinking: None, reasoning_effort: None }, tokens))
        }
    }
}

fn engine_messages(messages: &[Message]) -> Vec<IndexMap<String, MessageContent>> {
    let convert = |message: &Message| {
        IndexMap::from([
            ("role".to_owned(), Either::Left(message.role.clone())),
            ("content".to_owned(), Either::Left(message.content.clone())),
        ])
    };
    messages.iter().map(convert).collect()
}

/// Tokens of the rendered chat template, with the start of the answer.
///
/// The future must be run to its end: mistral.rs ends the whole engine when the receiver of a tokenization is gone.
pub async fn tokenize(model: &Model, messages: &[Message]) -> Result<Vec<u32>, EngineError> {
    if !model.facts.has_chat_template {
        // Asking all the same would panic in mistral.rs.
        return Err(EngineError::bad_request("This model has no chat template, so it cannot answer messages."));
    }
    let (sender, mut receiver) = mpsc::channel(1);
    let request = TokenizationRequest {
        text: Either::Left(engine_messages(messages)),
        tools: None,
        add_generation_prompt: true,
        add_special_tokens: true,
        enable_thinking: None,
        reasoning_effort: None,
        response: sender,
    };
    model.send(Request::Tokenize(request)).await?;
    match receiver.recv().await {
        Some(Ok(tokens)) => Ok(tokens),
        Some(Err(error)) => Err(EngineError::bad_parameter(
            "messages",
            format!("The model's chat template refuses these messages: {error}"),
        )),
        None => Err(EngineError::Lost),
    }
}

/// mistral.rs fails in mid-answer when prompt and answer together pass the context, so the answer is cut before.
fn max_length(model: &Model, num_prompt_tokens: u32, wanted: Option<u32>) -> Result<u32, EngineError> {
    let context_tokens = model.facts.context_tokens;
    if num_prompt_tokens >= context_tokens {
        return Err(EngineError::ContextTooLong { num_prompt_tokens, context_tokens });
    }
    let room = context_tokens - num_prompt_tokens;
    Ok(wanted.map_or(room, |wanted| wanted.min(room)))
}

fn constraint(model: &Model, schema: Option<&Value>) -> Result<Constraint, EngineError> {
    let Some(schema) = schema else { return Ok(Constraint::None) };
    let mut schema = schema.clone();
    // With the library's own rule a weak model fills the answer with blanks, which that allows without end. One blank
    // stays possible after comma and colon, since most models have learnt to write JSON that way.
    schema["x-guidance"] =
        serde_json::json!({"whitespace_flexible": false, "item_separator": ", ?", "key_separator": ": ?"});
    model.facts.check_schema(&schema).map_err(|cause| {
        EngineError::bad_parameter("response_format", format!("The JSON schema cannot be enforced: {cause}"))
    })?;
    Ok(Constraint::JsonSchema(schema))
}

fn request(
    messages: RequestMessage,
    sampler: StepSampler,
    constraint: Constraint,
    max_length: u32,
    stop_token: Option<u32>,
    response: mpsc::Sender<Response>,
) -> NormalRequest {
    let sampling_params = SamplingParams {
        // Makes the engine take the one token that the sampler leaves.
        temperature: Some(0.0),
        max_len: Some(max_length as usize),
        stop_toks: stop_token.map(|token| StopTokens::Ids(vec![token])),
        ..SamplingParams::neutral()
    };
    NormalRequest {
        // Only with log-probabilities does a chunk tell its step.
        return_logprobs: true,
        is_streaming: true,
        constraint,
        logits_processors: Some(vec![Arc::new(sampler)]),
        ..NormalRequest::new_simple(messages, sampling_params, response, 0, None, None)
    }
}

/// The answer as it comes in.
struct Answer<'a> {
    model: &'a Model,
    steps: &'a Steps,
    stop: StopMatcher,
    max_length: u32,
    num_prompt_tokens: u32,
    started: Instant,
    first_token_millis: Option<f64>,
    last_step: Option<usize>,
    /// Steps whose log-probabilities were sent.
    num_reported: usize,
}

impl Answer<'_> {
    async fn follow(
        &mut self,
        responses: &mut mpsc::Receiver<Response>,
        listener: &mut Listener<'_>,
    ) -> Result<Finished, EngineError> {
        loop {
            let response = tokio::select! {
                biased;
                () = listener.events.closed() => return Err(EngineError::Cancelled),
                () = unloaded(&mut listener.unloading) => return Err(EngineError::Unloaded),
                response = responses.recv() => response,
            };
            let finished = match response {
                None => return self.ended_without_reason(listener),
                Some(Response::Chunk(chunk)) => self.take_chunk(chunk, listener)?,
                Some(Response::CompletionChunk(chunk)) => chunk
                    .choices
                    .first()
                    .and_then(|choice| choice.finish_reason.as_deref())
                    .map(|reason| self.finished(reason_of(reason), 1)),
                Some(Response::ValidationError(error)) => return Err(EngineError::bad_request(error.to_string())),
                Some(Response::InternalError(error)) => return Err(EngineError::ModelFailed(error.to_string())),
                Some(Response::ModelError(message, _) | Response::CompletionModelError(message, _)) => {
                    return Err(EngineError::ModelFailed(message));
                }
                Some(_) => return Err(EngineError::ModelFailed("the answer is of an unknown kind".to_owned())),
            };
            if let Some(finished) = finished {
                return Ok(finished);
            }
        }
    }

    fn take_chunk(
        &mut self,
        chunk: ChatCompletionChunkResponse,
        listener: &Listener<'_>,
    ) -> Result<Option<Finished>, EngineError> {
        let Some(choice) = chunk.choices.into_iter().next() else { return Ok(None) };
        let Some(carried) = choice.logprobs.map(|logprobs| logprobs.logprob) else {
            return Err(EngineError::ModelFailed("a piece of the answer does not say its step".to_owned()));
        };
        let step = step_of_chunk(carried, self.last_step);
        self.last_step = Some(step);
        self.first_token_millis.get_or_insert_with(|| millis_since(self.started));
        let mut passed = self.stop.push(&choice.delta.content.unwrap_or_default());
        let reason = choice.finish_reason.as_deref().map(reason_of);
        if reason.is_some() && !passed.is_stopped {
            passed.text.push_str(&self.stop.finish());
        }
        self.send(passed.text, choice.delta.reasoning_content.unwrap_or_default(), step + 1, listener);
        let reason = if passed.is_stopped { Some(Reason::Stop) } else { reason };
        Ok(reason.map(|reason| self.finished(reason, step + 1)))
    }

    fn send(&mut self, text: String, reasoning: String, num_steps: usize, listener: &Listener<'_>) {
        let taken = self.steps.taken();
        let new = taken.get(self.num_reported..num_steps).unwrap_or_default();
        let with_token = |step: &steps::Step| step.log_probability.clone().map(|found| (step.token, found));
        let piece = Piece { text, reasoning, log_probabilities: new.iter().filter_map(with_token).collect() };
        self.num_reported = num_steps;
        if !piece.is_empty() {
            let _receiver_may_be_gone = listener.events.send(Event::Piece(piece));
        }
    }

    /// The last chunk is not sent when the answer ends within a character, so the steps tell whether it did end.
    fn ended_without_reason(&mut self, listener: &Listener<'_>) -> Result<Finished, EngineError> {
        let (num_steps, last_token) = {
            let taken = self.steps.taken();
            (taken.len(), taken.last().map(|step| step.token))
        };
        let reason = if last_token.is_some_and(|token| self.model.facts.ends_answer(token)) {
            Reason::Stop
        } else if num_steps >= self.max_length as usize {
            Reason::Length
        } else {
            return Err(EngineError::Lost);
        };
        let held = self.stop.finish();
        self.send(held, String::new(), num_steps, listener);
        Ok(self.finished(reason, num_steps))
    }

    fn finished(&self, reason: Reason, num_steps: usize) -> Finished {
        Finished {
            reason,
            num_prompt_tokens: self.num_prompt_tokens,
            num_completion_tokens: self.max_length.min(num_steps as u32),
            first_token_millis: self.first_token_millis,
            total_millis: millis_since(self.started),
        }
    }
}

/// Returns when the model is being unloaded.
pub async fn unloaded(unloading: &mut watch::Receiver<bool>) {
    let _sender_gone_means_the_same = unloading.wait_for(|unloading| *unloading).await;
}

fn reason_of(word: &str) -> Reason {
    if word == "length" { Reason::Length } else { Reason::Stop }
}

fn millis_since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
