//! Two variants side by side, of one run or of two: each measure with its verdict, and the rows behind it.

use super::numbers::Numbers;
use super::summary::{margin, measures};
use super::{ExperimentError, Result};
use crate::metrics::statistics::{self, Comparison as Wish, PairedRow};
use crate::store::run_rows::RowHead;
use atelier_types::experiment::{ExperimentSpec, ScorerInfo};
use atelier_types::ids::ScorerName;
use atelier_types::score::{Direction, Unit};
use atelier_types::statistics::{ComparedRow, Estimate, Measure, RowChange};
use std::collections::HashMap;

/// Beyond so many rows nobody waits for the next one, and the interval takes long.
const MAX_WATCHED_ROWS: usize = 5_000;

/// One side of a comparison.
pub(super) struct Side<'a> {
    pub numbers: &'a Numbers,
    pub scorers: &'a [ScorerInfo],
    pub variant: u32,
    pub heads: &'a [RowHead],
}

/// A row by its place on each side; a row that only one side has is missing on the other.
#[derive(Clone, Copy)]
struct Pair {
    baseline: Option<u32>,
    candidate: Option<u32>,
}

/// Measures and rows, ready to be put into an answer.
pub(super) struct Compared {
    pub measures: Vec<Measure>,
    pub rows: Vec<ComparedRow>,
}

/// What is compared beside the two sides.
pub(super) struct Options<'a> {
    pub spec: &'a ExperimentSpec,
    /// By which the rows are ordered; the first one where it is missing.
    pub measure: Option<&'a ScorerName>,
    /// For that measure; the experiment's where it is missing.
    pub margin: Option<f64>,
}

pub(super) fn compare(baseline: &Side<'_>, candidate: &Side<'_>, options: &Options<'_>) -> Result<Compared> {
    let pairs = pairs(baseline, candidate);
    let common: Vec<Common> = common_measures(baseline.scorers, candidate.scorers);
    let chosen = chosen(&common, options.measure)?;
    let measure = |one: &Common| {
        let asked_for = options.margin.filter(|_| one.info.name == chosen.info.name);
        let margin = asked_for.unwrap_or_else(|| margin(options.spec, one.baseline, one.info.unit));
        measured(baseline, candidate, &pairs, one, margin)
    };
    let mut measures: Vec<Measure> = common.iter().map(measure).collect();
    measures.retain(|measure| !is_free(measure));
    Ok(Compared { measures, rows: rows(baseline, candidate, &pairs, chosen) })
}

/// Where both sides cost nothing there is nothing to say about cost.
fn is_free(measure: &Measure) -> bool {
    let is_nothing = |side: &Option<Estimate>| side.as_ref().is_some_and(|estimate| estimate.mean == 0.0);
    measure.unit == Unit::Usd && is_nothing(&measure.baseline) && is_nothing(&measure.candidate)
}

fn chosen<'a>(common: &'a [Common], measure: Option<&ScorerName>) -> Result<&'a Common> {
    let found = match measure {
        None => common.first(),
        Some(name) => common.iter().find(|one| one.info.name == *name),
    };
    found.ok_or_else(|| ExperimentError::NoMeasure { measure: measure.cloned().unwrap_or_default() })
}

/// The rows that both sides have a score for: their place in the baseline, and candidate minus baseline.
pub(super) fn differences(
    baseline: &Side<'_>,
    candidate: &Side<'_>,
    measure: Option<&ScorerName>,
) -> Result<(ScorerInfo, Vec<(u32, f64)>)> {
    let common = common_measures(baseline.scorers, candidate.scorers);
    let one = chosen(&common, measure)?;
    let difference = |pair: Pair| {
        let before = statistics::mean(&values(baseline, one.baseline, pair.baseline))?;
        let after = statistics::mean(&values(candidate, one.candidate, pair.candidate))?;
        Some((pair.baseline?, after - before))
    };
    let found = pairs(baseline, candidate).into_iter().filter_map(difference).collect();
    Ok((one.info.clone(), found))
}

/// A measure that both sides have, and its column on each.
struct Common {
    info: ScorerInfo,
    baseline: usize,
    candidate: usize,
}

fn common_measures(baseline: &[ScorerInfo], candidate: &[ScorerInfo]) -> Vec<Common> {
    let others = measures(candidate);
    let same = |(column, info): (usize, ScorerInfo)| {
        let candidate = others.iter().position(|other| *other == info)?;
        Some(Common { info, baseline: column, candidate })
    };
    measures(baseline).into_iter().enumerate().filter_map(same).collect()
}

/// The baseline's rows in their order, then those that only the candidate has.
fn pairs(baseline: &Side<'_>, candidate: &Side<'_>) -> Vec<Pair> {
    let mut left: HashMap<_, _> = candidate.heads.iter().map(|head| (&head.id, head.position)).collect();
    let mut pairs: Vec<Pair> = baseline
        .heads
        .iter()
        .map(|head| Pair { baseline: Some(head.position), candidate: left.remove(&head.id) })
        .collect();
    let mut only_candidate: Vec<u32> = left.into_values().collect();
    only_candidate.sort_unstable();
    pairs.extend(only_candidate.into_iter().map(|row| Pair { baseline: None, candidate: Some(row) }));
    pairs
}

fn values(side: &Side<'_>, measure: usize, row: Option<u32>) -> Vec<f64> {
    row.map(|row| side.numbers.known(measure, row, side.variant)).unwrap_or_default()
}

fn measured(baseline: &Side<'_>, candidate: &Side<'_>, pairs: &[Pair], one: &Common, margin: f64) -> Measure {
    let before: Vec<_> = pairs.iter().map(|pair| values(baseline, one.baseline, pair.baseline)).collect();
    let after: Vec<_> = pairs.iter().map(|pair| values(candidate, one.candidate, pair.candidate)).collect();
    let rows: Vec<_> =
        before.iter().zip(&after).map(|(baseline, candidate)| PairedRow { baseline, candidate }).collect();
    let ScorerInfo { name, unit, direction, .. } = one.info.clone();
    let verdict = statistics::compare(&rows, Wish { unit, direction, margin });
    let differences: Vec<f64> = rows
        .iter()
        .take(MAX_WATCHED_ROWS)
        .filter_map(|row| Some(statistics::mean(row.candidate)? - statistics::mean(row.baseline)?))
        .collect();
    let watched = statistics::watch(&differences, unit, statistics::CONFIDENCE).interval;
    let num_unscored = |side: &Side<'_>, measure: usize| side.numbers.num_unscored(measure, side.variant);
    Measure {
        baseline: statistics::estimate(&before, num_unscored(baseline, one.baseline), unit),
        candidate: statistics::estimate(&after, num_unscored(candidate, one.candidate), unit),
        name,
        unit,
        direction,
        verdict,
        watched: watched.filter(|_| rows.len() <= MAX_WATCHED_ROWS),
    }
}

fn rows(baseline: &Side<'_>, candidate: &Side<'_>, pairs: &[Pair], one: &Common) -> Vec<ComparedRow> {
    let mut rows: Vec<(RowChange, f64, ComparedRow)> = pairs
        .iter()
        .filter_map(|pair| {
            let head = match (pair.baseline, pair.candidate) {
                (Some(row), _) => baseline.heads.get(row as usize),
                (None, Some(row)) => candidate.heads.get(row as usize),
                (None, None) => None,
            }?;
            let before = values(baseline, one.baseline, pair.baseline);
            let after = values(candidate, one.candidate, pair.candidate);
            let (change, size) = moved(&before, &after, one.info.direction);
            Some((change, size, compared_row(head, change, &before, &after, baseline.numbers.shape.num_repeats)))
        })
        .collect();
    // Largest move first; rows that moved alike stay in the dataset's order.
    rows.sort_by(|a, b| urgency(a.0).cmp(&urgency(b.0)).then(b.1.total_cmp(&a.1)));
    rows.into_iter().map(|(_, _, row)| row).collect()
}

fn moved(before: &[f64], after: &[f64], direction: Direction) -> (RowChange, f64) {
    let Some((before, after)) = statistics::mean(before).zip(statistics::mean(after)) else {
        return (RowChange::Missing, 0.0);
    };
    let gain = match direction {
        Direction::HigherIsBetter => after - before,
        Direction::LowerIsBetter => before - after,
    };
    let change = match gain {
        gain if gain > 0.0 => RowChange::Improved,
        gain if gain < 0.0 => RowChange::Regressed,
        _ => RowChange::Unchanged,
    };
    (change, gain.abs())
}

fn compared_row(head: &RowHead, change: RowChange, before: &[f64], after: &[f64], num_repeats: u32) -> ComparedRow {
    let sum = |values: &[f64]| (!values.is_empty()).then(|| values.iter().sum());
    ComparedRow {
        row: head.id.clone(),
        title: head.title.clone(),
        change,
        baseline: sum(before),
        candidate: sum(after),
        num_repeats,
    }
}

fn urgency(change: RowChange) -> u8 {
    match change {
        RowChange::Regressed => 0,
        RowChange::Missing => 1,
        RowChange::Improved => 2,
        RowChange::Unchanged => 3,
    }
}
