//! Short notices that come up, say one thing and go away by themselves.

use super::route::Route;
use atelier_types::error::ApiError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastKind {
    Done,
    Note,
    Problem,
}

impl ToastKind {
    /// Problems stay until they are closed.
    pub fn shown_secs(self) -> Option<f64> {
        match self {
            Self::Done => Some(4.0),
            Self::Note => Some(8.0),
            Self::Problem => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    pub kind: ToastKind,
    pub text: String,
    /// Opens with "Details".
    pub error: Option<ApiError>,
    /// A button that leads somewhere.
    pub link: Option<(String, Route)>,
}

impl Toast {
    pub fn done(text: impl Into<String>) -> Self {
        Self { kind: ToastKind::Done, text: text.into(), error: None, link: None }
    }

    pub fn note(text: impl Into<String>) -> Self {
        Self { kind: ToastKind::Note, text: text.into(), error: None, link: None }
    }

    pub fn problem(error: ApiError) -> Self {
        Self { kind: ToastKind::Problem, text: error.message.clone(), error: Some(error), link: None }
    }

    #[must_use]
    pub fn with_link(mut self, label: impl Into<String>, route: Route) -> Self {
        self.link = Some((label.into(), route));
        self
    }
}
