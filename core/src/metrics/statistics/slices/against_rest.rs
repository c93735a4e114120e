//! Whether one part's mean lies below that of the other rows. Higher values are better here.

use super::super::clustered_t;
use super::super::distributions::{hypergeometric_cdf, normal_cdf, t_upper};
use atelier_types::statistics::Interval;

/// All values, and what is the same for every part.
pub(super) struct Values {
    values: Vec<f64>,
    mean: f64,
    /// Of squares around the mean.
    squares: f64,
    are_checks: bool,
}

/// A part beside the rest.
pub(super) struct Compared {
    pub(super) mean: f64,
    pub(super) mean_of_rest: f64,
    pub(super) interval: Option<Interval>,
}

impl Values {
    pub(super) fn new(values: Vec<f64>) -> Self {
        let mean = super::super::mean(&values).unwrap_or(0.0);
        let squares = values.iter().map(|value| (value - mean).powi(2)).sum();
        // The sign is turned where lower is better.
        let are_checks = values.iter().all(|value| *value == 0.0 || *value == 1.0)
            || values.iter().all(|value| *value == 0.0 || *value == -1.0);
        Self { values, mean, squares, are_checks }
    }

    fn inside(&self, rows: &[usize]) -> Vec<f64> {
        rows.iter().filter_map(|row| self.values.get(*row).copied()).collect()
    }

    /// Chance of a mean so far below that of the rest. `None` where values do not vary.
    pub(super) fn p_value(&self, rows: &[usize]) -> Option<f64> {
        let inside = self.inside(rows);
        let p_value =
            if self.are_checks { self.fisher(&inside)? } else { self.welch(&inside)?.max(self.pooled(&inside)?) };
        (self.squares > 0.0).then_some(p_value)
    }

    /// Fisher's exact test: so few of the good ones in a random part of that size.
    fn fisher(&self, inside: &[f64]) -> Option<f64> {
        let best = self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let num_good = |values: &[f64]| values.iter().filter(|value| **value == best).count() as u64;
        hypergeometric_cdf(num_good(inside), self.values.len() as u64, num_good(&self.values), inside.len() as u64)
    }

    /// Welch's t with Satterthwaite's degrees of freedom; Biometrika 34 (1947).
    fn welch(&self, inside: &[f64]) -> Option<f64> {
        let (n, m) = (inside.len() as f64, (self.values.len() - inside.len()) as f64);
        let mean = super::super::mean(inside)?;
        let squares: f64 = inside.iter().map(|value| (value - mean).powi(2)).sum();
        let mean_of_rest = self.mean + (self.mean - mean) * n / m;
        // All squares are those inside, those outside and those between.
        let between = n * (mean - self.mean).powi(2) + m * (mean_of_rest - self.mean).powi(2);
        let outside = (self.squares - squares - between).max(0.0);
        let (one, other) = (squares / (n - 1.0) / n, outside / (m - 1.0) / m);
        let freedom = (one + other).powi(2) / (one * one / (n - 1.0) + other * other / (m - 1.0));
        let statistic = (mean_of_rest - mean) / (one + other).sqrt();
        if statistic.is_nan() || freedom.is_nan() { Some(1.0) } else { t_upper(statistic, freedom) }
    }

    /// The mean of a random part of that size, as normal with its exact variance.
    fn pooled(&self, inside: &[f64]) -> Option<f64> {
        let (n, all) = (inside.len() as f64, self.values.len() as f64);
        let variance = self.squares / (all - 1.0) / n * (1.0 - n / all);
        normal_cdf((super::super::mean(inside)? - self.mean) / variance.sqrt())
    }

    pub(super) fn compared(&self, rows: &[usize], confidence: f64) -> Option<Compared> {
        let inside = self.inside(rows);
        let mean = super::super::mean(&inside)?;
        let (n, all) = (inside.len() as f64, self.values.len() as f64);
        let mean_of_rest = self.mean + (self.mean - mean) * n / (all - n);
        Some(Compared { mean, mean_of_rest, interval: clustered_t(&inside, confidence) })
    }
}
