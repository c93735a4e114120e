//! `perplexity`: how unsurprised the model was by its own answer.
//!
//! - Definition: exp(−1/N · Σ ln p(tokenᵢ | what came before)) over the N tokens of the answer, with the probabilities that
//!   the model itself gave while it wrote. Source: Jelinek et al., "Perplexity — a measure of the difficulty of speech
//!   recognition tasks", JASA 62, 1977; the same number as `exp(loss)` of transformers' causal models.
//! - Range: 1 (each token was certain) upwards; lower is better. Numbers of models with other vocabularies do not compare,
//!   nor do numbers at other temperatures where a server reports probabilities after it.
//! - Reads: the answer's log-probabilities. A run with this scorer asks for them. A line of `atelier score` has them as
//!   `logprobs`: a list of natural logarithms, or of objects with a `logprob` as OpenAI writes them.
//! - Unscored: where the provider gave none, and for an answer without a token.

use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::provider::TokenLogprobs;
use atelier_types::score::Score;
use serde_json::Value;

pub(super) struct Perplexity;

impl Method for Perplexity {
    fn reads_row(&self) -> bool {
        false
    }

    fn reads_logprobs(&self) -> bool {
        true
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        let tokens = context.logprobs;
        if tokens.is_empty() {
            return unscored("There are no log-probabilities: the provider gives none, or the answer has no token");
        }
        let sum: f64 = tokens.iter().map(|token| token.logprob).sum();
        let perplexity = (-sum / tokens.len() as f64).exp();
        if !perplexity.is_finite() {
            return unscored("A token of the answer has no probability at all");
        }
        (Score::Number(perplexity), None)
    }
}

/// The tokens in the `logprobs` of a line. The error is a sentence about the line.
pub(super) fn tokens_of(value: &Value) -> Result<Vec<TokenLogprobs>, String> {
    let list = value.get("content").unwrap_or(value).as_array();
    let number = |entry: &Value| entry.get("logprob").unwrap_or(entry).as_f64();
    let token = |entry: &Value| {
        let token = entry.get("token").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(TokenLogprobs { token, logprob: number(entry)?, alternatives: Vec::new() })
    };
    let tokens = list.and_then(|list| list.iter().map(token).collect());
    tokens.ok_or_else(|| "`logprobs` must be a list of numbers, or of objects with a `logprob`".to_owned())
}
