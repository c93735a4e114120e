//! Coverage of Bradley and Terry's intervals, nominally 95 %.

use super::at_least;
use crate::Figure;
use atelier_core::metrics::statistics::{CONFIDENCE, Contest, Draws, bradley_terry};
use std::cmp::Ordering;

const STRENGTHS: [f64; 5] = [-0.8, -0.3, 0.0, 0.3, 0.8];
const TIE: f64 = 0.6;
const NUM_DRAWN: usize = 500;

pub fn figures() -> Vec<Figure> {
    let shares = [10, 40].map(|num_contests| (num_contests, coverage(num_contests)));
    let figures = shares.into_iter().flat_map(|(num_contests, [alone, differences])| {
        let what = format!("five players, {num_contests} contests a pair with ties");
        [
            at_least(format!("Bradley–Terry strengths, {what}"), alone, 0.935, "≥ 93.5 %"),
            at_least(format!("Bradley–Terry differences, {what}"), differences, 0.935, "≥ 93.5 %"),
        ]
    });
    figures.collect()
}

/// How often a player's interval and that of the difference of two players hold the truth.
fn coverage(num_contests: usize) -> [f64; 2] {
    let mut draws = Draws::new(num_contests as u64);
    let (mut alone, mut differences, mut num_fits) = (0, 0, 0);
    for _ in 0..NUM_DRAWN {
        let Ok(fit) = bradley_terry(&contests(&mut draws, num_contests), STRENGTHS.len()) else { continue };
        num_fits += 1;
        for (player, strength) in STRENGTHS.into_iter().enumerate() {
            let holds = |interval: Option<atelier_types::statistics::Interval>, truth: f64| {
                usize::from(interval.is_some_and(|interval| interval.low <= truth && truth <= interval.high))
            };
            let other = (player + 1) % STRENGTHS.len();
            alone += holds(fit.interval(player, CONFIDENCE), strength);
            differences += holds(fit.difference(player, other, CONFIDENCE), strength - STRENGTHS[other]);
        }
    }
    [alone, differences].map(|count| count as f64 / (num_fits * STRENGTHS.len()) as f64)
}

fn contests(draws: &mut Draws, num_contests: usize) -> Vec<Contest> {
    let mut contests = Vec::new();
    for (first, strength) in STRENGTHS.into_iter().enumerate() {
        for (second, other) in STRENGTHS.into_iter().enumerate().skip(first + 1) {
            let half = (strength - other) / 2.0;
            let all = half.exp() + (-half).exp() + TIE;
            for _ in 0..num_contests {
                let drawn = draws.unit() * all;
                let outcome = if drawn < half.exp() {
                    Ordering::Greater
                } else if drawn < half.exp() + TIE {
                    Ordering::Equal
                } else {
                    Ordering::Less
                };
                contests.push(Contest { first, second, outcome });
            }
        }
    }
    contests
}
