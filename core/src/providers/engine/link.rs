//! Requests to the engine's own routes, and its failures as [`ApiError`]s.

use super::process::Process;
use atelier_types::JsonMap;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::provider::ErrorCategory;
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// For questions that need no computing. Loading has no limit but the engine's end.
const QUESTION_TIMEOUT: Duration = Duration::from_secs(30);
/// The step that runs has to end first, which may be a long prompt on a slow machine.
const UNLOAD_TIMEOUT: Duration = Duration::from_secs(120);

#[derive(Clone, Debug, Deserialize)]
pub(super) struct LoadedModel {
    pub id: String,
    pub context_tokens: Option<u32>,
    pub resident_bytes: Option<u64>,
    #[serde(default)]
    pub identity: JsonMap,
}

#[derive(Deserialize)]
struct Counts {
    counts: Vec<u32>,
}

#[derive(Deserialize)]
struct Status {
    resident_bytes: Option<u64>,
}

#[derive(Deserialize)]
struct Refusal {
    error: Details,
}

#[derive(Deserialize)]
struct Details {
    message: String,
    code: String,
    #[serde(default)]
    causes: Vec<String>,
    action: Option<String>,
}

pub(super) async fn load(
    client: &Client,
    process: &Process,
    id: &str,
    weights: &Path,
) -> Result<LoadedModel, ApiError> {
    send(client.post(url(process, "load")).json(&json!({"id": id, "path": weights})), process).await
}

pub(super) async fn unload(client: &Client, process: &Process, id: &str) -> Result<(), ApiError> {
    let request = client.post(url(process, "unload")).json(&json!({"id": id})).timeout(UNLOAD_TIMEOUT);
    send(request, process).await.map(|_answer: Value| ())
}

pub(super) async fn count(client: &Client, process: &Process, question: Value) -> Result<Vec<u32>, ApiError> {
    let request = client.post(url(process, "tokenize")).json(&question).timeout(QUESTION_TIMEOUT);
    send(request, process).await.map(|Counts { counts }| counts)
}

pub(super) async fn resident_bytes(client: &Client, process: &Process) -> Result<Option<u64>, ApiError> {
    let request = client.get(url(process, "status")).timeout(QUESTION_TIMEOUT);
    send(request, process).await.map(|Status { resident_bytes }| resident_bytes)
}

fn url(process: &Process, route: &str) -> String {
    format!("{}/engine/{route}", process.base_url)
}

async fn send<T: DeserializeOwned>(request: RequestBuilder, process: &Process) -> Result<T, ApiError> {
    let response =
        request.bearer_auth(&process.token).send().await.map_err(|error| lost().with_cause(reason(&error)))?;
    let is_success = response.status().is_success();
    let body = response.bytes().await.map_err(|error| lost().with_cause(reason(&error)))?;
    if is_success {
        return serde_json::from_slice(&body).map_err(misunderstood);
    }
    match serde_json::from_slice(&body) {
        Ok(Refusal { error }) => Err(refused(error)),
        Err(error) => Err(misunderstood(error)),
    }
}

/// The engine ended, or does not answer any more.
pub(super) fn lost() -> ApiError {
    let code = ErrorCategory::EngineLost.code();
    ApiError::new(ErrorKind::Unavailable, code, "The program that runs local models has ended")
        .with_action("Try again; it is started anew. If it ends each time, the model may not fit into memory.")
}

fn misunderstood(error: serde_json::Error) -> ApiError {
    ApiError::new(ErrorKind::Internal, "engine.protocol", "The program that runs local models answered something else")
        .with_cause(error)
        .with_action("Install Atelier and `atelier-engine` from the same version.")
}

fn refused(details: Details) -> ApiError {
    let kind = match details.code.as_str() {
        "engine.no_such_path" | "engine.not_loaded" => ErrorKind::NotFound,
        "provider.bad_request" | "engine.not_weights" => ErrorKind::Invalid,
        _ => ErrorKind::Unavailable,
    };
    let error = ApiError { action: details.action, ..ApiError::new(kind, &details.code, details.message) };
    details.causes.into_iter().fold(error, ApiError::with_cause)
}

/// The innermost cause; the outer ones repeat the address.
fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_code_causes_and_action() {
        let body = json!({"error": {
            "message": "The tokenizer in `tokenizer.json` is damaged.",
            "type": "invalid_request_error",
            "param": null,
            "code": "engine.bad_tokenizer",
            "category": "bad_request",
            "causes": ["expected value at line 1"],
            "action": "Copy the file again.",
        }});
        let Refusal { error } = serde_json::from_value(body).unwrap();
        let error = refused(error);
        assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Unavailable, "engine.bad_tokenizer"));
        assert_eq!(error.causes, ["expected value at line 1"]);
        assert_eq!(error.action.as_deref(), Some("Copy the file again."));
    }

    #[test]
    fn a_path_without_weights_is_not_found() {
        let details = Details {
            message: String::new(),
            code: "engine.no_such_path".to_owned(),
            causes: Vec::new(),
            action: None,
        };
        assert_eq!(refused(details).kind, ErrorKind::NotFound);
    }
}
