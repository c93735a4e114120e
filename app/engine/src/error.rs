//! What can go wrong, and the one place where it becomes an HTTP status and an OpenAI-style error body.
//!
//! Messages never hold the token. Failures of loading are in [`crate::weights::LoadFault`].

use crate::weights::LoadFault;
use atelier_types::provider::ErrorCategory;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    #[error("{message}")]
    BadRequest { message: String, parameter: Option<&'static str> },
    #[error("The prompt has {num_prompt_tokens} tokens and the model's context holds {context_tokens}.")]
    ContextTooLong { num_prompt_tokens: u32, context_tokens: u32 },
    #[error("The bearer token is missing or wrong.")]
    Unauthorized,
    #[error("The `Host` header does not name this machine.")]
    ForeignHost,
    #[error("There is no such route.")]
    NoSuchRoute,
    #[error("No model `{0}` is loaded.")]
    NotLoaded(String),
    #[error("The id `{0}` belongs to other weights.")]
    IdTaken(String),
    #[error("{0}")]
    Load(#[from] LoadFault),
    #[error("{num_waiting} requests wait for this model already.")]
    Busy { num_waiting: usize },
    #[error("The model failed: {0}")]
    ModelFailed(String),
    #[error("The model's engine stopped in the middle of the answer.")]
    Lost,
    #[error("The model was unloaded.")]
    Unloaded,
    #[error("The request was cancelled.")]
    Cancelled,
}

impl EngineError {
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::BadRequest { message: message.into(), parameter: None }
    }

    pub fn bad_parameter(parameter: &'static str, message: impl Into<String>) -> Self {
        Self::BadRequest { message: message.into(), parameter: Some(parameter) }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest { .. } | Self::ContextTooLong { .. } => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::ForeignHost => StatusCode::FORBIDDEN,
            Self::NoSuchRoute | Self::NotLoaded(_) => StatusCode::NOT_FOUND,
            Self::IdTaken(_) => StatusCode::CONFLICT,
            Self::Load(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Busy { .. } | Self::Unloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::ModelFailed(_) | Self::Lost | Self::Cancelled => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn category(&self) -> ErrorCategory {
        match self {
            Self::ContextTooLong { num_prompt_tokens, context_tokens } => ErrorCategory::ContextTooLong {
                num_prompt_tokens: Some(*num_prompt_tokens),
                max_tokens: Some(*context_tokens),
            },
            Self::Unauthorized | Self::ForeignHost => ErrorCategory::Auth,
            Self::Busy { .. } => ErrorCategory::Overloaded { retry_after_millis: None },
            Self::ModelFailed(_) => ErrorCategory::Protocol,
            Self::Lost => ErrorCategory::EngineLost,
            Self::Unloaded | Self::Cancelled => ErrorCategory::Cancelled,
            Self::BadRequest { .. } | Self::NoSuchRoute | Self::NotLoaded(_) | Self::IdTaken(_) | Self::Load(_) => {
                ErrorCategory::BadRequest
            }
        }
    }

    /// Stable and dotted; finer than the category where the studio acts on the difference.
    fn code(&self) -> &'static str {
        match self {
            Self::NotLoaded(_) => "engine.not_loaded",
            Self::IdTaken(_) => "engine.id_taken",
            Self::NoSuchRoute => "engine.no_such_route",
            Self::ModelFailed(_) => "engine.model_failed",
            Self::Unloaded => "engine.unloaded",
            Self::Load(fault) => fault.code(),
            other => other.category().code(),
        }
    }

    pub fn body(&self) -> ErrorBody {
        let (causes, action) = match self {
            Self::Load(fault) => (fault.causes(), Some(fault.action().to_owned())),
            _ => (Vec::new(), None),
        };
        let parameter = match self {
            Self::BadRequest { parameter, .. } => *parameter,
            _ => None,
        };
        let kind = if self.status().is_client_error() { "invalid_request_error" } else { "server_error" };
        let category = self.category();
        ErrorBody {
            error: ErrorDetails {
                message: self.to_string(),
                kind,
                parameter,
                code: self.code(),
                category,
                causes,
                action,
            },
        }
    }
}

#[derive(Debug, Serialize)]
pub struct ErrorBody {
    error: ErrorDetails,
}

#[derive(Debug, Serialize)]
struct ErrorDetails {
    message: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "param")]
    parameter: Option<&'static str>,
    code: &'static str,
    #[serde(flatten)]
    category: ErrorCategory,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
}

impl IntoResponse for EngineError {
    fn into_response(self) -> Response {
        (self.status(), Json(self.body())).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_prompt_is_reported_with_its_counts_and_category() {
        let error = EngineError::ContextTooLong { num_prompt_tokens: 600, context_tokens: 512 };
        let body = serde_json::to_value(error.body()).unwrap();
        let expected = serde_json::json!({"error": {
            "message": "The prompt has 600 tokens and the model's context holds 512.",
            "type": "invalid_request_error",
            "param": null,
            "code": "provider.context_too_long",
            "category": "context_too_long",
            "num_prompt_tokens": 600,
            "max_tokens": 512,
        }});
        assert_eq!(body, expected);
    }

    #[test]
    fn the_category_of_a_body_reads_back_as_the_studio_reads_it() {
        let body = serde_json::to_value(EngineError::Lost.body()).unwrap();
        let category: ErrorCategory = serde_json::from_value(body["error"].clone()).unwrap();
        assert_eq!(category, ErrorCategory::EngineLost);
    }
}
