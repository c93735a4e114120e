//! Whether the numbers about uncertainty keep what they promise, where the truth is known: intervals hold it as often as
//! they say, tests find nothing as rarely as they say, and a verdict is wrong no more often than one time in twenty.
//!
//! All is seeded; rates of intervals are not drawn but summed over every outcome.

mod intervals;
mod judges;
mod power;
mod prediction_powered;
mod ranking;
mod sequential;
mod slices;
mod tests;
mod verdicts;

use super::Figure;
use atelier_core::metrics::statistics::Draws;

pub fn statistics() -> Vec<Figure> {
    [
        intervals::figures(),
        judges::figures(),
        power::figures(),
        prediction_powered::figures(),
        tests::figures(),
        ranking::figures(),
        sequential::figures(),
        slices::figures(),
        verdicts::figures(),
    ]
    .concat()
}

/// A share that should be at least `least`, in percent.
fn at_least(what: String, share: f64, least: f64, promised: &'static str) -> Figure {
    Figure { what, measured: percent(share), promised, is_met: share >= least }
}

/// A share that should be at most `most`, in percent.
fn at_most(what: String, share: f64, most: f64, promised: &'static str) -> Figure {
    Figure { what, measured: percent(share), promised, is_met: share <= most }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// How often `happens`, of `num_trials` that are drawn one after the other.
fn share_of(num_trials: usize, seed: u64, mut happens: impl FnMut(&mut Draws) -> bool) -> f64 {
    let mut draws = Draws::new(seed);
    (0..num_trials).filter(|_| happens(&mut draws)).count() as f64 / num_trials as f64
}

/// A standard normal number: Box and Muller.
fn normal(draws: &mut Draws) -> f64 {
    let radius = (-2.0 * (1.0 - draws.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * draws.unit()).cos()
}

/// Chances of 0 to n successes in n trials.
fn binomial(num_trials: usize, rate: f64) -> Vec<f64> {
    let mut logs = vec![0.0];
    for trial in 1..=num_trials {
        logs.push(logs[trial - 1] + (trial as f64).ln());
    }
    let chance = |hits: usize| {
        let ways = logs[num_trials] - logs[hits] - logs[num_trials - hits];
        (ways + hits as f64 * rate.ln() + (num_trials - hits) as f64 * (1.0 - rate).ln()).exp()
    };
    (0..=num_trials).map(chance).collect()
}
