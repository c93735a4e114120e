//! Power of McNemar's tests for rows with one check a side. Only rows that flip count: their number is binomial, and given
//! it, so is the number of those that go up. Both are gone through, so the power is unconditional and exact.

use super::super::distributions::{
    binomial_cdf, binomial_pmf, fair_coin_cdf, fair_coin_pmf, normal_cdf, normal_two_sided,
};
use super::super::paired::shows_equivalence;
use super::super::search::least_size;

/// With more flips expected, the normal approximation is right to three digits.
const MAX_FLIPS_ENUMERATED: f64 = 2000.0;

/// Shares of all rows that go up (0 to 1) and down (1 to 0).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlipRates {
    pub up: f64,
    pub down: f64,
}

impl FlipRates {
    /// The rates with a difference where `flips` of the rows flip; more flip only where the difference needs it.
    pub fn with_difference(difference: f64, flips: f64) -> Self {
        let flips = flips.max(difference.abs());
        Self { up: f64::midpoint(flips, difference), down: f64::midpoint(flips, -difference) }
    }

    fn flips(self) -> f64 {
        self.up + self.down
    }

    fn is_valid(self) -> bool {
        self.up >= 0.0 && self.down >= 0.0 && self.flips() <= 1.0 + 1e-12
    }
}

/// Which of the two tests: [`super::super::sign_test`] or [`super::super::mcnemar_mid_p`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum McNemar {
    Exact,
    MidP,
}

impl McNemar {
    /// Two-sided p-value of `fewer` flips one way among `all`.
    fn p_value(self, fewer: u64, all: u64) -> f64 {
        let tail = 2.0 * fair_coin_cdf(fewer, all).unwrap_or(1.0);
        match self {
            Self::Exact => tail,
            Self::MidP => tail - fair_coin_pmf(fewer, all).unwrap_or(0.0),
        }
    }
}

/// Chance that McNemar's test has p ≤ level.
///
/// Σ P(M = m) · P(W ≤ k or W ≥ m − k) with M ~ Binomial(n, flips), W ~ Binomial(m, up / flips) and k the largest smaller side
/// that the test rejects with. Where more than 2,000 flips are expected it is Connor's normal approximation,
/// Φ((n|d| − z √(n f) − c) / √(n (f − d²))) with difference d, flips f, and c = 1 for the exact test and 0 for mid-p, beside
/// the other tail. Source: Connor, Biometrics 43 (1987); Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13
/// (2013).
///
/// `None` for rates below 0 or above 1 together, and a level outside (0, 1).
pub fn mcnemar_power(rates: FlipRates, num_rows: u64, level: f64, test: McNemar) -> Option<f64> {
    let z = normal_two_sided(1.0 - level).filter(|_| rates.is_valid())?;
    if num_rows as f64 * rates.flips() > MAX_FLIPS_ENUMERATED {
        return approximate(rates, num_rows as f64, z, test);
    }
    let mut num_rejecting: Option<u64> = None;
    let share_up = if rates.flips() > 0.0 { (rates.up / rates.flips()).min(1.0) } else { 0.5 };
    over_flips(rates, num_rows, |num_flips| {
        let rejects = |fewer: u64| 2 * fewer < num_flips && test.p_value(fewer, num_flips) <= level;
        // With more flips the same smaller side is rejected too, so the count only grows.
        let mut count = num_rejecting.unwrap_or_else(|| first_not(num_flips / 2 + 1, rejects));
        while rejects(count) {
            count += 1;
        }
        num_rejecting = Some(count);
        let Some(most) = count.checked_sub(1) else { return Some(0.0) };
        Some(binomial_cdf(most, num_flips, share_up)? + binomial_cdf(most, num_flips, 1.0 - share_up)?)
    })
}

/// The least difference that is found with a power where `flips` of the rows flip, or as many as the difference needs.
/// `None` where even a difference of 1 is not, and as in [`mcnemar_power`].
pub fn mcnemar_detectable(flips: f64, num_rows: u64, power: f64, level: f64, test: McNemar) -> Option<f64> {
    if !(power > 0.0 && power < 1.0 && (0.0..=1.0).contains(&flips)) {
        return None;
    }
    least_size(1.0, |difference| {
        let rates = FlipRates::with_difference(difference, flips);
        mcnemar_power(rates, num_rows, level, test).is_some_and(|reached| reached >= power)
    })
}

/// Chance that a verdict says "no difference of practical size" where there is none and `flips` of the rows flip: its
/// interval, widened where few rows flip, lies within the margin. `None` without rows, for rates outside [0, 1] and a margin
/// that is not positive; above 2,000 expected flips the chance is normal, of |up − down| below its bound at the mean.
pub fn checks_equivalence_power(flips: f64, margin: f64, num_rows: u64, confidence: f64) -> Option<f64> {
    let rates = FlipRates::with_difference(0.0, flips);
    let z = normal_two_sided(confidence).filter(|_| rates.is_valid() && margin > 0.0 && num_rows > 0)?;
    let n = num_rows as f64;
    if n * flips > MAX_FLIPS_ENUMERATED {
        let step = (flips / n).sqrt();
        return Some((2.0 * normal_cdf(margin / step - z)? - 1.0).max(0.0));
    }
    over_flips(rates, num_rows, |num_flips| {
        let is_lost = |fewer: u64| {
            let (up, down) = ((num_flips - fewer) as f64, fewer as f64);
            !shows_equivalence(n, up, down, margin, confidence)
        };
        let least = first_not(num_flips / 2 + 1, is_lost);
        if 2 * least > num_flips {
            return Some(0.0);
        }
        let outside = least.checked_sub(1).map_or(Some(0.0), |most| binomial_cdf(most, num_flips, 0.5))?;
        Some((1.0 - 2.0 * outside).max(0.0))
    })
}

/// Σ P(M = m) · chance(m), m rising, where more than 10⁻¹⁵ of M lies.
fn over_flips(rates: FlipRates, num_rows: u64, mut chance: impl FnMut(u64) -> Option<f64>) -> Option<f64> {
    let (rate, n) = (rates.flips().min(1.0), num_rows as f64);
    let reach = 9.0 * (n * rate * (1.0 - rate)).sqrt() + 20.0;
    let low = (n * rate - reach).max(0.0) as u64;
    let high = (n * rate + reach).min(n) as u64;
    let mut sum = 0.0;
    for num_flips in low..=high {
        sum += binomial_pmf(num_flips, num_rows, rate)? * chance(num_flips)?;
    }
    Some(sum.clamp(0.0, 1.0))
}

fn approximate(rates: FlipRates, n: f64, z: f64, test: McNemar) -> Option<f64> {
    let difference = (rates.up - rates.down).abs();
    let correction = if test == McNemar::Exact { 1.0 } else { 0.0 };
    let edge = z * (n * rates.flips()).sqrt() + correction;
    let spread = (n * (rates.flips() - difference * difference)).max(1e-12).sqrt();
    Some(normal_cdf((n * difference - edge) / spread)? + normal_cdf((-n * difference - edge) / spread)?)
}

/// The first count below `limit` for which it no longer holds, else `limit`, by halving.
fn first_not(limit: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, limit);
    while low < high {
        let middle = low.midpoint(high);
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
