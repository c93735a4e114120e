//! Coverage of intervals for one rate and one mean, nominally 95 %.

use super::{at_least, binomial, normal, share_of};
use crate::Figure;
use atelier_core::metrics::statistics::{
    Bootstrap, BootstrapMethod, CONFIDENCE, Draws, bootstrap_mean, clopper_pearson, clustered_t, mean, wilson,
};
use atelier_types::statistics::Interval;

const NUM_TRIALS: [usize; 7] = [20, 50, 100, 200, 500, 1000, 2000];
const NUM_DRAWN: usize = 1000;

pub fn figures() -> Vec<Figure> {
    let mut figures = Vec::new();
    for num_trials in NUM_TRIALS {
        let wilson = |hits: usize| wilson(hits as f64, num_trials as f64, CONFIDENCE);
        let exact = |hits: usize| clopper_pearson(hits as u64, num_trials as u64, CONFIDENCE);
        let (wilson_mean, wilson_least) = coverage(num_trials, wilson);
        let (_, exact_least) = coverage(num_trials, exact);
        let rates = "p = 0.005 to 0.995";
        figures.push(at_least(format!("Wilson, n = {num_trials}, mean over {rates}"), wilson_mean, 0.949, "≥ 94.9 %"));
        figures.push(at_least(format!("Wilson, n = {num_trials}, least"), wilson_least, 0.80, "≥ 80 %"));
        figures.push(at_least(format!("Clopper–Pearson, n = {num_trials}, least"), exact_least, 0.95, "≥ 95 %"));
    }
    figures.extend(means());
    figures
}

/// Mean and least coverage over rates, summed over every outcome.
fn coverage(num_trials: usize, interval: impl Fn(usize) -> Option<Interval>) -> (f64, f64) {
    let intervals: Vec<Interval> = (0..=num_trials).filter_map(interval).collect();
    let of_rate = |rate: f64| -> f64 {
        let chances = binomial(num_trials, rate).into_iter().zip(&intervals);
        chances.filter(|(_, interval)| interval.low <= rate && rate <= interval.high).map(|(chance, _)| chance).sum()
    };
    let shares: Vec<f64> = (1..200).map(|step| of_rate(f64::from(step) / 200.0)).collect();
    (mean(&shares).unwrap_or(0.0), shares.into_iter().fold(1.0, f64::min))
}

/// Rows with three repeats that agree more within a row than between rows; the true mean is that of a skewed distribution.
fn means() -> Vec<Figure> {
    let method = |method| {
        move |rows: &[Vec<f64>], seed: u64| {
            bootstrap_mean(rows, Bootstrap { method, num_resamples: 1000, confidence: CONFIDENCE, seed })
        }
    };
    let t = |rows: &[Vec<f64>], _seed: u64| {
        let row_means: Vec<f64> = rows.iter().filter_map(|row| mean(row)).collect();
        clustered_t(&row_means, CONFIDENCE)
    };
    let flat = |rows: &[Vec<f64>], _seed: u64| clustered_t(&rows.concat(), CONFIDENCE);
    let skewed = |what: &str, share| at_least(format!("{what}, 50 skewed rows × 3 repeats"), share, 0.92, "≥ 92 %");
    vec![
        skewed("t, clustered by row", mean_coverage(t)),
        skewed("bootstrap percentile, clustered by row", mean_coverage(method(BootstrapMethod::Percentile))),
        skewed("bootstrap BCa, clustered by row", mean_coverage(method(BootstrapMethod::Bca))),
        // For comparison: what a method that takes repeats for rows would claim.
        at_least("t, not clustered (never used; for comparison)".to_owned(), mean_coverage(flat), 0.0, "none"),
    ]
}

fn mean_coverage(interval: impl Fn(&[Vec<f64>], u64) -> Option<Interval>) -> f64 {
    share_of(NUM_DRAWN, 11, |draws| {
        let rows: Vec<Vec<f64>> = (0..50).map(|_| row(draws)).collect();
        interval(&rows, draws.bits()).is_some_and(|interval| interval.low <= 1.0 && 1.0 <= interval.high)
    })
}

/// An exponential row mean of 1 with a little noise in each repeat.
fn row(draws: &mut Draws) -> Vec<f64> {
    let centre = -(1.0 - draws.unit()).ln();
    (0..3).map(|_| centre + 0.2 * normal(draws)).collect()
}
