//! Experiments: what is to be run, and what a run looks like while it runs and afterwards.

use crate::error::ApiError;
use crate::ids::{
    CellId, DatasetName, ExperimentName, ModelName, PromptName, RowId, RunId, ScorerName, VariantId, VersionHash,
};
use crate::output::Output;
use crate::prompt::{Inputs, VersionRef};
use crate::provider::Params;
use crate::score::{Direction, NamedScore, ScorerSpec, Unit};
use crate::statistics::{Estimate, Interval, Verdict};
use crate::time::MillisSinceEpoch;
use serde::{Deserialize, Serialize};

/// `experiments/<name>.toml`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentSpec {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub dataset: DatasetName,
    /// Only the first so many rows; all where this is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rows: Option<u32>,
    #[serde(default = "one")]
    pub repeats: u32,
    pub models: Vec<ModelName>,
    pub prompts: Vec<PromptChoice>,
    /// Parameter sets to cross with the rest; one empty set where this is missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Params>,
    /// Values for inputs that the dataset has no column for.
    #[serde(default, skip_serializing_if = "Inputs::is_empty")]
    pub inputs: Inputs,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scorers: Vec<ScorerSpec>,
    /// Smallest difference of the first scorer that matters, in its unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
}

fn one() -> u32 {
    1
}

/// A prompt at a version. In a file `at` is a label, `v12`, a version hash, or missing for the file as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptChoice {
    pub prompt: PromptName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl PromptChoice {
    /// Reads `at`: nothing → working file, `v12` → number, 64 hex digits → hash, else a label.
    pub fn version_ref(&self) -> VersionRef {
        let Some(at) = self.at.as_deref() else { return VersionRef::Working };
        if let Some(number) = at.strip_prefix('v').and_then(|digits| digits.parse().ok()) {
            return VersionRef::Number(number);
        }
        if at.len() == 64 && at.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return VersionRef::Hash(at.into());
        }
        match at {
            "committed" => VersionRef::Committed,
            "working" => VersionRef::Working,
            label => VersionRef::Label(label.into()),
        }
    }
}

/// One line of the list of experiments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExperimentSummary {
    pub name: ExperimentName,
    pub description: String,
    pub dataset: DatasetName,
    pub num_cells: u32,
    pub last_run: Option<RunSummary>,
    pub num_runs: u32,
    pub problem: Option<ApiError>,
}

/// What a run would do, before anything is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub num_prompts: u32,
    pub num_models: u32,
    pub num_local_models: u32,
    pub num_params: u32,
    pub num_rows: u32,
    pub num_dataset_rows: u32,
    pub num_repeats: u32,
    pub num_cells: u32,
    pub variants: Vec<Variant>,
    /// Expected cost; `None` where a price or a token count is unknown.
    pub cost_usd: Option<f64>,
    /// Expected time from measured speeds; `None` where nothing was measured yet.
    pub time_millis: Option<u64>,
    pub num_prompt_tokens: u64,
    /// Hosts that would be contacted.
    pub hosts: Vec<String>,
}

/// One column of the results: prompt version × model × parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    pub id: VariantId,
    pub prompt: PromptName,
    pub version: VersionHash,
    /// `v12`, or `draft 8c1f2a` for a state that was never committed.
    pub version_title: String,
    pub is_committed: bool,
    pub model: ModelName,
    pub params: Params,
    /// Shown where several parameter sets are crossed: `temperature 0.2`.
    pub params_title: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Running,
    /// Stopped by the user; can be resumed.
    Cancelled,
    /// The program ended while it ran; can be resumed.
    Interrupted,
    Done,
    /// Stopped by itself: budget reached, or nothing could be called.
    Failed,
}

/// Counts of a run's cells. They add up to `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub total: u32,
    /// Answered by a call of this run.
    pub new: u32,
    /// Taken from outputs that were stored before.
    pub stored: u32,
    pub failed: u32,
    pub running: u32,
}

impl Progress {
    pub fn finished(&self) -> u32 {
        self.new + self.stored + self.failed
    }

    pub fn waiting(&self) -> u32 {
        self.total.saturating_sub(self.finished() + self.running)
    }
}

/// One line of the list of runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    pub id: RunId,
    pub experiment: ExperimentName,
    pub status: RunStatus,
    pub progress: Progress,
    pub started_at: MillisSinceEpoch,
    pub ended_at: Option<MillisSinceEpoch>,
    pub cost_usd: Option<f64>,
    /// Why it failed, where it did.
    pub problem: Option<ApiError>,
}

/// A scorer's place in results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScorerInfo {
    pub name: ScorerName,
    pub unit: Unit,
    pub direction: Direction,
    /// Gives only 0 and 1, so results read "2 of 3".
    pub is_check: bool,
}

/// Everything above the rows of a results grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDetail {
    pub summary: RunSummary,
    pub spec: ExperimentSpec,
    pub scorers: Vec<ScorerInfo>,
    pub variants: Vec<VariantSummary>,
    pub num_rows: u32,
    pub baseline: Option<VariantId>,
    /// Counts for the grid's filters.
    pub filter_counts: FilterCounts,
    pub cells_per_second: Option<f64>,
    pub millis_left: Option<u64>,
    /// What is worth knowing beside it, a sentence each: that the dataset changed since the run began.
    #[serde(default)]
    pub notes: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterCounts {
    pub all: u32,
    pub failing: u32,
    pub flipped: u32,
    pub unscored: u32,
}

/// One column's head in the results grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VariantSummary {
    pub variant: Variant,
    /// One per scorer, in the experiment's order.
    pub estimates: Vec<Estimate>,
    /// Against the baseline, one per scorer; empty for the baseline itself.
    pub verdicts: Vec<Verdict>,
    /// For the first scorer: how many rows passed 0, 1, … k of k repeats. Empty for scorers that are no checks.
    pub pass_histogram: Vec<u32>,
    /// For the first scorer where it is a check, at 2, 3, … k of k repeats; empty without repeats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passes: Vec<Passes>,
    pub latency_millis_p50: Option<f64>,
    pub cost_usd: Option<f64>,
    pub num_done: u32,
    pub num_failed: u32,
}

/// What becomes of rows that are tried several times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passes {
    pub num_tries: u32,
    /// pass@k: at least one of the tries passes.
    pub any: Estimate,
    /// pass^k: all of them pass.
    pub all: Estimate,
}

/// A run whose rows expect one of few labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassesReport {
    /// Whose expected column the labels stand in.
    pub scorer: ScorerName,
    /// In the order in which rows expect them.
    pub labels: Vec<String>,
    pub variants: Vec<VariantClasses>,
}

/// What one variant answered for each label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VariantClasses {
    pub variant: Variant,
    pub accuracy: f64,
    /// Mean of the labels' F1; a label that was never right counts 0.
    pub macro_f1: Option<f64>,
    /// A row for each expected label: how often each label was answered, and last what is no label.
    pub counts: Vec<Vec<u32>>,
    /// One for each label.
    pub scores: Vec<LabelScores>,
}

/// How well one label was told. `None` where it is undefined: a label that was never answered has no precision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelScores {
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub f1: Option<f64>,
}

/// Which rows of a grid are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFilter {
    #[default]
    All,
    /// Some cell of the row does not pass the first scorer in every repeat, or failed.
    Failing,
    /// Some variant differs from the baseline on the first scorer.
    Flipped,
    Unscored,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum CellStatus {
    Waiting,
    Running,
    Done,
    Failed { code: String, message: String },
}

/// One repeat of one row for one variant, small enough for a grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellSummary {
    /// `None` until it is stored.
    pub id: Option<CellId>,
    pub repeat: u32,
    #[serde(flatten)]
    pub status: CellStatus,
    /// First 160 characters of the output.
    pub preview: String,
    /// One per scorer, in the experiment's order; empty until scored.
    pub scores: Vec<crate::score::Score>,
}

/// One row of the grid: all variants, each with all repeats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridRow {
    pub row: RowId,
    /// First words of the row's values, to recognise it by.
    pub title: String,
    /// `cells[variant][repeat]`, variants in the order of [`RunDetail::variants`].
    pub cells: Vec<Vec<CellSummary>>,
}

/// A window of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridPage {
    pub offset: u32,
    /// Rows that pass the filter.
    pub num_rows: u32,
    pub rows: Vec<GridRow>,
}

/// Two variants side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    pub baseline: Variant,
    pub candidate: Variant,
    pub baseline_run: RunId,
    pub candidate_run: RunId,
    /// The first scorer first; latency, tokens and cost last.
    pub measures: Vec<crate::statistics::Measure>,
    /// All rows by the chosen measure, regressed first.
    pub rows: Vec<crate::statistics::ComparedRow>,
    /// Judges that nobody has held against human ratings yet.
    #[serde(default)]
    pub uncalibrated: Vec<ScorerName>,
}

/// Where a candidate does worst against its baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SliceReport {
    pub measure: ScorerName,
    pub unit: Unit,
    /// Parts of the rows that were tested; the p-values are corrected for all of them.
    pub num_tested: u32,
    /// The worst first; empty where no part is worse than the rest by more than chance.
    pub slices: Vec<RowSlice>,
}

/// A part of the rows, and the candidate's difference in it and in all other rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowSlice {
    /// `plan is Family and length of text is 12 to 40`
    pub words: String,
    pub num_rows: u32,
    pub difference: f64,
    pub difference_of_rest: f64,
    /// Of the difference in this part.
    pub interval: Option<Interval>,
    pub adjusted_p_value: f64,
}

/// One repeat of one row for one variant, with its scores by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepeatSummary {
    /// `None` until it is stored.
    pub cell: Option<CellId>,
    pub repeat: u32,
    #[serde(flatten)]
    pub status: CellStatus,
    /// First 160 characters of the output.
    pub preview: String,
    pub scores: Vec<NamedScore>,
}

/// A run's outcome against the thresholds of its experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThresholdCheck {
    pub variant: VariantId,
    pub scorer: ScorerName,
    pub min_mean: f64,
    pub mean: Option<f64>,
    pub passed: bool,
}

/// A stored cell with everything about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellDetail {
    pub id: CellId,
    pub run: RunId,
    pub row: RowId,
    pub variant: Variant,
    pub repeat: u32,
    pub num_repeats: u32,
    pub inputs: Inputs,
    pub expected: Option<serde_json::Value>,
    pub output: Output,
    pub scores: Vec<NamedScore>,
    /// In the order in which they were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judge_calls: Vec<JudgeCall>,
}

/// What a judge was asked about a cell's output, and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgeCall {
    pub scorer: ScorerName,
    pub output: Output,
}
