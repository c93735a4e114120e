//! The search for slices where nothing is wrong, which may report something in 5 % of all searches, and where a tenth of the
//! rows are worse, which it should find.

use super::{at_least, at_most, normal, share_of};
use crate::Figure;
use atelier_core::metrics::statistics::{CONFIDENCE, Draws, FeatureValue, SliceRow, worst_slices};
use atelier_types::score::Direction;

const NUM_SEARCHES: usize = 500;
const NUM_ROWS: usize = 500;
const LEVELS: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const COLUMNS: [&str; 4] = ["one", "two", "three", "four"];
/// Two standard errors of a drawn share of 5 %.
const SLACK: f64 = 0.02;

/// A row's value.
type Draw = fn(&mut Draws) -> f64;

pub fn figures() -> Vec<Figure> {
    let worlds: [(&str, Draw); 4] = [
        ("normal scores", normal),
        ("lognormal scores", |draws| normal(draws).exp()),
        ("checks, 95 % pass", |draws| f64::from(u8::from(draws.unit() < 0.95))),
        ("differences of checks, 5 % flip", |draws| {
            let drawn = draws.unit();
            f64::from(u8::from(drawn < 0.025)) - f64::from(u8::from(drawn > 0.975))
        }),
    ];
    let mut figures = Vec::new();
    for (what, value) in worlds {
        for direction in [Direction::HigherIsBetter, Direction::LowerIsBetter] {
            let share = share_of(NUM_SEARCHES, 23, |draws| {
                let rows: Vec<SliceRow<'_>> = (0..NUM_ROWS).map(|_| row(draws, value)).collect();
                !worst_slices(&rows, direction, CONFIDENCE).slices.is_empty()
            });
            figures.push(at_most(format!("slices in noise, {what}, {direction:?}"), share, 0.05 + SLACK, "≤ 5 %"));
        }
    }
    let share = share_of(NUM_SEARCHES, 29, |draws| {
        let mut rows: Vec<SliceRow<'_>> = (0..NUM_ROWS).map(|_| row(draws, normal)).collect();
        for row in &mut rows {
            let is_bad = row.features.first().is_some_and(|(_, value)| *value == FeatureValue::Text("c"));
            row.value -= if is_bad { 1.0 } else { 0.0 };
        }
        let found = worst_slices(&rows, Direction::HigherIsBetter, CONFIDENCE);
        found.slices.iter().any(|slice| slice.conditions.iter().any(|condition| condition.column == COLUMNS[0]))
    });
    figures.push(at_least("a tenth worse by one standard deviation is found".to_owned(), share, 0.8, "≥ 80 %"));
    figures
}

/// Three texts with ten values each and a number.
fn row(draws: &mut Draws, value: Draw) -> SliceRow<'static> {
    let mut features: Vec<(&str, FeatureValue<'_>)> =
        COLUMNS[..3].iter().map(|column| (*column, FeatureValue::Text(LEVELS[draws.below(LEVELS.len())]))).collect();
    features.push((COLUMNS[3], FeatureValue::Number(draws.unit())));
    SliceRow { features, value: value(draws) }
}
