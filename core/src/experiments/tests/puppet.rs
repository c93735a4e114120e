//! Models that do as a test wants, and remember what they were asked.

use super::super::Models;
use crate::calls::{Call, EmbedCall, Embedded, Finished};
use crate::store::traces::TraceRecord;
use async_trait::async_trait;
use atelier_types::JsonMap;
use atelier_types::ids::ModelName;
use atelier_types::model::Price;
use atelier_types::output::{Output, Receipt};
use atelier_types::provider::{
    ErrorCategory, FinishReason, ProviderError, TextVectors, TokenLogprobs, Usage, VectorKind,
};
use atelier_types::time::MillisSinceEpoch;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_util::sync::CancellationToken;

/// What becomes of one call.
#[derive(Clone)]
pub enum Reply {
    Text(String),
    Fail(ErrorCategory),
    /// Answers never, until it is cancelled.
    Hang,
}

type Behaviour = Box<dyn Fn(&Call, usize) -> Reply + Send + Sync>;

pub struct Puppet {
    behaviour: Mutex<Behaviour>,
    calls: Mutex<Vec<Call>>,
    num_in_flight: AtomicUsize,
    max_in_flight: AtomicUsize,
    pub cost_usd: Option<f64>,
    pub embed_failure: Option<ErrorCategory>,
    pub gives_logprobs: bool,
    /// Names that start with this are local.
    pub local_prefix: &'static str,
}

impl Puppet {
    /// `behaviour` is told the call and how many came before it.
    pub fn new(behaviour: impl Fn(&Call, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            behaviour: Mutex::new(Box::new(behaviour)),
            calls: Mutex::default(),
            num_in_flight: AtomicUsize::new(0),
            max_in_flight: AtomicUsize::new(0),
            cost_usd: None,
            embed_failure: None,
            gives_logprobs: false,
            local_prefix: "local",
        }
    }

    /// Answers with the last word of the prompt, which is what is expected.
    pub fn obedient() -> Self {
        Self::new(|call, _| Reply::Text(last_word(call)))
    }

    pub fn behave(&self, behaviour: impl Fn(&Call, usize) -> Reply + Send + Sync + 'static) {
        *self.behaviour.lock().unwrap() = Box::new(behaviour);
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    pub fn num_calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    pub fn max_in_flight(&self) -> usize {
        self.max_in_flight.load(Ordering::SeqCst)
    }

    /// How often each question was asked: prompt, model, text and repeat.
    pub fn counts(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for call in self.calls() {
            let key = format!("{:?} {} {} {}", call.prompt, call.model, call.messages[0].content, call.repeat);
            *counts.entry(key).or_default() += 1;
        }
        counts
    }
}

pub fn last_word(call: &Call) -> String {
    call.messages[0].content.split_whitespace().last().unwrap().to_owned()
}

#[async_trait]
impl Models for Puppet {
    async fn call(&self, call: Call, cancel: &CancellationToken) -> Finished {
        let number = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(call.clone());
            calls.len() - 1
        };
        let num_in_flight = self.num_in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.max_in_flight.fetch_max(num_in_flight, Ordering::SeqCst);
        let reply = (self.behaviour.lock().unwrap())(&call, number);
        tokio::task::yield_now().await;
        let (text, category) = match reply {
            Reply::Text(text) => (text, None),
            Reply::Fail(category) => (String::new(), Some(category)),
            Reply::Hang => {
                cancel.cancelled().await;
                (String::new(), Some(ErrorCategory::Cancelled))
            }
        };
        self.num_in_flight.fetch_sub(1, Ordering::SeqCst);
        let error = category.map(failed);
        let are_asked_for = self.gives_logprobs && call.params.top_logprobs.is_some();
        let logprobs = if are_asked_for { logprobs(&text) } else { Vec::new() };
        let output = Output { text, reasoning: String::new(), logprobs, error, receipt: receipt(call, self.cost_usd) };
        Finished { output, stored: None, trace: TraceRecord::default() }
    }

    /// Of a text a vector with the number of letters and of vowels; of a token, which is a letter, one that is its own.
    async fn embed(&self, call: EmbedCall, _cancel: &CancellationToken) -> Result<Embedded, ProviderError> {
        if let Some(category) = &self.embed_failure {
            return Err(failed(category.clone()));
        }
        let tokens = |text: &String| {
            let ids: Vec<u32> = text.chars().map(u32::from).collect();
            let own = |id: &u32| (0..128).map(|at| f32::from(u8::from(at == *id))).collect();
            TextVectors { vectors: ids.iter().map(own).collect(), ids, special_ids: Vec::new() }
        };
        let vectors = |text: &String| {
            if let VectorKind::Tokens { .. } = call.kind {
                return tokens(text);
            }
            let num_vowels = text.chars().filter(|letter| "aeiou".contains(*letter)).count();
            TextVectors { vectors: vec![vec![text.len() as f32, num_vowels as f32]], ..TextVectors::default() }
        };
        Ok(Embedded { texts: call.texts.iter().map(vectors).collect(), cost_usd: self.cost_usd })
    }

    fn max_concurrency(&self, model: &ModelName) -> usize {
        if self.is_local(model) { 1 } else { usize::MAX }
    }

    fn is_local(&self, model: &ModelName) -> bool {
        model.as_str().starts_with(self.local_prefix)
    }

    fn price(&self, _model: &ModelName) -> Option<Price> {
        None
    }

    fn host(&self, _model: &ModelName) -> Option<String> {
        None
    }
}

fn failed(category: ErrorCategory) -> ProviderError {
    ProviderError { category, status: Some(500), provider_code: None, message: "The puppet fails".to_owned() }
}

/// A token for each letter. Each was as probable as not; in place of each a `5` could have stood half as often.
fn logprobs(text: &str) -> Vec<TokenLogprobs> {
    let token = |letter: char| TokenLogprobs {
        token: letter.to_string(),
        logprob: 0.5_f64.ln(),
        alternatives: vec![(letter.to_string(), 0.5_f64.ln()), ("5".to_owned(), 0.25_f64.ln())],
    };
    text.chars().map(token).collect()
}

fn receipt(call: Call, cost_usd: Option<f64>) -> Receipt {
    Receipt {
        prompt: call.prompt,
        version: call.version,
        messages: call.messages,
        requested_model: call.model.to_string(),
        model: call.model,
        provider: "puppet".to_owned(),
        reported_model: None,
        params: call.params,
        request_hash: "hash".to_owned(),
        identity: JsonMap::new(),
        finish: Some(FinishReason::Stop),
        usage: Some(Usage { num_prompt_tokens: 10, num_completion_tokens: 2, num_cached_tokens: 0 }),
        started_at: MillisSinceEpoch(0),
        first_token_millis: None,
        latency_millis: 5.0,
        num_tries: 1,
        cost_usd,
        atelier_version: "test".to_owned(),
    }
}
