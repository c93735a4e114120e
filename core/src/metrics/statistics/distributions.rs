//! Quantiles and tails, from the crate `statrs`. Arguments outside a distribution's domain give `None`.

use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, Normal, StudentsT};

/// `z` with `P(|Z| ≤ z) = confidence` for a standard normal `Z`.
pub(super) fn normal_two_sided(confidence: f64) -> Option<f64> {
    Some(Normal::new(0.0, 1.0).ok()?.inverse_cdf(0.5 + confidence / 2.0))
}

/// `t` with `P(|T| ≤ t) = confidence` for Student's t with `freedom` degrees of freedom.
pub(super) fn t_two_sided(confidence: f64, freedom: f64) -> Option<f64> {
    Some(StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(0.5 + confidence / 2.0))
}

/// `P(|T| ≥ |statistic|)` for Student's t with `freedom` degrees of freedom.
pub(super) fn t_tails(statistic: f64, freedom: f64) -> Option<f64> {
    Some(2.0 * StudentsT::new(0.0, 1.0, freedom).ok()?.sf(statistic.abs()))
}

/// `P(X ≤ count)` for `num_trials` fair coins.
pub(super) fn fair_coin_cdf(count: u64, num_trials: u64) -> Option<f64> {
    Some(Binomial::new(0.5, num_trials).ok()?.cdf(count))
}
