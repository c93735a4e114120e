//! Judges that are made up, so that the truth about them is known: their bias for a place, their bias for length and their
//! noise are drawn. Each interval of a calibration, nominally 95 %, has to cover the truth about as often as it says; and
//! where the judge's own mean is off, the one that human labels correct has to hold what people would have given.

use super::{at_least, normal, percent};
use crate::Figure;
use atelier_core::metrics::judges::calibrate;
use atelier_core::metrics::statistics::{
    CONFIDENCE, Draws, JudgedRow, PredictionPoweredMethod, clustered_t, mean, prediction_powered,
};
use atelier_types::judge::{CalibrationItem, CalibrationReport, OrderedPair};
use atelier_types::statistics::{Coefficient, Interval, Winner};

const NUM_JUDGES: u64 = 200;
const NUM_STUDIES: u64 = 25;
const NUM_ITEMS: usize = 150;
/// Items of a study that only the judge looked at.
const NUM_JUDGED: usize = 1000;
/// So many that the error of what is taken as the truth is small against an interval of a study.
const NUM_TRUTH: usize = 60_000;
/// Mean natural logarithm of the length of an output, and that at which no judge is biased.
const MEAN_LENGTH: f64 = 5.0;
const NEUTRAL_LENGTH: f64 = 4.0;

/// How scores and ratings are written.
#[derive(Clone, Copy)]
enum Written {
    Exactly,
    OneToFive,
}

struct MadeUp {
    place_bias: f64,
    length_slope: f64,
    noise: f64,
    written: Written,
}

pub fn figures() -> Vec<Figure> {
    let scales = [(Written::Exactly, "exact scores"), (Written::OneToFive, "scores from 1 to 5")];
    scales.into_iter().flat_map(|(written, scale)| figures_of(written, scale)).collect()
}

fn figures_of(written: Written, scale: &str) -> Vec<Figure> {
    let mut covered = Covered::default();
    for seed in 0..NUM_JUDGES {
        covered.add_judge(&mut Draws::new(seed), written);
    }
    let share = |count: u64| count as f64 / (NUM_JUDGES * NUM_STUDIES) as f64;
    let who = format!("{NUM_JUDGES} judges, {scale}");
    let mut figures: Vec<Figure> = NAMES
        .iter()
        .zip(covered.numbers)
        .map(|(name, count)| as_often_as_said(format!("{who}: {name}"), share(count)))
        .collect();
    figures.push(at_least(
        format!("{who}: mean corrected by {NUM_ITEMS} labels"),
        share(covered.corrected),
        0.93,
        "≥ 93 %",
    ));
    figures.push(at_least(format!("{who}: the judge's own mean (never used)"), share(covered.raw), 0.0, "none"));
    figures
}

fn as_often_as_said(what: String, share: f64) -> Figure {
    Figure { what, measured: percent(share), promised: "93 to 97 %", is_met: (0.93..=0.97).contains(&share) }
}

const NAMES: [&str; 11] = [
    "accuracy",
    "Cohen's kappa",
    "Krippendorff's alpha",
    "Pearson",
    "Spearman",
    "equal verdicts of repeats",
    "alpha of repeats",
    "order decided",
    "preference for the first",
    "length slope",
    "length correlation",
];

fn numbers(report: &CalibrationReport) -> [&Coefficient; 11] {
    [
        &report.agreement.accuracy,
        &report.agreement.cohens_kappa,
        &report.agreement.krippendorff_alpha,
        &report.agreement.pearson,
        &report.agreement.spearman,
        &report.consistency.equal_verdicts,
        &report.consistency.krippendorff_alpha,
        &report.position_bias.order_decided,
        &report.position_bias.preference_for_first,
        &report.length_bias.slope,
        &report.length_bias.pearson,
    ]
}

/// Studies whose interval covers the truth.
#[derive(Default)]
struct Covered {
    numbers: [u64; 11],
    corrected: u64,
    raw: u64,
}

impl Covered {
    fn add_judge(&mut self, draws: &mut Draws, written: Written) {
        let judge = MadeUp::drawn(draws, written);
        let population = judge.items(NUM_TRUTH, draws);
        let truth = judge.report(&population, draws);
        let people: f64 = population.iter().filter_map(|item| mean(&item.ratings)).sum::<f64>() / NUM_TRUTH as f64;
        for _ in 0..NUM_STUDIES {
            let items = judge.items(NUM_ITEMS, draws);
            let study = judge.report(&items, draws);
            let both = numbers(&study).into_iter().zip(numbers(&truth));
            for ((study, truth), covered) in both.zip(&mut self.numbers) {
                *covered += u64::from(truth.value.is_some_and(|truth| covers(study.interval, truth)));
            }
            self.add_means(&items, &judge.items(NUM_JUDGED, draws), people);
        }
    }

    fn add_means(&mut self, rated: &[CalibrationItem], others: &[CalibrationItem], truth: f64) {
        let judgement = |item: &CalibrationItem| mean(&item.scores).unwrap_or_default();
        let labelled: Vec<JudgedRow> = rated
            .iter()
            .filter_map(|item| Some(JudgedRow { human: mean(&item.ratings)?, judge: judgement(item) }))
            .collect();
        let judged: Vec<f64> = others.iter().map(judgement).collect();
        let corrected = prediction_powered(&labelled, &judged, None, PredictionPoweredMethod::SmallSample, CONFIDENCE);
        self.corrected += u64::from(covers(corrected.ok().map(|found| found.interval), truth));
        self.raw += u64::from(covers(clustered_t(&judged, CONFIDENCE), truth));
    }
}

fn covers(interval: Option<Interval>, truth: f64) -> bool {
    interval.is_some_and(|interval| interval.low <= truth && truth <= interval.high)
}

impl MadeUp {
    fn drawn(draws: &mut Draws, written: Written) -> Self {
        let mut between = |low: f64, high: f64| low + (high - low) * draws.unit();
        Self { place_bias: between(-0.6, 0.6), length_slope: between(-0.5, 0.5), noise: between(0.3, 1.0), written }
    }

    fn items(&self, num_items: usize, draws: &mut Draws) -> Vec<CalibrationItem> {
        (0..num_items).map(|_| self.item(draws)).collect()
    }

    /// With as many pairs as items.
    fn report(&self, items: &[CalibrationItem], draws: &mut Draws) -> CalibrationReport {
        let pairs: Vec<OrderedPair> = items.iter().map(|_| self.pair(draws)).collect();
        let threshold = match self.written {
            Written::Exactly => 0.0,
            Written::OneToFive => 3.5,
        };
        calibrate(items, &pairs, threshold)
    }

    fn item(&self, draws: &mut Draws) -> CalibrationItem {
        let quality = normal(draws);
        let num_characters = (MEAN_LENGTH + 0.7 * normal(draws)).exp().round().max(1.0);
        let centre = quality + self.length_slope * (num_characters.ln() - NEUTRAL_LENGTH);
        let scores = (0..2).map(|_| self.write(centre + self.noise * normal(draws))).collect();
        let ratings = (0..2).map(|_| self.write(quality + 0.4 * normal(draws))).collect();
        CalibrationItem { item: String::new(), scores, ratings, num_characters: Some(num_characters as u32) }
    }

    fn write(&self, value: f64) -> f64 {
        match self.written {
            Written::Exactly => value,
            Written::OneToFive => (3.2 + 1.2 * value).round().clamp(1.0, 5.0),
        }
    }

    fn pair(&self, draws: &mut Draws) -> OrderedPair {
        let lead_of_a = normal(draws);
        let mut winner = |lead_of_first: f64, first: Winner, second: Winner| match lead_of_first
            + self.place_bias
            + self.noise * normal(draws)
        {
            lead if lead > 0.2 => first,
            lead if lead < -0.2 => second,
            _ => Winner::Tie,
        };
        OrderedPair {
            a_first: winner(lead_of_a, Winner::A, Winner::B),
            b_first: winner(-lead_of_a, Winner::B, Winner::A),
        }
    }
}
