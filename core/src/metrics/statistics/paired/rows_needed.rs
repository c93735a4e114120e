//! How many more rows would decide a comparison, if difference and spread stay what they are.

use super::super::distributions::{normal_cdf, normal_two_sided};
use super::super::search::first_count;
use super::super::{CONFIDENCE, mean, standard_deviation};
use super::Comparison;
use super::caution::{Moves, NUM_MOVED_ENOUGH, NUM_STILL_ENOUGH};

/// More rows than anybody will collect: then it is better to say that it cannot be said.
const MAX_ROWS_NEEDED: usize = 1_000_000;
/// The chance of a decision that is asked for.
const CHANCE: f64 = 0.8;

/// Rows beyond those that are there, with which the verdict would be decided four times in five: *better* or *worse* because
/// the interval leaves zero, or *no difference of practical size* because it fits into the margin, whichever comes first.
///
/// The mean of so many rows is taken as normal around the observed difference with the observed spread. `None` where more
/// than a million are needed or where there is no spread to go by.
pub(super) fn rows_needed(differences: &[f64], comparison: Comparison, is_one_check: bool) -> Option<u32> {
    let num_rows = differences.len();
    let moves = Moves::of(differences, comparison.unit);
    let Some(most) = moves.most else {
        return NUM_STILL_ENOUGH.checked_sub(num_rows).filter(|more| *more > 0).map(|more| more as u32);
    };
    let guess = Guess {
        difference: mean(differences)?,
        deviation: standard_deviation(differences)?,
        margin: comparison.margin,
        moves,
        most,
        z: normal_two_sided(CONFIDENCE)?,
        is_one_check,
    };
    let total = first_count(|rows| guess.is_decided(rows as f64))?;
    let more = total.saturating_sub(num_rows).max(1);
    (more <= MAX_ROWS_NEEDED).then_some(more as u32)
}

struct Guess {
    difference: f64,
    deviation: f64,
    margin: f64,
    moves: Moves,
    most: f64,
    z: f64,
    is_one_check: bool,
}

impl Guess {
    fn is_decided(&self, num_rows: f64) -> bool {
        let step = self.deviation / num_rows.sqrt();
        if step == 0.0 {
            // All rows moved alike: the sign test asks for six.
            return if self.difference == 0.0 { self.is_rarity_excluded(num_rows) } else { num_rows >= 6.0 };
        }
        self.chance_of_difference(num_rows, step) >= CHANCE
            || (self.chance_of_decision(step) >= CHANCE && self.is_rarity_excluded(num_rows))
    }

    /// The exact test of checks asks for about half a flip more than the interval.
    fn chance_of_difference(&self, num_rows: f64, step: f64) -> f64 {
        let coarse = if self.is_one_check { 0.5 / num_rows } else { 0.0 };
        self.between(self.z * step + coarse, f64::INFINITY, step)
    }

    /// The interval leaves zero or fits into the margin.
    fn chance_of_decision(&self, step: f64) -> f64 {
        let edge = self.z * step;
        let within = self.between(0.0, (self.margin - edge).min(edge), step);
        within + self.between(edge, f64::INFINITY, step)
    }

    /// Chance that the size of the observed difference lies between two bounds.
    fn between(&self, low: f64, high: f64, step: f64) -> f64 {
        let below = |bound: f64| normal_cdf((bound - self.difference) / step).unwrap_or(0.0);
        if high <= low { 0.0 } else { below(high) - below(low) + below(-low) - below(-high) }
    }

    /// Whether rows that were not seen to move no longer matter, when the share of rows that move stays, give or take what
    /// is left to chance four times in five.
    fn is_rarity_excluded(&self, num_rows: f64) -> bool {
        let scale = num_rows / self.moves.num_rows;
        let num_moved = self.moves.num_moved * scale;
        if num_moved >= NUM_MOVED_ENOUGH {
            return true;
        }
        let (up, down) = (self.moves.up * scale, self.moves.down * scale);
        let chance = 0.84 * (self.most * (up + down)).sqrt();
        let is_within = |up: f64, down: f64| {
            let scaled = Moves { num_rows, num_moved, up, down, most: Some(self.most) };
            scaled.unseen().is_some_and(|(low, high)| low >= -self.margin && high <= self.margin)
        };
        if up >= down { is_within(up + chance, down) } else { is_within(up, down + chance) }
    }
}
