//! The one shape in which a failure reaches a person: what failed, why, where, and the one thing to do about it.

use serde::{Deserialize, Serialize};

/// Broad kind of a failure. It decides the exit status, the HTTP status and how loudly the interface speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The request itself is wrong: unknown name, bad template, malformed file.
    Invalid,
    /// Something named does not exist.
    NotFound,
    /// The thing changed since it was read, or already exists.
    Conflict,
    /// The caller may not do this.
    Forbidden,
    /// A file, disk, network, keychain or model did not do its part.
    Unavailable,
    /// A check or threshold was not met.
    CheckFailed,
    /// Somebody cancelled it.
    Cancelled,
    /// A defect of Atelier.
    Internal,
}

/// Place in a text file. Lines and columns count from 1, columns in Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Path relative to the workspace where there is one, with `/`.
    pub file: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

/// A failure as every face shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiError {
    pub kind: ErrorKind,
    /// Stable, dotted, lower-case: `prompt.unknown_variable`. Tests and scripts match on it.
    pub code: String,
    /// One sentence: what failed.
    pub message: String,
    /// The causes, outermost first, one line each. Never holds a secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The one action that is offered, as a sentence: "Rename one of them."
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

impl ApiError {
    pub fn new(kind: ErrorKind, code: &str, message: impl Into<String>) -> Self {
        Self { kind, code: code.to_owned(), message: message.into(), causes: Vec::new(), location: None, action: None }
    }

    #[must_use]
    pub fn with_cause(mut self, cause: impl std::fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    #[must_use]
    pub fn with_action(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }

    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        for cause in &self.causes {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

/// How serious a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
}

/// Something wrong at a place in a text that is being edited. Unlike an [`ApiError`] it does not stop the request:
/// a preview with diagnostics still shows what could be rendered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnostic {
    pub severity: Severity,
    /// As in [`ApiError::code`].
    pub code: String,
    pub message: String,
    pub location: Location,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// Where nothing can go on with the problem, it is the failure.
impl From<Diagnostic> for ApiError {
    fn from(problem: Diagnostic) -> Self {
        let Diagnostic { severity: _, code, message, location, action } = problem;
        Self { kind: ErrorKind::Invalid, code, message, causes: Vec::new(), location: Some(location), action }
    }
}
