//! A value that comes from the studio: not asked, pending, done or failed. It keeps the last good value while it is
//! asked again, so that a screen never empties itself.

use atelier_types::error::ApiError;
use std::rc::Rc;

/// Cheap to clone and to look at in every frame.
#[derive(Debug)]
pub enum Fetched<T> {
    NotAsked,
    Pending { previous: Option<Rc<T>>, since_secs: f64 },
    Done(Rc<T>),
    Failed { error: Rc<ApiError>, previous: Option<Rc<T>> },
}

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        match self {
            Self::NotAsked => Self::NotAsked,
            Self::Pending { previous, since_secs } => {
                Self::Pending { previous: previous.clone(), since_secs: *since_secs }
            }
            Self::Done(value) => Self::Done(Rc::clone(value)),
            Self::Failed { error, previous } => Self::Failed { error: Rc::clone(error), previous: previous.clone() },
        }
    }
}

impl<T> Fetched<T> {
    /// The newest value that was ever received.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::NotAsked => None,
            Self::Done(value) => Some(value),
            Self::Pending { previous, .. } | Self::Failed { previous, .. } => previous.as_deref(),
        }
    }

    /// As [`Fetched::value`], to keep beyond this frame.
    pub fn shared(&self) -> Option<Rc<T>> {
        match self {
            Self::NotAsked => None,
            Self::Done(value) => Some(Rc::clone(value)),
            Self::Pending { previous, .. } | Self::Failed { previous, .. } => previous.clone(),
        }
    }

    /// Why the newest asking failed.
    pub fn error(&self) -> Option<&ApiError> {
        match self {
            Self::Failed { error, .. } => Some(error),
            _ => None,
        }
    }

    pub fn is_pending(&self) -> bool {
        matches!(self, Self::NotAsked | Self::Pending { .. })
    }

    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// How long the first answer is already waited for; `None` where there is something to show.
    pub fn waiting_secs(&self, now_secs: f64) -> Option<f64> {
        match self {
            Self::NotAsked => Some(0.0),
            Self::Pending { previous: None, since_secs } => Some((now_secs - since_secs).max(0.0)),
            _ => None,
        }
    }
}
