//! What can go wrong with an export.

use atelier_types::error::{ApiError, ErrorKind};

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("There is nothing to export: {reason}")]
    Empty { reason: &'static str },
    #[error("Failed to write JSON")]
    Json(#[from] serde_json::Error),
    #[error("Failed to write CSV: {0}")]
    Csv(String),
    #[error("Failed to write YAML: {0}")]
    Yaml(String),
}

impl From<ExportError> for ApiError {
    fn from(err: ExportError) -> Self {
        let message = err.to_string();
        match err {
            ExportError::Empty { .. } => Self::new(ErrorKind::Invalid, "export.empty", message)
                .with_action("Choose another source, another format, or outputs that were not rated as well."),
            ExportError::Json(_) | ExportError::Csv(_) | ExportError::Yaml(_) => {
                Self::new(ErrorKind::Internal, "export.failed", message)
            }
        }
    }
}
