//! Blind review: what is reviewed, what is asked, and what reviewers said.

use crate::JsonMap;
use crate::ids::{ExperimentName, RatingId, ReviewItemId, ReviewSetName, ReviewerName, RubricName, RunId, VariantId};
use crate::judge::JudgeCalibration;
use crate::statistics::Interval;
use crate::time::MillisSinceEpoch;
use serde::{Deserialize, Serialize};

/// `rubrics/<name>.toml`: what reviewers are asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    /// Shown above a pair: "Which reply would you rather send?"
    pub question: String,
    /// What to look for, behind `?`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub guidance: String,
    /// Dataset columns that are shown as context, with their titles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<ContextField>,
    /// How the output is called above it: "Proposed names".
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub output_title: String,
    /// Scales from 1 to 5; empty for a rubric that is used for pairs only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Criterion>,
}

/// A column of the row that reviewers see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextField {
    pub column: String,
    pub title: String,
}

/// One 1–5 scale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Key in ratings: lower-case letters, digits and underscores.
    pub key: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// Words under 1, 3 and 5.
    #[serde(default)]
    pub anchors: [String; 3],
}

/// How a set is reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewMode {
    /// Better of two.
    Pair,
    /// Each output by itself, on the rubric's scales.
    Rubric,
}

/// First line of `items.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewSetHeader {
    pub format: u32,
    pub set: ReviewSetName,
    pub title: String,
    pub mode: ReviewMode,
    /// A copy, so that what was asked stays with what was answered.
    pub rubric: Rubric,
    pub rubric_name: RubricName,
    pub created_at: MillisSinceEpoch,
    pub num_items: u32,
    /// SHA-256 in hex of the mapping from items to outputs, which stays with its maker until the set is closed.
    pub mapping_commitment: String,
}

/// One thing to review. Nothing in it names a model, a prompt or a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewItem {
    pub id: ReviewItemId,
    /// `(title, text)` in the rubric's order.
    pub context: Vec<(String, String)>,
    /// One text for a rubric; left and right for a pair.
    pub texts: Vec<String>,
}

/// Answer to a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairChoice {
    Left,
    Right,
    Same,
    BothBad,
}

/// What a reviewer said about one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Answer {
    Pair {
        choice: PairChoice,
    },
    /// 1 to 5 by criterion key.
    Rubric {
        values: std::collections::BTreeMap<String, u8>,
    },
    Skip,
    /// Takes back the reviewer's last answer to the item.
    Undo,
}

/// One line of a ratings file. Lines are only ever appended; the newest line of a reviewer for an item counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    pub id: RatingId,
    pub item: ReviewItemId,
    pub reviewer: ReviewerName,
    pub at: MillisSinceEpoch,
    pub answer: Answer,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Time from showing to answering; `None` for imported ratings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_millis: Option<u64>,
}

/// One line of the list of review sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewSetSummary {
    pub name: ReviewSetName,
    pub title: String,
    pub mode: ReviewMode,
    pub num_items: u32,
    /// Items with at least one answer.
    pub num_rated: u32,
    pub num_ratings: u32,
    pub reviewers: Vec<ReviewerProgress>,
    pub is_closed: bool,
    pub created_at: MillisSinceEpoch,
    pub problem: Option<crate::error::ApiError>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewerProgress {
    pub reviewer: ReviewerName,
    pub num_rated: u32,
    pub num_skipped: u32,
}

/// What a reviewer needs to go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewSession {
    pub header: ReviewSetHeader,
    pub reviewer: ReviewerName,
    /// All items in this reviewer's order.
    pub items: Vec<ReviewItem>,
    /// The counting answer by item.
    pub answers: std::collections::BTreeMap<ReviewItemId, Rating>,
    /// Median time for an answer so far, for "about 41 min left".
    pub millis_per_item: Option<u64>,
}

/// Where the outputs of a set came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewSource {
    pub run: RunId,
    pub experiment: ExperimentName,
    pub variants: Vec<(VariantId, String)>,
}

/// Results of a set: who wins, or how high outputs were rated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewResults {
    pub summary: ReviewSetSummary,
    /// `None` on a machine that does not hold the mapping of a set that is not closed.
    pub source: Option<ReviewSource>,
    pub wins: Vec<WinRate>,
    pub rubric_means: Vec<RubricMean>,
    /// The run's judges against the reviewers, question by question.
    #[serde(default)]
    pub judges: Vec<JudgeCalibration>,
    /// Comments with the item that they belong to.
    pub comments: Vec<(ReviewItemId, ReviewerName, String)>,
}

/// How often a variant was preferred.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WinRate {
    pub variant: VariantId,
    pub title: String,
    pub against: VariantId,
    pub against_title: String,
    pub num_wins: u32,
    pub num_losses: u32,
    pub num_ties: u32,
    /// Wins plus half the ties, over all answers that are not skips.
    pub rate: f64,
    pub interval: Option<Interval>,
    /// Exact sign test on items without a tie.
    pub p_value: Option<f64>,
    pub num_items: u32,
}

/// Mean of one criterion for one variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RubricMean {
    pub variant: VariantId,
    pub title: String,
    pub criterion: String,
    pub estimate: crate::statistics::Estimate,
}

/// Extra data of an item that only its maker holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemMapping {
    pub item: ReviewItemId,
    pub row: crate::ids::RowId,
    /// In the order of [`ReviewItem::texts`].
    pub variants: Vec<VariantId>,
    pub cells: Vec<crate::ids::CellId>,
    #[serde(default, skip_serializing_if = "JsonMap::is_empty")]
    pub extra: JsonMap,
}
