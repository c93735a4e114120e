//! What comes back from chat completions: chunks of a stream, or one plain object from servers that do not stream.
//! Fields that are not ours are passed over, since every server adds some.

use super::errors::{failure, from_stream};
use super::secrets::Key;
use atelier_types::JsonMap;
use atelier_types::provider::{ErrorCategory, FinishReason, ProviderError, StreamEvent, TokenLogprobs, Usage};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(default, borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    system_fingerprint: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    choices: Option<Vec<Choice<'a>>>,
    #[serde(default)]
    usage: Option<UsageBody>,
    #[serde(default)]
    error: Option<Value>,
    /// What our own engine says about weights, template and itself.
    #[serde(default)]
    atelier: Option<JsonMap>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(default)]
    index: Option<u32>,
    #[serde(default, borrow)]
    delta: Option<Part<'a>>,
    #[serde(default, borrow)]
    message: Option<Part<'a>>,
    #[serde(default)]
    finish_reason: Option<String>,
    #[serde(default)]
    logprobs: Option<Logprobs>,
}

#[derive(Deserialize)]
struct Logprobs {
    #[serde(default)]
    content: Option<Vec<TokenBody>>,
}

#[derive(Deserialize)]
struct TokenBody {
    token: String,
    logprob: f64,
    #[serde(default)]
    top_logprobs: Vec<TopBody>,
}

#[derive(Deserialize)]
struct TopBody {
    token: String,
    logprob: f64,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(default, borrow)]
    content: Option<Content<'a>>,
    #[serde(default)]
    reasoning_content: Option<String>,
    /// The same under the name that other servers use.
    #[serde(default)]
    reasoning: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Parts(Vec<TextPart>),
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct TextPart {
    #[serde(default)]
    text: Option<String>,
}

#[derive(Deserialize)]
struct UsageBody {
    #[serde(default)]
    prompt_tokens: Option<u32>,
    #[serde(default)]
    completion_tokens: Option<u32>,
    #[serde(default)]
    prompt_tokens_details: Option<PromptTokens>,
}

#[derive(Deserialize)]
struct PromptTokens {
    #[serde(default)]
    cached_tokens: Option<u32>,
}

/// Gathers an answer from its chunks.
#[derive(Default)]
pub(super) struct Answer {
    finish: Option<FinishReason>,
    usage: Option<Usage>,
    reported_model: Option<String>,
    identity: JsonMap,
    refusal: String,
    has_text: bool,
    num_chunks: u32,
}

impl Answer {
    /// Takes one JSON object; what it adds to the answer goes to `events`.
    pub fn take(
        &mut self,
        json: &[u8],
        key: Option<&Key>,
        events: &mut impl Extend<StreamEvent>,
    ) -> Result<(), ProviderError> {
        let chunk: Chunk<'_> = serde_json::from_slice(json).map_err(|err| {
            failure(ErrorCategory::Protocol, format!("The server sent something else than a chat completion: {err}"))
        })?;
        self.num_chunks += 1;
        if let Some(error) = chunk.error.filter(|error| !error.is_null()) {
            return Err(from_stream(&error, key));
        }
        if self.reported_model.is_none() {
            self.reported_model = chunk.model.filter(|model| !model.is_empty()).map(Cow::into_owned);
        }
        if let Some(print) = chunk.system_fingerprint.filter(|_| !self.identity.contains_key("system_fingerprint")) {
            self.identity.insert("system_fingerprint".to_owned(), print.into_owned().into());
        }
        self.identity.extend(chunk.atelier.into_iter().flatten());
        self.usage = chunk.usage.and_then(usage).or(self.usage);
        // We ask for one answer; a server that gives more anyway does not mix them into it.
        let ours = chunk.choices.into_iter().flatten().filter(|choice| choice.index.unwrap_or(0) == 0);
        ours.for_each(|choice| self.take_choice(choice, events));
        Ok(())
    }

    fn take_choice(&mut self, choice: Choice<'_>, events: &mut impl Extend<StreamEvent>) {
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            self.finish = Some(finish_reason(reason));
        }
        let tokens = choice.logprobs.and_then(|logprobs| logprobs.content).unwrap_or_default();
        let tokens: Vec<TokenLogprobs> = tokens.into_iter().map(token_logprobs).collect();
        events.extend((!tokens.is_empty()).then_some(StreamEvent::Logprobs { tokens }));
        let Some(part) = choice.delta.or(choice.message) else { return };
        self.refusal.push_str(part.refusal.as_deref().unwrap_or_default());
        let reasoning = part.reasoning_content.or(part.reasoning).filter(|text| !text.is_empty());
        events.extend(reasoning.map(|text| StreamEvent::Reasoning { text }));
        let text = part.content.map(Content::into_text).filter(|text| !text.is_empty());
        self.has_text |= text.is_some();
        events.extend(text.map(|text| StreamEvent::Delta { text }));
    }

    /// The model has said why it stopped; at most the counts are still to come.
    pub fn has_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// The answer is over: `was_announced` says that the server said so itself, and the connection did not just end.
    pub fn end(self, was_announced: bool) -> Result<StreamEvent, ProviderError> {
        if !self.refusal.is_empty() && !self.has_text {
            return Err(failure(ErrorCategory::ContentRefused, self.refusal));
        }
        if self.num_chunks == 0 {
            return Err(failure(ErrorCategory::Protocol, "The server sent nothing that is a chat completion"));
        }
        let finish = match self.finish {
            Some(finish) => finish,
            None if was_announced => FinishReason::Other("unknown".to_owned()),
            None => return Err(failure(ErrorCategory::Network, "The connection ended before the answer did")),
        };
        Ok(StreamEvent::End { finish, usage: self.usage, reported_model: self.reported_model, identity: self.identity })
    }
}

impl Content<'_> {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text.into_owned(),
            Self::Parts(parts) => parts.into_iter().filter_map(|part| part.text).collect(),
            Self::Other(_) => String::new(),
        }
    }
}

fn token_logprobs(body: TokenBody) -> TokenLogprobs {
    let alternatives = body.top_logprobs.into_iter().map(|top| (top.token, top.logprob)).collect();
    TokenLogprobs { token: body.token, logprob: body.logprob, alternatives }
}

fn usage(body: UsageBody) -> Option<Usage> {
    let cached = body.prompt_tokens_details.and_then(|details| details.cached_tokens);
    Some(Usage {
        num_prompt_tokens: body.prompt_tokens?,
        num_completion_tokens: body.completion_tokens.unwrap_or(0),
        num_cached_tokens: cached.unwrap_or(0),
    })
}

fn finish_reason(reason: String) -> FinishReason {
    match reason.as_str() {
        "stop" | "eos" | "end_turn" | "stop_sequence" => FinishReason::Stop,
        "length" | "max_tokens" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        "tool_calls" | "function_call" => FinishReason::ToolCalls,
        _ => FinishReason::Other(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(chunks: &[&str], was_announced: bool) -> (Vec<StreamEvent>, Result<StreamEvent, ProviderError>) {
        let mut answer = Answer::default();
        let mut events = Vec::new();
        for chunk in chunks {
            if let Err(error) = answer.take(chunk.as_bytes(), None, &mut events) {
                return (events, Err(error));
            }
        }
        (events, answer.end(was_announced))
    }

    fn delta(text: &str) -> StreamEvent {
        StreamEvent::Delta { text: text.to_owned() }
    }

    #[test]
    fn chunks_make_text_reasoning_counts_and_identity() {
        let (events, end) = answer(
            &[
                r#"{"id":"1","model":"m-2026","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
                r#"{"model":"m-2026","choices":[{"index":0,"delta":{"reasoning_content":"hm"}}],"usage":null}"#,
                r#"{"choices":[{"index":0,"delta":{"content":"Größe\n"}},{"index":1,"delta":{"content":"not ours"}}]}"#,
                r#"{"choices":[{"delta":{"content":[{"type":"text","text":"10"}]},"finish_reason":"length","surprise":{}}]}"#,
                r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}},"atelier":{"quantisation":"F16"}}"#,
            ],
            true,
        );
        assert_eq!(events, [StreamEvent::Reasoning { text: "hm".to_owned() }, delta("Größe\n"), delta("10")]);
        let identity = serde_json::from_str(r#"{"system_fingerprint":"fp_1","quantisation":"F16"}"#).unwrap();
        let usage = Some(Usage { num_prompt_tokens: 9, num_completion_tokens: 2, num_cached_tokens: 4 });
        let reported_model = Some("m-2026".to_owned());
        assert_eq!(end, Ok(StreamEvent::End { finish: FinishReason::Length, usage, reported_model, identity }));
    }

    #[test]
    fn log_probabilities_come_with_their_alternatives() {
        let (events, _) = answer(
            &[
                r#"{"choices":[{"delta":{"content":"Hi"},"logprobs":{"content":[{"token":"Hi","logprob":-0.5,"bytes":[72,105],"top_logprobs":[{"token":"Hi","logprob":-0.5},{"token":"Ho","logprob":-2.0}]}]}}]}"#,
                r#"{"choices":[{"delta":{"content":"!"},"logprobs":{"content":[{"token":"!","logprob":-0.1}]},"finish_reason":"stop"}]}"#,
                r#"{"choices":[{"delta":{},"logprobs":null}]}"#,
            ],
            true,
        );
        let token = |token: &str, logprob, alternatives: &[(&str, f64)]| TokenLogprobs {
            token: token.to_owned(),
            logprob,
            alternatives: alternatives.iter().map(|(token, logprob)| ((*token).to_owned(), *logprob)).collect(),
        };
        let logprobs = |token| StreamEvent::Logprobs { tokens: vec![token] };
        let first = token("Hi", -0.5, &[("Hi", -0.5), ("Ho", -2.0)]);
        assert_eq!(events, [logprobs(first), delta("Hi"), logprobs(token("!", -0.1, &[])), delta("!")]);
    }

    #[test]
    fn plain_object_is_an_answer_too() {
        let (events, end) = answer(
            &[
                r#"{"object":"chat.completion","choices":[{"message":{"role":"assistant","content":"Hi","tool_calls":null},"finish_reason":"stop"}]}"#,
            ],
            false,
        );
        assert_eq!(events, [delta("Hi")]);
        assert!(matches!(end, Ok(StreamEvent::End { finish: FinishReason::Stop, usage: None, .. })));
    }

    #[test]
    fn broken_answers_say_what_is_wrong() {
        let text = r#"{"choices":[{"delta":{"content":"half"}}]}"#;
        let cases: [(&[&str], bool, ErrorCategory); 6] = [
            (&[text], false, ErrorCategory::Network),
            (&[], true, ErrorCategory::Protocol),
            (&["not json"], true, ErrorCategory::Protocol),
            (&[r#"{"choices":7}"#], true, ErrorCategory::Protocol),
            (
                &[r#"{"choices":[{"delta":{"refusal":"No."},"finish_reason":"stop"}]}"#],
                true,
                ErrorCategory::ContentRefused,
            ),
            (
                &[text, r#"{"error":{"message":"Rate limit reached","code":429}}"#],
                true,
                ErrorCategory::RateLimited { retry_after_millis: None },
            ),
        ];
        for (chunks, was_announced, expected) in cases {
            let (_, end) = answer(chunks, was_announced);
            assert_eq!(end.unwrap_err().category, expected, "{chunks:?}");
        }
    }

    #[test]
    fn end_that_was_announced_without_a_reason_is_an_end() {
        let (_, end) = answer(&[r#"{"choices":[{"delta":{"content":"x"}}]}"#], true);
        assert!(matches!(end, Ok(StreamEvent::End { finish: FinishReason::Other(_), .. })));
    }
}
