//! How large a difference is, apart from how sure it is.

use super::{mean, standard_deviation};

/// Cohen's d for paired values: mean of the differences over their standard deviation.
///
/// Source: Cohen, *Statistical Power Analysis for the Behavioral Sciences* (1988), section 2.3. `None` with fewer than two
/// rows, or where all differences are equal: the standard deviation is 0.
pub fn cohens_d(differences: &[f64]) -> Option<f64> {
    let deviation = standard_deviation(differences).filter(|deviation| *deviation > 0.0)?;
    Some(mean(differences)? / deviation)
}

/// Hedges' g: [`cohens_d`] without its bias for few rows, d · (1 − 3 / (4 (n − 1) − 1)).
///
/// Source: Hedges, Journal of Educational Statistics 6 (1981). `None` as in [`cohens_d`].
pub fn hedges_g(differences: &[f64]) -> Option<f64> {
    let freedom = differences.len().checked_sub(1)? as f64;
    Some(cohens_d(differences)? * (1.0 - 3.0 / (4.0 * freedom - 1.0)))
}

/// Cohen's h of two rates: 2 asin √candidate − 2 asin √baseline, from −π to π.
///
/// Source: Cohen (1988), section 6.2. `None` for rates outside [0, 1].
pub fn cohens_h(candidate: f64, baseline: f64) -> Option<f64> {
    let angle = |rate: f64| (0.0..=1.0).contains(&rate).then(|| 2.0 * rate.sqrt().asin());
    Some(angle(candidate)? - angle(baseline)?)
}

/// Odds ratio of matched pairs: rows that improved for each row that regressed.
///
/// Source: McNemar, Psychometrika 12 (1947). `None` where none regressed: the ratio is infinite or 0 / 0.
pub fn matched_odds_ratio(num_improved: u64, num_regressed: u64) -> Option<f64> {
    (num_regressed > 0).then(|| num_improved as f64 / num_regressed as f64)
}

/// Matched-pairs rank-biserial correlation, from −1 to 1: (positive − negative) / all of Wilcoxon's signed ranks.
///
/// Source: Kerby, Comprehensive Psychology 3 (2014). `None` without a difference other than zero.
pub fn rank_biserial(differences: &[f64]) -> Option<f64> {
    let moved: Vec<f64> = differences.iter().copied().filter(|difference| *difference != 0.0).collect();
    let sizes: Vec<f64> = moved.iter().map(|difference| difference.abs()).collect();
    let (ranks, _) = super::ranks::midranks(&sizes);
    let total: f64 = ranks.iter().sum();
    let signed: f64 = moved.iter().zip(&ranks).map(|(difference, rank)| difference.signum() * rank).sum();
    (!moved.is_empty()).then(|| signed / total)
}

/// Cliff's delta of two independent groups, from −1 to 1: P(candidate > baseline) − P(candidate < baseline).
///
/// Source: Cliff, Psychological Bulletin 114 (1993). O((n + m) log m). `None` where a group is empty.
pub fn cliffs_delta(candidate: &[f64], baseline: &[f64]) -> Option<f64> {
    if candidate.is_empty() || baseline.is_empty() {
        return None;
    }
    let mut sorted = baseline.to_vec();
    sorted.sort_by(f64::total_cmp);
    let balance = |value: &f64| {
        let num_below = sorted.partition_point(|other| other < value);
        let num_above = sorted.len() - sorted.partition_point(|other| other <= value);
        num_below as f64 - num_above as f64
    };
    Some(candidate.iter().map(balance).sum::<f64>() / (candidate.len() * baseline.len()) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standardised_differences() {
        let differences = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert!((cohens_d(&differences).unwrap() - 3.0 / 2.5_f64.sqrt()).abs() < 1e-12);
        assert!((hedges_g(&differences).unwrap() - 3.0 / 2.5_f64.sqrt() * 0.8).abs() < 1e-12);
        assert_eq!(cohens_d(&[2.0, 2.0]), None);
        assert_eq!(hedges_g(&[]), None);
    }

    #[test]
    fn rates_and_odds() {
        assert!((cohens_h(1.0, 0.0).unwrap() - std::f64::consts::PI).abs() < 1e-12);
        assert_eq!(cohens_h(1.1, 0.0), None);
        assert_eq!(matched_odds_ratio(6, 3), Some(2.0));
        assert_eq!(matched_odds_ratio(6, 0), None);
    }

    #[test]
    fn rank_effects() {
        assert_eq!(rank_biserial(&[1.0, 2.0, 0.0]), Some(1.0));
        assert_eq!(rank_biserial(&[1.0, -2.0]), Some(-1.0 / 3.0));
        assert_eq!(rank_biserial(&[0.0]), None);
        assert_eq!(cliffs_delta(&[2.0, 3.0], &[1.0, 2.0]), Some(0.75));
        assert_eq!(cliffs_delta(&[], &[1.0]), None);
    }
}
