//! Who is stronger, from contests of two that end in a win or a tie.

mod bradley_terry;
mod elo;
mod matrix;

pub use bradley_terry::{BradleyTerry, RankingFault, bradley_terry};
pub use elo::{EloSettings, elo};

use std::cmp::Ordering;

/// One contest between two players, which are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contest {
    pub first: usize,
    pub second: usize,
    /// `Greater` where the first won, `Less` where the second won, `Equal` for a tie.
    pub outcome: Ordering,
}
