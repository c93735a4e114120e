//! Judges against reviewers: the scores that a run's judges gave the outputs of a set, and what people said of them.

use super::{Mapping, SetFiles};
use crate::metrics::judges::{JudgedCells, calibrate};
use crate::metrics::statistics::{CONFIDENCE, JudgedRow, PredictionPoweredMethod, mean, prediction_powered};
use atelier_types::ids::{CellId, ReviewItemId, VariantId};
use atelier_types::judge::{CalibrationItem, CorrectedMean, JudgeCalibration};
use atelier_types::review::{Answer, Criterion, Rating};
use atelier_types::statistics::Coefficient;
use std::collections::{HashMap, HashSet};

/// Each judge against each question of the set's rubric. Only sets that rate outputs one by one can tell.
pub fn calibrations(
    set: &SetFiles,
    mapping: &Mapping,
    ratings: &[&Rating],
    judges: &[JudgedCells],
) -> Vec<JudgeCalibration> {
    let lengths: HashMap<&ReviewItemId, u32> =
        set.items.iter().filter_map(|item| Some((&item.id, item.texts.first()?.chars().count() as u32))).collect();
    let mut found = Vec::new();
    for judge in judges {
        for criterion in &set.header.rubric.criteria {
            let rated = rated(judge, criterion, mapping, ratings);
            let items: Vec<CalibrationItem> = rated
                .iter()
                .map(|one| CalibrationItem {
                    item: one.item.to_string(),
                    scores: judge.repeats.get(&one.cell).cloned().unwrap_or_else(|| vec![one.judged]),
                    ratings: one.ratings.clone(),
                    num_characters: lengths.get(one.item).copied(),
                })
                .collect();
            let variants = mapping.source.variants.iter();
            found.push(JudgeCalibration {
                scorer: judge.scorer.clone(),
                criterion: criterion.title.clone(),
                report: calibrate(&items, &judge.pairs, judge.threshold()),
                corrected: variants.map(|(variant, title)| corrected(judge, &rated, variant, title)).collect(),
            });
        }
    }
    found
}

/// An output that the judge scored, with what people said of it.
struct Rated<'a> {
    item: &'a ReviewItemId,
    cell: CellId,
    variant: VariantId,
    judged: f64,
    /// On the judge's scale.
    ratings: Vec<f64>,
}

fn rated<'a>(judge: &JudgedCells, criterion: &Criterion, mapping: &'a Mapping, ratings: &[&Rating]) -> Vec<Rated<'a>> {
    let mut by_item: HashMap<&ReviewItemId, Vec<f64>> = HashMap::new();
    for rating in ratings {
        if let Answer::Rubric { values } = &rating.answer
            && let Some(value) = values.get(&criterion.key)
        {
            by_item.entry(&rating.item).or_default().push(judge.on_scale(f64::from(*value)));
        }
    }
    let of_item = |item: &'a atelier_types::review::ItemMapping| {
        let [cell] = item.cells.as_slice() else { return None };
        let (variant, judged) = judge.scores.get(cell)?.clone();
        let ratings = by_item.get(&item.item).cloned().unwrap_or_default();
        Some(Rated { item: &item.item, cell: *cell, variant, judged, ratings })
    };
    mapping.items.iter().filter_map(of_item).collect()
}

fn corrected(judge: &JudgedCells, rated: &[Rated<'_>], variant: &VariantId, title: &str) -> CorrectedMean {
    let of_variant: Vec<&Rated<'_>> =
        rated.iter().filter(|one| one.variant == *variant && !one.ratings.is_empty()).collect();
    let labelled: Vec<JudgedRow> =
        of_variant.iter().filter_map(|one| Some(JudgedRow { human: mean(&one.ratings)?, judge: one.judged })).collect();
    let seen: HashSet<CellId> = of_variant.iter().map(|one| one.cell).collect();
    let all = judge.scores.iter().filter(|(_, (known, _))| known == variant);
    let unlabelled: Vec<f64> =
        all.clone().filter(|(cell, _)| !seen.contains(cell)).map(|(_, (_, score))| *score).collect();
    let by_judge: Vec<f64> = all.map(|(_, (_, score))| *score).collect();
    let found = prediction_powered(&labelled, &unlabelled, None, PredictionPoweredMethod::SmallSample, CONFIDENCE);
    let corrected = match found {
        Ok(found) => Coefficient { value: Some(found.value), interval: Some(found.interval), reason: None },
        Err(fault) => Coefficient { reason: Some(fault.to_string()), ..Coefficient::default() },
    };
    CorrectedMean {
        variant: variant.clone(),
        title: title.to_owned(),
        num_rated: labelled.len() as u32,
        num_judged: unlabelled.len() as u32,
        judged: mean(&by_judge),
        corrected,
    }
}
