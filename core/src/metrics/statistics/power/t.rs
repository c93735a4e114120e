//! Power of the paired t test and of its two one-sided tests for equivalence. Sizes are Cohen's d of the differences: in
//! true standard deviations.

use super::super::distributions::{normal_cdf, t_two_sided};
use super::super::search::least_size;
use super::spread::{expected, noncentral_t_upper};

/// Larger effects are found with any number of rows that has a chance.
const MAX_EFFECT: f64 = 1e9;

/// Whether a difference in either direction counts, or only one upwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    One,
    Two,
}

/// Power of the paired t test at a level: P(T > c) for noncentral t with n − 1 degrees of freedom and shift d √n, and for two
/// sides P(T < −c) beside it.
///
/// Source: Cohen, *Statistical Power Analysis for the Behavioral Sciences* (1988), chapter 2; the numbers are those of
/// `statsmodels.stats.power.TTestPower`. `None` with fewer than two rows, a level outside (0, 1), for one side from ½ on, or
/// an effect that is not finite.
pub fn t_power(effect: f64, num_rows: u64, level: f64, sides: Sides) -> Option<f64> {
    let freedom = num_rows.checked_sub(1)? as f64;
    let shift = effect * (num_rows as f64).sqrt();
    let critical = critical(level, freedom, sides)?;
    let upper = noncentral_t_upper(critical, freedom, shift)?;
    match sides {
        Sides::One => Some(upper),
        Sides::Two => Some((upper + noncentral_t_upper(critical, freedom, -shift)?).min(1.0)),
    }
}

/// The least effect, 0 or more, that is found with a power. `None` as in [`t_power`] and for a power outside (0, 1).
pub fn t_detectable(num_rows: u64, power: f64, level: f64, sides: Sides) -> Option<f64> {
    if !(power > 0.0 && power < 1.0) {
        return None;
    }
    least_size(MAX_EFFECT, |effect| t_power(effect, num_rows, level, sides).is_some_and(|reached| reached >= power))
}

/// Chance that the t interval at a confidence lies within (−margin, margin), so that equivalence is shown, where the true
/// effect is `effect`. Both are in standard deviations.
///
/// Given s, the chance is Φ(√n (margin − effect) − c s) − Φ(c s − √n (margin + effect)) with c = t at the confidence; its mean
/// over s is Owen's integral. Source: Phillips, Journal of Pharmacokinetics and Biopharmaceutics 18 (1990). `None` as in
/// [`t_power`] and for a margin that is not positive.
pub fn t_equivalence_power(effect: f64, margin: f64, num_rows: u64, confidence: f64) -> Option<f64> {
    let freedom = num_rows.checked_sub(1)? as f64;
    let is_valid = margin > 0.0 && (margin + effect.abs()).is_finite();
    let critical = is_valid.then(|| critical(1.0 - confidence, freedom, Sides::Two))??;
    let root = (num_rows as f64).sqrt();
    let (above, below) = (root * (margin - effect), root * (margin + effect));
    let bends: Vec<f64> =
        [above, below].iter().flat_map(|end| [-8.0, 0.0, 8.0].map(|off| (end + off) / critical)).collect();
    expected(freedom, &bends, root * margin / critical, |s| {
        let phi = |z: f64| normal_cdf(z).unwrap_or(0.0);
        (phi(above - critical * s) - phi(critical * s - below)).max(0.0)
    })
}

fn critical(level: f64, freedom: f64, sides: Sides) -> Option<f64> {
    let both = if sides == Sides::One { 2.0 * level } else { level };
    t_two_sided(1.0 - both, freedom)
}
