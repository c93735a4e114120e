//! A million ratings and a bootstrap of many rows. Making and reading records is not counted.

use super::quickest;
use crate::Figure;
use atelier_core::metrics::statistics::{
    Bootstrap, BootstrapMethod, CONFIDENCE, Contest, Draws, EloSettings, KappaWeights, Scale, agreement_report,
    bootstrap_mean, bradley_terry, cohens_kappa, elo, fleiss_kappa, krippendorff_alpha, ranking_report,
};
use atelier_types::statistics::{ContestRecord, RatingRecord, RatingValue, Winner};
use std::cmp::Ordering;
use std::hint::black_box;
use std::time::{Duration, Instant};

const NUM_RATINGS: usize = 1_000_000;
const NUM_RATERS: usize = 4;
const NUM_CATEGORIES: usize = 5;
const NUM_PLAYERS: usize = 50;
const NUM_ROWS: usize = 10_000;
const NUM_RESAMPLES: usize = 10_000;
const NUM_PASSES: usize = 3;

pub fn figures() -> Vec<Figure> {
    let mut figures = agreement();
    figures.extend(ranking());
    figures.extend(bootstrap());
    figures
}

fn agreement() -> Vec<Figure> {
    let mut draws = Draws::new(1);
    let items: Vec<[usize; NUM_RATERS]> = (0..NUM_RATINGS / NUM_RATERS).map(|_| item(&mut draws)).collect();
    let values: Vec<Vec<f64>> = items.iter().map(|item| item.iter().map(|value| *value as f64).collect()).collect();
    let counts: Vec<Vec<u32>> = items.iter().map(|item| counts(item)).collect();
    let pairs: Vec<(usize, usize)> =
        items.iter().flat_map(|item| item.chunks_exact(2).map(|pair| (pair[0], pair[1]))).collect();
    let records = rating_records(&items);
    let alpha =
        |scale| within_second(format!("Krippendorff's alpha, {scale:?}"), || krippendorff_alpha(&values, scale));
    vec![
        alpha(Scale::Nominal),
        alpha(Scale::Ordinal),
        alpha(Scale::Interval),
        within_second("Cohen's kappa, quadratic".to_owned(), || cohens_kappa(&pairs, KappaWeights::Quadratic)),
        within_second("Fleiss' kappa".to_owned(), || fleiss_kappa(&counts)),
        within_second("all of `stats agreement`, four raters".to_owned(), || agreement_report(&records)),
    ]
}

/// Ratings that mostly agree.
fn item(draws: &mut Draws) -> [usize; NUM_RATERS] {
    let common = draws.below(NUM_CATEGORIES);
    std::array::from_fn(|_| if draws.below(3) == 0 { draws.below(NUM_CATEGORIES) } else { common })
}

fn counts(item: &[usize]) -> Vec<u32> {
    let mut counts = vec![0; NUM_CATEGORIES];
    item.iter().for_each(|value| counts[*value] += 1);
    counts
}

fn rating_records(items: &[[usize; NUM_RATERS]]) -> Vec<RatingRecord> {
    let records = items.iter().enumerate().flat_map(|(place, item)| {
        item.iter().enumerate().map(move |(rater, value)| RatingRecord {
            item: format!("item-{place}"),
            rater: format!("rater-{rater}"),
            value: Some(RatingValue::Number(*value as f64)),
        })
    });
    records.collect()
}

fn ranking() -> Vec<Figure> {
    let mut draws = Draws::new(2);
    let contests: Vec<Contest> = (0..NUM_RATINGS).map(|_| contest(&mut draws)).collect();
    let records: Vec<ContestRecord> = contests.iter().map(contest_record).collect();
    vec![
        within_second("Bradley–Terry, 50 players".to_owned(), || bradley_terry(&contests, NUM_PLAYERS)),
        within_second("Elo".to_owned(), || elo(&contests, NUM_PLAYERS, EloSettings::default())),
        within_second("all of `stats rank`".to_owned(), || ranking_report(&records)),
    ]
}

/// The higher a player's number, the stronger.
fn contest(draws: &mut Draws) -> Contest {
    let first = draws.below(NUM_PLAYERS);
    let second = (first + 1 + draws.below(NUM_PLAYERS - 1)) % NUM_PLAYERS;
    let lead = (first as f64 - second as f64) / NUM_PLAYERS as f64;
    let outcome = match draws.unit() {
        drawn if drawn < 0.2 => Ordering::Equal,
        drawn if (drawn - 0.2) / 0.8 < 1.0 / (1.0 + (-lead).exp()) => Ordering::Greater,
        _ => Ordering::Less,
    };
    Contest { first, second, outcome }
}

fn contest_record(contest: &Contest) -> ContestRecord {
    let winner = match contest.outcome {
        Ordering::Greater => Winner::A,
        Ordering::Less => Winner::B,
        Ordering::Equal => Winner::Tie,
    };
    ContestRecord { a: format!("model-{}", contest.first), b: format!("model-{}", contest.second), winner }
}

fn within_second<T>(what: String, mut run: impl FnMut() -> T) -> Figure {
    let took = quickest(NUM_PASSES, || drop(black_box(run())));
    within(format!("{what}, {NUM_RATINGS} ratings"), took, Duration::from_secs(1), "≤ 1 s")
}

fn bootstrap() -> Vec<Figure> {
    let mut draws = Draws::new(3);
    let numbers: Vec<Vec<f64>> = (0..NUM_ROWS).map(|_| vec![draws.unit()]).collect();
    let checks: Vec<Vec<f64>> = numbers.iter().map(|row| vec![f64::from(u8::from(row[0] < 0.3))]).collect();
    let settings =
        Bootstrap { method: BootstrapMethod::Bca, num_resamples: NUM_RESAMPLES, confidence: CONFIDENCE, seed: 4 };
    let figure = |what: &str, rows: &[Vec<f64>]| {
        // Its threads work at the same time, so what counts is the time that passes.
        let passes = (0..NUM_PASSES).map(|_| {
            let started = Instant::now();
            black_box(bootstrap_mean(rows, settings));
            started.elapsed()
        });
        let took = passes.min().unwrap_or_default();
        let what = format!("BCa bootstrap of a mean, {NUM_RESAMPLES} resamples of {NUM_ROWS} rows, {what}");
        within(what, took, Duration::from_millis(500), "≤ 0.5 s")
    };
    vec![figure("all different", &numbers), figure("passes and fails", &checks)]
}

fn within(what: String, took: Duration, most: Duration, promised: &'static str) -> Figure {
    Figure { what, measured: format!("{:.2} s", took.as_secs_f64()), promised, is_met: took <= most }
}
