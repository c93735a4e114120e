//! Caution before it is said that there is no difference of practical size. Where few rows moved, their spread says little
//! about rows that were not drawn: with nothing moved in 100 rows, 3 in 100 may still move, and t would claim to be certain.

use super::super::CONFIDENCE;
use super::super::intervals::exact_rate;
use super::is_within;
use atelier_types::score::Unit;
use atelier_types::statistics::Interval;

/// From here on the spread of the rows that moved speaks for itself.
pub(super) const NUM_MOVED_ENOUGH: f64 = 30.0;
/// So many rows without any change say, 95 % sure, that fewer than one in a hundred changes. Where a change has no largest
/// size, this is what "no difference" then means.
pub(super) const NUM_STILL_ENOUGH: usize = 299;

/// An interval within the margin, widened by what may have gone unseen; other intervals as they are. `None` where a change
/// has no largest size, none was seen, and there are too few rows to say that there is none.
///
/// The bounds are those of [`exact_rate`]: rows that move up are taken as moving by the most that was seen, and the mean
/// of rows that move down is taken as it is; and the other way around.
pub(super) fn widened(interval: Option<Interval>, moves: Moves, margin: f64) -> Option<Interval> {
    let interval = interval?;
    if !is_within(interval, margin) || moves.num_moved >= NUM_MOVED_ENOUGH {
        return Some(interval);
    }
    match moves.unseen() {
        Some((low, high)) => Some(Interval { low: interval.low.min(low), high: interval.high.max(high), ..interval }),
        None => (moves.num_rows >= NUM_STILL_ENOUGH as f64).then_some(interval),
    }
}

/// How far rows moved up and down, and the most that one may move.
#[derive(Clone, Copy)]
pub(super) struct Moves {
    pub(super) num_rows: f64,
    pub(super) num_moved: f64,
    pub(super) up: f64,
    pub(super) down: f64,
    /// `None` where nothing moved and the unit has no largest difference.
    pub(super) most: Option<f64>,
}

impl Moves {
    pub(super) fn of(differences: &[f64], unit: Unit) -> Self {
        let most_seen = differences.iter().map(|difference| difference.abs()).fold(0.0, f64::max);
        let range = match unit {
            Unit::Share => Some(1.0),
            Unit::Points => Some(100.0),
            Unit::Millis | Unit::Usd | Unit::Tokens | Unit::Number => None,
        };
        Self {
            num_rows: differences.len() as f64,
            num_moved: differences.iter().filter(|difference| **difference != 0.0).count() as f64,
            up: differences.iter().map(|difference| difference.max(0.0)).sum(),
            down: differences.iter().map(|difference| (-difference).max(0.0)).sum(),
            most: if most_seen > 0.0 { Some(most_seen) } else { range },
        }
    }

    /// The lowest and the highest mean difference that the moves leave possible.
    pub(super) fn unseen(&self) -> Option<(f64, f64)> {
        let most = self.most?;
        let largest = |sum: f64| Some(most * exact_rate(sum / most, self.num_rows, CONFIDENCE)?.high);
        let (up, down) = (self.up / self.num_rows, self.down / self.num_rows);
        Some((up - largest(self.down)?, largest(self.up)? - down))
    }
}
