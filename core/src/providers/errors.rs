//! What went wrong with a call, in one vocabulary: HTTP statuses and the bodies of many servers on one side,
//! [`ErrorCategory`] on the other, and from there the [`ApiError`] with the one action that is offered.
//!
//! Everything here has passed through the key's redaction before it leaves.

use super::http::shown_address;
use super::secrets::{self, Key, MISSING_KEY};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::provider::{ErrorCategory, ProviderError};
use atelier_types::time::MillisSinceEpoch;
use regex::Regex;
use reqwest::header::HeaderMap;
use serde_json::Value;

const MAX_MESSAGE_CHARS: usize = 600;

/// A failure without an HTTP status.
pub fn failure(category: ErrorCategory, message: impl Into<String>) -> ProviderError {
    ProviderError { category, status: None, provider_code: None, message: message.into() }
}

pub fn cancelled() -> ProviderError {
    failure(ErrorCategory::Cancelled, "The call was cancelled")
}

/// What the transport said: could not connect, broke, could not be read.
pub fn from_transport(err: &reqwest::Error, host: &str, key: Option<&Key>) -> ProviderError {
    let mut causes = Vec::new();
    let mut source = std::error::Error::source(err);
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    // The outer layers only say "error sending request"; the innermost says why.
    let reason = causes.pop().unwrap_or_else(|| "the connection broke".to_owned());
    let (category, what) = match err {
        err if err.is_timeout() => (ErrorCategory::Timeout, "No answer in time from"),
        err if err.is_connect() => (ErrorCategory::Network, "Could not connect to"),
        _ => (ErrorCategory::Network, "The connection broke to"),
    };
    failure(category, clean(&format!("{what} `{host}`: {reason}"), key))
}

/// A refusal with its status, headers and body.
pub fn from_response(
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
    now: MillisSinceEpoch,
    key: Option<&Key>,
) -> ProviderError {
    if (300..400).contains(&status) {
        return redirected(status, headers);
    }
    let told = Told::read(body);
    let category = categorise(Some(status), &told, retry_after_millis(headers, now));
    let message = match told.message.trim() {
        "" => format!("The server answered without a reason, with status {status}"),
        message => clean(message, key),
    };
    ProviderError { category, status: Some(status), provider_code: told.code.map(|code| clean(&code, key)), message }
}

/// An error in the middle of a stream, as `{"error": …}`.
pub fn from_stream(error: &Value, key: Option<&Key>) -> ProviderError {
    let told = Told::of(error);
    let status = told.code.as_deref().and_then(|code| code.parse().ok()).filter(|status| (400..600).contains(status));
    let category = categorise(status, &told, None);
    let message = if told.message.is_empty() { "The server broke off the answer".to_owned() } else { told.message };
    ProviderError {
        category,
        status,
        provider_code: told.code.map(|code| clean(&code, key)),
        message: clean(&message, key),
    }
}

fn redirected(status: u16, headers: &HeaderMap) -> ProviderError {
    let target = headers.get("location").and_then(|value| value.to_str().ok()).map(shown_address);
    let target = target.map_or_else(|| "elsewhere".to_owned(), |target| format!("to `{target}`"));
    ProviderError {
        category: ErrorCategory::BadRequest,
        status: Some(status),
        provider_code: Some("redirect".to_owned()),
        message: format!(
            "The server redirects {target}. Redirects are not followed, since they could carry the key to another \
             machine"
        ),
    }
}

/// What a body says about its failure.
#[derive(Debug, Default)]
struct Told {
    message: String,
    code: Option<String>,
    kind: Option<String>,
    num_prompt_tokens: Option<u32>,
    max_tokens: Option<u32>,
    /// Our own engine speaks our vocabulary.
    category: Option<ErrorCategory>,
}

impl Told {
    fn read(body: &[u8]) -> Self {
        if let Ok(value) = serde_json::from_slice::<Value>(body) {
            return Self::of(&value);
        }
        let text = String::from_utf8_lossy(body);
        let text = if text.trim_start().starts_with('<') { text_of_html(&text) } else { text.into_owned() };
        Self { message: text, ..Self::default() }
    }

    /// Finds the words wherever servers put them: `error.message`, `error`, `message`, `detail`, the first of a list.
    fn of(value: &Value) -> Self {
        match value {
            Value::String(text) => Self { message: text.clone(), ..Self::default() },
            Value::Array(list) => list.first().map(Self::of).unwrap_or_default(),
            Value::Object(object) => match object.get("error").or_else(|| object.get("errors")) {
                Some(inner) if !inner.is_null() => {
                    let mut told = Self::of(inner);
                    told.code = told.code.or_else(|| word(object.get("code")));
                    told
                }
                _ => Self::of_object(object),
            },
            _ => Self::default(),
        }
    }

    fn of_object(object: &atelier_types::JsonMap) -> Self {
        let number =
            |name: &str| object.get(name).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
        let message = object.get("message").or_else(|| object.get("detail")).or_else(|| object.get("msg"));
        let message = match message {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => Self::of(other).message,
        };
        Self {
            message,
            code: word(object.get("code")),
            kind: word(object.get("type")).or_else(|| word(object.get("status"))),
            num_prompt_tokens: number("n_prompt_tokens"),
            max_tokens: number("n_ctx"),
            category: serde_json::from_value(Value::Object(object.clone())).ok(),
        }
    }

    fn says(&self, words: &[&str]) -> bool {
        let fields = [Some(&self.message), self.code.as_ref(), self.kind.as_ref()];
        fields.into_iter().flatten().any(|field| {
            let field = field.to_ascii_lowercase();
            words.iter().any(|word| field.contains(word))
        })
    }
}

fn word(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The title of a page, or its text.
fn text_of_html(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let title = lower.find("<title>").zip(lower.find("</title>")).and_then(|(from, to)| page.get(from + 7..to));
    format!("The server answered with a web page: {}", title.map_or("(no title)", str::trim))
}

const CONTEXT_WORDS: &[&str] = &[
    "context_length",
    "context_too_long",
    "context length",
    "context size",
    "context window",
    "maximum context",
    "exceed_context",
    "prompt is too long",
    "prompt too long",
    "input is too long",
    "too many tokens",
    "reduce the length of the messages",
];
const REFUSED_WORDS: &[&str] = &[
    "content_filter",
    "content filter",
    "content_policy",
    "content policy",
    "content management policy",
    "responsibleai",
    "safety system",
    "moderation",
    "data_inspection_failed",
];
const AUTH_WORDS: &[&str] =
    &["invalid_api_key", "invalid api key", "incorrect api key", "api key not valid", "authentication_error"];
/// Money, not speed: sending again does not help.
const QUOTA_WORDS: &[&str] = &["insufficient_quota", "billing", "credit balance", "insufficient credits"];
const OVERLOADED_WORDS: &[&str] =
    &["overloaded", "server_error", "service_unavailable", "internal_error", "at capacity"];
const RATE_WORDS: &[&str] = &["rate_limit", "rate limit", "too many requests", "resource_exhausted"];

fn categorise(status: Option<u16>, told: &Told, retry_after_millis: Option<u64>) -> ErrorCategory {
    if let Some(category) = &told.category {
        return category.clone();
    }
    if told.says(&["engine_lost"]) {
        return ErrorCategory::EngineLost;
    }
    match status {
        Some(401) => ErrorCategory::Auth,
        Some(400 | 403 | 404 | 405 | 413 | 422 | 500) | None if told.says(CONTEXT_WORDS) => context_too_long(told),
        Some(400 | 403 | 422) | None if told.says(REFUSED_WORDS) => ErrorCategory::ContentRefused,
        Some(400 | 403) | None if told.says(AUTH_WORDS) => ErrorCategory::Auth,
        Some(403) => ErrorCategory::Auth,
        Some(402) => ErrorCategory::BadRequest,
        Some(429) | None if told.says(QUOTA_WORDS) => ErrorCategory::BadRequest,
        Some(408 | 504) => ErrorCategory::Timeout,
        Some(429) => ErrorCategory::RateLimited { retry_after_millis },
        Some(413) if told.says(RATE_WORDS) => ErrorCategory::RateLimited { retry_after_millis },
        Some(501 | 505) => ErrorCategory::BadRequest,
        Some(status) if status >= 500 => ErrorCategory::Overloaded { retry_after_millis },
        Some(_) => ErrorCategory::BadRequest,
        None if told.says(RATE_WORDS) => ErrorCategory::RateLimited { retry_after_millis },
        None if told.says(OVERLOADED_WORDS) => ErrorCategory::Overloaded { retry_after_millis },
        None => ErrorCategory::Protocol,
    }
}

/// Reads the counts from where the server puts them: fields of their own, or its sentence.
fn context_too_long(told: &Told) -> ErrorCategory {
    let counts = counts_in(&told.message);
    ErrorCategory::ContextTooLong {
        num_prompt_tokens: told.num_prompt_tokens.or(counts.0),
        max_tokens: told.max_tokens.or(counts.1),
    }
}

/// What servers say about the length of a prompt; the first that fits counts, since "requested" includes the answer.
const PROMPT_TOKENS: &[&str] = &[
    r"([\d,]+) (?:tokens )?in the (?:messages|prompt|input)",
    r"resulted in ([\d,]+) tokens",
    r"too long:? \(?([\d,]+)",
    r"request \(([\d,]+) tokens",
    r"length (?:is|of) ([\d,]+)",
    r"requested ([\d,]+) tokens",
];
const CONTEXT_TOKENS: &[&str] =
    &[r"context (?:length|window|size)(?: of the model)?(?: is| of)? \(?([\d,]+)", r"> ([\d,]+)", r"than ([\d,]+)"];

/// `(prompt tokens, context tokens)`
fn counts_in(message: &str) -> (Option<u32>, Option<u32>) {
    let message = message.to_lowercase();
    (first_number(PROMPT_TOKENS, &message), first_number(CONTEXT_TOKENS, &message))
}

/// Compiled anew each time: failures of this kind are rare.
fn first_number(patterns: &[&str], text: &str) -> Option<u32> {
    let number = |pattern: &&str| {
        let found = Regex::new(pattern).ok()?.captures(text)?;
        found.get(1)?.as_str().replace(',', "").parse().ok()
    };
    patterns.iter().find_map(number)
}

/// How long the server asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date.
fn retry_after_millis(headers: &HeaderMap, now: MillisSinceEpoch) -> Option<u64> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(millis) = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok()) {
        return whole_millis(millis);
    }
    let value = text("retry-after")?;
    match value.parse::<f64>() {
        Ok(seconds) => whole_millis(seconds * 1_000.0),
        Err(_) => {
            let date = jiff::fmt::rfc2822::parse(value).ok()?;
            Some(u64::try_from(date.timestamp().as_millisecond() - now.0).unwrap_or(0))
        }
    }
}

fn whole_millis(millis: f64) -> Option<u64> {
    (millis.is_finite() && millis >= 0.0).then(|| millis.ceil() as u64)
}

/// A server's words, fit to be shown and stored: without keys, on one line, of bounded length.
fn clean(text: &str, key: Option<&Key>) -> String {
    let text = key.map_or_else(|| text.to_owned(), |key| key.redact(text));
    let text = secrets::redact_any(&text);
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(MAX_MESSAGE_CHARS) {
        words.truncate(end);
        words.push('…');
    }
    words
}

/// A failed call as the faces show it: its category's code, and the one thing to do.
pub fn to_api_error(error: &ProviderError, what: &str) -> ApiError {
    let kind = match error.category {
        ErrorCategory::Cancelled => ErrorKind::Cancelled,
        ErrorCategory::BadRequest | ErrorCategory::ContextTooLong { .. } => ErrorKind::Invalid,
        _ => ErrorKind::Unavailable,
    };
    let api = ApiError::new(kind, error.category.code(), what).with_cause(error);
    match action(error) {
        Some(action) => api.with_action(action),
        None => api,
    }
}

fn action(error: &ProviderError) -> Option<&'static str> {
    let code = error.provider_code.as_deref();
    Some(match error.category {
        ErrorCategory::Auth if code == Some(MISSING_KEY) => {
            "Set the variable where Atelier is started, or put a key into the keychain under Models."
        }
        ErrorCategory::Auth => "Check the key of this endpoint under Models.",
        ErrorCategory::RateLimited { .. } => "Wait, or give the endpoint lower limits in atelier.toml.",
        ErrorCategory::Overloaded { .. } => "Try again in a while.",
        ErrorCategory::ContextTooLong { .. } => {
            "Shorten the prompt or its inputs, or take a model with a larger context."
        }
        ErrorCategory::ContentRefused => "Change the prompt; the provider refuses this one.",
        ErrorCategory::BadRequest if code == Some("redirect") => {
            "Put the address that the server redirects to into `base_url`, if you trust it."
        }
        ErrorCategory::BadRequest => "Check the model's id and parameters in atelier.toml.",
        ErrorCategory::Network => "Check that the address is right and the server is running.",
        ErrorCategory::Timeout => "Try again, or raise `timeout_millis` of the endpoint.",
        ErrorCategory::Protocol => "Check that `base_url` points at an OpenAI-compatible API (it often ends in /v1).",
        ErrorCategory::EngineLost => "Try again; a smaller model may fit where this one did not.",
        ErrorCategory::Cancelled => return None,
    })
}

#[cfg(test)]
mod tests;
