//! Judges that are made up, so that the truth about them is known: their bias for a place, their bias for length and their
//! noise are drawn, and each interval of the report has to cover the truth about as often as it says.

use super::*;
use crate::metrics::statistics::Draws;

const NUM_JUDGES: u64 = 200;
const NUM_STUDIES: u64 = 25;
const NUM_ITEMS: usize = 150;
/// So many that the error of what is taken as the truth is small against an interval of a study.
const NUM_TRUTH: usize = 60_000;

/// How scores and ratings are written.
#[derive(Clone, Copy, Debug)]
enum Written {
    /// As they are.
    Exactly,
    /// On a scale from 1 to 5.
    OneToFive,
}

struct MadeUp {
    place_bias: f64,
    length_slope: f64,
    noise: f64,
    written: Written,
}

impl MadeUp {
    fn drawn(draws: &mut Draws, written: Written) -> Self {
        let between = |draws: &mut Draws, low: f64, high: f64| low + (high - low) * draws.unit();
        Self {
            place_bias: between(draws, -0.6, 0.6),
            length_slope: between(draws, -0.5, 0.5),
            noise: between(draws, 0.3, 1.0),
            written,
        }
    }

    fn report(&self, num_items: usize, draws: &mut Draws) -> CalibrationReport {
        let items: Vec<CalibrationItem> = (0..num_items).map(|_| self.item(draws)).collect();
        let pairs: Vec<OrderedPair> = (0..num_items).map(|_| self.pair(draws)).collect();
        let threshold = match self.written {
            Written::Exactly => 0.0,
            Written::OneToFive => 3.5,
        };
        calibrate(&items, &pairs, threshold)
    }

    fn item(&self, draws: &mut Draws) -> CalibrationItem {
        let quality = normal(draws);
        let num_characters = (5.0 + 0.7 * normal(draws)).exp().round().max(1.0);
        let centre = quality + self.length_slope * (num_characters.ln() - 5.0);
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

/// Box and Muller's transform.
fn normal(draws: &mut Draws) -> f64 {
    let radius = (-2.0 * (1.0 - draws.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * draws.unit()).cos()
}

const NAMES: [&str; 11] = [
    "accuracy",
    "Cohen's kappa",
    "Krippendorff's alpha",
    "Pearson",
    "Spearman",
    "equal verdicts",
    "alpha of repeats",
    "order decided",
    "preference for first",
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

/// Share of the studies whose interval covers the truth, by number.
fn coverage(written: Written) -> [f64; 11] {
    let mut num_covered = [0_u64; 11];
    for seed in 0..NUM_JUDGES {
        let mut draws = Draws::new(seed);
        let judge = MadeUp::drawn(&mut draws, written);
        let truth = judge.report(NUM_TRUTH, &mut draws);
        for _ in 0..NUM_STUDIES {
            let study = judge.report(NUM_ITEMS, &mut draws);
            let both = numbers(&study).into_iter().zip(numbers(&truth));
            for ((study, truth), covered) in both.zip(&mut num_covered) {
                let covers = study.interval.zip(truth.value);
                let covers = covers.is_some_and(|(interval, truth)| interval.low <= truth && truth <= interval.high);
                *covered += u64::from(covers);
            }
        }
    }
    num_covered.map(|covered| covered as f64 / (NUM_JUDGES * NUM_STUDIES) as f64)
}

#[test]
#[ignore = "takes minutes; prints the table of coverages"]
fn intervals_cover_the_truth_about_as_often_as_they_say() {
    let (exactly, one_to_five) = (coverage(Written::Exactly), coverage(Written::OneToFive));
    println!("{NUM_JUDGES} judges, {NUM_STUDIES} studies each of {NUM_ITEMS} items and {NUM_ITEMS} pairs");
    println!("{:22} {:>8} {:>8}", "95 % interval of", "exact", "1 to 5");
    for (name, (exact, rounded)) in NAMES.iter().zip(exactly.iter().zip(one_to_five)) {
        println!("{name:22} {:>7.1}% {:>7.1}%", exact * 100.0, rounded * 100.0);
    }
    for (name, shares) in NAMES.iter().zip(exactly.iter().zip(one_to_five)) {
        for share in [*shares.0, shares.1] {
            assert!((0.93..=0.97).contains(&share), "{name}: {share}");
        }
    }
}

#[test]
fn biases_that_were_put_in_are_found() {
    let judge = MadeUp { place_bias: 0.5, length_slope: 0.4, noise: 0.5, written: Written::Exactly };
    let report = judge.report(2000, &mut Draws::new(1));
    let bias = report.position_bias.preference_for_first.interval.unwrap();
    assert!(bias.low > 0.6, "{bias:?}");
    let slope = report.length_bias.slope.interval.unwrap();
    assert!(slope.low > 0.3 && slope.high < 0.5, "{slope:?}");
    let fair = MadeUp { place_bias: 0.0, length_slope: 0.0, ..judge }.report(2000, &mut Draws::new(1));
    assert!((fair.position_bias.preference_for_first.value.unwrap() - 0.5).abs() < 0.05);
    assert!(fair.length_bias.slope.value.unwrap().abs() < 0.1);
}
