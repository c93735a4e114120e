//! The reference packages' own answers, made by `statistics_cases.py` and `studies_cases.py` in `core/tests/goldens`, to one
//! part in a million.
//!
//! Where the reference has no number it must be undefined here too, and the other way around. The generator says where it
//! puts null in place of what a reference falls back to.

use super::*;
use atelier_types::statistics::Interval;
use serde_json::Value;
use std::cmp::Ordering;
use std::sync::LazyLock;

mod studies;

static GOLDENS: LazyLock<[Value; 2]> = LazyLock::new(|| {
    [include_str!("../../../tests/goldens/statistics.json"), include_str!("../../../tests/goldens/studies.json")]
        .map(|text| serde_json::from_str(text).unwrap())
});

/// Calls `ours` with the inputs of each case and compares what it answers with the reference, number by number.
fn compare_all(name: &str, min_cases: usize, ours: impl Fn(&[Value]) -> Vec<Option<f64>>) {
    let cases = GOLDENS.iter().find_map(|golden| golden["cases"][name].as_array()).unwrap();
    assert!(cases.len() >= min_cases, "{name}: {} cases", cases.len());
    for case in cases {
        let (expected, inputs) = case.as_array().unwrap().split_last().unwrap();
        let mut wanted = Vec::new();
        flatten(expected, &mut wanted);
        let found = ours(inputs);
        assert_eq!(found.len(), wanted.len(), "{name} {case}");
        for (found, wanted) in found.iter().zip(&wanted) {
            let is_equal = match (found, wanted) {
                (Some(found), Some(wanted)) => (found - wanted).abs() <= 1e-6 * wanted.abs() + 1e-11,
                (None, None) => true,
                _ => false,
            };
            assert!(is_equal, "{name} {case}: {found:?} instead of {wanted:?}");
        }
    }
}

fn flatten(value: &Value, into: &mut Vec<Option<f64>>) {
    match value {
        Value::Array(parts) => parts.iter().for_each(|part| flatten(part, into)),
        other => into.push(other.as_f64()),
    }
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn places(value: &Value) -> Vec<usize> {
    floats(value).into_iter().map(|number| number as usize).collect()
}

fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn pairs(first: &Value, second: &Value) -> Vec<(usize, usize)> {
    places(first).into_iter().zip(places(second)).collect()
}

fn ends(interval: Option<Interval>) -> Vec<Option<f64>> {
    vec![interval.map(|interval| interval.low), interval.map(|interval| interval.high)]
}

fn parts(result: Option<TestResult>) -> Vec<Option<f64>> {
    vec![result.map(|result| result.statistic), result.map(|result| result.p_value)]
}

#[test]
fn intervals_equal_statsmodels() {
    compare_all("clopper_pearson", 200, |case| {
        ends(clopper_pearson(whole(&case[0]), whole(&case[1]), case[2].as_f64().unwrap()))
    });
    compare_all("wilson", 100, |case| {
        ends(wilson(case[0].as_f64().unwrap(), case[1].as_f64().unwrap(), case[2].as_f64().unwrap()))
    });
    compare_all("t_interval", 100, |case| ends(clustered_t(&floats(&case[0]), case[1].as_f64().unwrap())));
}

#[test]
fn bootstrap_intervals_equal_scipy_with_the_same_draws() {
    compare_all("bootstrap", 120, |case| {
        let rows: Vec<Vec<f64>> = floats(&case[0]).into_iter().map(|value| vec![value]).collect();
        let method = if case[2] == "BCa" { BootstrapMethod::Bca } else { BootstrapMethod::Percentile };
        ends(bootstrap_mean(&rows, Bootstrap { method, num_resamples: 200, confidence: 0.95, seed: whole(&case[1]) }))
    });
}

#[test]
fn paired_tests_equal_scipy_and_statsmodels() {
    compare_all("mcnemar", 200, |case| {
        let (wins, losses) = (whole(&case[0]), whole(&case[1]));
        vec![sign_test(wins, losses), mcnemar_mid_p(wins, losses)]
    });
    compare_all("wilcoxon", 200, |case| parts(wilcoxon_signed_rank(&floats(&case[0]))));
    compare_all("permutation", 100, |case| parts(paired_permutation(&floats(&case[0]), 0, 0)));
    compare_all("tost", 120, |case| vec![tost(&floats(&case[0]), case[1].as_f64().unwrap())]);
}

#[test]
fn adjusted_p_values_equal_statsmodels() {
    compare_all("adjusted", 120, |case| {
        let p_values = floats(&case[0]);
        [holm(&p_values), benjamini_hochberg(&p_values)].concat().into_iter().map(Some).collect()
    });
}

#[test]
fn chances_of_k_tries_equal_their_reference() {
    compare_all("pass_at_k", 150, |case| {
        let [tries, passes, k] = [0, 1, 2].map(|at| whole(&case[at]));
        vec![pass_at_k(tries, passes, k), pass_hat_k(tries, passes, k)]
    });
}

#[test]
fn alpha_equals_krippendorff() {
    compare_all("alpha", 200, |case| {
        let raters = case[0].as_array().unwrap();
        let num_items = raters[0].as_array().unwrap().len();
        let of_item = |item: usize| raters.iter().filter_map(|ratings| ratings[item].as_f64()).collect();
        let items: Vec<Vec<f64>> = (0..num_items).map(of_item).collect();
        let alpha = |scale| krippendorff_alpha(&items, scale).map(|agreement| agreement.value);
        [Scale::Nominal, Scale::Ordinal, Scale::Interval].map(alpha).to_vec()
    });
}

#[test]
fn kappas_equal_scikit_learn_and_statsmodels() {
    compare_all("kappa", 150, |case| {
        let pairs = pairs(&case[0], &case[1]);
        let kappa = |weights| cohens_kappa(&pairs, weights).map(|agreement| agreement.value);
        [KappaWeights::Plain, KappaWeights::Linear, KappaWeights::Quadratic].map(kappa).to_vec()
    });
    compare_all("fleiss", 120, |case| {
        let counts = |row: &Value| places(row).into_iter().map(|count| count as u32).collect();
        let items: Vec<Vec<u32>> = case[0].as_array().unwrap().iter().map(counts).collect();
        vec![fleiss_kappa(&items).map(|agreement| agreement.value)]
    });
}

/// With three pairs scipy's interval is [−1, 1]; here, as in the golden file, it is undefined.
#[test]
fn correlations_equal_scipy() {
    compare_all("correlations", 200, |case| {
        let (first, second) = (floats(&case[0]), floats(&case[1]));
        let found = [pearson, spearman, kendall].map(|correlation| correlation(&first, &second));
        let interval = found[0].and_then(|r| correlation_interval(Correlation::Pearson, r, first.len(), CONFIDENCE));
        found.into_iter().chain(ends(interval)).collect()
    });
}

fn contests(games: &Value) -> Vec<Contest> {
    let contest = |game: &Value| Contest {
        first: whole(&game[0]) as usize,
        second: whole(&game[1]) as usize,
        outcome: match game[2].as_str() {
            Some("a") => Ordering::Greater,
            Some("b") => Ordering::Less,
            _ => Ordering::Equal,
        },
    };
    games.as_array().unwrap().iter().map(contest).collect()
}

#[test]
fn strengths_equal_choix() {
    compare_all("bradley_terry", 60, |case| {
        let fit = bradley_terry(&contests(&case[0]), whole(&case[1]) as usize).unwrap();
        fit.strengths.into_iter().map(Some).collect()
    });
}

#[test]
fn strengths_with_ties_equal_statsmodels() {
    compare_all("davidson", 60, |case| {
        let num_players = whole(&case[1]) as usize;
        let fit = bradley_terry(&contests(&case[0]), num_players).unwrap();
        let against_first = (1..num_players).map(|player| Some(fit.strengths[player] - fit.strengths[0]));
        let errors = (1..num_players).map(|player| {
            let interval = fit.difference(player, 0, CONFIDENCE)?;
            Some((interval.high - interval.low) / 2.0 / distributions::normal_two_sided(CONFIDENCE)?)
        });
        against_first.chain(errors).chain([Some(fit.tie.ln())]).collect()
    });
}

#[test]
fn classification_equals_scikit_learn() {
    compare_all("classification", 150, |case| {
        let report = classification(&pairs(&case[0], &case[1]), whole(&case[2]) as usize).unwrap();
        let each = |value: fn(&ClassReport) -> Option<f64>| report.classes.iter().map(value).collect::<Vec<_>>();
        let averages = |averages: Averages| vec![averages.precision, averages.recall, averages.f1];
        let whole = vec![Some(report.accuracy), Some(report.balanced_accuracy), report.matthews];
        let by_class = [each(|class| class.precision), each(|class| class.recall), each(|class| class.f1)].concat();
        [by_class, averages(report.macro_average), averages(report.weighted_average), whole].concat()
    });
}
