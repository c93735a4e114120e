//! Prediction-powered inference: a mean that few human labels give without bias, made narrower by a judge that labelled many
//! rows. A judge's own mean is off by as much as the judge is; this is not, however bad the judge.

use super::distributions::{normal_two_sided, t_two_sided};
use super::mean;
use atelier_types::statistics::Interval;

/// Rows with a human label before an interval can be given: with 20 its coverage for rates of 0.1 falls to 88 %.
pub const MIN_HUMAN_LABELS: usize = 30;
/// Added to each of the four cells human × judge where all labels are 0 or 1: one row in all.
const WEIGHT_OF_CELL: f64 = 0.25;

/// What a human and a judge said about one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JudgedRow {
    pub human: f64,
    pub judge: f64,
}

/// How the interval is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PredictionPoweredMethod {
    /// As published: normal quantiles, variances by n. Too narrow with few human labels.
    Asymptotic,
    /// Student's t and variances by degrees of freedom; for labels of 0 and 1 a quarter row is added to each of the four cells
    /// human × judge.
    SmallSample,
}

/// A mean of human labels over all rows, as if humans had labelled them all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PredictionPowered {
    pub value: f64,
    pub interval: Interval,
    /// How far the judge is trusted, λ: from 0, where the judge's labels change nothing, to 1.
    pub trust: f64,
}

/// Why no mean can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PredictionPoweredFault {
    #[error("fewer than 30 rows have a human label, too few for an interval that holds")]
    TooFewHumanLabels,
    #[error("fewer than two rows have a judge's label only")]
    TooFewJudged,
    #[error("a label is not a finite number")]
    NotFinite,
    #[error("the labels do not vary, so nothing is known about how much they may")]
    NoVariance,
    #[error("the confidence is not between 0 and 1")]
    Confidence,
}

/// Mean of the human labels from n rows with both labels and N rows with the judge's label only.
///
/// ȳ + λ (f̄ of N − f̄ of n) with variance var(y − λf)/n + λ² var(f)/N. `trust` is λ; where it is `None` it is the one with the
/// least variance, cov(y, f) / ((1 + n/N) var(f)), cut to [0, 1]. Source: Angelopoulos, Duchi and Zrnic, "PPI++: Efficient
/// prediction-powered inference", arXiv 2311.01453 (2023); with [`PredictionPoweredMethod::Asymptotic`] the numbers are those
/// of `ppi_py.ppi_mean_ci`. The small-sample method takes n − 1 degrees of freedom, and n − 2 where λ is estimated; labels of
/// 0 and 1 are taken with the added cells in all of it (after Agresti and Min, Statistics in Medicine 24, 2005) and its
/// answers are cut to [0, 1].
pub fn prediction_powered(
    labelled: &[JudgedRow],
    judged: &[f64],
    trust: Option<f64>,
    method: PredictionPoweredMethod,
    confidence: f64,
) -> Result<PredictionPowered, PredictionPoweredFault> {
    check(labelled, judged, trust)?;
    let is_small = method == PredictionPoweredMethod::SmallSample;
    let is_check = |value: f64| value == 0.0 || value == 1.0;
    let are_checks = labelled.iter().all(|row| is_check(row.human) && is_check(row.judge));
    let are_checks = is_small && are_checks && judged.iter().all(|value| is_check(*value));
    let rows = weighted(labelled, are_checks);
    let sums = Sums::of(&rows, judged).ok_or(PredictionPoweredFault::TooFewJudged)?;
    let num_estimated = if trust.is_none() { 2.0 } else { 1.0 };
    let trust = trust.unwrap_or_else(|| sums.best_trust());
    let value = sums.human + trust * (sums.judge_of_all - sums.judge);
    let (lost, quantile) = if is_small {
        (num_estimated, t_two_sided(confidence, labelled.len() as f64 - num_estimated))
    } else {
        (0.0, normal_two_sided(confidence))
    };
    let half_width = quantile.ok_or(PredictionPoweredFault::Confidence)? * sums.variance(trust, lost).sqrt();
    if half_width.is_nan() || half_width <= 0.0 {
        return Err(PredictionPoweredFault::NoVariance);
    }
    let cut = |end: f64| if are_checks { end.clamp(0.0, 1.0) } else { end };
    let interval = Interval { low: cut(value - half_width), high: cut(value + half_width), confidence };
    Ok(PredictionPowered { value: cut(value), interval, trust })
}

fn check(labelled: &[JudgedRow], judged: &[f64], trust: Option<f64>) -> Result<(), PredictionPoweredFault> {
    let labels = labelled.iter().flat_map(|row| [row.human, row.judge]);
    let is_finite = labels.chain(judged.iter().copied()).chain(trust).all(f64::is_finite);
    match () {
        () if !is_finite => Err(PredictionPoweredFault::NotFinite),
        () if labelled.len() < MIN_HUMAN_LABELS => Err(PredictionPoweredFault::TooFewHumanLabels),
        () if judged.len() < 2 => Err(PredictionPoweredFault::TooFewJudged),
        () => Ok(()),
    }
}

fn weighted(labelled: &[JudgedRow], with_cells: bool) -> Vec<(JudgedRow, f64)> {
    let cells = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)];
    let cells = cells.map(|(human, judge)| (JudgedRow { human, judge }, WEIGHT_OF_CELL));
    labelled.iter().map(|row| (*row, 1.0)).chain(cells.into_iter().filter(|_| with_cells)).collect()
}

/// Means, and sums of squares around them.
struct Sums {
    num_labelled: f64,
    num_judged: f64,
    human: f64,
    judge: f64,
    judge_of_all: f64,
    humans: f64,
    products: f64,
    judges: f64,
    judges_of_all: f64,
}

impl Sums {
    fn of(rows: &[(JudgedRow, f64)], judged: &[f64]) -> Option<Self> {
        let sum = |value: &dyn Fn(&JudgedRow) -> f64| rows.iter().map(|(row, weight)| weight * value(row)).sum::<f64>();
        let num_labelled = sum(&|_| 1.0);
        let (human, judge) = (sum(&|row| row.human) / num_labelled, sum(&|row| row.judge) / num_labelled);
        let judge_of_all = mean(judged)?;
        Some(Self {
            num_labelled,
            num_judged: judged.len() as f64,
            human,
            judge,
            judge_of_all,
            humans: sum(&|row| (row.human - human).powi(2)),
            products: sum(&|row| (row.human - human) * (row.judge - judge)),
            judges: sum(&|row| (row.judge - judge).powi(2)),
            judges_of_all: judged.iter().map(|value| (value - judge_of_all).powi(2)).sum(),
        })
    }

    /// The judge's variance is that of all its labels together. 0 where they do not vary.
    fn best_trust(&self) -> f64 {
        let (n, all) = (self.num_labelled, self.num_judged);
        let apart = (self.judge - self.judge_of_all).powi(2) * n * all / (n + all);
        let variance = (self.judges + self.judges_of_all + apart) / (n + all - 1.0);
        let trust = self.products / n / ((1.0 + n / all) * variance);
        if trust.is_finite() { trust.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Of the estimate; `lost` degrees of freedom are taken off the labelled rows, and one off the others where any is.
    fn variance(&self, trust: f64, lost: f64) -> f64 {
        let residual = (self.humans - 2.0 * trust * self.products + trust * trust * self.judges).max(0.0);
        let of_labelled = residual / (self.num_labelled - lost) / self.num_labelled;
        let of_judged = self.judges_of_all / (self.num_judged - lost.min(1.0)) / self.num_judged;
        of_labelled + trust * trust * of_judged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::statistics::{CONFIDENCE, Draws};

    const METHOD: PredictionPoweredMethod = PredictionPoweredMethod::SmallSample;

    fn judged(draws: &mut Draws, rate: f64, accuracy: f64) -> JudgedRow {
        let human = f64::from(u8::from(draws.unit() < rate));
        let is_right = draws.unit() < accuracy;
        JudgedRow { human, judge: if is_right { human } else { 1.0 - human } }
    }

    #[test]
    fn intervals_hold_the_rate_as_often_as_they_say() {
        // 93 % is the least that the method promises, less a drawn share's standard error.
        for (rate, accuracy) in [(0.1, 0.9), (0.5, 0.6), (0.8, 0.8)] {
            let mut draws = Draws::new(5);
            let num_held = (0..4000).filter(|_| {
                let labelled: Vec<JudgedRow> = (0..50).map(|_| judged(&mut draws, rate, accuracy)).collect();
                let rest: Vec<f64> = (0..300).map(|_| judged(&mut draws, rate, accuracy).judge).collect();
                let interval = prediction_powered(&labelled, &rest, None, METHOD, CONFIDENCE).unwrap().interval;
                interval.low <= rate && rate <= interval.high
            });
            let share = num_held.count() as f64 / 4000.0;
            assert!((0.925..0.975).contains(&share), "{rate} {accuracy}: {share}");
        }
    }

    #[test]
    fn a_good_judge_narrows_and_a_useless_one_changes_nothing() {
        let mut draws = Draws::new(8);
        let labelled: Vec<JudgedRow> = (0..100).map(|_| judged(&mut draws, 0.5, 0.95)).collect();
        let rest: Vec<f64> = (0..2000).map(|_| judged(&mut draws, 0.5, 0.95).judge).collect();
        let width = |trust| {
            let found = prediction_powered(&labelled, &rest, trust, METHOD, CONFIDENCE).unwrap();
            found.interval.high - found.interval.low
        };
        assert!(width(None) < 0.7 * width(Some(0.0)), "{} {}", width(None), width(Some(0.0)));
        let blind: Vec<JudgedRow> = labelled.iter().map(|row| JudgedRow { judge: 1.0 - row.human, ..*row }).collect();
        assert_eq!(prediction_powered(&blind, &rest, None, METHOD, CONFIDENCE).unwrap().trust, 0.0);
    }

    #[test]
    fn labels_that_all_agree_leave_room() {
        let labelled = [JudgedRow { human: 1.0, judge: 1.0 }; 40];
        let found = prediction_powered(&labelled, &[1.0; 500], None, METHOD, CONFIDENCE).unwrap();
        assert!(found.interval.low < 0.98 && found.interval.high == 1.0, "{found:?}");
        let numbers = [JudgedRow { human: 5.0, judge: 5.0 }; 40];
        let fault = prediction_powered(&numbers, &[5.0; 500], None, METHOD, CONFIDENCE).unwrap_err();
        assert_eq!(fault, PredictionPoweredFault::NoVariance);
    }

    #[test]
    fn what_cannot_be_given_says_why() {
        let labelled: Vec<JudgedRow> =
            (0..40).map(|row| JudgedRow { human: f64::from(row % 2), judge: f64::from(row % 3) }).collect();
        let fault = |labelled: &[JudgedRow], judged: &[f64], confidence| {
            prediction_powered(labelled, judged, None, METHOD, confidence).unwrap_err()
        };
        assert_eq!(fault(&labelled[..29], &[0.0, 1.0], 0.95), PredictionPoweredFault::TooFewHumanLabels);
        assert_eq!(fault(&[], &[], 0.95), PredictionPoweredFault::TooFewHumanLabels);
        assert_eq!(fault(&labelled, &[1.0], 0.95), PredictionPoweredFault::TooFewJudged);
        assert_eq!(fault(&labelled, &[1.0, f64::NAN], 0.95), PredictionPoweredFault::NotFinite);
        assert_eq!(fault(&labelled, &[1.0, 0.0], 1.0), PredictionPoweredFault::Confidence);
    }
}
