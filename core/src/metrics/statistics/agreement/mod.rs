//! How far raters agree beyond chance. Everywhere 1 is perfect agreement, 0 is what chance gives, and below 0 is worse
//! than chance.
//!
//! Intervals are clustered by item. Those of intraclass correlation come from F distributions; all others come from leaving out one item at a time (the jackknife) and Student's t with
//! one degree of freedom less than there are items. Where all raters always agree, leaving out an item changes nothing;
//! then there is no interval, because the jackknife would claim to be certain.

mod fleiss;
mod intraclass;
mod kappa;
mod krippendorff;

pub use fleiss::fleiss_kappa;
pub use intraclass::{Intraclass, IntraclassForm, IntraclassUnit, intraclass};
pub use kappa::{KappaWeights, cohens_kappa};
pub use krippendorff::{Scale, krippendorff_alpha};

use super::distributions::t_two_sided;
use atelier_types::statistics::Interval;

/// A coefficient and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// At most 1.
    pub value: f64,
    /// From leaving out one item at a time; `None` where that says nothing.
    pub standard_error: Option<f64>,
    /// Items that two or more raters rated.
    pub num_items: usize,
}

impl Agreement {
    /// The t interval, cut to [−1, 1]. `None` without a standard error.
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let half_width = self.standard_error? * t_two_sided(confidence, self.num_items.checked_sub(1)? as f64)?;
        let (low, high) = ((self.value - half_width).max(-1.0), (self.value + half_width).min(1.0));
        Some(Interval { low, high, confidence })
    }
}

/// The jackknife's standard error, √((n − 1)/n · Σ(vᵢ − v̄)²), of values that come with how many items give them.
///
/// Source: Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 11. `None` with fewer than two items,
/// where the coefficient is undefined without one of the items, and where it never changes.
fn jackknife(without: impl Iterator<Item = (Option<f64>, u64)>) -> Option<f64> {
    let (mut num_items, mut mean, mut squares) = (0.0, 0.0, 0.0);
    for (value, count) in without.filter(|(_, count)| *count > 0) {
        // West's update: one pass, stable for values that hardly differ.
        let (value, count) = (value.filter(|value| value.is_finite())?, count as f64);
        num_items += count;
        let off = value - mean;
        mean += off * count / num_items;
        squares += count * off * (value - mean);
    }
    let error = (squares * (num_items - 1.0) / num_items).sqrt();
    (error > 1e-12).then_some(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jackknife_of_a_mean_is_its_standard_error() {
        let values = [1.0, 2.0, 4.0, 4.0];
        let total: f64 = values.iter().sum();
        let without = values.iter().map(|value| (Some((total - value) / 3.0), 1));
        let expected = super::super::standard_deviation(&values).unwrap() / 2.0;
        assert!((jackknife(without).unwrap() - expected).abs() < 1e-12);
        let counted = [(Some(10.0 / 3.0), 1), (Some(3.0), 1), (Some(7.0 / 3.0), 2)];
        assert!((jackknife(counted.into_iter()).unwrap() - expected).abs() < 1e-12);
        assert_eq!(jackknife([(Some(1.0), 5)].into_iter()), None);
        assert_eq!(jackknife([(Some(1.0), 1), (None, 1)].into_iter()), None);
    }
}
