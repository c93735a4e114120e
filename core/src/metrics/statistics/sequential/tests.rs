use super::*;
use crate::metrics::statistics::{CONFIDENCE, Draws};

fn normal(draws: &mut Draws) -> f64 {
    (-2.0 * (1.0 - draws.unit()).ln()).sqrt() * (std::f64::consts::TAU * draws.unit()).cos()
}

/// Rows that are one check a side.
fn checks(num_up: usize, num_down: usize, num_same: usize) -> Vec<f64> {
    [vec![1.0; num_up], vec![-1.0; num_down], vec![0.0; num_same]].concat()
}

fn excludes_zero(interval: Option<Interval>) -> bool {
    interval.is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0)
}

/// Runs in which some look after a row raises a false alarm. Promised is one in twenty; seeds are fixed.
fn num_alarms(num_runs: u64, num_rows: usize, row: fn(&mut Draws) -> f64, is_alarm: fn(&[f64]) -> bool) -> usize {
    let has_alarm = |run: &u64| {
        let mut draws = Draws::new(*run);
        let rows: Vec<f64> = (0..num_rows).map(|_| row(&mut draws)).collect();
        (1..=num_rows).any(|looked| is_alarm(&rows[..looked]))
    };
    (0..num_runs).filter(has_alarm).count()
}

#[test]
fn peeking_after_every_row_seldom_misses() {
    let of_mean = |rows: &[f64]| excludes_zero(mean_sequence(rows, CONFIDENCE));
    let of_checks = |rows: &[f64]| bounded_evidence(rows, 1.0, 0.0).unwrap() >= 20.0_f64.ln();
    let lognormal = |draws: &mut Draws| normal(draws).exp() - 0.5_f64.exp();
    let heavy = |draws: &mut Draws| {
        let squares: f64 = (0..3).map(|_| normal(draws).powi(2)).sum();
        normal(draws) / (squares / 3.0).sqrt()
    };
    let flips = |draws: &mut Draws| {
        let drawn = draws.unit();
        f64::from(u8::from(drawn < 0.05)) - f64::from(u8::from(drawn > 0.95))
    };
    assert!(num_alarms(200, 400, normal, of_mean) <= 10);
    assert!(num_alarms(200, 400, lognormal, of_mean) <= 10);
    assert!(num_alarms(200, 400, heavy, of_mean) <= 10);
    assert!(num_alarms(100, 400, flips, of_checks) <= 5);
}

#[test]
fn flips_are_tested_by_their_jeffreys_mixture() {
    // ln of B(w + ½, l + ½) / B(½, ½) · 2^(w + l), by its recursion.
    let closed = |ups: u32, downs: u32| {
        let rising = |count: u32| (0..count).map(|step| (f64::from(step) + 0.5).ln()).sum::<f64>();
        let all: f64 = (0..ups + downs).map(|step| f64::from(step + 1).ln()).sum();
        rising(ups) + rising(downs) - all + f64::from(ups + downs) * std::f64::consts::LN_2
    };
    for (ups, downs) in [(1, 0), (5, 0), (8, 1), (20, 11)] {
        let found = bounded_evidence(&checks(ups as usize, downs as usize, 50), 1.0, 0.0).unwrap();
        assert!((found - closed(ups, downs)).abs() < 1e-9, "{ups} {downs}: {found} {}", closed(ups, downs));
    }
}

#[test]
fn seven_flips_one_way_are_the_first_alarm() {
    assert!(!excludes_zero(bounded_sequence(&checks(6, 0, 30), 1.0, CONFIDENCE)));
    assert!(excludes_zero(bounded_sequence(&checks(7, 0, 30), 1.0, CONFIDENCE)));
    assert!(excludes_zero(bounded_sequence(&checks(0, 7, 30), 1.0, CONFIDENCE)));
}

#[test]
fn the_interval_holds_exactly_what_no_bet_has_won_against() {
    let limit = 20.0_f64.ln();
    for rows in [checks(9, 2, 40), checks(0, 0, 25), checks(3, 3, 300), vec![0.25, -0.5, 0.75, 0.75, 0.0, 1.0]] {
        let interval = bounded_sequence(&rows, 1.0, CONFIDENCE).unwrap();
        for step in -99..100 {
            let against = f64::from(step) / 100.0;
            let is_held = bounded_evidence(&rows, 1.0, against).unwrap() < limit;
            assert_eq!(is_held, interval.low < against && against < interval.high, "{rows:?} {against} {interval:?}");
        }
    }
}

#[test]
fn bounded_intervals_narrow_and_scale() {
    let few = bounded_sequence(&checks(6, 2, 42), 1.0, CONFIDENCE).unwrap();
    let many = bounded_sequence(&checks(120, 40, 840), 1.0, CONFIDENCE).unwrap();
    assert!(many.low > 0.03 && many.high < 0.13 && few.low < 0.0 && few.high > 0.15, "{few:?} {many:?}");
    let points: Vec<f64> = checks(6, 2, 42).iter().map(|difference| difference * 100.0).collect();
    let scaled = watch(&points, Unit::Points, CONFIDENCE).interval.unwrap();
    assert!((scaled.low - 100.0 * few.low).abs() < 1e-6 && (scaled.high - 100.0 * few.high).abs() < 1e-6);
}

#[test]
fn mean_intervals_stay_wide_on_the_side_of_the_skewness() {
    let skewed: Vec<f64> = (0..100).map(|row| (f64::from(row) / 20.0).exp()).collect();
    let interval = mean_sequence(&skewed, CONFIDENCE).unwrap();
    let centre = mean(&skewed).unwrap();
    let (below, above) = (centre - interval.low, interval.high - centre);
    assert!(above > 1.1 * below && below > 0.0, "{interval:?} {centre}");
    let mirrored: Vec<f64> = skewed.iter().map(|value| -value).collect();
    let mirror = mean_sequence(&mirrored, CONFIDENCE).unwrap();
    assert!((mirror.low + interval.high).abs() < 1e-9 && (mirror.high + interval.low).abs() < 1e-9);
}

#[test]
fn undefined_cases_say_why() {
    assert_eq!(watch(&[], Unit::Share, CONFIDENCE).reason.as_deref(), Some("there are no rows yet"));
    assert_eq!(
        watch(&[0.5, 1.5], Unit::Share, CONFIDENCE).reason.as_deref(),
        Some("a difference lies outside −1 to 1")
    );
    let mostly_still = [vec![0.0; 900], vec![1.0; 29]].concat();
    let watched = watch(&mostly_still, Unit::Tokens, CONFIDENCE);
    assert_eq!(watched.reason.as_deref(), Some("fewer than 30 rows have moved, too few to watch"));
    assert!(watched.value.is_some() && watched.interval.is_none());
    assert_eq!(mean_sequence(&[1.0; 50], CONFIDENCE), None);
    assert_eq!(bounded_sequence(&[f64::NAN], 1.0, CONFIDENCE), None);
    assert_eq!(bounded_sequence(&[0.5], 1.0, 1.0), None);
    assert_eq!(bounded_sequence(&[0.5], 0.0, CONFIDENCE), None);
    assert_eq!(bounded_evidence(&[0.5], 1.0, 1.0), None);
    let certain = watch(&[1.0; 3], Unit::Share, CONFIDENCE).interval.unwrap();
    assert!(certain.high > 0.99 && certain.low < 0.5, "{certain:?}");
}
