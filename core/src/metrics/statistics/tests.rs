//! The reference packages' own answers, made by `statistics_cases.py` and `studies_cases.py` in `core/tests/goldens`, to one
//! part in a million. What needs no more than a few numbers a case is in `drawn`.
//!
//! Where the reference has no number it must be undefined here too, and the other way around. The generator says where it
//! puts null in place of what a reference falls back to.

use super::*;
use atelier_types::statistics::Interval;
use serde_json::Value;
use std::cmp::Ordering;
use std::sync::LazyLock;

mod drawn;
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
fn bootstrap_intervals_equal_scipy_with_the_same_draws() {
    compare_all("bootstrap", 120, |case| {
        let rows: Vec<Vec<f64>> = floats(&case[0]).into_iter().map(|value| vec![value]).collect();
        let method = if case[2] == "BCa" { BootstrapMethod::Bca } else { BootstrapMethod::Percentile };
        ends(bootstrap_mean(&rows, Bootstrap { method, num_resamples: 200, confidence: 0.95, seed: whole(&case[1]) }))
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
