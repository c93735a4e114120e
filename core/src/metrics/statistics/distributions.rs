//! Quantiles and tails, from the crate `statrs`. Arguments outside a distribution's domain give `None`.

use statrs::distribution::{Beta, Binomial, ContinuousCDF, Discrete, DiscreteCDF, Hypergeometric, Normal, StudentsT};

/// A confidence that an interval can have: between 0 and 1, both excluded. `statrs` panics beyond.
fn probability(value: f64) -> Option<f64> {
    (value > 0.0 && value < 1.0).then_some(value)
}

fn standard_normal() -> Option<Normal> {
    Normal::new(0.0, 1.0).ok()
}

/// `z` with `P(|Z| ≤ z) = confidence` for a standard normal `Z`.
pub(super) fn normal_two_sided(confidence: f64) -> Option<f64> {
    normal_quantile(0.5 + probability(confidence)? / 2.0)
}

/// `z` with `P(Z ≤ z) = probability`; infinite at 0 and 1.
pub(super) fn normal_quantile(probability: f64) -> Option<f64> {
    (0.0..=1.0).contains(&probability).then(|| standard_normal().map(|normal| normal.inverse_cdf(probability)))?
}

/// `P(Z ≤ z)`.
pub(super) fn normal_cdf(z: f64) -> Option<f64> {
    Some(standard_normal()?.cdf(z))
}

/// `P(|Z| ≥ |z|)`.
pub(super) fn normal_tails(z: f64) -> Option<f64> {
    Some(2.0 * standard_normal()?.sf(z.abs()))
}

/// `t` with `P(|T| ≤ t) = confidence` for Student's t with `freedom` degrees of freedom.
pub(super) fn t_two_sided(confidence: f64, freedom: f64) -> Option<f64> {
    let confidence = probability(confidence)?;
    Some(StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(0.5 + confidence / 2.0))
}

/// `P(|T| ≥ |statistic|)` for Student's t with `freedom` degrees of freedom.
pub(super) fn t_tails(statistic: f64, freedom: f64) -> Option<f64> {
    Some(2.0 * StudentsT::new(0.0, 1.0, freedom).ok()?.sf(statistic.abs()))
}

/// `P(T ≥ statistic)` for Student's t with `freedom` degrees of freedom.
pub(super) fn t_upper(statistic: f64, freedom: f64) -> Option<f64> {
    Some(StudentsT::new(0.0, 1.0, freedom).ok()?.sf(statistic))
}

/// `x` with `P(X ≤ x) = level` for a beta distribution. Newton's steps finish what `statrs` leaves in the last digits.
pub(super) fn beta_quantile(level: f64, alpha: f64, beta: f64) -> Option<f64> {
    let level = probability(level)?;
    let distribution = Beta::new(alpha, beta).ok()?;
    let (mut low, mut high) = (0.0, 1.0);
    let mut at = distribution.inverse_cdf(level).clamp(0.0, 1.0);
    for _ in 0..200 {
        let excess = distribution.cdf(at) - level;
        if excess > 0.0 {
            high = at;
        } else {
            low = at;
        }
        let slope = statrs::distribution::Continuous::pdf(&distribution, at);
        let newton = at - excess / slope;
        let next = if newton > low && newton < high { newton } else { (low + high) / 2.0 };
        if (next - at).abs() <= 1e-15 * at {
            return Some(next);
        }
        at = next;
    }
    Some(at)
}

/// `x` with `P(X ≤ x) = level` for an F distribution: with y a quantile of Beta(d₁/2, d₂/2), d₂ y / (d₁ (1 − y)).
pub(super) fn f_quantile(level: f64, above: f64, below: f64) -> Option<f64> {
    // The beta that is small keeps its digits.
    let rest = beta_quantile(1.0 - level, below / 2.0, above / 2.0)?;
    Some(below * (1.0 - rest) / (above * rest)).filter(|quantile| quantile.is_finite())
}

/// `P(X ≤ count)` for `num_trials` fair coins.
pub(super) fn fair_coin_cdf(count: u64, num_trials: u64) -> Option<f64> {
    binomial_cdf(count, num_trials, 0.5)
}

/// `P(X = count)` for `num_trials` fair coins.
pub(super) fn fair_coin_pmf(count: u64, num_trials: u64) -> Option<f64> {
    binomial_pmf(count, num_trials, 0.5)
}

/// `P(X ≤ count)` for `num_trials` trials that succeed at a rate.
pub(super) fn binomial_cdf(count: u64, num_trials: u64, rate: f64) -> Option<f64> {
    Some(Binomial::new(rate, num_trials).ok()?.cdf(count))
}

/// `P(X = count)` for `num_trials` trials that succeed at a rate.
pub(super) fn binomial_pmf(count: u64, num_trials: u64, rate: f64) -> Option<f64> {
    Some(Binomial::new(rate, num_trials).ok()?.pmf(count))
}

/// `P(X ≤ count)` of the good ones among `num_drawn` that are drawn without replacement.
pub(super) fn hypergeometric_cdf(count: u64, num_all: u64, num_good: u64, num_drawn: u64) -> Option<f64> {
    Some(Hypergeometric::new(num_all, num_good, num_drawn).ok()?.cdf(count))
}
