//! Requests, and the answers that no other module defines. Grouped by noun, in the order of the verbs.

use crate::JsonMap;
use crate::experiment::{ExperimentSpec, RowFilter};
use crate::export::ExportFormat;
use crate::ids::{
    CellId, CommitId, DatasetName, EndpointName, ExperimentName, LabelName, ModelName, PlaygroundId, PromptName,
    ReviewItemId, ReviewSetName, ReviewerName, RowId, RubricName, RunId, ScorerName, VariantId,
};
use crate::model::{EndpointConfig, ModelConfig};
use crate::prompt::{Inputs, VersionRef};
use crate::provider::Params;
use crate::review::{Answer, ReviewMode, Rubric};
use crate::score::ScorerSpec;
use crate::settings::Settings;
use crate::statistics::{ContestRecord, PairRecord, PairSettings, PowerSettings, RatingRecord};
use serde::{Deserialize, Serialize};

macro_rules! data {
    ($($(#[$doc:meta])* struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }
    )*};
}

/// No request, or no answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Nothing {}

data! {
    struct TextResponse { text: String, }

    /// A folder on this machine.
    struct PathRequest { path: String, }
    struct WorkspaceCreateRequest { path: String, name: String, }
    struct WorkspaceCloneRequest { url: String, path: String, }
    /// Without a path the demo goes to the user's data folder; a copy that is there already is opened as it is.
    struct WorkspaceDemoRequest { #[serde(default)] path: Option<String>, }
    struct SearchRequest { query: String, #[serde(default)] limit: Option<u32>, }

    struct PromptRequest { name: PromptName, }
    struct PromptAtRequest { name: PromptName, #[serde(default)] version: VersionRef, }
    /// Without a text a new prompt starts with a small example.
    struct PromptCreateRequest { name: PromptName, #[serde(default)] text: Option<String>, }
    struct RenameRequest { from: PromptName, to: PromptName, }
    /// `base_content_hash` is that of the text that was read; `None` overwrites whatever is there.
    struct PromptSaveRequest { name: PromptName, text: String, #[serde(default)] base_content_hash: Option<String>, }
    /// Empty `names` means everything of the workspace that differs from the newest commit.
    struct CommitRequest { #[serde(default)] names: Vec<PromptName>, message: String, }
    struct Committed { commit: CommitId, num_files: u32, }
    /// Inputs come from `inputs`, then from the dataset's row, then from the defaults.
    struct RenderRequest {
        name: PromptName,
        #[serde(default)] version: VersionRef,
        /// Rendered instead of the file: what is in the editor.
        #[serde(default)] text: Option<String>,
        #[serde(default)] inputs: Inputs,
        #[serde(default)] row: Option<RowRef>,
        /// Counted with this model's tokenizer where it is known.
        #[serde(default)] model: Option<ModelName>,
    }
    /// A row by its place in the dataset, counted from 0.
    struct RowRef { dataset: DatasetName, index: u32, }

    struct DraftKeepRequest { name: PromptName, text: String, base_content_hash: String, }

    struct VersionDiffRequest {
        name: PromptName,
        from: VersionRef,
        to: VersionRef,
        /// Compare the rendered messages instead of the template.
        #[serde(default)] rendered: bool,
        #[serde(default)] inputs: Inputs,
        #[serde(default)] row: Option<RowRef>,
    }
    struct LabelRequest { name: PromptName, label: LabelName, version: VersionRef, }
    struct LabelRemoveRequest { name: PromptName, label: LabelName, }
    struct DiffTextsRequest { before: String, after: String, }

    struct ModelRequest { name: ModelName, }
    struct ModelAddRequest { name: ModelName, config: ModelConfig, }
    struct EndpointRequest { name: EndpointName, }
    struct EndpointAddRequest { name: EndpointName, config: EndpointConfig, }
    /// `None` forgets the key.
    struct SetKeyRequest { endpoint: EndpointName, key: Option<Secret>, }

    struct PlaygroundRequest {
        name: PromptName,
        text: String,
        #[serde(default)] inputs: Inputs,
        #[serde(default)] row: Option<RowRef>,
        models: Vec<ModelName>,
        #[serde(default)] params: Params,
    }
    struct PlaygroundCancelRequest { playground: PlaygroundId, #[serde(default)] model: Option<ModelName>, }

    struct DatasetRequest { name: DatasetName, }
    struct DatasetPageRequest { name: DatasetName, #[serde(default)] offset: u32, limit: u32, }
    /// `content` is the file itself, so that a browser can import what the server cannot see. The format follows the
    /// ending of `file_name`.
    struct DatasetImportRequest { name: DatasetName, file_name: String, content: String, }

    struct ExperimentRequest { name: ExperimentName, }
    struct ExperimentSaveRequest { name: ExperimentName, spec: ExperimentSpec, }
    struct PlanRequest { spec: ExperimentSpec, }

    struct RunsListRequest { #[serde(default)] experiment: Option<ExperimentName>, }
    struct RunStartRequest {
        experiment: ExperimentName,
        /// Goes on with this run instead of starting one.
        #[serde(default)] resume: Option<RunId>,
        #[serde(default)] max_cost_usd: Option<f64>,
        /// Calls in flight at once over all models; default 8. Limits of endpoints hold as well.
        #[serde(default)] concurrency: Option<u32>,
        /// Take equal requests from the store instead of asking again.
        #[serde(default = "yes")] use_cache: bool,
        /// Ask failed cells again whatever they failed of; otherwise only those that may succeed now.
        #[serde(default)] retry_failed: bool,
    }
    struct RunRequest { run: RunId, }
    struct RunShowRequest { run: RunId, #[serde(default)] baseline: Option<VariantId>, }
    struct GridRequest {
        run: RunId,
        #[serde(default)] baseline: Option<VariantId>,
        #[serde(default)] filter: RowFilter,
        /// Only rows with an output that contains this, ignoring case.
        #[serde(default)] find: String,
        #[serde(default)] offset: u32,
        limit: u32,
    }
    struct CompareRequest {
        baseline_run: RunId,
        baseline: VariantId,
        candidate_run: RunId,
        candidate: VariantId,
        /// Rows are ordered by this measure; the first scorer where this is missing.
        #[serde(default)] measure: Option<ScorerName>,
        /// Smallest difference that matters, in the measure's unit; the experiment's where this is missing.
        #[serde(default)] margin: Option<f64>,
    }

    struct CellRequest { cell: CellId, }
    struct RepeatsRequest { run: RunId, variant: VariantId, row: RowId, }
    struct OutputDiffRequest { before: CellId, after: CellId, }

    struct ReviewCreateRequest {
        name: ReviewSetName,
        #[serde(default)] title: String,
        run: RunId,
        rubric: RubricName,
        mode: ReviewMode,
        /// Two for pairs, any number for rubrics; empty means the first two, or all.
        #[serde(default)] variants: Vec<VariantId>,
        /// At most so many items, drawn with `seed`; all where this is missing.
        #[serde(default)] max_items: Option<u32>,
        /// Only these rows; all where this is empty.
        #[serde(default)] rows: Vec<RowId>,
        #[serde(default)] seed: Option<u64>,
    }
    struct ReviewSetRequest { set: ReviewSetName, }
    struct ReviewSessionRequest { set: ReviewSetName, reviewer: ReviewerName, }
    struct RateRequest {
        set: ReviewSetName,
        item: ReviewItemId,
        reviewer: ReviewerName,
        answer: Answer,
        #[serde(default)] comment: String,
        #[serde(default)] duration_millis: Option<u64>,
    }
    /// `content` is a ratings file: one JSON object a line.
    struct ReviewImportRequest { set: ReviewSetName, content: String, }

    /// Each line is an object with `id`, `output` and what the scorers read.
    struct ScoreLinesRequest { scorers: Vec<ScorerSpec>, lines: Vec<JsonMap>, }

    struct StatsAgreementRequest { ratings: Vec<RatingRecord>, }
    struct StatsRankRequest { contests: Vec<ContestRecord>, }
    struct StatsCompareRequest { pairs: Vec<PairRecord>, #[serde(default)] settings: PairSettings, }
    struct StatsPowerRequest { pairs: Vec<PairRecord>, #[serde(default)] settings: PowerSettings, }
    struct ReviewImported { num_new: u32, num_known: u32, }

    struct RubricRequest { name: RubricName, }
    struct RubricSaveRequest { name: RubricName, rubric: Rubric, }
    struct RubricSummary { name: RubricName, question: String, num_criteria: u32, }

    struct ExportRequest {
        source: ExportSource,
        format: ExportFormat,
        /// Only outputs that a person rated.
        #[serde(default)] rated_only: bool,
        #[serde(default)] variants: Vec<VariantId>,
        /// Target file; unused by a preview.
        #[serde(default)] path: String,
    }
    struct ExportPreview { num_records: u32, head: String, }
    struct Exported { path: String, num_records: u32, num_bytes: u64, }
    struct FreezeRequest { name: String, source: ExportSource, #[serde(default)] rated_only: bool, }

    struct SettingsSaveRequest { settings: Settings, }
}

fn yes() -> bool {
    true
}

/// What is exported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportSource {
    Run(RunId),
    Review(ReviewSetName),
}

/// A key on its way into the keychain. It is never written out by `Debug`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}
