//! Judges against people: what is known about a model's judgements before anybody relies on them.

use crate::ids::{ScorerName, VariantId};
use crate::statistics::{Coefficient, Interval, Winner};
use serde::{Deserialize, Serialize};

/// One output that a judge scored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CalibrationItem {
    pub item: String,
    /// The judge's scores in the order in which they were given: the judgement and its repeats.
    pub scores: Vec<f64>,
    /// What people gave, on the judge's scale.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ratings: Vec<f64>,
    /// Length of the output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub num_characters: Option<u32>,
}

/// Who won when a judge compared the same two outputs in both orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedPair {
    pub a_first: Winner,
    pub b_first: Winner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationStatus {
    /// Nobody rated what the judge scored: how right it is, is not known.
    Uncalibrated,
    Calibrated,
}

/// A judge of a run against one question that reviewers of its outputs were asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgeCalibration {
    pub scorer: ScorerName,
    /// Title of the reviewers' question.
    pub criterion: String,
    pub report: CalibrationReport,
    /// The mean of each variant, from few ratings and many judgements together.
    #[serde(default)]
    pub corrected: Vec<CorrectedMean>,
}

/// What people would have said of all outputs of a variant on average, on the judge's scale (prediction-powered inference).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CorrectedMean {
    pub variant: VariantId,
    pub title: String,
    /// Outputs that both people and the judge scored.
    pub num_rated: u32,
    /// Outputs that only the judge scored.
    pub num_judged: u32,
    /// By the judge alone.
    pub judged: Option<f64>,
    pub corrected: Coefficient,
}

/// How far a judge agrees with people and with itself, and what its judgements depend on besides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationReport {
    pub status: CalibrationStatus,
    /// A score from here on passes.
    pub threshold: f64,
    pub agreement: JudgeAgreement,
    /// From the judge's lowest scores to its highest.
    #[serde(default)]
    pub curve: Vec<CalibrationPoint>,
    pub consistency: SelfConsistency,
    pub position_bias: PositionBias,
    pub length_bias: LengthBias,
}

/// Outputs that the judge scored alike, and what people said of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationPoint {
    /// Mean of the judge's scores.
    pub judged: f64,
    pub num_items: u32,
    /// Mean over the outputs of what people gave.
    pub people: f64,
    /// `None` where there are too few outputs to say.
    pub interval: Option<Interval>,
}

/// The judgement against the mean rating of people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgeAgreement {
    /// Items with a judgement and a rating.
    pub num_items: u32,
    pub confusion: ConfusionMatrix,
    /// Share of the items on which both verdicts are the same.
    pub accuracy: Coefficient,
    /// Of the verdicts.
    pub cohens_kappa: Coefficient,
    /// On an interval scale.
    pub krippendorff_alpha: Coefficient,
    pub pearson: Coefficient,
    pub spearman: Coefficient,
}

/// The judge's verdicts against those of people, who count as right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionMatrix {
    pub num_true_positives: u32,
    pub num_false_positives: u32,
    pub num_false_negatives: u32,
    pub num_true_negatives: u32,
}

/// The judge against itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelfConsistency {
    /// Items that were judged more than once.
    pub num_items: u32,
    /// Chance that two repeats of an item have the same verdict.
    pub equal_verdicts: Coefficient,
    /// Krippendorff's alpha of the scores on an interval scale.
    pub krippendorff_alpha: Coefficient,
}

/// What the order of a pair decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PositionBias {
    pub num_pairs: u32,
    /// Share of the pairs where the same place won in both orders.
    pub order_decided: Coefficient,
    /// How often the first place wins, a tie as half a win. 0.5 is no bias.
    pub preference_for_first: Coefficient,
}

/// How the judge's error, its judgement minus the mean rating of people, goes with the logarithm of the output's length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LengthBias {
    /// Items with a judgement, a rating and a length.
    pub num_items: u32,
    /// Error for each unit of the natural logarithm; times 0.69 it is what twice the length brings. 0 is no bias.
    pub slope: Coefficient,
    pub pearson: Coefficient,
}
