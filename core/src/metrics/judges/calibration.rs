//! How far a judge can be relied on: against people, against itself, and against what should not matter.
//!
//! - A **verdict** is whether a score reaches the threshold. The **judgement** is the mean of an item's repeats, which is the
//!   score that a run keeps; how far they differ says how far the judge agrees with itself.
//! - People count as right: an item's truth is the mean of its ratings, on the judge's scale.
//! - **Agreement**: Cohen's kappa of the verdicts, Krippendorff's alpha on an interval scale, Pearson and Spearman, as the
//!   pages in `statistics` define them.
//! - **Curve**: items by the judge's score, with the mean of what people gave and its t interval. A calibrated judge's points
//!   lie where both are equal.
//! - **Consistency**: for an item with k scores of which p pass, the share of agreeing pairs of repeats is
//!   (p(p − 1) + (k − p)(k − p − 1)) / (k(k − 1)), averaged over items; Wilson's interval for two repeats, else t by item.
//! - **Position bias**: pairs asked in both orders (Zheng et al., "Judging LLM-as-a-judge", NeurIPS 2023, and Wang et al.,
//!   "Large language models are not fair evaluators", ACL 2024). The interval of the preference is by pair.
//! - **Length bias**: the line of the error on the natural logarithm of the length, after Dubois et al., "Length-controlled
//!   AlpacaEval", COLM 2024, who take length out of preferences by regression. Empty outputs have no logarithm and are left
//!   out.
//! - In 5,000 studies of 200 made-up judges whose truth is known, with 150 items and pairs, the 95 % intervals covered it in
//!   94.4 to 96.6 %; the bench `statistics` measures that.
//! - Intervals take items, or pairs, as independent. Where a number is undefined the reason stands in its place; numbers
//!   that are not finite count as missing.

use crate::metrics::statistics::{
    Agreement, CONFIDENCE, Correlation, KappaWeights, Scale, cohens_kappa, correlation_interval, estimate,
    krippendorff_alpha, mean, pearson, slope, spearman, wilson,
};
use atelier_types::judge::{
    CalibrationItem, CalibrationPoint, CalibrationReport, CalibrationStatus, ConfusionMatrix, JudgeAgreement,
    LengthBias, OrderedPair, PositionBias, SelfConsistency,
};
use atelier_types::score::Unit;
use atelier_types::statistics::{Coefficient, Interval, Winner};

const UNRATED: &str = "no judged output was rated by people";

/// Everything that the items and pairs tell. `threshold` is on the judge's scale.
pub fn calibrate(items: &[CalibrationItem], pairs: &[OrderedPair], threshold: f64) -> CalibrationReport {
    let rated: Vec<Rated> = items.iter().filter_map(Rated::of).collect();
    let status = if rated.is_empty() { CalibrationStatus::Uncalibrated } else { CalibrationStatus::Calibrated };
    CalibrationReport {
        status,
        threshold,
        agreement: agreement(&rated, threshold),
        curve: curve(&rated),
        consistency: consistency(items, threshold),
        position_bias: position_bias(pairs),
        length_bias: length_bias(&rated),
    }
}

/// An item that both the judge and people looked at.
struct Rated {
    judged: f64,
    people: f64,
    /// Natural logarithm of the number of characters.
    log_length: Option<f64>,
}

impl Rated {
    fn of(item: &CalibrationItem) -> Option<Self> {
        let ratings: Vec<f64> = finite(&item.ratings);
        let num_characters = item.num_characters.filter(|count| *count > 0);
        Some(Self {
            judged: mean(&finite(&item.scores))?,
            people: mean(&ratings)?,
            log_length: num_characters.map(|count| f64::from(count).ln()),
        })
    }
}

fn finite(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|value| value.is_finite()).collect()
}

fn agreement(rated: &[Rated], threshold: f64) -> JudgeAgreement {
    let (judged, people): (Vec<f64>, Vec<f64>) = rated.iter().map(|item| (item.judged, item.people)).unzip();
    let verdicts: Vec<(bool, bool)> =
        rated.iter().map(|item| (item.judged >= threshold, item.people >= threshold)).collect();
    let count = |wanted: (bool, bool)| verdicts.iter().filter(|verdicts| **verdicts == wanted).count() as u32;
    let confusion = ConfusionMatrix {
        num_true_positives: count((true, true)),
        num_false_positives: count((true, false)),
        num_false_negatives: count((false, true)),
        num_true_negatives: count((false, false)),
    };
    let categories: Vec<(usize, usize)> =
        verdicts.iter().map(|(judged, people)| (usize::from(*judged), usize::from(*people))).collect();
    let values: Vec<Vec<f64>> = rated.iter().map(|item| vec![item.judged, item.people]).collect();
    let reason = |otherwise: &'static str| if rated.is_empty() { UNRATED } else { otherwise };
    let num_right = confusion.num_true_positives + confusion.num_true_negatives;
    JudgeAgreement {
        num_items: rated.len() as u32,
        confusion,
        accuracy: rate(num_right, rated.len(), UNRATED),
        cohens_kappa: agreeing(
            cohens_kappa(&categories, KappaWeights::Plain),
            reason("the judge and people gave one and the same verdict throughout"),
        ),
        krippendorff_alpha: agreeing(
            krippendorff_alpha(&values, Scale::Interval),
            reason("all scores and ratings are equal, so nobody could have disagreed"),
        ),
        pearson: correlation(Correlation::Pearson, &judged, &people, reason(CONSTANT)),
        spearman: correlation(Correlation::Spearman, &judged, &people, reason(CONSTANT)),
    }
}

const CONSTANT: &str = "the judge or people gave one and the same value throughout";

fn consistency(items: &[CalibrationItem], threshold: f64) -> SelfConsistency {
    let repeated: Vec<Vec<f64>> =
        items.iter().map(|item| finite(&item.scores)).filter(|scores| scores.len() >= 2).collect();
    let shares: Vec<Vec<f64>> = repeated.iter().map(|scores| vec![equal_share(scores, threshold)]).collect();
    let reason = |otherwise: &'static str| {
        if repeated.is_empty() { "no output was judged more than once" } else { otherwise }
    };
    SelfConsistency {
        num_items: repeated.len() as u32,
        equal_verdicts: mean_share(&shares, reason("")),
        krippendorff_alpha: agreeing(
            krippendorff_alpha(&repeated, Scale::Interval),
            reason("all scores are equal, so the judge could not have disagreed"),
        ),
    }
}

/// Share of the pairs of repeats whose verdicts are the same; there are two scores or more.
fn equal_share(scores: &[f64], threshold: f64) -> f64 {
    let num_pass = scores.iter().filter(|score| **score >= threshold).count() as f64;
    let (num_all, num_fail) = (scores.len() as f64, scores.len() as f64 - num_pass);
    (num_pass * (num_pass - 1.0) + num_fail * (num_fail - 1.0)) / (num_all * (num_all - 1.0))
}

fn position_bias(pairs: &[OrderedPair]) -> PositionBias {
    const UNPAIRED: &str = "no pair was judged in both orders";
    let is_decided =
        |pair: &&OrderedPair| matches!((pair.a_first, pair.b_first), (Winner::A, Winner::B) | (Winner::B, Winner::A));
    let num_decided = pairs.iter().filter(is_decided).count() as u32;
    let preferences: Vec<Vec<f64>> = pairs
        .iter()
        .map(|pair| vec![(share_of(Winner::A, pair.a_first) + share_of(Winner::B, pair.b_first)) / 2.0])
        .collect();
    PositionBias {
        num_pairs: pairs.len() as u32,
        order_decided: rate(num_decided, pairs.len(), UNPAIRED),
        preference_for_first: mean_share(&preferences, UNPAIRED),
    }
}

/// What a player has of a contest.
fn share_of(player: Winner, winner: Winner) -> f64 {
    match winner {
        Winner::Tie => 0.5,
        winner if winner == player => 1.0,
        _ => 0.0,
    }
}

/// One point a score where there are few different ones, else five groups of about equal size.
fn curve(rated: &[Rated]) -> Vec<CalibrationPoint> {
    const MAX_SCORES: usize = 8;
    const NUM_GROUPS: usize = 5;
    let mut sorted: Vec<&Rated> = rated.iter().collect();
    sorted.sort_by(|one, other| one.judged.total_cmp(&other.judged));
    let by_score: Vec<&[&Rated]> = sorted.chunk_by(|one, other| one.judged == other.judged).collect();
    let groups = match by_score.len() {
        0..=MAX_SCORES => by_score,
        _ => sorted.chunks(sorted.len().div_ceil(NUM_GROUPS)).collect(),
    };
    groups.into_iter().filter_map(point).collect()
}

fn point(group: &[&Rated]) -> Option<CalibrationPoint> {
    let rows: Vec<Vec<f64>> = group.iter().map(|item| vec![item.people]).collect();
    let people = estimate(&rows, 0, Unit::Number)?;
    Some(CalibrationPoint {
        judged: mean(&group.iter().map(|item| item.judged).collect::<Vec<_>>())?,
        num_items: people.num_rows,
        people: people.mean,
        interval: people.interval,
    })
}

fn length_bias(rated: &[Rated]) -> LengthBias {
    let points = rated.iter().filter_map(|item| Some((item.log_length?, item.judged - item.people)));
    let (lengths, errors): (Vec<f64>, Vec<f64>) = points.unzip();
    let reason = |otherwise: &'static str| match (rated.is_empty(), lengths.is_empty()) {
        (true, _) => UNRATED,
        (_, true) => "no rated output has a length",
        _ => otherwise,
    };
    let line = slope(&lengths, &errors);
    LengthBias {
        num_items: lengths.len() as u32,
        slope: line.map_or_else(
            || undefined(reason("all outputs are equally long")),
            |line| known(line.value, line.interval(CONFIDENCE)),
        ),
        pearson: correlation(
            Correlation::Pearson,
            &lengths,
            &errors,
            reason("all outputs are equally long, or the judge errs by the same everywhere"),
        ),
    }
}

fn rate(count: u32, num_all: usize, reason: &str) -> Coefficient {
    match num_all {
        0 => undefined(reason),
        _ => known(f64::from(count) / num_all as f64, wilson(f64::from(count), num_all as f64, CONFIDENCE)),
    }
}

fn mean_share(values: &[Vec<f64>], reason: &str) -> Coefficient {
    let found = estimate(values, 0, Unit::Share);
    found.map_or_else(|| undefined(reason), |found| known(found.mean, found.interval))
}

fn agreeing(found: Option<Agreement>, reason: &str) -> Coefficient {
    found.map_or_else(|| undefined(reason), |found| known(found.value, found.interval(CONFIDENCE)))
}

fn correlation(kind: Correlation, first: &[f64], second: &[f64], reason: &str) -> Coefficient {
    let correlate = if kind == Correlation::Spearman { spearman } else { pearson };
    let found = correlate(first, second);
    found.map_or_else(
        || undefined(reason),
        |value| known(value, correlation_interval(kind, value, first.len(), CONFIDENCE)),
    )
}

fn known(value: f64, interval: Option<Interval>) -> Coefficient {
    Coefficient { value: Some(value), interval, reason: None }
}

fn undefined(reason: &str) -> Coefficient {
    Coefficient { value: None, interval: None, reason: Some(reason.to_owned()) }
}

#[cfg(test)]
mod tests;
