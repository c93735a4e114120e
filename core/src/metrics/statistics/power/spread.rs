//! Chances that depend on the standard deviation that will be observed.
//!
//! With ν degrees of freedom, s = observed / true standard deviation has the density
//! 2 (ν/2)^(ν/2) / Γ(ν/2) · s^(ν − 1) · exp(−ν s² / 2), which is log-concave with curvature of ν or more: 9 / √ν off its mode
//! less than 10⁻¹⁷ is left. Between that and the places where the chance itself bends, 16-point Gauss–Legendre rules are
//! summed. The noncentral t distribution is P(T > c) = E Φ(δ − c s); this holds its digits where the usual series in
//! exp(−δ² / 2) (Lenth, Applied Statistics 38, 1989) runs out of range.

use super::super::distributions::normal_cdf;
use statrs::function::gamma::ln_gamma;

/// Nodes in (0, 1) and weights of the 16-point rule on (−1, 1).
const RULE: [(f64, f64); 8] = [
    (0.0950125098376375, 0.1894506104550686),
    (0.2816035507792589, 0.1826034150449236),
    (0.4580167776572274, 0.1691565193950026),
    (0.6178762444026438, 0.1495959888165768),
    (0.755404408355003, 0.124628971255534),
    (0.8656312023878318, 0.0951585116824926),
    (0.9445750230732326, 0.0622535239386477),
    (0.9894009349916499, 0.027152459411754),
];
const NUM_PANELS: usize = 6;

/// P(T > critical) for a noncentral t. `None` for fewer than one degree of freedom, or numbers that are not finite.
pub(super) fn noncentral_t_upper(critical: f64, freedom: f64, shift: f64) -> Option<f64> {
    let is_valid = critical.is_finite() && shift.is_finite() && critical > 0.0;
    is_valid.then_some(())?;
    let bends = [-8.0, 0.0, 8.0].map(|off| (shift + off) / critical);
    expected(freedom, &bends, f64::INFINITY, |s| normal_cdf(shift - critical * s).unwrap_or(0.0))
}

/// The mean of `chance` over s up to `end`. `bends` are where it changes fast.
pub(super) fn expected(freedom: f64, bends: &[f64], end: f64, chance: impl Fn(f64) -> f64) -> Option<f64> {
    if !(freedom >= 1.0 && freedom.is_finite()) {
        return None;
    }
    let half = freedom / 2.0;
    let constant = std::f64::consts::LN_2 + half * half.ln() - ln_gamma(half);
    let density = |s: f64| (constant + (freedom - 1.0) * s.ln() - half * s * s).exp();
    let (mode, reach) = (((freedom - 1.0) / freedom).sqrt(), 9.0 / freedom.sqrt());
    let (low, high) = ((mode - reach).max(0.0), (mode + reach).min(end));
    let mut places: Vec<f64> = bends.iter().copied().filter(|bend| *bend > low && *bend < high).collect();
    places.extend([low, high]);
    places.sort_by(f64::total_cmp);
    let stretch = |ends: &[f64]| match ends {
        [from, to] if to > from => integral(*from, *to, |s| density(s) * chance(s)),
        _ => 0.0,
    };
    Some(places.windows(2).map(stretch).sum::<f64>().clamp(0.0, 1.0))
}

fn integral(from: f64, to: f64, value: impl Fn(f64) -> f64) -> f64 {
    let half = (to - from) / (2 * NUM_PANELS) as f64;
    let panel = |number: usize| {
        let centre = from + half * (2 * number + 1) as f64;
        RULE.iter()
            .map(|(node, weight)| weight * (value(centre - half * node) + value(centre + half * node)))
            .sum::<f64>()
    };
    half * (0..NUM_PANELS).map(panel).sum::<f64>()
}
