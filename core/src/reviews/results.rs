//! Who wins, how high outputs were rated, and how sure that is. The unit of evidence is the item: several reviewers of
//! one item are averaged before anything is said about items.

use super::Mapping;
use crate::metrics::statistics::{estimate, sign_test};
use atelier_types::ids::{ReviewItemId, VariantId};
use atelier_types::review::{Answer, ItemMapping, PairChoice, Rating, ReviewSource, Rubric, RubricMean, WinRate};
use atelier_types::score::Unit;
use std::collections::BTreeMap;

/// Win rates of a set of pairs, or means of a set with scales. `ratings` are the counting ones of all reviewers.
pub fn results(mapping: &Mapping, rubric: &Rubric, ratings: &[&Rating]) -> (Vec<WinRate>, Vec<RubricMean>) {
    let items: BTreeMap<&ReviewItemId, &ItemMapping> = mapping.items.iter().map(|item| (&item.item, item)).collect();
    let wins = match mapping.source.variants.as_slice() {
        [(first, _), (second, _)] => win_rates(&mapping.source, (first, second), &items, ratings),
        _ => Vec::new(),
    };
    (wins, rubric_means(&mapping.source, rubric, &items, ratings))
}

/// 1 where `variant` was preferred, 0 where the other was, ½ for the same and for both bad.
fn preference(item: &ItemMapping, choice: PairChoice, variant: &VariantId) -> f64 {
    let preferred = match choice {
        PairChoice::Left => item.variants.first(),
        PairChoice::Right => item.variants.get(1),
        PairChoice::Same | PairChoice::BothBad => return 0.5,
    };
    if preferred == Some(variant) { 1.0 } else { 0.0 }
}

fn win_rates(
    source: &ReviewSource,
    (first, second): (&VariantId, &VariantId),
    items: &BTreeMap<&ReviewItemId, &ItemMapping>,
    ratings: &[&Rating],
) -> Vec<WinRate> {
    let mut by_item: BTreeMap<&ReviewItemId, Vec<f64>> = BTreeMap::new();
    for rating in ratings {
        if let (Answer::Pair { choice }, Some(item)) = (&rating.answer, items.get(&rating.item)) {
            by_item.entry(&rating.item).or_default().push(preference(item, *choice, first));
        }
    }
    let rows: Vec<Vec<f64>> = by_item.into_values().collect();
    let turned: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(|value| 1.0 - value).collect()).collect();
    let rates = [win_rate(source, (first, second), &rows), win_rate(source, (second, first), &turned)];
    rates.into_iter().flatten().collect()
}

/// `None` without an answer.
fn win_rate(source: &ReviewSource, (variant, against): (&VariantId, &VariantId), rows: &[Vec<f64>]) -> Option<WinRate> {
    let estimate = estimate(rows, 0, Unit::Share)?;
    let answers: Vec<f64> = rows.iter().flatten().copied().collect();
    let count = |wanted: f64| answers.iter().filter(|value| **value == wanted).count() as u32;
    let mean = |row: &Vec<f64>| row.iter().sum::<f64>() / row.len() as f64;
    let num_items_won = rows.iter().filter(|row| mean(row) > 0.5).count() as u64;
    let num_items_lost = rows.iter().filter(|row| mean(row) < 0.5).count() as u64;
    Some(WinRate {
        variant: variant.clone(),
        title: title(source, variant),
        against: against.clone(),
        against_title: title(source, against),
        num_wins: count(1.0),
        num_losses: count(0.0),
        num_ties: count(0.5),
        rate: estimate.mean,
        interval: estimate.interval,
        p_value: sign_test(num_items_won, num_items_lost),
        num_items: rows.len() as u32,
    })
}

fn rubric_means(
    source: &ReviewSource,
    rubric: &Rubric,
    items: &BTreeMap<&ReviewItemId, &ItemMapping>,
    ratings: &[&Rating],
) -> Vec<RubricMean> {
    let mut means = Vec::new();
    for criterion in &rubric.criteria {
        for (variant, title) in &source.variants {
            let mut by_item: BTreeMap<&ReviewItemId, Vec<f64>> = BTreeMap::new();
            for rating in ratings {
                let Answer::Rubric { values } = &rating.answer else { continue };
                let is_of_variant = items.get(&rating.item).is_some_and(|item| item.variants.first() == Some(variant));
                if let (true, Some(value)) = (is_of_variant, values.get(&criterion.key)) {
                    by_item.entry(&rating.item).or_default().push(f64::from(*value));
                }
            }
            let rows: Vec<Vec<f64>> = by_item.into_values().collect();
            if let Some(estimate) = estimate(&rows, 0, Unit::Number) {
                let (variant, title, criterion) = (variant.clone(), title.clone(), criterion.title.clone());
                means.push(RubricMean { variant, title, criterion, estimate });
            }
        }
    }
    means
}

fn title(source: &ReviewSource, variant: &VariantId) -> String {
    let known = source.variants.iter().find(|(id, _)| id == variant);
    known.map_or_else(|| variant.to_string(), |(_, title)| title.clone())
}
