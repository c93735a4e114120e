//! Intervals, paired tests, adjusted p-values, correlations and power: scipy and statsmodels.

use super::super::{ends, parts};
use super::*;

#[test]
fn intervals_equal_statsmodels() {
    compare_all("clopper_pearson", 1, |cases| {
        let trials = cases.among(&[1, 2, 5, 20, 100, 2000, 100_000]);
        let hits = match cases.below(4) {
            0 => 0,
            1 => trials,
            _ => cases.below(trials + 1),
        };
        ends(clopper_pearson(hits as u64, trials as u64, cases.among(&CONFIDENCES)))
    });
    compare_all("wilson", 2, |cases| {
        let trials = cases.among(&[1, 3, 20, 400, 5000]);
        ends(wilson(cases.below(trials + 1) as f64, trials as f64, cases.among(&CONFIDENCES)))
    });
    compare_all("t_interval", 3, |cases| ends(clustered_t(&cases.differences(2, 30), cases.among(&CONFIDENCES))));
}

#[test]
fn paired_tests_equal_scipy_and_statsmodels() {
    compare_all("tost", 4, |cases| vec![tost(&cases.differences(3, 30), cases.among(&[0.125, 0.5, 1.0]))]);
    compare_all("mcnemar", 5, |cases| {
        let (wins, losses) = (cases.below(41) as u64, cases.below(41) as u64);
        vec![sign_test(wins, losses), mcnemar_mid_p(wins, losses)]
    });
    compare_all("wilcoxon", 6, |cases| parts(wilcoxon_signed_rank(&signed_differences(cases))));
    compare_all("permutation", 7, |cases| {
        let has_ties = cases.below(2) == 0;
        let count = 2 + cases.below(8);
        let values = (0..count).map(|_| if has_ties { cases.below(9) as f64 - 4.0 } else { cases.thousandth() });
        parts(paired_permutation(&values.collect::<Vec<_>>(), 0, 0))
    });
}

/// Without ties, with ties, and with zeros too.
fn signed_differences(cases: &mut Cases) -> Vec<f64> {
    match cases.below(3) {
        0 => {
            let count = 1 + cases.below(50);
            let mut apart =
                |place| (10 * place + 1 + cases.below(9)) as f64 / if cases.below(5) < 3 { 64.0 } else { -64.0 };
            (0..count).map(&mut apart).collect()
        }
        1 => {
            let count = 2 + cases.below(9);
            (0..count).map(|_| cases.among(&[-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])).collect()
        }
        _ => {
            let count = 60 + cases.below(31);
            (0..count).map(|_| cases.below(9) as f64 - 4.0).collect()
        }
    }
}

#[test]
fn adjusted_p_values_equal_statsmodels() {
    compare_all("adjusted", 8, |cases| {
        let count = 1 + cases.below(4);
        let shares = (0..count).map(|_| cases.below(1001) as f64 / 1000.0);
        let p_values: Vec<f64> = shares.map(|share| share * share * share).collect();
        [holm(&p_values), benjamini_hochberg(&p_values)].concat().into_iter().map(Some).collect()
    });
}

#[test]
fn chances_of_k_tries_equal_their_reference() {
    compare_all("pass_at_k", 9, |cases| {
        let tries = 1 + cases.below(200);
        let (passes, k) = (cases.below(tries + 1) as u64, 1 + cases.below(tries) as u64);
        vec![pass_at_k(tries as u64, passes, k), pass_hat_k(tries as u64, passes, k)]
    });
}

/// With three pairs scipy's interval is [−1, 1], and of a correlation of 1 it is certain; here both are undefined.
#[test]
fn correlations_equal_scipy() {
    compare_all("correlations", 10, |cases| {
        let (has_ties, count) = (cases.below(2) == 0, 3 + cases.below(28));
        let value = |_| if has_ties { cases.below(9) as f64 - 4.0 } else { cases.thousandth() };
        let first: Vec<f64> = (0..count).map(value).collect();
        let noise = |value: &f64| value + if has_ties { cases.below(5) as f64 - 2.0 } else { cases.thousandth() / 2.0 };
        let second: Vec<f64> = first.iter().map(noise).collect();
        let found = [pearson, spearman, kendall].map(|correlation| correlation(&first, &second));
        let interval = found[0].and_then(|r| correlation_interval(Correlation::Pearson, r, first.len(), CONFIDENCE));
        found.into_iter().chain(ends(interval)).collect()
    });
}

#[test]
fn power_of_t_tests_equals_statsmodels() {
    compare_all("t_power", 11, |cases| {
        let (rows, level, sides) = study(cases);
        let effect = cases.below(3001) as f64 / 1000.0;
        let effect = if cases.below(2) == 0 { effect / rows as f64 } else { effect };
        vec![t_power(effect, rows, level, sides)]
    });
    compare_all("t_detectable", 12, |cases| {
        let (rows, level, sides) = study(cases);
        vec![t_detectable(rows, cases.among(&[0.5, 0.8, 0.9, 0.95]), level, sides)]
    });
}

fn study(cases: &mut Cases) -> (u64, f64, Sides) {
    let rows = cases.among(&[2, 3, 4, 5, 8, 12, 20, 35, 50, 100, 250, 500, 1000, 2500, 5000]);
    (rows, cases.among(&[0.001, 0.01, 0.05, 0.1, 0.2]), cases.among(&[Sides::Two, Sides::One]))
}
