//! A verdict in plain words. The numbers are the verdict's own; nothing is decided here.

use super::Comparison;
use atelier_types::score::{Direction, Unit};
use atelier_types::statistics::{Judgement, Verdict};

/// Fills in headline, sentence and the p-value of the method.
pub(super) fn spoken(mut verdict: Verdict, comparison: Comparison) -> Verdict {
    verdict.headline = headline(&verdict, comparison);
    verdict.sentence = sentence(&verdict, comparison.unit);
    if let Some(p_value) = verdict.p_value {
        verdict.method = format!("{}, {}", verdict.method, p_in_words(p_value));
    }
    verdict
}

fn headline(verdict: &Verdict, comparison: Comparison) -> String {
    let amount = verdict.difference.map(|difference| signed(difference, comparison.unit)).unwrap_or_default();
    match verdict.judgement {
        Judgement::Better => format!("{}: {amount}", direction_word(comparison, true)),
        Judgement::Worse => format!("{}: {amount}", direction_word(comparison, false)),
        Judgement::NoPracticalDifference => "No difference of practical size".to_owned(),
        Judgement::NotEnoughData => match verdict.num_rows_needed {
            Some(rows) => format!("Not enough data: about {} more rows would decide", rounded(rows)),
            None => "Not enough data".to_owned(),
        },
        Judgement::Unscored => "Unscored: no row has a score on both sides".to_owned(),
    }
}

fn direction_word(comparison: Comparison, is_better: bool) -> &'static str {
    match (comparison.unit, comparison.direction, is_better) {
        (Unit::Millis, Direction::LowerIsBetter, true) => "Faster",
        (Unit::Millis, Direction::LowerIsBetter, false) => "Slower",
        (Unit::Usd, Direction::LowerIsBetter, true) => "Cheaper",
        (Unit::Usd, Direction::LowerIsBetter, false) => "Dearer",
        (_, _, true) => "Better",
        (_, _, false) => "Worse",
    }
}

fn sentence(verdict: &Verdict, unit: Unit) -> String {
    let rows = |count: u32| format!("{count} {}", if count == 1 { "row" } else { "rows" });
    let mut parts = Vec::new();
    if let Some(interval) = verdict.interval {
        let confidence = (interval.confidence * 100.0).round();
        parts.push(format!(
            "{confidence} % sure between {} and {}",
            number(interval.low, unit),
            number(interval.high, unit)
        ));
    }
    if verdict.num_rows > 0 {
        parts.push(rows(verdict.num_rows));
        let num_flipped = verdict.num_improved + verdict.num_regressed;
        parts.push(format!(
            "{} flipped: {} improved, {} regressed",
            rows(num_flipped),
            verdict.num_improved,
            verdict.num_regressed
        ));
    }
    if verdict.num_missing > 0 {
        parts.push(format!("{} without a score on both sides", rows(verdict.num_missing)));
    }
    if parts.is_empty() { "Nothing was scored on both sides.".to_owned() } else { format!("{}.", parts.join(", ")) }
}

fn p_in_words(p_value: f64) -> String {
    if p_value < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p_value:.3}") }
}

/// A difference with its sign and unit: `+6.2 points`, `−40 ms`.
fn signed(value: f64, unit: Unit) -> String {
    let number = number(value, unit);
    match unit {
        Unit::Share | Unit::Points => format!("{number} points"),
        Unit::Millis => format!("{number} ms"),
        Unit::Usd => format!("{number} $"),
        Unit::Tokens => format!("{number} tokens"),
        Unit::Number => number,
    }
}

/// A signed number in the unit's scale, with a real minus sign.
fn number(value: f64, unit: Unit) -> String {
    let (scaled, decimals) = match unit {
        Unit::Share => (value * 100.0, 1),
        Unit::Points | Unit::Tokens => (value, 1),
        Unit::Millis => (value, 0),
        Unit::Usd => (value, 5),
        Unit::Number => (value, 3),
    };
    let text = format!("{:.decimals$}", scaled.abs());
    let is_zero = text.bytes().all(|digit| matches!(digit, b'0' | b'.'));
    match (is_zero, scaled < 0.0) {
        (true, _) => text,
        (false, true) => format!("−{text}"),
        (false, false) => format!("+{text}"),
    }
}

/// Two leading digits, since the number is a guess: 337 → 340.
fn rounded(rows: u32) -> u32 {
    let step = 10_u32.pow(rows.max(1).ilog10().saturating_sub(1));
    rows.div_ceil(step) * step
}
