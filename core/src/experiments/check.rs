//! What stands in the way of a run, all of it, before anything is sent. Pure: what the experiment names is handed in.

use super::gauge::Gauge;
use super::materials::Materials;
use super::plan::{self, PreparedPrompt};
use crate::workspace::Dataset;
use atelier_types::dataset::Row;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::experiment::ExperimentSpec;
use atelier_types::ids::ModelName;
use atelier_types::score::Direction;
use std::collections::BTreeSet;

/// More cells than this are taken for a mistake.
const MAX_CELLS: u64 = 10_000_000;

/// Something that is wrong, and the part of the experiment that it is about: `prompts.0`.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub part: String,
    pub error: ApiError,
}

/// Everything that is wrong, in the order of the experiment file; empty for one that can run.
pub fn problems(spec: &ExperimentSpec, materials: &Materials) -> Vec<Problem> {
    let mut found = Found::default();
    check_counts(spec, &mut found);
    match &materials.dataset {
        Err(error) => found.add("dataset", error.clone()),
        Ok(dataset) => check_dataset(spec, dataset, materials.prompts.len(), &mut found),
    }
    check_models(spec, &materials.models, &mut found);
    check_prompts(spec, materials, &mut found);
    check_scorers(spec, materials, &mut found);
    found.0
}

#[derive(Default)]
struct Found(Vec<Problem>);

impl Found {
    fn add(&mut self, part: impl Into<String>, error: ApiError) {
        self.0.push(Problem { part: part.into(), error });
    }

    fn invalid(&mut self, part: impl Into<String>, code: &str, message: impl Into<String>, action: &str) {
        self.add(part, ApiError::new(ErrorKind::Invalid, code, message).with_action(action));
    }
}

fn check_counts(spec: &ExperimentSpec, found: &mut Found) {
    if spec.repeats == 0 {
        found.invalid("repeats", "experiment.no_repeats", "An experiment asks at least once", "Set `repeats` to 1.");
    }
    if spec.max_rows == Some(0) {
        found.invalid("max_rows", "experiment.no_rows", "No row is taken", "Raise `max_rows`, or leave it out.");
    }
    if spec.margin.is_some_and(|margin| !margin.is_finite() || margin < 0.0) {
        found.invalid("margin", "experiment.bad_margin", "The margin is no size", "Set `margin` to 0 or more.");
    }
}

fn check_dataset(spec: &ExperimentSpec, dataset: &Dataset, num_prompts: usize, found: &mut Found) {
    let num_rows = plan::num_rows(spec, dataset.rows.len() as u32);
    if dataset.rows.is_empty() {
        let message = format!("The dataset `{}` has no rows", spec.dataset);
        found.invalid("dataset", "experiment.no_rows", message, "Add a row to it, or choose another dataset.");
    }
    let num_params = spec.params.len().max(1) as u64;
    let num_variants = num_prompts as u64 * spec.models.len() as u64 * num_params;
    let num_cells = num_variants.saturating_mul(u64::from(num_rows)).saturating_mul(u64::from(spec.repeats));
    if num_cells > MAX_CELLS {
        let message = format!("The experiment has {num_cells} cells, and a run takes at most {MAX_CELLS}");
        found.invalid("max_rows", "experiment.too_many_cells", message, "Set `max_rows`, or split the experiment.");
    }
}

fn check_models(spec: &ExperimentSpec, known: &[ModelName], found: &mut Found) {
    if spec.models.is_empty() {
        found.invalid("models", "experiment.no_models", "The experiment names no model", "Name at least one model.");
    }
    for (at, model) in spec.models.iter().enumerate() {
        if !known.contains(model) {
            let message = format!("There is no model `{model}` in atelier.toml");
            found.invalid(format!("models.{at}"), "experiment.unknown_model", message, "Add it, or name another one.");
        }
    }
}

fn check_prompts(spec: &ExperimentSpec, materials: &Materials, found: &mut Found) {
    if spec.prompts.is_empty() {
        found.invalid(
            "prompts",
            "experiment.no_prompts",
            "The experiment names no prompt",
            "Name at least one prompt.",
        );
    }
    for (at, prompt) in materials.prompts.iter().enumerate() {
        match (prompt, &materials.dataset) {
            (Err(error), _) => found.add(format!("prompts.{at}.prompt"), error.clone()),
            (Ok(prompt), Ok(dataset)) => {
                if let Some(error) = uncovered(spec, prompt, dataset) {
                    found.add(format!("prompts.{at}"), error);
                }
            }
            (Ok(_), Err(_)) => {}
        }
    }
}

/// A prompt is tried on the first row: what it needs and nobody gives shows there.
fn uncovered(spec: &ExperimentSpec, prepared: &PreparedPrompt, dataset: &Dataset) -> Option<ApiError> {
    let first: &Row = dataset.rows.first()?;
    let mut inputs = spec.inputs.clone();
    inputs.extend(first.values.clone());
    let diagnostic = prepared.prompt.render(&inputs).err()?;
    let (prompt, dataset) = (&prepared.bundle.name, &dataset.summary.name);
    let message = format!("The prompt `{prompt}` cannot be filled from the dataset `{dataset}`");
    Some(
        ApiError::new(ErrorKind::Invalid, "experiment.missing_input", message)
            .with_cause(diagnostic.message)
            .with_action("Add a column to the dataset, or a value under `[inputs]`."),
    )
}

fn check_scorers(spec: &ExperimentSpec, materials: &Materials, found: &mut Found) {
    for error in materials.judge_prompts.iter().filter_map(|prompt| prompt.as_ref().err()) {
        found.add("scorers", error.clone());
    }
    let mut names = BTreeSet::new();
    for (at, scorer_spec) in spec.scorers.iter().enumerate() {
        let part = format!("scorers.{at}");
        let scorer = match Gauge::new(scorer_spec) {
            Ok(gauge) => gauge,
            Err(reason) => {
                found.invalid(part, "experiment.bad_scorer", reason, "Mend the scorer's settings.");
                continue;
            }
        };
        if let Some(error) = materials.custom_problems.get(&at) {
            found.add(&*part, error.clone());
        }
        if scorer_spec.min_mean.is_some() && scorer.info().direction == Direction::LowerIsBetter {
            let message = format!(
                "`min_mean` wants a mean of at least so much, but for `{}` lower is better",
                scorer_spec.scorer
            );
            found.invalid(&part, "experiment.bad_scorer", message, "Leave out `min_mean`.");
        }
        if !names.insert(scorer_spec.result_name()) {
            let message = format!("Two scorers are called `{}`", scorer_spec.result_name());
            found.invalid(&part, "experiment.duplicate_scorer", message, "Give one of them another `name`.");
        }
        check_columns(spec, &scorer, materials, &part, found);
        for model in scorer.models() {
            if !materials.models.contains(model) {
                let message = format!("There is no model `{model}` in atelier.toml to score with");
                found.invalid(&part, "experiment.unknown_model", message, "Add it, or name another one.");
            }
        }
    }
}

fn check_columns(spec: &ExperimentSpec, scorer: &Gauge, materials: &Materials, part: &str, found: &mut Found) {
    let Ok(dataset) = &materials.dataset else { return };
    for column in scorer.columns() {
        if !dataset.summary.columns.iter().any(|known| known == column) && !spec.inputs.contains_key(column) {
            let message = format!("The dataset `{}` has no column `{column}`", dataset.summary.name);
            found.invalid(part, "experiment.missing_column", message, "Name another column, or add it.");
        }
    }
}
