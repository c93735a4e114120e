//! Intervals for one rate, one mean, and the difference of two paired rates.

use super::distributions::{beta_quantile, normal_two_sided, t_two_sided};
use super::{mean, standard_deviation};
use atelier_types::statistics::Interval;

/// Wilson's score interval for a rate, in [0, 1]. `num_successes` may be fractional (half a win for a tie).
///
/// Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
/// `None` without trials.
pub fn wilson(num_successes: f64, num_trials: f64, confidence: f64) -> Option<Interval> {
    if num_trials <= 0.0 {
        return None;
    }
    let z = normal_two_sided(confidence)?;
    let rate = num_successes / num_trials;
    let shrink = 1.0 + z * z / num_trials;
    let centre = (rate + z * z / (2.0 * num_trials)) / shrink;
    let spread = (rate * (1.0 - rate) / num_trials + z * z / (4.0 * num_trials * num_trials)).sqrt();
    let half_width = z * spread / shrink;
    // At the ends the formula is exact and only rounding keeps it off 0 and 1.
    let low = if num_successes <= 0.0 { 0.0 } else { (centre - half_width).max(0.0) };
    let high = if num_successes >= num_trials { 1.0 } else { (centre + half_width).min(1.0) };
    Some(Interval { low, high, confidence })
}

/// Clopper and Pearson's exact interval for a rate: its coverage is never below `confidence`, and mostly above.
///
/// The ends are quantiles of beta distributions: with x successes in n trials, the α/2 quantile of Beta(x, n − x + 1) and
/// the 1 − α/2 quantile of Beta(x + 1, n − x). Source: Clopper and Pearson, "The use of confidence or fiducial limits
/// illustrated in the case of the binomial", Biometrika 26 (1934).
///
/// `None` without trials, with more successes than trials, or with a confidence outside (0, 1).
pub fn clopper_pearson(num_successes: u64, num_trials: u64, confidence: f64) -> Option<Interval> {
    if num_trials == 0 || num_successes > num_trials {
        return None;
    }
    exact_rate(num_successes as f64, num_trials as f64, confidence)
}

/// [`clopper_pearson`] of a sum of values in [0, 1], which may be fractional.
pub(super) fn exact_rate(num_successes: f64, num_trials: f64, confidence: f64) -> Option<Interval> {
    let tail = (1.0 - confidence) / 2.0;
    let num_failures = num_trials - num_successes;
    let low = if num_successes <= 0.0 { 0.0 } else { beta_quantile(tail, num_successes, num_failures + 1.0)? };
    let high = if num_failures <= 0.0 { 1.0 } else { beta_quantile(1.0 - tail, num_successes + 1.0, num_failures)? };
    normal_two_sided(confidence).map(|_in_range| Interval { low, high, confidence })
}

/// Student's t interval for the mean of independent values; with one mean a row it is clustered by row.
///
/// `None` with fewer than two values.
pub fn clustered_t(row_means: &[f64], confidence: f64) -> Option<Interval> {
    let centre = mean(row_means)?;
    let standard_error = standard_deviation(row_means)? / (row_means.len() as f64).sqrt();
    let half_width = t_two_sided(confidence, (row_means.len() - 1) as f64)? * standard_error;
    Some(Interval { low: centre - half_width, high: centre + half_width, confidence })
}

/// Interval for the difference of two paired rates, candidate minus baseline, in [−1, 1]: Wald's after half a row was
/// added to each of the four cells, which keeps its coverage with few rows and with no flips at all.
///
/// Source: Agresti and Min, "Simple improved confidence intervals for comparing matched proportions", Statistics in
/// Medicine 24 (2005). `num_improved` and `num_regressed` may be fractional when rows flip in part of their repeats.
/// `None` without rows.
pub fn paired_rates(num_rows: f64, num_improved: f64, num_regressed: f64, confidence: f64) -> Option<Interval> {
    if num_rows <= 0.0 {
        return None;
    }
    let z = normal_two_sided(confidence)?;
    let total = num_rows + 2.0;
    let (up, down) = (num_improved + 0.5, num_regressed + 0.5);
    let centre = (up - down) / total;
    let half_width = z * ((up + down) - (up - down).powi(2) / total).max(0.0).sqrt() / total;
    Some(Interval { low: (centre - half_width).max(-1.0), high: (centre + half_width).min(1.0), confidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(interval: Interval, low: f64, high: f64) {
        assert!((interval.low - low).abs() < 5e-5, "{interval:?}");
        assert!((interval.high - high).abs() < 5e-5, "{interval:?}");
    }

    #[test]
    fn wilson_gives_published_values() {
        // Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        assert_close(wilson(81.0, 263.0, 0.95).unwrap(), 0.2553, 0.3662);
        assert_close(wilson(15.0, 148.0, 0.95).unwrap(), 0.0624, 0.1605);
        assert_close(wilson(0.0, 20.0, 0.95).unwrap(), 0.0, 0.1611);
        assert_close(wilson(1.0, 29.0, 0.95).unwrap(), 0.0061, 0.1718);
        assert_eq!(wilson(0.0, 0.0, 0.95), None);
    }

    #[test]
    fn clopper_pearson_gives_published_values() {
        // Newcombe, as above, method 5.
        assert_close(clopper_pearson(81, 263, 0.95).unwrap(), 0.2527, 0.3676);
        assert_close(clopper_pearson(0, 20, 0.95).unwrap(), 0.0, 0.1684);
        assert_close(clopper_pearson(1, 29, 0.95).unwrap(), 0.0009, 0.1776);
        assert_eq!(clopper_pearson(0, 0, 0.95), None);
        assert_eq!(clopper_pearson(3, 2, 0.95), None);
        assert_eq!(clopper_pearson(1, 2, 1.0), None);
    }

    #[test]
    fn t_interval_uses_the_quantile_for_few_rows() {
        // Mean 3, standard deviation 1.5811, t(0.975; 4) = 2.7764.
        assert_close(clustered_t(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95).unwrap(), 1.0368, 4.9632);
        assert_eq!(clustered_t(&[1.0], 0.95), None);
    }

    #[test]
    fn paired_rates_stay_wide_without_a_flip() {
        let nothing_flipped = paired_rates(10.0, 0.0, 0.0, 0.95).unwrap();
        assert!(nothing_flipped.low < -0.1 && nothing_flipped.high > 0.1, "{nothing_flipped:?}");
        let all_flipped = paired_rates(100.0, 100.0, 0.0, 0.95).unwrap();
        assert!(all_flipped.low > 0.9 && all_flipped.high <= 1.0, "{all_flipped:?}");
    }
}
