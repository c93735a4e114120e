//! Numbers with their uncertainty, and the plain words that are said about them.

mod records;

pub use records::*;

use crate::ids::{RowId, ScorerName};
use crate::score::{Direction, Unit};
use serde::{Deserialize, Serialize};

/// An interval at a stated confidence, in the measure's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
    /// 0.95 unless the user chose another.
    pub confidence: f64,
}

/// A mean and how sure it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub mean: f64,
    /// `None` where there are too few values to say.
    pub interval: Option<Interval>,
    /// Independent units: rows, not repeats.
    pub num_rows: u32,
    pub num_values: u32,
    pub num_unscored: u32,
    /// Name of the method, one click deeper: `Wilson`, `t, clustered by row`.
    pub method: String,
}

/// What may be said about a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    Better,
    Worse,
    /// The interval lies within the margin that matters.
    NoPracticalDifference,
    NotEnoughData,
    /// Nothing could be compared.
    Unscored,
}

/// A difference, candidate minus baseline, with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub judgement: Judgement,
    /// In the measure's unit; `None` when nothing could be compared.
    pub difference: Option<f64>,
    pub interval: Option<Interval>,
    pub p_value: Option<f64>,
    /// Rows that both sides have a score for.
    pub num_rows: u32,
    pub num_improved: u32,
    pub num_regressed: u32,
    pub num_unchanged: u32,
    /// Rows that one side has no score for.
    pub num_missing: u32,
    /// Smallest difference that matters, in the measure's unit.
    pub margin: f64,
    /// About how many more rows would decide it; `None` where it is decided or cannot be said.
    pub num_rows_needed: Option<u32>,
    /// `Better: +6.2 points`
    pub headline: String,
    /// `95 % sure between +1.9 and +10.4, 120 rows, 14 rows flipped: 11 improved, 3 regressed.`
    pub sentence: String,
    /// `Paired by row, repeats kept together, p = 0.004`
    pub method: String,
}

/// One measure of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    pub name: ScorerName,
    pub unit: Unit,
    pub direction: Direction,
    pub baseline: Option<Estimate>,
    pub candidate: Option<Estimate>,
    pub verdict: Verdict,
    /// Of the difference, and valid however often it is looked at while rows come in; wider than the verdict's own. `None`
    /// where there are too few rows, or more than anybody waits for.
    #[serde(default)]
    pub watched: Option<Interval>,
}

/// How one row moved between baseline and candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowChange {
    Improved,
    Regressed,
    Unchanged,
    Missing,
}

/// One row of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedRow {
    pub row: RowId,
    /// First words of the row, to recognise it by.
    pub title: String,
    pub change: RowChange,
    /// Sums over the repeats; for checks this is "passed of num_repeats".
    pub baseline: Option<f64>,
    pub candidate: Option<f64>,
    pub num_repeats: u32,
}
