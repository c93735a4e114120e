//! Statistics of records that come from anywhere: ratings, contests, paired scores, and what is said about them.

use super::{Estimate, Interval, Verdict};
use crate::score::{Direction, Unit};
use serde::{Deserialize, Deserializer, Serialize};

/// What one rater said about one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RatingRecord {
    #[serde(deserialize_with = "text")]
    pub item: String,
    #[serde(deserialize_with = "text")]
    pub rater: String,
    /// `None` where the rater skipped the item.
    pub value: Option<RatingValue>,
}

/// A category, or a place on a scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RatingValue {
    Flag(bool),
    Number(f64),
    Text(String),
}

/// One contest between two players.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContestRecord {
    #[serde(deserialize_with = "text")]
    pub a: String,
    #[serde(deserialize_with = "text")]
    pub b: String,
    pub winner: Winner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Winner {
    A,
    B,
    Tie,
}

/// One repeat of one row: the scores of baseline `a` and candidate `b`. A row with repeats has several records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairRecord {
    #[serde(deserialize_with = "text")]
    pub id: String,
    /// `None` where there is no score.
    #[serde(default)]
    pub a: Option<f64>,
    #[serde(default)]
    pub b: Option<f64>,
}

/// Names may be written as text or as whole numbers.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a text or a whole number")]
    enum Name {
        Text(String),
        Number(i64),
    }
    Name::deserialize(deserializer).map(|name| match name {
        Name::Text(text) => text,
        Name::Number(number) => number.to_string(),
    })
}

/// A number with its interval, or why there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    pub value: Option<f64>,
    pub interval: Option<Interval>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How far raters agree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgreementReport {
    pub num_items: u32,
    pub num_raters: u32,
    pub num_ratings: u32,
    pub krippendorff_alpha: AlphaByScale,
    pub fleiss_kappa: Coefficient,
    /// For numbers on a scale where every rater rated every item.
    #[serde(default)]
    pub intraclass: IntraclassByForm,
    /// Raters two by two; none where there are too many raters for that.
    pub pairs: Vec<RaterPair>,
}

/// Krippendorff's alpha by what a difference counts. Ordinal and interval are undefined for texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlphaByScale {
    pub nominal: Coefficient,
    pub ordinal: Coefficient,
    pub interval: Coefficient,
}

/// Intraclass correlation after Shrout and Fleiss: of one rater's ratings and of the mean of all raters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IntraclassByForm {
    /// ICC(1,1): each item has raters of its own.
    pub one_way: Coefficient,
    /// ICC(2,1): a rater who is always kinder disagrees.
    pub agreement: Coefficient,
    /// ICC(3,1): a rater who is always kinder still agrees.
    pub consistency: Coefficient,
    /// ICC(1,k)
    pub one_way_of_mean: Coefficient,
    /// ICC(2,k)
    pub agreement_of_mean: Coefficient,
    /// ICC(3,k)
    pub consistency_of_mean: Coefficient,
}

/// Two raters on the items that both rated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RaterPair {
    pub raters: [String; 2],
    pub num_items: u32,
    pub cohens_kappa: Coefficient,
    /// Weighted kappas and correlations are undefined for texts.
    pub linear_kappa: Coefficient,
    pub quadratic_kappa: Coefficient,
    pub pearson: Coefficient,
    pub spearman: Coefficient,
    pub kendall: Coefficient,
}

/// Players, strongest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankingReport {
    pub num_contests: u32,
    pub num_ties: u32,
    /// Davidson's ν, how common ties are; `None` where no strengths can be given.
    pub tie: Option<f64>,
    pub players: Vec<PlayerReport>,
}

/// One player of a ranking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlayerReport {
    pub name: String,
    /// Bradley and Terry's log strength against the mean of all players; its interval takes contests as independent.
    pub strength: Coefficient,
    /// After all contests in their order, from 1000 in steps of up to 32.
    pub elo: f64,
    pub num_wins: u32,
    pub num_losses: u32,
    pub num_ties: u32,
}

/// How paired scores are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PairSettings {
    /// A share where it is missing and all scores lie in [0, 1]; else a plain number.
    #[serde(default)]
    pub unit: Option<Unit>,
    #[serde(default)]
    pub direction: Direction,
    /// Smallest difference that matters, in the unit; the unit's own where it is missing.
    #[serde(default)]
    pub margin: Option<f64>,
    /// For what is drawn: resamples and permutations.
    #[serde(default)]
    pub seed: u64,
}

/// Candidate against baseline with every test that fits. The verdict is what counts; the rest is for those who want it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairReport {
    pub unit: Unit,
    pub baseline: Option<Estimate>,
    pub candidate: Option<Estimate>,
    pub verdict: Verdict,
    /// Bias-corrected and accelerated bootstrap of the mean difference, rows drawn with their repeats.
    pub bootstrap: Option<Interval>,
    pub p_values: PairTests,
    pub effects: PairEffects,
}

/// Two-sided p-values; `None` where a test is undefined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairTests {
    /// Exact McNemar for one check a row; else the sign test.
    pub sign: Option<f64>,
    pub sign_mid_p: Option<f64>,
    pub wilcoxon: Option<f64>,
    pub permutation: Option<f64>,
    /// Two one-sided tests against the margin: small means equivalent.
    pub equivalence: Option<f64>,
}

/// Sizes of the difference; `None` where one is undefined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairEffects {
    pub cohens_d: Option<f64>,
    pub hedges_g: Option<f64>,
    pub rank_biserial: Option<f64>,
    /// Rows that went up for each that went down.
    pub matched_odds_ratio: Option<f64>,
}

/// What is planned from a pilot of paired scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PowerSettings {
    /// A share where it is missing and all scores lie in [0, 1]; else a plain number.
    pub unit: Option<Unit>,
    /// The difference that should be found, in the unit; the margin where it is missing and the margin is not 0.
    pub difference: Option<f64>,
    /// Smallest difference that matters, in the unit; the unit's own where it is missing.
    pub margin: Option<f64>,
    /// The chance of finding it.
    pub power: f64,
    pub confidence: f64,
    /// The rows that are planned; the pilot's own number where it is missing.
    pub num_rows: Option<u32>,
}

impl Default for PowerSettings {
    fn default() -> Self {
        Self { unit: None, difference: None, margin: None, power: 0.8, confidence: 0.95, num_rows: None }
    }
}

/// What a comparison with so many rows can find, if its rows vary like the pilot's. No number here has an interval; each that
/// cannot be given says why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PowerReport {
    pub unit: Unit,
    /// Rows of the pilot with a score on both sides.
    pub num_pilot_rows: u32,
    /// The rows that the chances below are for.
    pub num_rows: u32,
    pub difference: Option<f64>,
    pub margin: f64,
    pub power: f64,
    pub confidence: f64,
    /// Standard deviation of the pilot's row differences.
    pub deviation: Option<f64>,
    /// Share of rows that flip, a little above the pilot's; `None` unless each row is one check a side.
    pub flips: Option<f64>,
    /// The least difference that `num_rows` find with the power.
    pub detectable: Coefficient,
    /// The chance that `num_rows` find the difference.
    pub achieved: Coefficient,
    /// Rows that find the difference with the power.
    pub rows_needed: Coefficient,
    /// Rows that show with the power that there is no difference of practical size, where there is none.
    pub rows_for_equivalence: Coefficient,
    /// The same three with McNemar's mid-p test, for one check a side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mid_p: Option<MidPPower>,
    /// `Paired t test`
    pub method: String,
}

/// What McNemar's mid-p test finds in place of the exact one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MidPPower {
    pub detectable: Coefficient,
    pub achieved: Coefficient,
    pub rows_needed: Coefficient,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_texts_or_whole_numbers() {
        let record: RatingRecord = serde_json::from_str(r#"{"item": 7, "rater": "ann", "value": true}"#).unwrap();
        assert_eq!((record.item.as_str(), record.value), ("7", Some(RatingValue::Flag(true))));
        let err = serde_json::from_str::<RatingRecord>(r#"{"item": null, "rater": "ann", "value": 1}"#).unwrap_err();
        assert!(err.to_string().contains("a text or a whole number"), "{err}");
    }
}
