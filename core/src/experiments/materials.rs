//! What an experiment names, read from the workspace as it is now. Blocks.

use super::plan::PreparedPrompt;
use crate::workspace::{Dataset, Workspace};
use atelier_types::error::{ApiError, Diagnostic, ErrorKind};
use atelier_types::experiment::{ExperimentSpec, PromptChoice};
use atelier_types::ids::ModelName;
use std::sync::Arc;

const SHORT_HASH_DIGITS: usize = 6;

pub struct Materials {
    /// One for each prompt of the experiment.
    pub prompts: Vec<Result<PreparedPrompt, ApiError>>,
    pub dataset: Result<Arc<Dataset>, ApiError>,
    /// All models that the workspace has.
    pub models: Vec<ModelName>,
}

impl Materials {
    /// What cannot be read stands in its place as an error.
    pub fn gather(workspace: &Workspace, spec: &ExperimentSpec) -> Result<Self, ApiError> {
        Ok(Self {
            prompts: spec.prompts.iter().map(|choice| prepare(workspace, choice)).collect(),
            dataset: workspace.dataset(&spec.dataset).map_err(ApiError::from),
            models: workspace.manifest()?.models.into_keys().collect(),
        })
    }

    /// Rows of the dataset.
    pub fn num_rows(&self) -> u32 {
        self.dataset.as_ref().map_or(0, |dataset| dataset.rows.len() as u32)
    }
}

fn prepare(workspace: &Workspace, choice: &PromptChoice) -> Result<PreparedPrompt, ApiError> {
    let bundle = workspace.source(&choice.prompt, &choice.version_ref())?;
    let prompt = bundle.parse().map_err(|problems| not_usable(choice, problems))?;
    let number = workspace.version_number(&choice.prompt, &bundle.version)?;
    let short_hash: String = bundle.version.as_str().chars().take(SHORT_HASH_DIGITS).collect();
    let version_title = number.map_or_else(|| format!("draft {short_hash}"), |number| format!("v{number}"));
    Ok(PreparedPrompt { bundle, prompt, version_title, is_committed: number.is_some() })
}

/// A prompt with problems, as the first of them at its place.
fn not_usable(choice: &PromptChoice, problems: Vec<Diagnostic>) -> ApiError {
    let message = format!("The prompt `{}` cannot be used", choice.prompt);
    let Some(first) = problems.into_iter().next() else {
        return ApiError::new(ErrorKind::Invalid, "prompt.unusable", message);
    };
    let error = ApiError::new(ErrorKind::Invalid, &first.code, message).with_cause(first.message).at(first.location);
    match first.action {
        Some(action) => error.with_action(action),
        None => error,
    }
}
