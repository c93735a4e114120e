//! The body of a chat-completions request. Only what was set is sent, so that a server which knows less than another
//! is not asked for more.

use atelier_types::prompt::{Message, Role};
use atelier_types::provider::ChatRequest;
use serde::Serialize;
use serde_json::Value;

/// Where servers differ about requests. Found out from their refusals, once a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Manner {
    /// The limit on tokens is called `max_completion_tokens`.
    pub new_token_limit: bool,
    /// Does not know `stream_options`; usage then comes only where the server sends it unasked.
    pub omit_stream_options: bool,
    /// Gives no log-probabilities and refuses to be asked for them.
    pub omit_logprobs: bool,
}

impl Manner {
    /// OpenAI's newer models refuse `max_tokens`; many compatible servers know nothing else.
    pub fn of_host(host: &str) -> Self {
        Self { new_token_limit: host == "api.openai.com", ..Self::default() }
    }

    /// What to change after a refusal with this message; `None` where nothing helps.
    pub fn after_refusal(self, message: &str) -> Option<Self> {
        if message.contains("stream_options") && !self.omit_stream_options {
            return Some(Self { omit_stream_options: true, ..self });
        }
        if message.contains("logprobs") && !self.omit_logprobs {
            return Some(Self { omit_logprobs: true, ..self });
        }
        let wants_new = message.contains("max_completion_tokens") && message.contains("max_tokens");
        let refuses_new = message.contains("max_completion_tokens") && !message.contains("'max_tokens'");
        match self.new_token_limit {
            false if wants_new => Some(Self { new_token_limit: true, ..self }),
            true if refuses_new => Some(Self { new_token_limit: false, ..self }),
            _ => None,
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: &'a [Message],
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u32>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct ResponseFormat<'a> {
    r#type: &'static str,
    json_schema: NamedSchema<'a>,
}

#[derive(Serialize)]
struct NamedSchema<'a> {
    name: &'static str,
    schema: &'a Value,
    strict: bool,
}

pub(super) fn encode(request: &ChatRequest, manner: Manner) -> serde_json::Result<Vec<u8>> {
    let params = &request.params;
    let (max_tokens, max_completion_tokens) =
        if manner.new_token_limit { (None, params.max_tokens) } else { (params.max_tokens, None) };
    let top_logprobs = params.top_logprobs.filter(|_| !manner.omit_logprobs);
    serde_json::to_vec(&Body {
        model: &request.model,
        messages: &request.messages,
        stream: true,
        stream_options: (!manner.omit_stream_options).then_some(StreamOptions { include_usage: true }),
        temperature: params.temperature,
        top_p: params.top_p,
        top_k: params.top_k,
        min_p: params.min_p,
        max_tokens,
        max_completion_tokens,
        seed: params.seed,
        stop: &params.stop,
        frequency_penalty: params.frequency_penalty,
        presence_penalty: params.presence_penalty,
        response_format: params.json_schema.as_ref().map(|schema| ResponseFormat {
            r#type: "json_schema",
            json_schema: NamedSchema { name: "output", schema, strict: is_strict(schema) },
        }),
        logprobs: top_logprobs.map(|_| true),
        top_logprobs: top_logprobs.filter(|num| *num > 0),
    })
}

/// Whether a schema keeps the rules under which OpenAI enforces it: every object closed, every property required.
/// Another schema sent as strict is refused, so it goes as a wish.
fn is_strict(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => {
            let is_closed = match object.get("properties") {
                Some(Value::Object(properties)) => {
                    let required = object.get("required").and_then(Value::as_array);
                    let is_required = |name: &String| required.is_some_and(|names| names.iter().any(|one| one == name));
                    object.get("additionalProperties") == Some(&Value::Bool(false))
                        && properties.keys().all(is_required)
                }
                _ => object.get("type").and_then(Value::as_str) != Some("object"),
            };
            is_closed && object.values().all(is_strict)
        }
        Value::Array(list) => list.iter().all(is_strict),
        _ => true,
    }
}

/// Tokens of a text, guessed from its length.
pub fn num_tokens_of(text: &str) -> u32 {
    const BYTES_PER_TOKEN: usize = 4;
    u32::try_from(text.len() / BYTES_PER_TOKEN).unwrap_or(u32::MAX)
}

/// Room for a request, from its characters: a guess that the limiter corrects afterwards.
pub fn estimate_tokens(request: &ChatRequest) -> u32 {
    const ASSUMED_ANSWER_TOKENS: u32 = 256;
    let role_tokens = |role: Role| if role == Role::System { 6 } else { 4 };
    let tokens = request.messages.iter().map(|one| num_tokens_of(&one.content).saturating_add(role_tokens(one.role)));
    let prompt = tokens.fold(0, u32::saturating_add);
    prompt.saturating_add(request.params.max_tokens.unwrap_or(ASSUMED_ANSWER_TOKENS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::provider::Params;
    use serde_json::json;

    fn body(params: Params, manner: Manner) -> Value {
        let messages = vec![Message { role: Role::User, content: "Hi".to_owned() }];
        let request = ChatRequest { model: "m".to_owned(), messages, params };
        serde_json::from_slice(&encode(&request, manner).unwrap()).unwrap()
    }

    #[test]
    fn only_what_was_set_is_sent() {
        let expected = json!({
            "model": "m",
            "messages": [{"role": "user", "content": "Hi"}],
            "stream": true,
            "stream_options": {"include_usage": true},
        });
        assert_eq!(body(Params::default(), Manner::default()), expected);
    }

    #[test]
    fn every_parameter_has_its_field() {
        let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let params = Params {
            temperature: Some(0.5),
            top_p: Some(0.9),
            top_k: Some(40),
            min_p: Some(0.05),
            max_tokens: Some(12),
            seed: Some(u64::MAX),
            stop: vec!["END".to_owned()],
            frequency_penalty: Some(0.1),
            presence_penalty: Some(-0.1),
            json_schema: Some(schema.clone()),
            top_logprobs: Some(5),
        };
        let expected = json!({
            "model": "m",
            "messages": [{"role": "user", "content": "Hi"}],
            "stream": true,
            "temperature": 0.5, "top_p": 0.9, "top_k": 40, "min_p": 0.05,
            "max_completion_tokens": 12,
            "seed": u64::MAX,
            "stop": ["END"],
            "frequency_penalty": 0.1, "presence_penalty": -0.1,
            "response_format": {
                "type": "json_schema", "json_schema": {"name": "output", "schema": schema, "strict": false},
            },
            "logprobs": true, "top_logprobs": 5,
        });
        let manner = Manner { new_token_limit: true, omit_stream_options: true, omit_logprobs: false };
        assert_eq!(body(params, manner), expected);
    }

    #[test]
    fn logprobs_are_asked_for_alone_with_alternatives_or_not_at_all() {
        let params = Params { top_logprobs: Some(0), ..Params::default() };
        let asked = body(params.clone(), Manner::default());
        assert_eq!((&asked["logprobs"], asked.get("top_logprobs")), (&json!(true), None));
        let silent = body(params, Manner { omit_logprobs: true, ..Manner::default() });
        assert_eq!(silent.get("logprobs"), None);
    }

    #[test]
    fn schema_is_strict_only_where_it_keeps_the_rules() {
        let closed = json!({
            "type": "object", "additionalProperties": false, "required": ["a"],
            "properties": {"a": {"type": "array", "items": {"type": "string"}}},
        });
        assert!(is_strict(&closed));
        let mut inner_open = closed.clone();
        inner_open["properties"]["a"]["items"] = json!({"type": "object"});
        assert!(!is_strict(&inner_open));
        let mut optional = closed;
        optional["required"] = json!([]);
        assert!(!is_strict(&optional));
    }

    #[test]
    fn manner_follows_refusals_and_does_not_go_in_circles() {
        let plain = Manner::of_host("localhost");
        let new = plain.after_refusal("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
        assert_eq!(new, Some(Manner { new_token_limit: true, ..Manner::default() }));
        let openai = Manner::of_host("api.openai.com");
        assert_eq!(openai.after_refusal("Unknown field max_completion_tokens"), Some(plain));
        let silent = plain.after_refusal("stream_options: extra inputs are not permitted").unwrap();
        assert!(silent.omit_stream_options);
        assert_eq!(silent.after_refusal("stream_options: extra inputs are not permitted"), None);
        let quiet = plain.after_refusal("logprobs are not supported with reasoning models").unwrap();
        assert!(quiet.omit_logprobs);
        assert_eq!(quiet.after_refusal("logprobs are not supported with reasoning models"), None);
        assert_eq!(plain.after_refusal("unknown model"), None);
    }
}
