//! Whether planned studies find as often as was planned, nominally four times in five.

use super::{normal, share_of};
use crate::Figure;
use atelier_core::metrics::statistics::{
    CONFIDENCE, Draws, FlipRates, McNemar, Sides, clustered_t, mcnemar_mid_p, mcnemar_power, rows_for, sign_test,
    t_equivalence_power, t_power,
};

const LEVEL: f64 = 1.0 - CONFIDENCE;
const POWER: f64 = 0.8;
const NUM_DRAWN: usize = 4000;

pub fn figures() -> Vec<Figure> {
    let mut figures = Vec::new();
    for effect in [0.2, 0.5, 1.5] {
        let planned = rows_for(POWER, |rows| t_power(effect, rows, LEVEL, Sides::Two));
        figures.push(kept(format!("paired t, effect {effect}"), planned, |rows, draws| {
            let interval = clustered_t(&measured(draws, effect, rows), CONFIDENCE);
            interval.is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0)
        }));
        let planned = rows_for(POWER, |rows| t_equivalence_power(0.0, effect, rows, CONFIDENCE));
        figures.push(kept(format!("equivalence, margin {effect}"), planned, |rows, draws| {
            let interval = clustered_t(&measured(draws, 0.0, rows), CONFIDENCE);
            interval.is_some_and(|interval| interval.low > -effect && interval.high < effect)
        }));
    }
    for (up, down) in [(0.06, 0.02), (0.2, 0.1), (0.4, 0.05)] {
        let rates = FlipRates { up, down };
        let planned = |test| rows_for(POWER, |rows| mcnemar_power(rates, rows, LEVEL, test));
        let flips = format!("{up} up, {down} down");
        figures.push(kept(format!("McNemar exact, {flips}"), planned(McNemar::Exact), |rows, draws| {
            is_found(sign_test, rates, rows, draws)
        }));
        figures.push(kept(format!("McNemar mid-p, {flips}"), planned(McNemar::MidP), |rows, draws| {
            is_found(mcnemar_mid_p, rates, rows, draws)
        }));
    }
    figures
}

/// The share found with the planned rows. It may be above four in five by what one row more brings.
fn kept(what: String, planned: Option<u64>, mut is_found: impl FnMut(u64, &mut Draws) -> bool) -> Figure {
    let rows = planned.unwrap_or(0);
    let share = share_of(NUM_DRAWN, rows, |draws| is_found(rows, draws));
    Figure {
        what: format!("found with {rows} rows: {what}"),
        measured: super::percent(share),
        promised: "80 to 92 %",
        is_met: (POWER - 0.02..=0.92).contains(&share),
    }
}

fn measured(draws: &mut Draws, effect: f64, rows: u64) -> Vec<f64> {
    (0..rows).map(|_| effect + normal(draws)).collect()
}

fn is_found(test: fn(u64, u64) -> Option<f64>, rates: FlipRates, rows: u64, draws: &mut Draws) -> bool {
    let (mut up, mut down) = (0, 0);
    for _ in 0..rows {
        let drawn = draws.unit();
        up += u64::from(drawn < rates.up);
        down += u64::from(drawn >= rates.up && drawn < rates.up + rates.down);
    }
    test(up, down).is_some_and(|p_value| p_value <= LEVEL)
}
