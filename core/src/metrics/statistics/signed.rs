//! Tests of paired differences by the signs that they could have had. Under the null hypothesis a row's difference is as
//! likely to be +d as −d, so the distribution of a statistic is known exactly, ties included.

use super::distributions::{fair_coin_cdf, fair_coin_pmf, normal_tails};
use super::random::Draws;
use super::ranks::midranks;

/// Above this many differences other than zero, Wilcoxon's test uses the normal approximation.
const MAX_EXACT_WILCOXON: usize = 50;
/// Up to this many differences other than zero, the permutation test goes through all signs.
const MAX_EXACT_SIGNS: usize = 16;

/// A test's statistic and its two-sided p-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TestResult {
    pub statistic: f64,
    pub p_value: f64,
}

/// Exact two-sided sign test: how likely a split at least as uneven is when both sides win equally often. Ties do not
/// count. With pairs of 0 and 1 this is the exact McNemar test. 1 without any flip.
///
/// p = min(1, 2 · P(X ≤ min(wins, losses))) for X ~ Binomial(wins + losses, ½). Source: McNemar, Psychometrika 12 (1947);
/// its level is never above the nominal one.
pub fn sign_test(num_wins: u64, num_losses: u64) -> Option<f64> {
    let tail = fair_coin_cdf(num_wins.min(num_losses), num_wins + num_losses)?;
    Some((2.0 * tail).min(1.0))
}

/// McNemar's test with the mid-p correction: half of the probability of the observed split is taken off, which brings the
/// level close to the nominal one where the exact test stays far below it. 1 without any flip.
///
/// p = 2 · P(X ≤ m) − P(X = m) with m = min(wins, losses), and 1 for an even split. Source: Fagerland, Lydersen and Laake,
/// "The McNemar test for binary matched-pairs data", BMC Medical Research Methodology 13 (2013).
pub fn mcnemar_mid_p(num_wins: u64, num_losses: u64) -> Option<f64> {
    if num_wins == num_losses {
        return Some(1.0);
    }
    let (fewer, all) = (num_wins.min(num_losses), num_wins + num_losses);
    Some((2.0 * fair_coin_cdf(fewer, all)? - fair_coin_pmf(fewer, all)?).min(1.0))
}

/// Wilcoxon's signed-rank test. Zeros are dropped; the statistic is the smaller of the two rank sums.
///
/// Up to 50 differences other than zero the p-value is exact, also where some are equal in size (then it is conditional on
/// the midranks); above, it is the normal approximation with the variance corrected for ties and no continuity correction.
/// Source: Wilcoxon, Biometrics Bulletin 1 (1945); Hollander and Wolfe, *Nonparametric Statistical Methods*, section 3.1.
///
/// `None` without a difference other than zero: there is nothing to rank. Not-a-numbers are not allowed.
pub fn wilcoxon_signed_rank(differences: &[f64]) -> Option<TestResult> {
    let moved: Vec<f64> = differences.iter().copied().filter(|difference| *difference != 0.0).collect();
    if moved.is_empty() {
        return None;
    }
    let sizes: Vec<f64> = moved.iter().map(|difference| difference.abs()).collect();
    let (ranks, groups) = midranks(&sizes);
    let positive: f64 =
        moved.iter().zip(&ranks).filter(|(difference, _)| **difference > 0.0).map(|(_, rank)| rank).sum();
    let total: f64 = ranks.iter().sum();
    let statistic = positive.min(total - positive);
    let p_value = if moved.len() <= MAX_EXACT_WILCOXON {
        exact_rank_tail(&ranks, statistic)
    } else {
        normal_tails((statistic - total / 2.0) / rank_variance(moved.len(), &groups).sqrt())?
    };
    Some(TestResult { statistic, p_value: p_value.min(1.0) })
}

/// n(n + 1)(2n + 1)/24 − Σ(t³ − t)/48 over groups of t equal sizes.
fn rank_variance(num_ranks: usize, groups: &[usize]) -> f64 {
    let n = num_ranks as f64;
    let ties: f64 = groups.iter().map(|size| (*size as f64).powi(3) - *size as f64).sum();
    n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0
}

/// 2 · P(sum of the positive ranks ≤ statistic), by adding one rank after the other. Midranks are halves, so sums are
/// counted in halves.
fn exact_rank_tail(ranks: &[f64], statistic: f64) -> f64 {
    let halves = |value: f64| (2.0 * value).round() as usize;
    let total = halves(ranks.iter().sum());
    let mut chances = vec![0.0; total + 1];
    chances[0] = 1.0;
    let mut reached = 0;
    for rank in ranks.iter().map(|rank| halves(*rank)) {
        reached += rank;
        for sum in (0..=reached).rev() {
            let with = if sum >= rank { chances[sum - rank] } else { 0.0 };
            chances[sum] = 0.5 * (chances[sum] + with);
        }
    }
    2.0 * chances[..=halves(statistic)].iter().sum::<f64>()
}

/// Paired permutation test of the mean difference: signs are flipped at random.
///
/// Up to 16 differences other than zero all signs are gone through and the p-value is exact: the share of sign patterns
/// whose absolute sum is at least the observed one. Above, `num_resamples` patterns are drawn with `seed` and
/// p = (1 + as extreme) / (1 + drawn), which is never 0 and keeps the level. Source: Fisher, *The Design of Experiments*
/// (1935), section 21; Phipson and Smyth, Statistical Applications in Genetics and Molecular Biology 9 (2010).
///
/// The statistic is the mean difference, zeros included. `None` of an empty slice.
pub fn paired_permutation(differences: &[f64], num_resamples: usize, seed: u64) -> Option<TestResult> {
    let statistic = super::mean(differences)?;
    let moved: Vec<f64> = differences.iter().copied().filter(|difference| *difference != 0.0).collect();
    // Sums that differ by rounding alone are as extreme.
    let slack = 1e-12 * moved.iter().map(|difference| difference.abs()).sum::<f64>();
    let bound = moved.iter().sum::<f64>().abs() - slack;
    let p_value = if moved.len() <= MAX_EXACT_SIGNS {
        all_signs(&moved, bound)
    } else {
        drawn_signs(&moved, bound, num_resamples, seed)
    };
    Some(TestResult { statistic, p_value })
}

fn all_signs(moved: &[f64], bound: f64) -> f64 {
    let num_patterns = 1_u32 << moved.len();
    let sum_of = |pattern: u32| -> f64 {
        let signed = moved.iter().enumerate().map(|(at, value)| if pattern >> at & 1 == 1 { *value } else { -*value });
        signed.sum()
    };
    let num_extreme = (0..num_patterns).filter(|pattern| sum_of(*pattern).abs() >= bound).count();
    num_extreme as f64 / f64::from(num_patterns)
}

fn drawn_signs(moved: &[f64], bound: f64, num_resamples: usize, seed: u64) -> f64 {
    let mut draws = Draws::new(seed);
    let mut num_extreme = 0_usize;
    for _ in 0..num_resamples {
        let mut sum = 0.0;
        for part in moved.chunks(64) {
            let signs = draws.bits();
            sum += part.iter().enumerate().map(|(at, v)| if signs >> at & 1 == 1 { *v } else { -*v }).sum::<f64>();
        }
        num_extreme += usize::from(sum.abs() >= bound);
    }
    (1 + num_extreme) as f64 / (1 + num_resamples) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_test_is_the_exact_binomial() {
        // 2 · P(X ≤ 1) of 8 fair coins = 2 · 9 / 256.
        assert!((sign_test(7, 1).unwrap() - 0.070_312_5).abs() < 1e-12);
        assert_eq!(sign_test(0, 0), Some(1.0));
        assert_eq!(sign_test(3, 3), Some(1.0));
    }

    #[test]
    fn mid_p_takes_off_half_of_the_observed_split() {
        // 2 · 9 / 256 − 8 / 256.
        assert!((mcnemar_mid_p(7, 1).unwrap() - 10.0 / 256.0).abs() < 1e-12);
        assert_eq!(mcnemar_mid_p(0, 0), Some(1.0));
        assert_eq!(mcnemar_mid_p(4, 4), Some(1.0));
    }

    #[test]
    fn wilcoxon_is_exact_for_few_rows() {
        // All six positive: 2 / 2⁶.
        let result = wilcoxon_signed_rank(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0]).unwrap();
        assert_eq!((result.statistic, result.p_value), (0.0, 2.0 / 64.0));
        assert_eq!(wilcoxon_signed_rank(&[0.0, 0.0]), None);
        assert_eq!(wilcoxon_signed_rank(&[1.0, -1.0]).unwrap().p_value, 1.0);
    }

    #[test]
    fn permutation_counts_all_signs_of_few_rows() {
        let result = paired_permutation(&[1.0, 2.0, 3.0, 0.0], 0, 0).unwrap();
        assert_eq!((result.statistic, result.p_value), (1.5, 2.0 / 8.0));
        assert_eq!(paired_permutation(&[0.0], 10, 0).unwrap().p_value, 1.0);
        assert_eq!(paired_permutation(&[], 10, 0), None);
    }

    #[test]
    fn drawn_permutations_follow_their_seed() {
        let differences: Vec<f64> = (0..40).map(|row| f64::from(row % 7) - 2.0).collect();
        let once = paired_permutation(&differences, 2000, 3);
        assert_eq!(once, paired_permutation(&differences, 2000, 3));
        assert!(once.unwrap().p_value < 0.05);
    }
}
