//! The parts of a data set by one feature and by two, from the features alone.

use super::super::bootstrap::quantile;
use super::{FeatureValue, MIN_SLICE_ROWS, SliceCondition, SliceRow, SliceValues};
use std::collections::BTreeMap;

/// More pairs would cost every other part its chance, because all that is tested is adjusted for.
const MAX_PAIRS: usize = 5000;

/// Rows that meet conditions, in order.
pub(super) struct Part {
    pub(super) conditions: Vec<SliceCondition>,
    pub(super) rows: Vec<usize>,
}

/// All parts with enough rows inside and outside: by one feature, then by two, the largest first.
pub(super) fn parts(rows: &[&SliceRow<'_>]) -> Vec<Part> {
    let mut parts = by_one_feature(rows);
    parts.retain(|part| is_large_enough(part.rows.len(), rows.len()));
    let mut pairs: Vec<Part> = Vec::new();
    for (place, one) in parts.iter().enumerate() {
        for other in parts.iter().skip(place + 1) {
            pairs.extend(both(one, other).filter(|pair| is_large_enough(pair.rows.len(), rows.len())));
        }
        keep_largest(&mut pairs, 4 * MAX_PAIRS);
    }
    keep_largest(&mut pairs, 0);
    parts.extend(pairs);
    parts
}

fn is_large_enough(num_inside: usize, num_rows: usize) -> bool {
    num_inside >= MIN_SLICE_ROWS && num_inside + MIN_SLICE_ROWS <= num_rows
}

/// Once there are more than `slack`, only the largest that may be tested stay. Equally large ones keep their order.
fn keep_largest(pairs: &mut Vec<Part>, slack: usize) {
    if pairs.len() > slack {
        pairs.sort_by_key(|pair| std::cmp::Reverse(pair.rows.len()));
        pairs.truncate(MAX_PAIRS);
    }
}

fn by_one_feature(rows: &[&SliceRow<'_>]) -> Vec<Part> {
    let mut columns: BTreeMap<&str, Column<'_>> = BTreeMap::new();
    for (row, features) in rows.iter().enumerate() {
        for (name, value) in &features.features {
            let column = columns.entry(name).or_default();
            match value {
                FeatureValue::Text(text) => column.texts.entry(text).or_default().push(row),
                FeatureValue::Number(number) if number.is_finite() => column.numbers.push((*number, row)),
                FeatureValue::Number(_) => {}
            }
        }
    }
    columns.into_iter().flat_map(|(name, column)| column.parts(name)).collect()
}

/// A column may mix texts and numbers.
#[derive(Default)]
struct Column<'a> {
    texts: BTreeMap<&'a str, Vec<usize>>,
    numbers: Vec<(f64, usize)>,
}

impl Column<'_> {
    fn parts(self, name: &str) -> Vec<Part> {
        let part = |values: SliceValues, mut rows: Vec<usize>| {
            rows.sort_unstable();
            rows.dedup();
            Part { conditions: vec![SliceCondition { column: name.to_owned(), values }], rows }
        };
        let texts = self.texts.into_iter().map(|(text, rows)| part(SliceValues::Text(text.to_owned()), rows));
        let mut parts: Vec<Part> = texts.collect();
        for quarter in quarters(self.numbers) {
            let ends = quarter.first().zip(quarter.last());
            if let Some(((low, _), (high, _))) = ends {
                let values = SliceValues::Range { low: *low, high: *high };
                parts.push(part(values, quarter.iter().map(|(_, row)| *row).collect()));
            }
        }
        parts
    }
}

/// Numbers in order, cut after each quartile. Equal numbers stay together, so that there may be fewer than four.
fn quarters(mut numbers: Vec<(f64, usize)>) -> Vec<Vec<(f64, usize)>> {
    numbers.sort_by(|one, other| one.0.total_cmp(&other.0));
    let sorted: Vec<f64> = numbers.iter().map(|(number, _)| *number).collect();
    let mut cuts: Vec<usize> = [0.25, 0.5, 0.75]
        .into_iter()
        .filter_map(|level| quantile(&sorted, level))
        .map(|cut| sorted.partition_point(|number| *number <= cut))
        .collect();
    cuts.push(numbers.len());
    let mut from = 0;
    let quarter = |to: usize| {
        let taken = numbers.get(from..to).unwrap_or_default().to_vec();
        from = to;
        taken
    };
    cuts.into_iter().map(quarter).filter(|quarter| !quarter.is_empty()).collect()
}

/// The rows of both parts. `None` for two values of one column, and where it holds all rows of one of them.
fn both(one: &Part, other: &Part) -> Option<Part> {
    let column = |part: &Part| part.conditions.first().map(|condition| condition.column.clone());
    if column(one) == column(other) {
        return None;
    }
    let mut rest = other.rows.as_slice();
    let mut rows = Vec::new();
    for row in &one.rows {
        rest = rest.get(rest.partition_point(|candidate| candidate < row)..).unwrap_or_default();
        if rest.first() == Some(row) {
            rows.push(*row);
        }
    }
    let is_new = rows.len() < one.rows.len() && rows.len() < other.rows.len();
    let conditions = one.conditions.iter().chain(&other.conditions).cloned().collect();
    is_new.then_some(Part { conditions, rows })
}
