//! What can go wrong with reviews, and the one place where it becomes what a person reads.

use crate::store::StoreError;
use crate::workspace::WorkspaceError;
use atelier_types::error::{ApiError, ErrorKind, Location};

#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error("There is no review set `{name}`")]
    NotFound { name: String },
    #[error("There is a review set `{name}` already")]
    Exists { name: String },
    #[error("The review set cannot be read: {reason}")]
    Malformed { file: String, line: u32, reason: String },
    #[error("The mapping of `{name}` is not the one that the set was made with")]
    MappingChanged { name: String },
    #[error("This machine does not know which output is whose in `{name}`")]
    NoMapping { name: String },
    #[error("The review set `{name}` is closed")]
    Closed { name: String },
    #[error("The run has nothing to review: {reason}")]
    NothingToReview { reason: String },
    #[error("`{name}` cannot be a reviewer's name")]
    BadReviewer { name: String },
    #[error("The set has no item `{item}`")]
    NoItem { item: String },
    #[error("The answer does not fit the question: {reason}")]
    BadAnswer { reason: String },
    #[error("Line {line} of the ratings cannot be taken: {reason}")]
    BadRating { line: u32, reason: String },
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ReviewError> for ApiError {
    fn from(err: ReviewError) -> Self {
        use ErrorKind::{Conflict, Invalid, NotFound, Unavailable};
        let message = err.to_string();
        let (kind, code, action) = match err {
            ReviewError::Workspace(err) => return err.into(),
            ReviewError::Store(err) => return err.into(),
            ReviewError::Malformed { file, line, .. } => {
                let location = Location { file, line: Some(line), column: None };
                return Self::new(Invalid, "review.malformed", message)
                    .with_action("Restore the file from git.")
                    .at(location);
            }
            ReviewError::NotFound { .. } => (NotFound, "review.not_found", "Choose one of the folders in `reviews/`."),
            ReviewError::Exists { .. } => (Conflict, "review.exists", "Choose another name."),
            ReviewError::MappingChanged { .. } => {
                (Invalid, "review.mapping_changed", "Ask the set's maker to close it again.")
            }
            ReviewError::NoMapping { .. } => {
                (Unavailable, "review.no_mapping", "Ask the set's maker to close it, which publishes the mapping.")
            }
            ReviewError::Closed { .. } => (Conflict, "review.closed", "Make a new set to ask again."),
            ReviewError::NothingToReview { .. } => {
                (Invalid, "review.nothing_to_review", "Choose other variants, or finish the run first.")
            }
            ReviewError::BadReviewer { .. } => {
                (Invalid, "review.bad_reviewer", "Use lower-case letters, digits and dashes.")
            }
            ReviewError::NoItem { .. } => (NotFound, "review.no_item", "Reload the set."),
            ReviewError::BadAnswer { .. } => (Invalid, "review.bad_answer", "Answer every question of the rubric."),
            ReviewError::BadRating { .. } => {
                (Invalid, "review.bad_rating", "Mend this line; nothing of the file was taken in.")
            }
        };
        Self::new(kind, code, message).with_action(action)
    }
}
