//! How measures, intervals and verdicts are written and marked, on every screen alike. Pure.

use crate::widgets::Mark;
use crate::words;
use atelier_types::score::{Direction, Unit};
use atelier_types::statistics::{Estimate, Interval, Judgement, Measure, RowChange, Verdict};

/// A value in its unit, without a sign: `84.7`, `0.90 s`, `$0.24`.
pub fn value(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Share => format!("{:.1}", value * 100.0),
        Unit::Points => format!("{value:.1}"),
        Unit::Millis => words::duration(value),
        Unit::Usd => words::usd(value),
        Unit::Tokens => words::count(value.max(0.0).round() as u64),
        Unit::Number => format!("{value:.2}"),
    }
}

/// A mean, or that there is none.
pub fn mean(unit: Unit, estimate: Option<&Estimate>) -> String {
    match estimate {
        Some(estimate) if estimate.num_values > 0 => value(unit, estimate.mean),
        _ => "none".to_owned(),
    }
}

/// `±7.9`: half the interval's width, in the unit's figures.
pub fn half_width(unit: Unit, interval: Option<&Interval>) -> String {
    let Some(interval) = interval else { return String::new() };
    format!("±{}", value(unit, (interval.high - interval.low) / 2.0))
}

fn signed(amount: f64, num_decimals: usize, unit: &str) -> String {
    let text = format!("{:.num_decimals$}", amount.abs());
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = match amount {
        _ if is_zero => "",
        amount if amount > 0.0 => "+",
        _ => "−",
    };
    format!("{sign}{text}{unit}")
}

/// Whether differences of the unit are said in percent of the baseline.
fn is_relative(unit: Unit) -> bool {
    !matches!(unit, Unit::Share | Unit::Points | Unit::Number)
}

/// A difference on the common axis of a comparison: points, or percent of the baseline's mean.
pub fn on_axis(measure: &Measure, difference: f64) -> Option<f64> {
    match measure.unit {
        Unit::Share => Some(difference * 100.0),
        Unit::Points | Unit::Number => Some(difference),
        Unit::Millis | Unit::Usd | Unit::Tokens => {
            let baseline = measure.baseline.as_ref()?.mean;
            (baseline.abs() > 1e-12).then(|| difference / baseline * 100.0)
        }
    }
}

/// `+6.2`, `+6.7 %`, `−0.3`, or nothing to say.
pub fn difference(measure: &Measure) -> String {
    let difference = measure.verdict.difference.and_then(|difference| on_axis(measure, difference));
    difference.map_or_else(String::new, |difference| signed(difference, 1, percent(measure.unit)))
}

fn percent(unit: Unit) -> &'static str {
    if is_relative(unit) { " %" } else { "" }
}

/// `+1.9 to +10.4`
pub fn interval(measure: &Measure) -> String {
    ends_words(measure, measure.verdict.interval)
}

/// Ends of any interval of the measure's difference.
pub fn ends_words(measure: &Measure, interval: Option<Interval>) -> String {
    let ends = interval.and_then(|interval| Some((on_axis(measure, interval.low)?, on_axis(measure, interval.high)?)));
    ends.map_or_else(String::new, |(low, high)| format!("{} to {}", signed(low, 1, ""), signed(high, 1, "")))
}

/// A difference of the first scorer, for the head of a column: `+5.7`.
pub fn short_difference(unit: Unit, difference: f64) -> String {
    match unit {
        Unit::Share => signed(difference * 100.0, 1, ""),
        Unit::Points => signed(difference, 1, ""),
        _ => signed(difference, 2, ""),
    }
}

pub fn mark(judgement: Judgement) -> Mark {
    match judgement {
        Judgement::Better => Mark::Better,
        Judgement::Worse => Mark::Worse,
        Judgement::NoPracticalDifference => Mark::Tie,
        Judgement::NotEnoughData => Mark::Undecided,
        Judgement::Unscored => Mark::Unscored,
    }
}

pub fn row_mark(change: RowChange) -> Mark {
    match change {
        RowChange::Improved => Mark::Better,
        RowChange::Regressed => Mark::Worse,
        RowChange::Unchanged => Mark::Tie,
        RowChange::Missing => Mark::Unscored,
    }
}

/// The verdict of one measure in a few words: the sentence of the whole belongs into the banner.
pub fn verdict_words(measure: &Measure) -> String {
    let Verdict { judgement, num_rows_needed, .. } = &measure.verdict;
    match (judgement, measure.unit, measure.direction) {
        (Judgement::Better, Unit::Millis, _) => "Faster".to_owned(),
        (Judgement::Worse, Unit::Millis, _) => "Slower".to_owned(),
        (Judgement::Better, Unit::Usd, _) => "Cheaper".to_owned(),
        (Judgement::Worse, Unit::Usd, _) => "More expensive".to_owned(),
        (Judgement::Better, Unit::Tokens, Direction::LowerIsBetter) => "Fewer".to_owned(),
        (Judgement::Worse, Unit::Tokens, Direction::LowerIsBetter) => "More".to_owned(),
        (Judgement::Better, ..) => "Better".to_owned(),
        (Judgement::Worse, ..) => "Worse".to_owned(),
        (Judgement::NoPracticalDifference, ..) => "No difference of practical size".to_owned(),
        (Judgement::NotEnoughData, ..) => match num_rows_needed {
            Some(rows) => format!("Not enough data: about {} more rows would decide", words::count((*rows).into())),
            None => "Not enough data".to_owned(),
        },
        (Judgement::Unscored, ..) => "Unscored".to_owned(),
    }
}

/// `Smallest difference that matters: 1.0 points`
pub fn margin_words(measure: &Measure) -> String {
    let unit = match measure.unit {
        Unit::Share | Unit::Points => " points",
        _ => "",
    };
    format!("Smallest difference that matters: {}{unit}", value(measure.unit, measure.verdict.margin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(unit: Unit, judgement: Judgement, difference: f64) -> Measure {
        let estimate = |mean| Estimate {
            mean,
            interval: None,
            num_rows: 10,
            num_values: 10,
            num_unscored: 0,
            method: String::new(),
        };
        Measure {
            name: "m".into(),
            unit,
            direction: Direction::HigherIsBetter,
            baseline: Some(estimate(2.0)),
            candidate: Some(estimate(2.0 + difference)),
            verdict: Verdict {
                judgement,
                difference: Some(difference),
                interval: Some(Interval { low: difference - 0.1, high: difference + 0.1, confidence: 0.95 }),
                p_value: None,
                num_rows: 10,
                num_improved: 1,
                num_regressed: 0,
                num_unchanged: 9,
                num_missing: 0,
                margin: 0.01,
                num_rows_needed: Some(1340),
                headline: String::new(),
                sentence: String::new(),
                method: String::new(),
            },
            watched: None,
        }
    }

    #[test]
    fn shares_are_said_in_points_and_times_in_percent_of_the_baseline() {
        assert_eq!(difference(&measure(Unit::Share, Judgement::Better, 0.062)), "+6.2");
        assert_eq!(difference(&measure(Unit::Millis, Judgement::Worse, 0.134)), "+6.7 %");
        assert_eq!(interval(&measure(Unit::Share, Judgement::Better, 0.05)), "−5.0 to +15.0");
    }

    #[test]
    fn nothing_is_written_as_minus_zero() {
        assert_eq!(difference(&measure(Unit::Points, Judgement::NoPracticalDifference, -0.01)), "0.0");
    }

    #[test]
    fn undecided_says_what_would_decide() {
        let words = verdict_words(&measure(Unit::Share, Judgement::NotEnoughData, 0.0));
        assert_eq!(words, "Not enough data: about 1,340 more rows would decide");
    }

    #[test]
    fn times_are_slower_and_not_worse() {
        assert_eq!(verdict_words(&measure(Unit::Millis, Judgement::Worse, 1.0)), "Slower");
    }
}
