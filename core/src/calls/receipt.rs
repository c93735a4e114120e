//! The receipt of an output and the spans of its trace.

use super::answer::{Gathered, Try};
use super::catalog::{Target, Way};
use super::request_hash::request_hash;
use super::{Call, Finished, Parts};
use crate::providers::http;
use crate::store::traces::{SpanRecord, TraceRecord};
use atelier_types::JsonMap;
use atelier_types::ids::{ModelName, PromptName, VersionHash};
use atelier_types::model::Price;
use atelier_types::output::{Output, Receipt};
use atelier_types::provider::{ChatRequest, FinishReason, Params, ProviderError, Usage};
use serde_json::{Value, json};

/// A call with everything about it that is known before it is sent.
pub(super) struct Asked {
    prompt: Option<PromptName>,
    version: Option<VersionHash>,
    model: ModelName,
    pub request: ChatRequest,
    pub repeat: u32,
    pub request_hash: String,
    /// `https://api.example.com/v1`, or the path of local weights as the workspace writes it.
    provider: String,
    is_local: bool,
    price: Option<Price>,
}

impl Asked {
    pub fn new(call: Call, target: &Target, files: &str) -> Self {
        let (provider, model) = match &target.way {
            Way::Remote { endpoint, id } => (http::shown_address(&endpoint.config.base_url), id.clone()),
            Way::Local { shown_path, .. } => (shown_path.clone(), shown_path.clone()),
        };
        let params = call.params.or(&target.config.params);
        let request = ChatRequest { model, messages: call.messages, params };
        Self {
            prompt: call.prompt,
            version: call.version,
            model: call.model,
            request_hash: request_hash(&provider, &request, files),
            request,
            repeat: call.repeat,
            provider,
            is_local: matches!(target.way, Way::Local { .. }),
            price: target.price(),
        }
    }

    /// A call of a model that the workspace does not have.
    pub fn nowhere(call: Call) -> Self {
        let request = ChatRequest { model: call.model.0.clone(), messages: call.messages, params: call.params };
        Self {
            prompt: call.prompt,
            version: call.version,
            model: call.model,
            request_hash: request_hash("", &request, ""),
            request,
            repeat: call.repeat,
            provider: String::new(),
            is_local: false,
            price: None,
        }
    }

    /// Writes the receipt.
    pub fn finish(self, mut gathered: Gathered, error: Option<ProviderError>, parts: &Parts) -> Finished {
        gathered.close(error.as_ref());
        let trace = self.trace(&gathered, parts);
        let last = gathered.tries.last();
        let receipt = Receipt {
            prompt: self.prompt,
            version: self.version,
            messages: self.request.messages,
            model: self.model,
            provider: self.provider,
            requested_model: self.request.model,
            reported_model: gathered.reported_model,
            params: self.request.params,
            request_hash: self.request_hash,
            identity: gathered.identity,
            finish: gathered.finish,
            usage: gathered.usage,
            started_at: last.map_or_else(|| parts.clock.now(), |one| one.started_at),
            first_token_millis: gathered.first_token_millis,
            latency_millis: last.map_or(0.0, |one| one.duration_millis),
            num_tries: gathered.num_tries,
            cost_usd: cost_usd(self.price, gathered.usage),
            atelier_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let Gathered { text, reasoning, logprobs, .. } = gathered;
        let output = Output { text, reasoning, logprobs, error, receipt };
        Finished { output, stored: None, trace }
    }

    /// One span a try, so that retries and their reasons stay visible.
    fn trace(&self, gathered: &Gathered, parts: &Parts) -> TraceRecord {
        if gathered.tries.is_empty() {
            return TraceRecord::default();
        }
        let last = gathered.tries.len() - 1;
        let span = |(number, one): (usize, &Try)| SpanRecord {
            span_id: parts.random.hex(16),
            parent_span_id: None,
            name: format!("chat {}", self.request.model),
            started_at: one.started_at,
            duration_millis: one.duration_millis,
            error_type: one.error_code.map(str::to_owned),
            attributes: self.attributes((number == last).then_some(gathered)),
        };
        let spans = gathered.tries.iter().enumerate().map(span).collect();
        TraceRecord { trace_id: parts.random.hex(32), spans }
    }

    /// Attributes after OpenTelemetry's conventions for generative AI; what the server said is on the last try only.
    fn attributes(&self, answered: Option<&Gathered>) -> JsonMap {
        let mut attributes = JsonMap::new();
        let mut put = |name: &str, value: Value| {
            attributes.insert(name.to_owned(), value);
        };
        put("gen_ai.operation.name", "chat".into());
        put("gen_ai.provider.name", if self.is_local { "atelier.engine" } else { "openai" }.into());
        put("gen_ai.request.model", self.request.model.as_str().into());
        put("server.address", self.provider.as_str().into());
        put_params(&self.request.params, &mut put);
        let Some(gathered) = answered else { return attributes };
        if let Some(model) = &gathered.reported_model {
            put("gen_ai.response.model", model.as_str().into());
        }
        if let Some(finish) = &gathered.finish {
            put("gen_ai.response.finish_reasons", json!([finish_word(finish)]));
        }
        if let Some(usage) = gathered.usage {
            put("gen_ai.usage.input_tokens", usage.num_prompt_tokens.into());
            put("gen_ai.usage.output_tokens", usage.num_completion_tokens.into());
        }
        if let Some(millis) = gathered.first_token_millis {
            put("gen_ai.server.time_to_first_token", (millis / 1_000.0).into());
        }
        attributes
    }
}

fn put_params(params: &Params, put: &mut impl FnMut(&str, Value)) {
    let numbers = [
        ("gen_ai.request.temperature", params.temperature.map(Value::from)),
        ("gen_ai.request.top_p", params.top_p.map(Value::from)),
        ("gen_ai.request.top_k", params.top_k.map(Value::from)),
        ("gen_ai.request.max_tokens", params.max_tokens.map(Value::from)),
        ("gen_ai.request.seed", params.seed.map(Value::from)),
        ("gen_ai.request.frequency_penalty", params.frequency_penalty.map(Value::from)),
        ("gen_ai.request.presence_penalty", params.presence_penalty.map(Value::from)),
        ("gen_ai.output.type", params.json_schema.as_ref().map(|_| "json".into())),
    ];
    for (name, value) in numbers {
        if let Some(value) = value {
            put(name, value);
        }
    }
    if !params.stop.is_empty() {
        put("gen_ai.request.stop_sequences", json!(params.stop));
    }
}

fn finish_word(finish: &FinishReason) -> &str {
    match finish {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ContentFilter => "content_filter",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::Other(word) => word,
    }
}

/// `None` where the price or the counts are not known.
pub(super) fn cost_usd(price: Option<Price>, usage: Option<Usage>) -> Option<f64> {
    const TOKENS_PER_MTOK: f64 = 1e6;
    let (price, usage) = (price?, usage?);
    let input = f64::from(usage.num_prompt_tokens) * price.input_usd_per_mtok;
    let output = f64::from(usage.num_completion_tokens) * price.output_usd_per_mtok;
    Some((input + output) / TOKENS_PER_MTOK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cost_is_price_times_tokens_and_unknown_where_either_is() {
        let price = Some(Price { input_usd_per_mtok: 0.25, output_usd_per_mtok: 2.0 });
        let usage = Some(Usage { num_prompt_tokens: 4_000, num_completion_tokens: 500, num_cached_tokens: 1_000 });
        assert_eq!(cost_usd(price, usage), Some(0.002));
        assert_eq!(cost_usd(None, usage), None);
        assert_eq!(cost_usd(price, None), None);
    }
}
