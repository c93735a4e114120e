//! What can go wrong with a run as a whole, and the one place where it becomes what a person reads.

use crate::store::StoreError;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::ids::{CellId, RowId, RunId, ScorerName, VariantId};
use atelier_types::provider::ProviderError;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("There is no run `{run}` on this machine")]
    NoRun { run: RunId },
    #[error("There is no output with the number {}", .cell.0)]
    NoCell { cell: CellId },
    #[error("The run `{run}` has no row `{row}`")]
    NoRow { run: RunId, row: RowId },
    #[error("The run `{run}` has no variant `{variant}`")]
    NoVariant { run: RunId, variant: VariantId },
    #[error("The runs have no measure `{measure}` in common")]
    NoMeasure { measure: ScorerName },
    #[error("The run `{run}` is running already")]
    AlreadyRunning { run: RunId },
    #[error("The run `{run}` is run by another program")]
    RunElsewhere { run: RunId },
    #[error("The run `{run}` is still running")]
    StillRunning { run: RunId },
    #[error("The plan of the run cannot be used any more: {reason}")]
    BadPlan { reason: String },
    #[error("The call failed")]
    Call { source: ProviderError },
    #[error("The output failed, so there is nothing to show")]
    NoOutput,
    #[error("Failed to mark the run as this program's own: {path}")]
    Owner { path: PathBuf, source: std::io::Error },
}

impl From<ExperimentError> for ApiError {
    fn from(err: ExperimentError) -> Self {
        use ErrorKind::{Conflict, Internal, NotFound, Unavailable};
        use ExperimentError as E;
        let (kind, code, action) = match &err {
            E::Store(_) => return store_error(err),
            E::Call { source } => (Unavailable, source.category.code(), "Try again, or look at the model's endpoint."),
            E::NoRun { .. } => (NotFound, "run.not_found", "See `atelier runs list`."),
            E::NoCell { .. } => (NotFound, "output.not_found", "Reload the results."),
            E::NoRow { .. } => (NotFound, "run.no_row", "Choose one of the run's rows."),
            E::NoVariant { .. } => (NotFound, "run.no_variant", "Choose one of the run's variants."),
            E::NoMeasure { .. } => (NotFound, "run.no_measure", "Choose a scorer that both runs have."),
            E::AlreadyRunning { .. } => (Conflict, "run.already_running", "Wait for it, or cancel it first."),
            E::RunElsewhere { .. } => (Conflict, "run.elsewhere", "Cancel it there."),
            E::StillRunning { .. } => (Conflict, "run.still_running", "Cancel it first."),
            E::BadPlan { .. } => (Internal, "run.bad_plan", "Start a new run."),
            E::NoOutput => (NotFound, "output.failed", "Choose an output that succeeded."),
            E::Owner { .. } => (Unavailable, "run.no_lock", "Check that the data folder can be written."),
        };
        let mut api = ApiError::new(kind, code, err.to_string()).with_action(action);
        let mut cause = std::error::Error::source(&err);
        while let Some(source) = cause {
            api = api.with_cause(source);
            cause = source.source();
        }
        api
    }
}

fn store_error(err: ExperimentError) -> ApiError {
    match err {
        ExperimentError::Store(err) => err.into(),
        other => ApiError::new(ErrorKind::Internal, "internal.error", other.to_string()),
    }
}
