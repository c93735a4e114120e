//! Scores. A score that could not be given is its own variant and never a number.

use crate::JsonMap;
use crate::ids::ScorerName;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a scorer said about one output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", untagged)]
pub enum Score {
    /// In the scorer's own unit; checks give 0 or 1. Always finite.
    Number(f64),
    Unscored {
        unscored: String,
    },
}

impl Score {
    pub fn unscored(reason: impl Into<String>) -> Self {
        Self::Unscored { unscored: reason.into() }
    }

    /// 1 for true, 0 for false.
    pub fn check(passed: bool) -> Self {
        Self::Number(if passed { 1.0 } else { 0.0 })
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Unscored { .. } => None,
        }
    }
}

/// One `[[scorers]]` entry of an experiment file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScorerSpec {
    /// Which scorer: `exact_match`, `contains`, `numeric`, `bleu`, `rougeL` …
    pub scorer: ScorerName,
    /// How it is called in results; the scorer's own name where this is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ScorerName>,
    /// Dataset column with what is expected; `expected` where this is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The scorer's own settings, as its manual page names them.
    #[serde(flatten)]
    pub options: JsonMap,
    /// A run fails the check when the mean over all cells of a variant is under this. Not for scorers for which lower
    /// is better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_mean: Option<f64>,
}

impl ScorerSpec {
    pub fn result_name(&self) -> &ScorerName {
        self.name.as_ref().unwrap_or(&self.scorer)
    }
}

/// A score with its name and, where the scorer gives one, its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedScore {
    pub name: ScorerName,
    pub score: Score,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
}

/// A line of texts with its scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoredLine {
    pub id: Value,
    /// By the scorers' names, in their order.
    pub scores: Map<String, Value>,
}

/// Which way a measure is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    #[default]
    HigherIsBetter,
    LowerIsBetter,
}

/// How a measure's numbers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share between 0 and 1, shown in percent; differences are in points.
    #[default]
    Share,
    /// 0 to 100, shown as it is; differences are in points.
    Points,
    Millis,
    Usd,
    Tokens,
    /// A plain number.
    Number,
}
