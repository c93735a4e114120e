//! Records in, one report out: what is said about ratings, contests and paired scores that come from anywhere.

mod agreement;
mod pairs;
mod power;
mod ranking;

pub use agreement::{RatedTwice, agreement_report};
pub use pairs::pair_report;
pub use power::power_report;
pub use ranking::ranking_report;

use crate::metrics::statistics::mean;
use atelier_types::score::Unit;
use atelier_types::statistics::{Coefficient, PairRecord};
use std::collections::HashMap;

/// Names in the order in which they came first, with their numbers.
#[derive(Default)]
struct Names<'a> {
    numbers: HashMap<&'a str, usize>,
    names: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn number(&mut self, name: &'a str) -> usize {
        *self.numbers.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.names.len() - 1
        })
    }
}

/// The repeats of baseline and candidate of one row.
type PairedScores = (Vec<f64>, Vec<f64>);

/// Records with one id are repeats of one row.
fn paired_rows(records: &[PairRecord]) -> Vec<PairedScores> {
    let mut names = Names::default();
    let mut rows: Vec<PairedScores> = Vec::new();
    for record in records {
        let row = names.number(&record.id);
        rows.resize_with(rows.len().max(row + 1), Default::default);
        rows[row].0.extend(record.a);
        rows[row].1.extend(record.b);
    }
    rows
}

/// Candidate minus baseline, repeats averaged within the row, of the rows with a score on both sides.
fn differences(rows: &[PairedScores]) -> Vec<f64> {
    rows.iter().filter_map(|(baseline, candidate)| Some(mean(candidate)? - mean(baseline)?)).collect()
}

/// A share where all scores lie in [0, 1].
fn unit_of(rows: &[PairedScores]) -> Unit {
    let mut values = rows.iter().flat_map(|(baseline, candidate)| baseline.iter().chain(candidate));
    if values.all(|value| (0.0..=1.0).contains(value)) { Unit::Share } else { Unit::Number }
}

/// A number without an interval, or why there is none.
fn alone(value: Option<f64>, reason: &str) -> Coefficient {
    Coefficient { value, interval: None, reason: value.is_none().then(|| reason.to_owned()) }
}
