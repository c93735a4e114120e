//! What an experiment names, read from the workspace as it is now. Blocks.

use super::gauge;
use super::plan::PreparedPrompt;
use crate::metrics::judges::{self, Judge};
use crate::workspace::prompt::Bundle;
use crate::workspace::{Dataset, Workspace};
use atelier_types::error::{ApiError, Diagnostic, ErrorKind};
use atelier_types::experiment::{ExperimentSpec, PromptChoice};
use atelier_types::ids::ModelName;
use std::collections::BTreeSet;
use std::sync::Arc;

const SHORT_HASH_DIGITS: usize = 6;

pub struct Materials {
    /// One for each prompt of the experiment.
    pub prompts: Vec<Result<PreparedPrompt, ApiError>>,
    /// One for each prompt that its judges ask with.
    pub judge_prompts: Vec<Result<PreparedPrompt, ApiError>>,
    pub dataset: Result<Arc<Dataset>, ApiError>,
    /// All models that the workspace has.
    pub models: Vec<ModelName>,
}

impl Materials {
    /// What cannot be read stands in its place as an error.
    pub fn gather(workspace: &Workspace, spec: &ExperimentSpec) -> Result<Self, ApiError> {
        Ok(Self {
            prompts: spec.prompts.iter().map(|choice| prepare(workspace, choice)).collect(),
            judge_prompts: judge_prompts(workspace, spec),
            dataset: workspace.dataset(&spec.dataset).map_err(ApiError::from),
            models: workspace.manifest()?.models.into_keys().collect(),
        })
    }

    /// Rows of the dataset.
    pub fn num_rows(&self) -> u32 {
        self.dataset.as_ref().map_or(0, |dataset| dataset.rows.len() as u32)
    }
}

/// The workspace's own file of a judge's prompt where there is one, else the one that comes with the studio.
fn judge_prompts(workspace: &Workspace, spec: &ExperimentSpec) -> Vec<Result<PreparedPrompt, ApiError>> {
    let judges: Vec<Judge> = gauge::judges(&spec.scorers).collect();
    let names: BTreeSet<&str> = judges.iter().flat_map(Judge::prompts).collect();
    let prepare = |name: &str| {
        let choice = PromptChoice { prompt: name.into(), at: None };
        match prepare(workspace, &choice) {
            Err(error) if error.kind == ErrorKind::NotFound => builtin(&choice).unwrap_or(Err(error)),
            prepared => prepared,
        }
    };
    names.into_iter().map(prepare).collect()
}

fn builtin(choice: &PromptChoice) -> Option<Result<PreparedPrompt, ApiError>> {
    let text = judges::builtin_prompt(choice.prompt.as_str())?.to_owned();
    let bundle = Bundle::resolve(choice.prompt.clone(), text, &|_| None);
    let prepared = bundle.parse().map(|prompt| {
        let version_title = format!("built in, {}", env!("CARGO_PKG_VERSION"));
        PreparedPrompt { bundle, prompt, version_title, is_committed: true }
    });
    Some(prepared.map_err(|problems| not_usable(choice, problems)))
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
