//! How many rows a comparison needs: the chance that a difference of a given size is found, by the tests that verdicts use.
//!
//! *Power* is the chance that a test finds a true difference; the *detectable* difference is the least one that is found
//! with the power asked for. Chances are exact for the tests' own models, and what is approximate says so. Where nothing can
//! be said (no spread, a level or a power outside (0, 1), more than two million rows) the answer is `None`.

mod checks;
mod spread;
mod t;

pub use checks::{FlipRates, McNemar, checks_equivalence_power, mcnemar_detectable, mcnemar_power};
pub use t::{Sides, t_detectable, t_equivalence_power, t_power};

use super::search::first_count;

/// The number of rows, from two, with which a power is reached: the first one for t tests, whose power only grows. The power
/// of exact tests of checks falls a little now and then as rows are added; there it is one that reaches it while one row
/// fewer does not.
///
/// `None` beyond two million rows, for a power outside (0, 1), and where the power is undefined.
pub fn rows_for(power: f64, power_at: impl Fn(u64) -> Option<f64>) -> Option<u64> {
    let is_reached = |rows: usize| power_at(rows as u64).is_some_and(|reached| reached >= power);
    (power > 0.0 && power < 1.0).then(|| first_count(is_reached))?.map(|rows| rows as u64)
}

#[cfg(test)]
mod tests;
