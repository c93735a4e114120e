//! The API: every verb that a face can call, declared once.
//!
//! [`for_each_verb!`] is the one list. From it come the [`Verb`] types below, the table [`VERBS`], the dispatcher in
//! `atelier-core` (which does not compile while a verb has no function), the HTTP routes, the window's command and the
//! test that the command line covers what it should. Requests and answers travel as JSON.

pub mod requests;

pub use requests::*;

use crate::JsonMap;
use crate::dataset::{DatasetPage, DatasetSummary};
use crate::diff::{DiffSection, OutputDiff, TextDiff};
use crate::event::Tag;
use crate::experiment::{
    CellDetail, ClassesReport, Comparison, ExperimentSpec, ExperimentSummary, GridPage, Plan, RepeatSummary, RunDetail,
    RunSummary, SliceReport, ThresholdCheck,
};
use crate::ids::{PlaygroundId, RunId};
use crate::model::{ModelsOverview, Probe};
use crate::prompt::{Draft, PromptSource, PromptSummary, Rendered, Version};
use crate::review::{Rating, ReviewResults, ReviewSession, ReviewSetSummary, Rubric};
use crate::score::ScoredLine;
use crate::settings::Settings;
use crate::statistics::{AgreementReport, PairReport, PowerReport, RankingReport};
use crate::workspace::{MachineCheck, RecentWorkspace, SearchHit, WorkspaceInfo};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The least that a caller must be. Each role may do all that the ones before it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessRole {
    #[default]
    Reader,
    Reviewer,
    Editor,
    Owner,
}

/// What a verb is called, who may call it, and what its answer is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerbInfo {
    /// `noun.verb`
    pub name: &'static str,
    pub role: AccessRole,
    /// For a read: an answer is stale when one of these is. Empty for a verb that changes something.
    pub reads: &'static [Tag],
    pub doc: &'static str,
}

/// A verb as a type: its request, its answer, its facts.
pub trait Verb: 'static {
    type Request: Serialize + DeserializeOwned + Clone + Send + 'static;
    type Response: Serialize + DeserializeOwned + Send + 'static;
    const INFO: VerbInfo;
}

/// Calls `$callback!` with the whole list, one entry a verb:
/// `module function Type AccessRole [read tags] RequestType => ResponseType, "doc";`
#[macro_export]
macro_rules! for_each_verb {
    ($callback:ident) => {
        $callback! {
            workspace current WorkspaceCurrent Reader [Workspace Prompts Datasets Experiments Reviews] Nothing => Option<WorkspaceInfo>, "The open workspace.";
            workspace open WorkspaceOpen Owner [] PathRequest => WorkspaceInfo, "Open a workspace, also below the root of a repository.";
            workspace create WorkspaceCreate Owner [] WorkspaceCreateRequest => WorkspaceInfo, "Create a workspace with one prompt and one dataset.";
            workspace clone_repository WorkspaceClone Owner [] WorkspaceCloneRequest => WorkspaceInfo, "Clone a repository and open the workspace in it.";
            workspace demo WorkspaceDemo Owner [] WorkspaceDemoRequest => WorkspaceInfo, "Make a copy of the demo workspace with a small history, and open it.";
            workspace recent WorkspaceRecent Owner [Workspace Settings] Nothing => Vec<RecentWorkspace>, "Workspaces that were opened before.";
            workspace search WorkspaceSearch Reader [Prompts Datasets Experiments Outputs Reviews] SearchRequest => Vec<SearchHit>, "Find a text everywhere.";

            prompts list PromptsList Reader [Prompts History Drafts] Nothing => Vec<PromptSummary>, "All prompts and fragments.";
            prompts show PromptsShow Reader [Prompts History] PromptAtRequest => PromptSource, "One prompt file at a version.";
            prompts create PromptsCreate Editor [] PromptCreateRequest => PromptSource, "Create a prompt or a fragment.";
            prompts rename PromptsRename Editor [] RenameRequest => PromptSource, "Rename or move a prompt, with its labels.";
            prompts duplicate PromptsDuplicate Editor [] RenameRequest => PromptSource, "Copy a prompt under a new name.";
            prompts delete PromptsDelete Editor [] PromptRequest => Nothing, "Delete a prompt file; its history stays.";
            prompts save PromptsSave Editor [] PromptSaveRequest => PromptSource, "Write the file, unless it changed since it was read.";
            prompts commit PromptsCommit Editor [] CommitRequest => Committed, "Make saved files a version that others see.";
            prompts adopt PromptsAdopt Editor [] PromptRequest => PromptSource, "Write a judge's built-in prompt into the workspace, to be edited and versioned.";
            prompts render PromptsRender Reader [Prompts Datasets] RenderRequest => Rendered, "The messages that a prompt makes of its inputs.";
            prompts flatten PromptsFlatten Reader [Prompts] PromptAtRequest => TextResponse, "The file with its fragments resolved, for other Prompty tools.";

            drafts list DraftsList Editor [Drafts] Nothing => Vec<Draft>, "What was typed and not saved.";
            drafts keep DraftsKeep Editor [] DraftKeepRequest => Nothing, "Keep what is being typed.";
            drafts discard DraftsDiscard Editor [] PromptRequest => Nothing, "Put a draft aside for good.";

            history list HistoryList Reader [History Prompts] PromptRequest => Vec<Version>, "The committed versions of one prompt, oldest first.";
            history diff HistoryDiff Reader [History Prompts Datasets] VersionDiffRequest => Vec<DiffSection>, "The difference of two versions, as written or as rendered.";
            history restore HistoryRestore Editor [] PromptAtRequest => PromptSource, "Write an older version back to the file.";
            history set_label HistorySetLabel Editor [] LabelRequest => Nothing, "Point a label at a version.";
            history remove_label HistoryRemoveLabel Editor [] LabelRemoveRequest => Nothing, "Remove a label.";
            history diff_texts HistoryDiffTexts Reader [] DiffTextsRequest => TextDiff, "The difference of any two texts.";

            models list ModelsList Reader [Models] Nothing => ModelsOverview, "Models, endpoints, the engine and the memory.";
            models add ModelsAdd Editor [] ModelAddRequest => Nothing, "Write a model into atelier.toml.";
            models remove ModelsRemove Editor [] ModelRequest => Nothing, "Take a model out of atelier.toml.";
            models add_endpoint ModelsAddEndpoint Editor [] EndpointAddRequest => Nothing, "Write an endpoint into atelier.toml.";
            models remove_endpoint ModelsRemoveEndpoint Editor [] EndpointRequest => Nothing, "Take an endpoint out of atelier.toml.";
            models set_key ModelsSetKey Owner [] SetKeyRequest => Nothing, "Put an endpoint's key into the keychain.";
            models probe ModelsProbe Editor [] ModelRequest => Probe, "Ask a model for one word.";
            models load ModelsLoad Editor [] ModelRequest => Nothing, "Load a local model into memory.";
            models unload ModelsUnload Editor [] ModelRequest => Nothing, "Give a local model's memory back.";
            models verify ModelsVerify Editor [] ModelRequest => JsonMap, "Hash a local model's files.";

            playground run PlaygroundRun Editor [] PlaygroundRequest => PlaygroundId, "Run a draft on several models at once; answers arrive as events.";
            playground cancel PlaygroundCancel Editor [] PlaygroundCancelRequest => Nothing, "Stop one model or all of a round.";

            datasets list DatasetsList Reader [Datasets] Nothing => Vec<DatasetSummary>, "All datasets.";
            datasets show DatasetsShow Reader [Datasets] DatasetPageRequest => DatasetPage, "A window of rows.";
            datasets import DatasetsImport Editor [] DatasetImportRequest => DatasetSummary, "Read a JSONL or CSV file into the workspace, with an id a row.";
            datasets delete DatasetsDelete Editor [] DatasetRequest => Nothing, "Delete a dataset file.";

            experiments list ExperimentsList Reader [Experiments Runs] Nothing => Vec<ExperimentSummary>, "All experiments with their last run.";
            experiments show ExperimentsShow Reader [Experiments] ExperimentRequest => ExperimentSpec, "One experiment file.";
            experiments save ExperimentsSave Editor [] ExperimentSaveRequest => Nothing, "Write an experiment file.";
            experiments delete ExperimentsDelete Editor [] ExperimentRequest => Nothing, "Delete an experiment file; its runs stay.";
            experiments plan ExperimentsPlan Reader [Experiments Prompts Datasets Models History] PlanRequest => Plan, "Cells, cost and time of a run, before anything is sent.";

            runs list RunsList Reader [Runs] RunsListRequest => Vec<RunSummary>, "Runs, newest first.";
            runs start RunsStart Editor [] RunStartRequest => RunId, "Start or resume a run; progress arrives as events.";
            runs cancel RunsCancel Editor [] RunRequest => Nothing, "Stop a run; what was answered stays and it can be resumed.";
            runs show RunsShow Reader [Runs] RunShowRequest => RunDetail, "The head of a results grid.";
            runs grid RunsGrid Reader [Runs Outputs] GridRequest => GridPage, "A window of a results grid.";
            runs compare RunsCompare Reader [Runs Outputs Reviews] CompareRequest => Comparison, "Two variants, their measures, verdicts and rows.";
            runs slices RunsSlices Reader [Runs Outputs] CompareRequest => SliceReport, "Parts of the rows where the candidate does worst.";
            runs classes RunsClasses Reader [Runs Outputs] RunRequest => Option<ClassesReport>, "Which labels were answered for which, where rows expect one of few.";
            runs check RunsCheck Reader [Runs] RunRequest => Vec<ThresholdCheck>, "A run against the thresholds of its experiment.";
            runs delete RunsDelete Owner [] RunRequest => Nothing, "Delete a run and its outputs from this machine.";

            outputs show OutputsShow Reader [Outputs] CellRequest => CellDetail, "One output with its scores and receipt.";
            outputs repeats OutputsRepeats Reader [Outputs] RepeatsRequest => Vec<RepeatSummary>, "All repeats of one row for one variant.";
            outputs diff OutputsDiff Reader [Outputs] OutputDiffRequest => OutputDiff, "The difference of two outputs: by words, as JSON, and where they part.";
            outputs rerun OutputsRerun Editor [] CellRequest => CellDetail, "Ask again for one output, past the cache.";

            reviews list ReviewsList Reviewer [Reviews] Nothing => Vec<ReviewSetSummary>, "All review sets with their progress.";
            reviews create ReviewsCreate Editor [] ReviewCreateRequest => ReviewSetSummary, "Make a blind review set from a run.";
            reviews session ReviewsSession Reviewer [] ReviewSessionRequest => ReviewSession, "Items and answers of one reviewer.";
            reviews rate ReviewsRate Reviewer [] RateRequest => Rating, "Append a rating; it is on disk when this answers.";
            reviews results ReviewsResults Editor [Reviews Runs Outputs] ReviewSetRequest => ReviewResults, "Win rates, means and comments of a set.";
            reviews import ReviewsImport Editor [] ReviewImportRequest => ReviewImported, "Take in ratings from another file.";
            reviews close ReviewsClose Editor [] ReviewSetRequest => Nothing, "Publish the mapping of a set; no ratings are taken after it.";

            rubrics list RubricsList Reader [Rubrics] Nothing => Vec<RubricSummary>, "All rubrics.";
            rubrics show RubricsShow Reader [Rubrics] RubricRequest => Rubric, "One rubric.";
            rubrics save RubricsSave Editor [] RubricSaveRequest => Nothing, "Write a rubric file.";

            scores lines ScoresLines Editor [] ScoreLinesRequest => Vec<ScoredLine>, "Score texts from anywhere, also with scorers that ask models.";

            stats agreement StatsAgreement Reader [] StatsAgreementRequest => AgreementReport, "How far raters agree: alpha, kappas and correlations.";
            stats rank StatsRank Reader [] StatsRankRequest => RankingReport, "Players in order of strength, from contests of two.";
            stats compare StatsCompare Reader [] StatsCompareRequest => PairReport, "Candidate against baseline, from paired scores.";
            stats power StatsPower Reader [] StatsPowerRequest => PowerReport, "What so many rows can find, and how many rows it takes, from a pilot.";

            exports preview ExportsPreview Reader [Runs Outputs Reviews] ExportRequest => ExportPreview, "What an export would hold.";
            exports write ExportsWrite Editor [] ExportRequest => Exported, "Write an export to a file.";
            exports freeze ExportsFreeze Editor [] FreezeRequest => Exported, "Freeze a run or its rated part as an eval set in the workspace.";

            settings show SettingsShow Reader [Settings] Nothing => Settings, "What is remembered on this machine.";
            settings save SettingsSave Owner [] SettingsSaveRequest => Nothing, "Remember settings.";
            settings machine SettingsMachine Reader [Models] Nothing => Vec<MachineCheck>, "What was found on this machine.";
        }
    };
}

macro_rules! declare {
    ($($module:ident $function:ident $verb:ident $role:ident [$($tag:ident)*] $request:ty => $response:ty, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug)]
        pub struct $verb;

        impl Verb for $verb {
            type Request = $request;
            type Response = $response;
            const INFO: VerbInfo = VerbInfo {
                name: concat!(stringify!($module), ".", stringify!($function)),
                role: AccessRole::$role,
                reads: &[$(Tag::$tag),*],
                doc: $doc,
            };
        }
    )*

    /// Every verb.
    pub const VERBS: &[VerbInfo] = &[$($verb::INFO),*];
    };
}

for_each_verb!(declare);
