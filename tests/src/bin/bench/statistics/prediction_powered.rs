//! Coverage of prediction-powered intervals for a rate with 1,000 rows that only a judge labelled, nominally 95 %, beside that
//! of the judge's own rate, which is off by as much as the judge errs.

use super::{at_least, share_of};
use crate::Figure;
use atelier_core::metrics::statistics::{
    CONFIDENCE, Draws, JudgedRow, PredictionPoweredMethod, prediction_powered, wilson,
};

const RATES: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];
const ACCURACIES: [f64; 5] = [0.6, 0.7, 0.8, 0.9, 0.95];
const NUM_JUDGED: usize = 1000;
const NUM_DRAWN: usize = 2000;
/// 93 % less two standard errors of a drawn share.
const LEAST: f64 = 0.93 - 0.011;

pub fn figures() -> Vec<Figure> {
    let mut figures = Vec::new();
    for num_labelled in [30, 50, 100, 300] {
        for accuracy in ACCURACIES {
            let shares = RATES.map(|rate| coverage(num_labelled, rate, accuracy));
            let least = shares.iter().copied().fold(1.0, f64::min);
            let each = shares.map(super::percent).join(", ");
            let what =
                format!("{num_labelled} human labels, judge right in {accuracy}; rates 0.1 to 0.9: {each}; least");
            figures.push(at_least(what, least, LEAST, "≥ 93 %"));
        }
    }
    for accuracy in ACCURACIES {
        let shares = RATES.map(|rate| coverage_of_judge(rate, accuracy));
        let what = format!("the judge's own rate, right in {accuracy} (never used); rates 0.1 to 0.9");
        figures.push(Figure { what, measured: shares.map(super::percent).join(", "), promised: "none", is_met: true });
    }
    figures
}

fn coverage(num_labelled: usize, rate: f64, accuracy: f64) -> f64 {
    share_of(NUM_DRAWN, num_labelled as u64, |draws| {
        let labelled: Vec<JudgedRow> = (0..num_labelled).map(|_| judged(draws, rate, accuracy)).collect();
        let rest: Vec<f64> = (0..NUM_JUDGED).map(|_| judged(draws, rate, accuracy).judge).collect();
        let found = prediction_powered(&labelled, &rest, None, PredictionPoweredMethod::SmallSample, CONFIDENCE);
        found.is_ok_and(|found| found.interval.low <= rate && rate <= found.interval.high)
    })
}

fn coverage_of_judge(rate: f64, accuracy: f64) -> f64 {
    share_of(NUM_DRAWN, 3, |draws| {
        let passes: f64 = (0..NUM_JUDGED).map(|_| judged(draws, rate, accuracy).judge).sum();
        let interval = wilson(passes, NUM_JUDGED as f64, CONFIDENCE);
        interval.is_some_and(|interval| interval.low <= rate && rate <= interval.high)
    })
}

fn judged(draws: &mut Draws, rate: f64, accuracy: f64) -> JudgedRow {
    let human = f64::from(u8::from(draws.unit() < rate));
    let is_right = draws.unit() < accuracy;
    JudgedRow { human, judge: if is_right { human } else { 1.0 - human } }
}
