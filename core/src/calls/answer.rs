//! An answer while it arrives, over all tries of its call.

use atelier_types::JsonMap;
use atelier_types::provider::{FinishReason, ProviderError, StreamEvent, TokenLogprobs, Usage};
use atelier_types::time::MillisSinceEpoch;
use std::time::Instant;

/// One request that was sent.
pub(super) struct Try {
    pub started_at: MillisSinceEpoch,
    pub duration_millis: f64,
    pub error_code: Option<&'static str>,
}

/// What has come so far. It outlives a cancelled call, so that nothing that was paid for is lost.
#[derive(Default)]
pub(super) struct Gathered {
    pub text: String,
    pub reasoning: String,
    pub logprobs: Vec<TokenLogprobs>,
    pub finish: Option<FinishReason>,
    pub usage: Option<Usage>,
    pub reported_model: Option<String>,
    pub identity: JsonMap,
    pub num_tries: u32,
    /// Of the last try; waiting for a limit is not the model's time.
    pub first_token_millis: Option<f64>,
    pub tries: Vec<Try>,
    current: Option<(MillisSinceEpoch, Instant)>,
    /// The text is of a try that broke off.
    is_stale: bool,
    has_told_text: bool,
}

impl Gathered {
    pub fn begin_try(&mut self, now: MillisSinceEpoch) {
        self.is_stale = true;
        self.first_token_millis = None;
        self.current = Some((now, Instant::now()));
    }

    /// Takes an event and passes it on. `true` after the last one.
    ///
    /// A second try after text was shown is not shown as it comes: its text would run into the first one's. The
    /// finished output replaces both.
    pub fn take(&mut self, event: StreamEvent, on_event: &(dyn Fn(&StreamEvent) + Send + Sync)) -> bool {
        if self.is_stale {
            self.is_stale = false;
            self.text.clear();
            self.reasoning.clear();
            self.logprobs.clear();
        }
        let is_retold = self.num_tries > 1 && self.has_told_text;
        match event {
            StreamEvent::Delta { .. } | StreamEvent::Reasoning { .. } => {
                self.note_first_token();
                if !is_retold {
                    on_event(&event);
                }
                self.append(event);
                false
            }
            StreamEvent::Logprobs { .. } => {
                self.append(event);
                false
            }
            StreamEvent::End { .. } => {
                on_event(&event);
                self.append(event);
                true
            }
        }
    }

    fn append(&mut self, event: StreamEvent) {
        match event {
            StreamEvent::Delta { text } if self.text.is_empty() => self.text = text,
            StreamEvent::Delta { text } => self.text.push_str(&text),
            StreamEvent::Reasoning { text } => self.reasoning.push_str(&text),
            StreamEvent::Logprobs { tokens } => self.logprobs.extend(tokens),
            StreamEvent::End { finish, usage, reported_model, identity } => {
                self.finish = Some(finish);
                self.usage = usage;
                self.reported_model = reported_model;
                self.identity.extend(identity);
            }
        }
    }

    fn note_first_token(&mut self) {
        if self.first_token_millis.is_none() {
            self.first_token_millis = self.current.map(|(_, start)| millis_since(start));
        }
    }

    pub fn end_try(&mut self, error: Option<&ProviderError>) {
        self.close(error);
        self.has_told_text |= !self.text.is_empty() || !self.reasoning.is_empty();
    }

    /// Ends the current try where it has not ended, as when it was cancelled.
    pub fn close(&mut self, error: Option<&ProviderError>) {
        if let Some((started_at, start)) = self.current.take() {
            let error_code = error.map(|error| error.category.code());
            self.tries.push(Try { started_at, duration_millis: millis_since(start), error_code });
        }
    }

    /// Tokens that the call took, where the server counted them.
    pub fn num_tokens(&self) -> Option<u32> {
        self.usage.map(|usage| usage.num_prompt_tokens.saturating_add(usage.num_completion_tokens))
    }
}

fn millis_since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1_000.0
}
