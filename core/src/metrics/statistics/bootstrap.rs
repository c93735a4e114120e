//! Bootstrap intervals for any statistic of independent items. An item is a **row** with all its repeats: rows are drawn
//! with replacement and keep their repeats, so the interval is clustered by row.
//!
//! Source: Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapters 13 and 14.

use super::distributions::{normal_cdf, normal_quantile};
use super::random::Draws;
use atelier_types::statistics::Interval;

/// How the ends are read off the resampled statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BootstrapMethod {
    /// Their α/2 and 1 − α/2 quantiles.
    Percentile,
    /// Bias-corrected and accelerated: the quantiles' levels are moved by the bias and by the skewness, which is taken
    /// from leaving out one item at a time.
    Bca,
}

/// Settings of a bootstrap. The same seed gives the same interval.
#[derive(Clone, Copy, Debug)]
pub struct Bootstrap {
    pub method: BootstrapMethod,
    /// 2,000 or more; the error of an end shrinks with its square root.
    pub num_resamples: usize,
    pub confidence: f64,
    pub seed: u64,
}

/// Interval for `statistic`, which is called with items drawn with replacement.
///
/// `None` with fewer than two items, without resamples, where the statistic is undefined for the items or for one of the
/// resamples, and for BCa where all resamples lie on one side of the statistic or it does not vary when an item is left
/// out: then its correction is undefined, as are intervals from items that are all equal.
pub fn bootstrap<T>(items: &[T], settings: Bootstrap, statistic: impl Fn(&[&T]) -> Option<f64>) -> Option<Interval> {
    if items.len() < 2 || settings.num_resamples == 0 {
        return None;
    }
    let all: Vec<&T> = items.iter().collect();
    let observed = statistic(&all)?;
    let resampled = resampled(&all, settings, &statistic)?;
    let tail = (1.0 - settings.confidence) / 2.0;
    let levels = match settings.method {
        BootstrapMethod::Percentile => [tail, 1.0 - tail],
        BootstrapMethod::Bca => {
            let acceleration = acceleration(&leave_one_out(&all, &statistic)?)?;
            bca_levels(&resampled, observed, acceleration, tail)?
        }
    };
    let [low, high] = levels.map(|level| quantile(&resampled, level));
    Some(Interval { low: low?, high: high?, confidence: settings.confidence })
}

/// Bootstrap interval for the mean over rows, repeats averaged within their row. `None` as in [`bootstrap`]; rows without
/// a value are left out.
pub fn bootstrap_mean(rows: &[Vec<f64>], settings: Bootstrap) -> Option<Interval> {
    let row_means: Vec<f64> = rows.iter().filter_map(|values| super::mean(values)).collect();
    bootstrap(&row_means, settings, |drawn| Some(drawn.iter().copied().sum::<f64>() / drawn.len() as f64))
}

/// The statistic of each resample, sorted.
fn resampled<T>(all: &[&T], settings: Bootstrap, statistic: &impl Fn(&[&T]) -> Option<f64>) -> Option<Vec<f64>> {
    let mut draws = Draws::new(settings.seed);
    let mut drawn = all.to_vec();
    let mut values = Vec::with_capacity(settings.num_resamples);
    for _ in 0..settings.num_resamples {
        for place in &mut drawn {
            *place = all[draws.below(all.len())];
        }
        values.push(statistic(&drawn).filter(|value| !value.is_nan())?);
    }
    values.sort_by(f64::total_cmp);
    Some(values)
}

fn leave_one_out<T>(all: &[&T], statistic: &impl Fn(&[&T]) -> Option<f64>) -> Option<Vec<f64>> {
    let mut rest = all[1..].to_vec();
    let mut values = Vec::with_capacity(all.len());
    for left_out in 0..all.len() {
        values.push(statistic(&rest)?);
        if left_out < rest.len() {
            rest[left_out] = all[left_out];
        }
    }
    Some(values)
}

/// Σ(m − vᵢ)³ / (6 (Σ(m − vᵢ)²)^1.5) of the leave-one-out values v with mean m. `None` where they do not vary.
fn acceleration(values: &[f64]) -> Option<f64> {
    let mean = super::mean(values)?;
    let power = |exponent: i32| values.iter().map(|value| (mean - value).powi(exponent)).sum::<f64>();
    let acceleration = power(3) / (6.0 * power(2).powf(1.5));
    acceleration.is_finite().then_some(acceleration)
}

/// The levels after BCa's correction. Half of the resamples that equal the observed statistic, rounding aside, count as
/// below it.
fn bca_levels(resampled: &[f64], observed: f64, acceleration: f64, tail: f64) -> Option<[f64; 2]> {
    let slack = 1e-12 * observed.abs();
    let num_below = resampled.partition_point(|value| *value < observed - slack);
    let num_up_to = resampled.partition_point(|value| *value <= observed + slack);
    let share_below = (num_below + num_up_to) as f64 / (2 * resampled.len()) as f64;
    let bias = normal_quantile(share_below).filter(|bias| bias.is_finite())?;
    let moved = |level: f64| {
        let shifted = bias + normal_quantile(level)?;
        normal_cdf(bias + shifted / (1.0 - acceleration * shifted))
    };
    Some([moved(tail)?, moved(1.0 - tail)?])
}

/// Quantile of sorted values, linear between neighbours (Hyndman and Fan's type 7).
pub(super) fn quantile(sorted: &[f64], level: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = level.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[(place.ceil() as usize).min(last)]);
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Bootstrap =
        Bootstrap { method: BootstrapMethod::Percentile, num_resamples: 4000, confidence: 0.95, seed: 7 };
    const BCA: Bootstrap = Bootstrap { method: BootstrapMethod::Bca, ..SETTINGS };

    #[test]
    fn seed_decides_the_interval() {
        let rows: Vec<Vec<f64>> = (0..30).map(|row| vec![f64::from(row * row % 17)]).collect();
        assert_eq!(bootstrap_mean(&rows, SETTINGS), bootstrap_mean(&rows, SETTINGS));
        assert_ne!(bootstrap_mean(&rows, SETTINGS), bootstrap_mean(&rows, Bootstrap { seed: 8, ..SETTINGS }));
    }

    #[test]
    fn repeats_that_agree_do_not_narrow_it() {
        let once: Vec<Vec<f64>> = (0..30).map(|row| vec![f64::from(row % 5)]).collect();
        let thrice: Vec<Vec<f64>> = once.iter().map(|row| row.repeat(3)).collect();
        assert_eq!(bootstrap_mean(&once, SETTINGS), bootstrap_mean(&thrice, SETTINGS));
    }

    #[test]
    fn bca_follows_the_skewness() {
        let rows: Vec<Vec<f64>> = (0..40).map(|row| vec![f64::from(row).powi(3)]).collect();
        let (plain, moved) = (bootstrap_mean(&rows, SETTINGS).unwrap(), bootstrap_mean(&rows, BCA).unwrap());
        assert!(moved.low > plain.low && moved.high > plain.high, "{plain:?} {moved:?}");
    }

    #[test]
    fn undefined_cases_are_none() {
        assert_eq!(bootstrap_mean(&[vec![1.0]], SETTINGS), None);
        assert_eq!(bootstrap_mean(&vec![vec![1.0]; 9], BCA), None);
        let none = bootstrap(&[1.0, 2.0], SETTINGS, |_| None);
        assert_eq!(none, None);
    }
}
