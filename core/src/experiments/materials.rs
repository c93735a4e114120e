//! What an experiment names, read from the workspace as it is now. Blocks.

use super::gauge::{self, Gauge};
use super::plan::PreparedPrompt;
use super::tools::Tools;
use crate::metrics::custom::Source;
use crate::metrics::judges::{self, Judge};
use crate::workspace::prompt::Bundle;
use crate::workspace::{Dataset, Workspace};
use atelier_types::error::{ApiError, Diagnostic, ErrorKind};
use atelier_types::experiment::{ExperimentSpec, PromptChoice};
use atelier_types::ids::ModelName;
use atelier_types::score::ScorerSpec;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const SHORT_HASH_DIGITS: usize = 6;

pub struct Materials {
    /// One for each prompt of the experiment.
    pub prompts: Vec<Result<PreparedPrompt, ApiError>>,
    /// One for each prompt that its judges ask with.
    pub judge_prompts: Vec<Result<PreparedPrompt, ApiError>>,
    pub dataset: Result<Arc<Dataset>, ApiError>,
    /// Files of the scripts among its scorers, by their paths; each compiles.
    pub scripts: BTreeMap<String, Vec<u8>>,
    /// What is wrong with scorers that users wrote, by their places.
    pub custom_problems: BTreeMap<usize, ApiError>,
    /// All models that the workspace has.
    pub models: Vec<ModelName>,
}

impl Materials {
    /// What cannot be read stands in its place as an error.
    pub fn gather(workspace: &Workspace, spec: &ExperimentSpec, tools: &Tools) -> Result<Self, ApiError> {
        let (scripts, custom_problems) = scripts(workspace, &spec.scorers, tools);
        Ok(Self {
            scripts,
            custom_problems,
            prompts: spec.prompts.iter().map(|choice| prepare(workspace, choice)).collect(),
            judge_prompts: judge_prompts(workspace, &spec.scorers),
            dataset: workspace.dataset(&spec.dataset).map_err(ApiError::from),
            models: workspace.manifest()?.models.into_keys().collect(),
        })
    }

    /// Rows of the dataset.
    pub fn num_rows(&self) -> u32 {
        self.dataset.as_ref().map_or(0, |dataset| dataset.rows.len() as u32)
    }
}

/// Files of scripts, and what is wrong by the scorers' places.
pub type Scripts = (BTreeMap<String, Vec<u8>>, BTreeMap<usize, ApiError>);

pub fn scripts(workspace: &Workspace, scorers: &[ScorerSpec], tools: &Tools) -> Scripts {
    let (mut scripts, mut problems) = Scripts::default();
    for (place, spec) in scorers.iter().enumerate() {
        let Ok(Gauge::Custom(scorer)) = Gauge::new(spec) else { continue };
        let unusable = |reason: String| ApiError::new(ErrorKind::Invalid, "experiment.bad_scorer", reason);
        let found = match scorer.source() {
            Source::Command { runner } => tools.runner(runner).map(|_| None).map_err(unusable),
            Source::Script { file } => workspace.read_bytes(file).map_err(ApiError::from).and_then(|content| {
                tools.script(file, &content).map_err(unusable)?;
                Ok(Some((file.clone(), content)))
            }),
        };
        match found {
            Ok(script) => scripts.extend(script),
            Err(error) => _ = problems.insert(place, error),
        }
    }
    (scripts, problems)
}

/// The workspace's own file of a judge's prompt where there is one, else the one that comes with the studio.
pub fn judge_prompts(workspace: &Workspace, scorers: &[ScorerSpec]) -> Vec<Result<PreparedPrompt, ApiError>> {
    let judges: Vec<Judge> = gauge::judges(scorers).collect();
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
