//! Simulated comparisons of known truth through the verdict that users read: how often *better* or *worse* is said where
//! nothing changed, how often *no difference of practical size* is said where the change is as large as the margin, and
//! whether the rows that are asked for would decide.

mod rows_needed;

use super::{at_most, normal, share_of};
use crate::Figure;
use atelier_core::metrics::statistics::{Comparison, Draws, PairedRow, compare};
use atelier_types::score::{Direction, Unit};
use atelier_types::statistics::{Judgement, Verdict};

const NUM_COMPARISONS: usize = 1000;
/// 5 % and two standard errors of a share of that many.
const MOST: f64 = 0.064;
const PROMISED: &str = "5 % ± 1.4";

/// Baseline and candidate of one row, all repeats.
type Row = (Vec<f64>, Vec<f64>);

/// A way in which scores come about.
struct World {
    what: &'static str,
    unit: Unit,
    margin: f64,
    num_rows: &'static [usize],
    row: fn(&mut Draws) -> Row,
}

/// The candidate is as good as the baseline.
const NOTHING_CHANGED: &[World] = &[
    World {
        what: "checks, 20 % flip",
        unit: Unit::Share,
        margin: 0.01,
        num_rows: &[20, 100, 1000],
        row: |draws| flip(draws, 0.1, 0.1),
    },
    World {
        what: "checks, 2 % flip",
        unit: Unit::Share,
        margin: 0.01,
        num_rows: &[20, 100, 1000],
        row: |draws| flip(draws, 0.01, 0.01),
    },
    World {
        what: "checks × 3 repeats",
        unit: Unit::Share,
        margin: 0.01,
        num_rows: &[10, 50, 300],
        row: |draws| {
            let rate = draws.unit();
            (checks(draws, rate), checks(draws, rate))
        },
    },
    World {
        what: "checks × 3 repeats, few rows unsteady",
        unit: Unit::Share,
        margin: 0.01,
        num_rows: &[20, 100, 300],
        row: |draws| {
            let rate = if draws.unit() < 0.05 { 0.5 } else { 1.0 };
            (checks(draws, rate), checks(draws, rate))
        },
    },
    World {
        what: "numbers",
        unit: Unit::Number,
        margin: 0.1,
        num_rows: &[3, 10, 100],
        row: |draws| (vec![normal(draws)], vec![normal(draws)]),
    },
    World {
        what: "latencies, skewed",
        unit: Unit::Millis,
        margin: 0.0,
        num_rows: &[10, 100],
        row: |draws| (vec![100.0 * normal(draws).exp()], vec![100.0 * normal(draws).exp()]),
    },
];

/// The candidate is better by the margin.
const CHANGED_BY_THE_MARGIN: &[World] = &[
    World {
        what: "checks, 2 % up and 1 % down",
        unit: Unit::Share,
        margin: 0.01,
        num_rows: &[50, 100, 300, 1000, 3000],
        row: |draws| flip(draws, 0.02, 0.01),
    },
    World {
        what: "checks, 1 % up",
        unit: Unit::Share,
        margin: 0.01,
        num_rows: &[50, 100, 200, 300, 1000],
        row: |draws| flip(draws, 0.01, 0.0),
    },
    World {
        what: "checks × 3 repeats, 3 % of the rows mended",
        unit: Unit::Share,
        margin: 0.01,
        num_rows: &[20, 50, 100, 300],
        row: |draws| {
            let is_mended = draws.unit() < 0.03;
            (checks(draws, if is_mended { 2.0 / 3.0 } else { 1.0 }), vec![1.0; 3])
        },
    },
    World {
        what: "points, 2 % of the rows up by 50",
        unit: Unit::Points,
        margin: 1.0,
        num_rows: &[20, 50, 100, 200, 300],
        row: |draws| (vec![40.0], vec![if draws.unit() < 0.02 { 90.0 } else { 40.0 }]),
    },
    World {
        what: "numbers",
        unit: Unit::Number,
        margin: 0.1,
        num_rows: &[3, 10, 100, 1000],
        row: |draws| (vec![0.0], vec![0.1 + 0.3 * normal(draws)]),
    },
    World {
        what: "numbers, 5 % of the rows up by 2",
        unit: Unit::Number,
        margin: 0.1,
        num_rows: &[3, 10, 30, 100, 300],
        row: |draws| (vec![0.0], vec![if draws.unit() < 0.05 { 2.0 } else { 0.0 }]),
    },
];

pub fn figures() -> Vec<Figure> {
    let mut figures = Vec::new();
    for world in NOTHING_CHANGED {
        for num_rows in world.num_rows {
            let is_wrong = |judgement| matches!(judgement, Judgement::Better | Judgement::Worse);
            let share = share_judged(world, *num_rows, is_wrong);
            figures.push(at_most(
                format!("wrong better or worse: {}, {num_rows} rows", world.what),
                share,
                MOST,
                PROMISED,
            ));
        }
    }
    for world in CHANGED_BY_THE_MARGIN {
        for num_rows in world.num_rows {
            let share = share_judged(world, *num_rows, |judgement| judgement == Judgement::NoPracticalDifference);
            figures.push(at_most(format!("wrong equivalent: {}, {num_rows} rows", world.what), share, MOST, PROMISED));
        }
    }
    figures.extend(rows_needed::figures());
    figures
}

fn share_judged(world: &World, num_rows: usize, is_wrong: impl Fn(Judgement) -> bool) -> f64 {
    share_of(NUM_COMPARISONS, num_rows as u64, |draws| {
        let rows: Vec<Row> = (0..num_rows).map(|_| (world.row)(draws)).collect();
        is_wrong(verdict(&rows, world).judgement)
    })
}

fn verdict(rows: &[Row], world: &World) -> Verdict {
    let paired: Vec<PairedRow<'_>> =
        rows.iter().map(|(baseline, candidate)| PairedRow { baseline, candidate }).collect();
    let World { unit, margin, .. } = *world;
    compare(&paired, Comparison { unit, direction: Direction::HigherIsBetter, margin })
}

fn flip(draws: &mut Draws, up: f64, down: f64) -> Row {
    let drawn = draws.unit();
    let (before, after) = if drawn < up {
        (0.0, 1.0)
    } else if drawn < up + down {
        (1.0, 0.0)
    } else {
        (1.0, 1.0)
    };
    (vec![before], vec![after])
}

fn checks(draws: &mut Draws, rate: f64) -> Vec<f64> {
    (0..3).map(|_| f64::from(u8::from(draws.unit() < rate))).collect()
}
