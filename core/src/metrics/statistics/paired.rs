//! Two variants compared row by row, and what may be said about their difference.

mod caution;
mod rows_needed;

use super::distributions::t_tails;
use super::{CONFIDENCE, clustered_t, mean, paired_rates, sign_test, standard_deviation, words};
use atelier_types::score::{Direction, Unit};
use atelier_types::statistics::{Interval, Judgement, Verdict};
use caution::Moves;

/// Significance that goes with [`CONFIDENCE`].
const LEVEL: f64 = 1.0 - CONFIDENCE;

/// The scores of one row: all repeats of both sides. A side without a score is empty.
#[derive(Clone, Copy, Debug)]
pub struct PairedRow<'a> {
    pub baseline: &'a [f64],
    pub candidate: &'a [f64],
}

/// What a difference is measured in and from where on it matters.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    pub unit: Unit,
    pub direction: Direction,
    /// Smallest difference that matters, in the unit; see [`super::default_margin`].
    pub margin: f64,
}

/// Candidate against baseline, paired by row.
///
/// The difference is the mean over rows of (mean of the candidate's repeats − mean of the baseline's). Shares with one
/// 0-or-1 value a side and row get [`paired_rates`] and the exact McNemar test; everything else a paired t interval and
/// test over row differences. *Better* or *worse* needs both the interval and the test; *no difference of practical
/// size* needs the whole interval within the margin. Where few rows moved, the interval is widened by what may have gone
/// unseen before it may lie within the margin.
pub fn compare(rows: &[PairedRow<'_>], comparison: Comparison) -> Verdict {
    let differences: Vec<f64> =
        rows.iter().filter_map(|row| Some(mean(row.candidate)? - mean(row.baseline)?)).collect();
    let num_missing = (rows.len() - differences.len()) as u32;
    let Some(difference) = mean(&differences) else {
        return words::spoken(nothing_to_compare(comparison, num_missing), comparison);
    };
    let is_one_check = comparison.unit == Unit::Share
        && rows.iter().all(|row| {
            let values = [row.baseline, row.candidate];
            values.iter().all(|values| values.len() <= 1 && values.iter().all(|value| *value == 0.0 || *value == 1.0))
        });
    let flips = Flips::count(&differences, comparison.direction);
    let (interval, p_value, method) = evidence(&differences, comparison.unit, is_one_check);
    let interval = caution::widened(interval, Moves::of(&differences, comparison.unit), comparison.margin);
    let judgement = judge(interval, p_value, comparison);
    let verdict = Verdict {
        judgement,
        difference: Some(difference),
        interval,
        p_value,
        num_rows: differences.len() as u32,
        num_improved: flips.num_improved,
        num_regressed: flips.num_regressed,
        num_unchanged: differences.len() as u32 - flips.num_improved - flips.num_regressed,
        num_missing,
        margin: comparison.margin,
        num_rows_needed: match judgement {
            Judgement::NotEnoughData => rows_needed::rows_needed(&differences, comparison, is_one_check),
            _ => None,
        },
        headline: String::new(),
        sentence: String::new(),
        method: method.to_owned(),
    };
    words::spoken(verdict, comparison)
}

struct Flips {
    num_improved: u32,
    num_regressed: u32,
}

impl Flips {
    fn count(differences: &[f64], direction: Direction) -> Self {
        let up = differences.iter().filter(|difference| **difference > 0.0).count() as u32;
        let down = differences.iter().filter(|difference| **difference < 0.0).count() as u32;
        match direction {
            Direction::HigherIsBetter => Self { num_improved: up, num_regressed: down },
            Direction::LowerIsBetter => Self { num_improved: down, num_regressed: up },
        }
    }
}

type Evidence = (Option<Interval>, Option<f64>, &'static str);

fn evidence(differences: &[f64], unit: Unit, is_one_check: bool) -> Evidence {
    let num_rows = differences.len() as f64;
    let up: f64 = differences.iter().filter(|difference| **difference > 0.0).sum();
    let down: f64 = -differences.iter().filter(|difference| **difference < 0.0).sum::<f64>();
    let rates = || paired_rates(num_rows, up, down, CONFIDENCE);
    if is_one_check {
        return (rates(), sign_test(up as u64, down as u64), "Paired by row, exact McNemar test");
    }
    let method = "Paired by row, repeats kept together";
    match standard_deviation(differences) {
        // All rows moved alike: t would claim to be certain.
        Some(0.0) if unit == Unit::Share => {
            let count = |sign: f64| differences.iter().filter(|difference| **difference * sign > 0.0).count() as u64;
            (rates(), sign_test(count(1.0), count(-1.0)), method)
        }
        Some(0.0) => {
            let num_moved = if differences[0] == 0.0 { 0 } else { differences.len() as u64 };
            (clustered_t(differences, CONFIDENCE), sign_test(num_moved, 0), method)
        }
        Some(deviation) => {
            let statistic = mean(differences).unwrap_or(0.0) / (deviation / num_rows.sqrt());
            let interval = clustered_t(differences, CONFIDENCE).map(|interval| cut(interval, unit));
            (interval, t_tails(statistic, num_rows - 1.0), method)
        }
        None => (None, None, method),
    }
}

fn cut(interval: Interval, unit: Unit) -> Interval {
    match unit {
        Unit::Share => Interval { low: interval.low.max(-1.0), high: interval.high.min(1.0), ..interval },
        _ => interval,
    }
}

fn is_within(interval: Interval, margin: f64) -> bool {
    interval.low >= -margin && interval.high <= margin
}

/// Whether rows with one check a side, of which so many flipped each way, say "no difference of practical size".
pub(super) fn shows_equivalence(num_rows: f64, up: f64, down: f64, margin: f64, confidence: f64) -> bool {
    let moves = Moves { num_rows, num_moved: up + down, up, down, most: Some(1.0) };
    let interval = caution::widened(paired_rates(num_rows, up, down, confidence), moves, margin);
    interval.is_some_and(|interval| is_within(interval, margin))
}

fn judge(interval: Option<Interval>, p_value: Option<f64>, comparison: Comparison) -> Judgement {
    let Some(interval) = interval else { return Judgement::NotEnoughData };
    if is_within(interval, comparison.margin) {
        return Judgement::NoPracticalDifference;
    }
    let is_significant = p_value.is_some_and(|p_value| p_value < LEVEL);
    let (better, worse) = match comparison.direction {
        Direction::HigherIsBetter => (interval.low > 0.0, interval.high < 0.0),
        Direction::LowerIsBetter => (interval.high < 0.0, interval.low > 0.0),
    };
    match (is_significant, better, worse) {
        (true, true, _) => Judgement::Better,
        (true, _, true) => Judgement::Worse,
        _ => Judgement::NotEnoughData,
    }
}

fn nothing_to_compare(comparison: Comparison, num_missing: u32) -> Verdict {
    Verdict {
        judgement: Judgement::Unscored,
        difference: None,
        interval: None,
        p_value: None,
        num_rows: 0,
        num_improved: 0,
        num_regressed: 0,
        num_unchanged: 0,
        num_missing,
        margin: comparison.margin,
        num_rows_needed: None,
        headline: String::new(),
        sentence: String::new(),
        method: String::new(),
    }
}

#[cfg(test)]
mod tests;
