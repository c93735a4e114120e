//! Runs whose rows expect one of few labels: how often each label was given for each, and what follows for each of them.
//!
//! Answers are matched with labels as the run's first `exact_match` scorer matches them. What is none of them is *other*.

use super::{Result, Runs};
use crate::metrics::scorers::{ScoreContext, Scorer};
use crate::metrics::statistics::classification;
use crate::store::cells::{self, CellEnd};
use crate::store::run_rows;
use crate::store::runs::{self as table, RunShape};
use atelier_types::JsonMap;
use atelier_types::experiment::{ClassesReport, LabelScores, Variant, VariantClasses};
use atelier_types::ids::RunId;
use serde_json::Value;
use std::collections::HashMap;

const SCORER: &str = "exact_match";
/// A table of more labels is none that anybody reads.
const MAX_LABELS: usize = 20;
const ROWS_AT_ONCE: u32 = 1_000;

/// What a variant's cells should have said and said, by the places of labels.
type Pairs = Vec<(usize, usize)>;

/// Labels in the order in which rows expect them, and the place of each row's label.
type Labels = (Vec<String>, Vec<Option<usize>>);

impl Runs {
    /// `None` where no scorer compares with labels: texts of which there are few, and fewer than half as many as rows.
    pub fn classes(&self, run: &RunId) -> Result<Option<ClassesReport>> {
        let shape = self.record(run)?.shape;
        let plan = self.parts.store.read(|connection| table::plan(connection, shape.key))?;
        let spec = plan.spec.scorers.iter().find(|spec| spec.scorer.as_str() == SCORER);
        let Some(scorer) = spec.and_then(|spec| Scorer::new(spec).ok()) else { return Ok(None) };
        let Some((labels, expected)) = self.labels(&shape, scorer.expected_column().unwrap_or_default())? else {
            return Ok(None);
        };
        let mut said: Vec<Pairs> = vec![Pairs::new(); plan.variants.len()];
        let mut matches = Matches { scorer: &scorer, labels: &labels, known: HashMap::new() };
        for rows in shape.windows(ROWS_AT_ONCE) {
            let found = self.parts.store.read(|connection| cells::window(connection, &shape, rows))?;
            for cell in found.iter().filter(|cell| !matches!(cell.record.end, CellEnd::Failed { .. })) {
                let place = shape.place(cell.id);
                let truth = expected.get(place.row as usize).copied().flatten();
                if let Some((truth, pairs)) = truth.zip(said.get_mut(place.variant as usize)) {
                    pairs.push((truth, matches.place_of(&cell.record.preview)));
                }
            }
        }
        let of_variant = |(variant, pairs): (Variant, &Pairs)| of_variant(variant, pairs, labels.len());
        let variants = plan.variants.into_iter().zip(&said).filter_map(of_variant).collect();
        Ok(Some(ClassesReport { scorer: scorer.info().name.clone(), labels, variants }))
    }

    fn labels(&self, shape: &RunShape, column: &str) -> Result<Option<Labels>> {
        let (mut labels, mut expected) = (Vec::<String>::new(), Vec::new());
        for rows in shape.windows(ROWS_AT_ONCE) {
            for row in self.parts.store.read(|connection| run_rows::window(connection, shape.key, rows))? {
                let label = row.values.get(column).and_then(Value::as_str).filter(|label| !label.is_empty());
                let place = label.map(|label| match labels.iter().position(|known| known == label) {
                    Some(place) => place,
                    None => {
                        labels.push(label.to_owned());
                        labels.len() - 1
                    }
                });
                expected.push(place);
            }
            if labels.len() > MAX_LABELS {
                return Ok(None);
            }
        }
        let num_labelled = expected.iter().flatten().count();
        Ok((labels.len() >= 2 && labels.len() * 2 <= num_labelled).then_some((labels, expected)))
    }
}

/// Which label an answer is, looked up once for each text.
struct Matches<'a> {
    scorer: &'a Scorer,
    labels: &'a [String],
    known: HashMap<String, usize>,
}

impl Matches<'_> {
    /// One past the last label for an answer that is none of them.
    fn place_of(&mut self, answer: &str) -> usize {
        if let Some(place) = self.known.get(answer) {
            return *place;
        }
        let column = self.scorer.expected_column().unwrap_or_default();
        let is_it = |label: &String| {
            let row = JsonMap::from_iter([(column.to_owned(), Value::String(label.clone()))]);
            let context = ScoreContext { output: answer, row: &row, output_schema: None, logprobs: &[] };
            self.scorer.score(&context).score.number() == Some(1.0)
        };
        let place = self.labels.iter().position(is_it).unwrap_or(self.labels.len());
        self.known.insert(answer.to_owned(), place);
        place
    }
}

/// `None` where nothing was answered yet.
fn of_variant(variant: Variant, pairs: &Pairs, num_labels: usize) -> Option<VariantClasses> {
    let report = classification(pairs, num_labels + 1)?;
    let mut counts = vec![vec![0; num_labels + 1]; num_labels];
    for (truth, said) in pairs {
        if let Some(count) = counts.get_mut(*truth).and_then(|row| row.get_mut(*said)) {
            *count += 1;
        }
    }
    let scores = report.classes.iter().take(num_labels).map(|class| LabelScores {
        precision: class.precision,
        recall: class.recall,
        f1: class.f1,
    });
    let scores: Vec<LabelScores> = scores.collect();
    let f1: Vec<f64> = scores.iter().map(|scores| scores.f1.unwrap_or(0.0)).collect();
    Some(VariantClasses {
        variant,
        accuracy: report.accuracy,
        macro_f1: crate::metrics::statistics::mean(&f1),
        counts,
        scores,
    })
}
