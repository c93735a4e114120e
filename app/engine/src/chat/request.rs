//! OpenAI's chat request as it comes in, and its translation into a [`Generation`].
//!
//! mistral.rs accepts a negative temperature, an empty conversation and an empty stop string, and ignores a bias, so
//! every value is judged here. What the engine cannot do (tools, images, several choices) is refused, not ignored.

use crate::error::EngineError;
use crate::generate::{Generation, Message, Prompt, Sampling};
use crate::model::Defaults;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const MAX_STOP_STRINGS: usize = 16;
const MAX_TOP_LOG_PROBABILITIES: usize = 20;
const ROLES: &[&str] = &["system", "developer", "user", "assistant", "tool"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChatRequest {
    pub model: String,
    messages: Vec<IncomingMessage>,
    pub stream: bool,
    pub stream_options: Option<StreamOptions>,
    max_tokens: Option<u32>,
    max_completion_tokens: Option<u32>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    top_k: Option<i64>,
    min_p: Option<f64>,
    frequency_penalty: Option<f32>,
    presence_penalty: Option<f32>,
    repetition_penalty: Option<f32>,
    seed: Option<u64>,
    stop: Option<Stop>,
    logit_bias: Option<BTreeMap<String, f32>>,
    logprobs: Option<bool>,
    top_logprobs: Option<usize>,
    response_format: Option<ResponseFormat>,
    n: Option<u32>,
    tools: Option<Vec<Value>>,
    functions: Option<Vec<Value>>,
}

#[derive(Debug, Deserialize)]
pub struct IncomingMessage {
    role: String,
    content: Content,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Value>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Stop {
    One(String),
    Several(Vec<String>),
}

#[derive(Debug, Default, Deserialize)]
pub struct StreamOptions {
    #[serde(default)]
    pub include_usage: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
enum ResponseFormat {
    Text,
    JsonObject,
    JsonSchema { json_schema: NamedSchema },
}

#[derive(Debug, Deserialize)]
struct NamedSchema {
    schema: Value,
}

impl ChatRequest {
    pub fn parse(body: &[u8]) -> Result<Self, EngineError> {
        serde_json::from_slice(body)
            .map_err(|error| EngineError::bad_request(format!("The request is not understood: {error}")))
    }

    /// Values of the request, then those that the model recommends; `fresh_seed` where the request names none.
    pub fn into_generation(self, defaults: &Defaults, fresh_seed: u64) -> Result<Generation, EngineError> {
        self.refuse_what_cannot_be_done()?;
        Ok(Generation {
            sampling: self.sampling(defaults, fresh_seed)?,
            max_tokens: self.max_tokens(defaults)?,
            num_top_log_probabilities: self.num_top_log_probabilities()?,
            schema: schema(self.response_format)?,
            stop: stop_strings(self.stop)?,
            prompt: Prompt::Chat(messages(self.messages)?),
        })
    }

    fn refuse_what_cannot_be_done(&self) -> Result<(), EngineError> {
        if self.n.is_some_and(|n| n != 1) {
            return Err(EngineError::bad_parameter("n", "`n` must be 1; send the request several times instead."));
        }
        for (name, list) in [("tools", &self.tools), ("functions", &self.functions)] {
            if list.as_ref().is_some_and(|list| !list.is_empty()) {
                return Err(EngineError::bad_parameter(name, format!("`{name}` cannot be used with local models.")));
            }
        }
        Ok(())
    }

    fn max_tokens(&self, defaults: &Defaults) -> Result<Option<u32>, EngineError> {
        let wanted = self.max_completion_tokens.or(self.max_tokens);
        if wanted == Some(0) {
            return Err(EngineError::bad_parameter("max_tokens", "`max_tokens` must be at least 1."));
        }
        Ok(wanted.or(defaults.max_tokens.filter(|tokens| *tokens > 0)))
    }

    fn num_top_log_probabilities(&self) -> Result<Option<usize>, EngineError> {
        let num_top = self.top_logprobs.unwrap_or(0);
        if num_top > MAX_TOP_LOG_PROBABILITIES {
            let message = format!("`top_logprobs` must be at most {MAX_TOP_LOG_PROBABILITIES}.");
            return Err(EngineError::bad_parameter("top_logprobs", message));
        }
        Ok(self.logprobs.unwrap_or(false).then_some(num_top))
    }

    fn sampling(&self, defaults: &Defaults, fresh_seed: u64) -> Result<Sampling, EngineError> {
        let temperature = self.temperature.or(defaults.temperature).unwrap_or(1.0);
        let top_p = self.top_p.or(defaults.top_p).unwrap_or(1.0);
        let min_p = self.min_p.or(defaults.min_p).unwrap_or(0.0);
        let repetition = self.repetition_penalty.or(defaults.repetition_penalty).unwrap_or(1.0);
        let frequency = self.frequency_penalty.unwrap_or(0.0);
        let presence = self.presence_penalty.unwrap_or(0.0);
        must("temperature", temperature, (0.0..=100.0).contains(&temperature), "between 0 and 100")?;
        must("top_p", top_p, top_p > 0.0 && top_p <= 1.0, "above 0 and at most 1")?;
        must("min_p", min_p, (0.0..=1.0).contains(&min_p), "between 0 and 1")?;
        must("repetition_penalty", repetition, repetition > 0.0 && repetition <= 100.0, "above 0 and at most 100")?;
        must("frequency_penalty", frequency, frequency.abs() <= 100.0, "between -100 and 100")?;
        must("presence_penalty", presence, presence.abs() <= 100.0, "between -100 and 100")?;
        // Some dialects write "all tokens" as 0, some as -1.
        let top_k = self.top_k.map(|top_k| usize::try_from(top_k.max(0)).unwrap_or(usize::MAX));
        Ok(Sampling {
            temperature,
            top_k: top_k.or(defaults.top_k).unwrap_or(0),
            top_p,
            min_p,
            frequency_penalty: frequency,
            presence_penalty: presence,
            repetition_penalty: repetition,
            bias: self.bias()?,
            seed: self.seed.unwrap_or(fresh_seed),
        })
    }

    fn bias(&self) -> Result<Vec<(u32, f32)>, EngineError> {
        let parse = |(token, bias): (&String, &f32)| {
            must("logit_bias", *bias, bias.abs() <= 100.0, "between -100 and 100")?;
            let token = token.parse().map_err(|_| {
                EngineError::bad_parameter("logit_bias", format!("`{token}` in `logit_bias` is not a token id."))
            })?;
            Ok((token, *bias))
        };
        self.logit_bias.iter().flatten().map(parse).collect()
    }
}

fn must(name: &'static str, value: impl std::fmt::Display, is_fine: bool, range: &str) -> Result<(), EngineError> {
    if is_fine {
        return Ok(());
    }
    Err(EngineError::bad_parameter(name, format!("`{name}` is {value} and must be {range}.")))
}

fn stop_strings(stop: Option<Stop>) -> Result<Vec<String>, EngineError> {
    let strings = match stop {
        None => Vec::new(),
        Some(Stop::One(string)) => vec![string],
        Some(Stop::Several(strings)) => strings,
    };
    if strings.len() > MAX_STOP_STRINGS {
        return Err(EngineError::bad_parameter("stop", format!("`stop` holds more than {MAX_STOP_STRINGS} strings.")));
    }
    if strings.iter().any(String::is_empty) {
        return Err(EngineError::bad_parameter("stop", "`stop` holds an empty string, which would stop at once."));
    }
    Ok(strings)
}

fn schema(format: Option<ResponseFormat>) -> Result<Option<Value>, EngineError> {
    let schema = match format {
        None | Some(ResponseFormat::Text) => return Ok(None),
        Some(ResponseFormat::JsonObject) => json!({"type": "object"}),
        Some(ResponseFormat::JsonSchema { json_schema }) => json_schema.schema,
    };
    if !schema.is_object() {
        return Err(EngineError::bad_parameter("response_format", "The JSON schema must be an object."));
    }
    Ok(Some(schema))
}

fn messages(incoming: Vec<IncomingMessage>) -> Result<Vec<Message>, EngineError> {
    if incoming.is_empty() {
        return Err(EngineError::bad_parameter("messages", "`messages` is empty."));
    }
    incoming.into_iter().map(message).collect()
}

/// One message with its content as text.
pub fn message(incoming: IncomingMessage) -> Result<Message, EngineError> {
    if !ROLES.contains(&incoming.role.as_str()) {
        let message = format!("`{}` is not a role; these are: {}.", incoming.role, ROLES.join(", "));
        return Err(EngineError::bad_parameter("messages", message));
    }
    // Chat templates know the older of the two names only.
    let role = if incoming.role == "developer" { "system".to_owned() } else { incoming.role };
    let content = match incoming.content {
        Content::Text(text) => text,
        Content::Parts(parts) => parts.iter().map(part_text).collect::<Result<String, _>>()?,
    };
    Ok(Message { role, content })
}

fn part_text(part: &Value) -> Result<&str, EngineError> {
    let text = (part["type"] == "text").then(|| part["text"].as_str()).flatten();
    text.ok_or_else(|| EngineError::bad_parameter("messages", "Local models read text only, no images or sounds."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generation(mut request: Value) -> Result<Generation, EngineError> {
        if request.get("messages").is_none() {
            request["messages"] = json!([{"role": "user", "content": "Hello"}]);
        }
        ChatRequest::parse(request.to_string().as_bytes())?.into_generation(&Defaults::default(), 42)
    }

    #[test]
    fn a_plain_request_samples_at_temperature_one_with_a_fresh_seed() {
        let sampling = generation(json!({"model": "m"})).unwrap().sampling;
        assert_eq!(sampling, Sampling { temperature: 1.0, seed: 42, ..Sampling::default() });
    }

    #[test]
    fn the_request_wins_over_what_the_model_recommends() {
        let defaults = Defaults {
            temperature: Some(0.7),
            top_k: Some(20),
            top_p: Some(0.8),
            max_tokens: Some(64),
            ..Defaults::default()
        };
        let request = json!({"messages": [{"role": "user", "content": "x"}], "temperature": 0.0, "seed": 5});
        let request = ChatRequest::parse(request.to_string().as_bytes()).unwrap();
        let generation = request.into_generation(&defaults, 42).unwrap();
        assert_eq!((generation.sampling.temperature, generation.sampling.seed), (0.0, 5));
        assert_eq!((generation.sampling.top_k, generation.sampling.top_p), (20, 0.8));
        assert_eq!(generation.max_tokens, Some(64));
    }

    #[test]
    fn impossible_values_are_refused_by_name() {
        let cases = [
            ("temperature", json!({"temperature": -0.1})),
            ("top_p", json!({"top_p": 0.0})),
            ("min_p", json!({"min_p": 1.5})),
            ("repetition_penalty", json!({"repetition_penalty": 0.0})),
            ("frequency_penalty", json!({"frequency_penalty": 1e6})),
            ("presence_penalty", json!({"presence_penalty": -1e6})),
            ("max_tokens", json!({"max_tokens": 0})),
            ("stop", json!({"stop": ""})),
            ("stop", json!({"stop": vec!["x"; 17]})),
            ("logit_bias", json!({"logit_bias": {"word": 1.0}})),
            ("logit_bias", json!({"logit_bias": {"5": 1000.0}})),
            ("top_logprobs", json!({"logprobs": true, "top_logprobs": 21})),
            ("n", json!({"n": 2})),
            ("tools", json!({"tools": [{"type": "function"}]})),
            ("messages", json!({"messages": []})),
            ("messages", json!({"messages": [{"role": "robot", "content": "x"}]})),
            ("messages", json!({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]})),
            ("response_format", json!({"response_format": {"type": "json_schema", "json_schema": {"schema": true}}})),
        ];
        for (name, request) in cases {
            match generation(request.clone()) {
                Err(EngineError::BadRequest { parameter, .. }) => assert_eq!(parameter, Some(name), "{request}"),
                other => panic!("{request} gave {other:?}"),
            }
        }
    }

    #[test]
    fn content_in_parts_is_joined_and_developer_speaks_as_system() {
        let parts = json!([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]);
        let request = json!({"messages": [{"role": "developer", "content": parts}]});
        let Prompt::Chat(messages) = generation(request).unwrap().prompt else { panic!("not a chat") };
        assert_eq!(messages, [Message { role: "system".to_owned(), content: "ab".to_owned() }]);
    }

    #[test]
    fn what_is_not_json_is_a_bad_request() {
        assert!(matches!(ChatRequest::parse(b"{"), Err(EngineError::BadRequest { .. })));
    }
}
