use super::*;
use crate::metrics::statistics::{Draws, mcnemar_mid_p, sign_test, tost};

fn normal(draws: &mut Draws) -> f64 {
    (-2.0 * (1.0 - draws.unit()).ln()).sqrt() * (std::f64::consts::TAU * draws.unit()).cos()
}

/// Share of runs in which `is_found`, and four of its standard errors.
fn simulated(num_runs: usize, seed: u64, mut is_found: impl FnMut(&mut Draws) -> bool) -> (f64, f64) {
    let mut draws = Draws::new(seed);
    let share = (0..num_runs).filter(|_| is_found(&mut draws)).count() as f64 / num_runs as f64;
    (share, 4.0 * (share * (1.0 - share) / num_runs as f64).sqrt() + 1e-3)
}

#[test]
fn mcnemar_power_is_what_simulation_finds() {
    for (up, down, num_rows) in [(0.2, 0.05, 60), (0.1, 0.02, 150), (0.3, 0.3, 40), (0.5, 0.1, 12), (0.4, 0.6, 100)] {
        for (kind, test) in [(McNemar::Exact, sign_test as fn(u64, u64) -> Option<f64>), (McNemar::MidP, mcnemar_mid_p)]
        {
            let power = mcnemar_power(FlipRates { up, down }, num_rows, 0.05, kind).unwrap();
            let (share, slack) = simulated(4000, num_rows, |draws| {
                let mut flips = [0, 0];
                for _ in 0..num_rows {
                    let drawn = draws.unit();
                    flips[0] += u64::from(drawn < up);
                    flips[1] += u64::from(drawn >= up && drawn < up + down);
                }
                test(flips[0], flips[1]).unwrap() <= 0.05
            });
            assert!((power - share).abs() < slack, "{up} {down} {num_rows} {kind:?}: {power} {share}");
        }
    }
}

#[test]
fn mcnemar_power_joins_its_approximation() {
    for test in [McNemar::Exact, McNemar::MidP] {
        for difference in [0.0, 0.01, 0.02, 0.03] {
            let rates = FlipRates::with_difference(difference, 0.2);
            let below = mcnemar_power(rates, 10_000, 0.05, test).unwrap();
            let above = mcnemar_power(rates, 10_001, 0.05, test).unwrap();
            assert!((below - above).abs() < 0.003, "{test:?} {difference}: {below} {above}");
        }
    }
}

#[test]
fn few_flips_are_never_significant() {
    let all_up = FlipRates { up: 1.0, down: 0.0 };
    assert_eq!(mcnemar_power(all_up, 5, 0.05, McNemar::Exact), Some(0.0));
    assert_eq!(mcnemar_power(all_up, 6, 0.05, McNemar::Exact), Some(1.0));
    assert_eq!(mcnemar_power(all_up, 5, 0.05, McNemar::MidP), Some(1.0));
    assert_eq!(mcnemar_power(FlipRates { up: 0.0, down: 0.0 }, 500, 0.05, McNemar::Exact), Some(0.0));
}

#[test]
fn detectable_difference_of_checks_has_the_power() {
    let found = mcnemar_detectable(0.2, 100, 0.8, 0.05, McNemar::Exact).unwrap();
    let power =
        |difference| mcnemar_power(FlipRates::with_difference(difference, 0.2), 100, 0.05, McNemar::Exact).unwrap();
    assert!(power(found) >= 0.8 && power(found - 1e-6) < 0.8, "{found}");
    assert_eq!(mcnemar_detectable(0.2, 5, 0.8, 0.05, McNemar::Exact), None);
    let rows =
        rows_for(0.8, |rows| mcnemar_power(FlipRates { up: 0.15, down: 0.05 }, rows, 0.05, McNemar::Exact)).unwrap();
    assert!((150..180).contains(&rows), "{rows}");
}

#[test]
fn equivalence_power_is_what_simulation_finds() {
    for (effect, margin, num_rows) in [(0.0, 0.5, 30), (0.2, 0.6, 40), (0.5, 0.5, 20), (0.0, 1.5, 4)] {
        let power = t_equivalence_power(effect, margin, num_rows, 0.9).unwrap();
        let (share, slack) = simulated(6000, num_rows, |draws| {
            let differences: Vec<f64> = (0..num_rows).map(|_| effect + normal(draws)).collect();
            tost(&differences, margin).unwrap() <= 0.05
        });
        assert!((power - share).abs() < slack, "{effect} {margin} {num_rows}: {power} {share}");
    }
}

#[test]
fn equivalence_power_of_checks_is_that_of_verdicts() {
    let (flips, margin, num_rows) = (0.04, 0.05, 220);
    let power = checks_equivalence_power(flips, margin, num_rows, 0.95).unwrap();
    let (share, slack) = simulated(4000, 9, |draws| {
        let mut counts = [0.0, 0.0];
        for _ in 0..num_rows {
            let drawn = draws.unit();
            counts[0] += f64::from(u8::from(drawn < flips / 2.0));
            counts[1] += f64::from(u8::from(drawn >= flips / 2.0 && drawn < flips));
        }
        super::super::paired::shows_equivalence(num_rows as f64, counts[0], counts[1], margin, 0.95)
    });
    assert!((power - share).abs() < slack && power > 0.1 && power < 0.99, "{power} {share}");
    let [below, above] = [39_999, 40_001].map(|rows| checks_equivalence_power(0.05, 0.005, rows, 0.95).unwrap());
    assert!((below - above).abs() < 0.01, "{below} {above}");
}

#[test]
fn undefined_cases_are_none() {
    assert_eq!(t_power(0.5, 1, 0.05, Sides::Two), None);
    assert_eq!(t_power(0.5, 0, 0.05, Sides::Two), None);
    assert_eq!(t_power(f64::NAN, 9, 0.05, Sides::Two), None);
    assert_eq!(t_power(0.5, 9, 0.0, Sides::Two), None);
    assert_eq!(t_power(0.5, 9, 0.5, Sides::One), None);
    assert_eq!(t_detectable(9, 1.0, 0.05, Sides::Two), None);
    assert_eq!(t_equivalence_power(0.0, 0.0, 9, 0.95), None);
    assert_eq!(mcnemar_power(FlipRates { up: 0.7, down: 0.4 }, 9, 0.05, McNemar::Exact), None);
    assert_eq!(mcnemar_power(FlipRates { up: 0.2, down: 0.1 }, 9, 1.0, McNemar::Exact), None);
    assert_eq!(checks_equivalence_power(0.1, 0.0, 9, 0.95), None);
    assert_eq!(rows_for(0.8, |_| Some(0.1)), None);
    assert_eq!(rows_for(1.0, |_| Some(1.0)), None);
}
