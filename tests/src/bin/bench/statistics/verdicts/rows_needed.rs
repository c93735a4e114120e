//! Whether the rows that an undecided verdict asks for are right. They hold "if the difference stays what it is": the
//! rows of the undecided comparison are taken as the whole truth, and drawn from. With 30 % fewer rows than asked for less
//! than four in five comparisons should be decided, with 30 % more at least four in five.

use super::{Row, World, checks, flip, verdict};
use crate::Figure;
use crate::statistics::{at_least, normal};
use atelier_core::metrics::statistics::Draws;
use atelier_types::score::Unit;
use atelier_types::statistics::Judgement;

const NUM_COMPARISONS: usize = 20;
const NUM_DRAWN: usize = 300;
/// What is asked for: the chance of a decision.
const CHANCE: f64 = 0.8;
/// One and a half standard errors of a drawn share of 80 %.
const SLACK: f64 = 0.035;
/// Larger ones take too long to check.
const MAX_ROWS: usize = 4000;

const WORLDS: &[World] = &[
    World {
        what: "checks, 12 % up and 6 % down",
        unit: Unit::Share,
        margin: 0.01,
        num_rows: &[60],
        row: |draws| flip(draws, 0.12, 0.06),
    },
    World {
        what: "checks, 5 % up",
        unit: Unit::Share,
        margin: 0.01,
        num_rows: &[60],
        row: |draws| flip(draws, 0.05, 0.0),
    },
    World {
        what: "checks, hardly any flip",
        unit: Unit::Share,
        margin: 0.02,
        num_rows: &[80],
        row: |draws| flip(draws, 0.004, 0.004),
    },
    World {
        what: "checks × 3 repeats",
        unit: Unit::Share,
        margin: 0.01,
        num_rows: &[40],
        row: |draws| {
            let rate = draws.unit() * 0.9;
            (checks(draws, rate), checks(draws, rate + 0.1))
        },
    },
    World {
        what: "numbers, a third of a standard deviation",
        unit: Unit::Number,
        margin: 0.1,
        num_rows: &[20],
        row: |draws| (vec![0.0], vec![0.3 + normal(draws)]),
    },
    World {
        what: "points, nothing changed",
        unit: Unit::Points,
        margin: 1.0,
        num_rows: &[50],
        row: |draws| (vec![50.0], vec![50.0 + 6.0 * normal(draws)]),
    },
];

pub(super) fn figures() -> Vec<Figure> {
    let figure = |world: &World| {
        let what = format!("rows needed within 30 %: {}", world.what);
        at_least(what, share_right(world), 0.9, "≥ 90 %")
    };
    WORLDS.iter().map(figure).collect()
}

fn share_right(world: &World) -> f64 {
    let mut draws = Draws::new(5);
    let num_rows = world.num_rows.first().copied().unwrap_or(0);
    let (mut num_right, mut num_asked) = (0, 0);
    for _ in 0..50 * NUM_COMPARISONS {
        let rows: Vec<Row> = (0..num_rows).map(|_| (world.row)(&mut draws)).collect();
        let Some(more) = verdict(&rows, world).num_rows_needed else { continue };
        let asked = num_rows + more as usize;
        // Where a few more rows would do, 30 % fewer are fewer than there are.
        if asked > MAX_ROWS || asked * 7 < num_rows * 10 {
            continue;
        }
        num_asked += 1;
        let share = |rows_drawn: usize, draws: &mut Draws| share_decided(&rows, world, rows_drawn, draws);
        let is_right =
            share(asked * 7 / 10, &mut draws) <= CHANCE + SLACK && share(asked * 13 / 10, &mut draws) >= CHANCE - SLACK;
        num_right += usize::from(is_right);
        if num_asked == NUM_COMPARISONS {
            break;
        }
    }
    f64::from(num_right as u32) / f64::from(num_asked as u32)
}

fn share_decided(truth: &[Row], world: &World, num_rows: usize, draws: &mut Draws) -> f64 {
    let is_decided = |draws: &mut Draws| {
        let rows: Vec<Row> = (0..num_rows).map(|_| truth[draws.below(truth.len())].clone()).collect();
        verdict(&rows, world).judgement != Judgement::NotEnoughData
    };
    (0..NUM_DRAWN).filter(|_| is_decided(draws)).count() as f64 / NUM_DRAWN as f64
}
