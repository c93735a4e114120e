//! False alarms of a comparison that is looked at after every row, up to 1,000 rows, where nothing changed: nominally in
//! 5 % of all runs at most, whatever the number of looks.

use super::{at_least, at_most, normal, share_of};
use crate::Figure;
use atelier_core::metrics::statistics::{CONFIDENCE, Draws, bounded_evidence, clustered_t, mean_sequence};

const NUM_RUNS: usize = 2000;
const NUM_ROWS: usize = 1000;
const LEVEL: f64 = 1.0 - CONFIDENCE;

/// A row's value.
type Draw = fn(&mut Draws) -> f64;

pub fn figures() -> Vec<Figure> {
    let worlds: [(&str, Draw); 3] = [
        ("normal", normal),
        ("lognormal", |draws| normal(draws).exp() - 0.5_f64.exp()),
        ("t with 3 degrees of freedom", heavy),
    ];
    let mut figures = Vec::new();
    for (what, row) in worlds {
        let share = share_of(NUM_RUNS, 17, |draws| {
            let rows: Vec<f64> = (0..NUM_ROWS).map(|_| row(draws)).collect();
            let is_alarm = |num_rows: usize| {
                let interval = mean_sequence(&rows[..num_rows], CONFIDENCE);
                interval.is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0)
            };
            (1..=NUM_ROWS).any(is_alarm)
        });
        figures.push(at_most(format!("false alarms, {what} differences"), share, LEVEL, "≤ 5 %"));
    }
    for flips in [0.01, 0.04, 0.2] {
        let share = share_of(NUM_RUNS, 19, |draws| has_alarm_of_checks(draws, flips));
        figures.push(at_most(format!("false alarms, checks, {flips} flip"), share, LEVEL, "≤ 5 %"));
    }
    // For comparison: what looking at usual intervals does.
    let share = share_of(NUM_RUNS, 17, |draws| {
        let rows: Vec<f64> = (0..NUM_ROWS).map(|_| normal(draws)).collect();
        let is_alarm = |num_rows: &usize| {
            let interval = clustered_t(&rows[..*num_rows], CONFIDENCE);
            interval.is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0)
        };
        (2..=NUM_ROWS).step_by(10).any(|num_rows| is_alarm(&num_rows))
    });
    figures.push(at_least(
        "false alarms, t interval after every tenth row (never used)".to_owned(),
        share,
        0.0,
        "none",
    ));
    figures
}

/// A chi square under a normal.
fn heavy(draws: &mut Draws) -> f64 {
    let squares: f64 = (0..3).map(|_| normal(draws).powi(2)).sum();
    normal(draws) / (squares / 3.0).sqrt()
}

/// Rows that do not flip change nothing, so looks after flips are all looks.
fn has_alarm_of_checks(draws: &mut Draws, flips: f64) -> bool {
    let mut moved = Vec::new();
    for _ in 0..NUM_ROWS {
        let drawn = draws.unit();
        if drawn >= flips {
            continue;
        }
        moved.push(if drawn < flips / 2.0 { 1.0 } else { -1.0 });
        if bounded_evidence(&moved, 1.0, 0.0).is_some_and(|evidence| evidence >= -LEVEL.ln()) {
            return true;
        }
    }
    false
}
