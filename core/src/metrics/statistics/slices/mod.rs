//! Where it goes wrong: the parts of a data set, told by one or two features, whose mean is worse than that of all other
//! rows.
//!
//! Every part of ten rows or more, with ten or more left over, is tested against the rest, and every test counts: p-values
//! are adjusted for the whole search. Which parts are tested never depends on the values. Parts overlap, and a part and its
//! opposite pull apart, so the tests are neither independent nor positively dependent as Benjamini and Hochberg ask for; the
//! adjustment is Benjamini and Yekutieli's, which holds whatever the dependence. Where nothing is wrong anywhere, a search
//! reports something with chance 1 − confidence or less.

mod against_rest;
mod parts;

use super::benjamini_yekutieli;
use against_rest::Values;
use atelier_types::score::Direction;
use atelier_types::statistics::Interval;
use parts::{Part, parts};
use std::cmp::Ordering;

/// Rows in a part, and outside of it.
pub const MIN_SLICE_ROWS: usize = 10;
/// More is longer than anybody reads.
const MAX_FOUND: usize = 20;

/// What is known about a row in one column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FeatureValue<'a> {
    Text(&'a str),
    Number(f64),
}

/// A row's score or difference, and its features by column. A column that a row lacks puts it into no part of that column.
#[derive(Clone, Debug, PartialEq)]
pub struct SliceRow<'a> {
    pub features: Vec<(&'a str, FeatureValue<'a>)>,
    pub value: f64,
}

/// Which rows a part holds, in one column.
#[derive(Clone, Debug, PartialEq)]
pub struct SliceCondition {
    pub column: String,
    pub values: SliceValues,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SliceValues {
    /// Exactly this text.
    Text(String),
    /// A quarter of the column's numbers, both ends among them.
    Range { low: f64, high: f64 },
}

/// A part whose mean is worse than that of the other rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// One or two; a row must meet all.
    pub conditions: Vec<SliceCondition>,
    pub num_rows: u32,
    pub mean: f64,
    pub mean_of_rest: f64,
    /// Student's t, of the part's mean; for this part alone, not adjusted for the search.
    pub interval: Option<Interval>,
    /// One-sided, of this part alone.
    pub p_value: f64,
    /// Adjusted for the whole search.
    pub adjusted_p_value: f64,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct SliceSearch {
    /// At most 20, the furthest below the rest first. A pair stands here only where it is worse than both of its parts.
    pub slices: Vec<Slice>,
    /// Parts that were tested.
    pub num_tested: u32,
}

/// Parts whose mean is worse than that of all other rows, at a confidence that holds for the whole search.
///
/// Texts are parts as they are; numbers are cut at their quartiles. Single features come first, then pairs of features, the
/// largest up to 5,000; a pair that holds the same rows as one of its features is left out. Tests are one-sided. For values of
/// 0 and 1 it is Fisher's exact test; for others the larger p of Welch's t and of the mean against its variance over random
/// parts of that size: with skewed values each is too bold in the tail where the other is not.
///
/// Rows whose value is not finite are left out. Nothing is found for a confidence outside (0, 1).
pub fn worst_slices(rows: &[SliceRow<'_>], direction: Direction, confidence: f64) -> SliceSearch {
    let rows: Vec<&SliceRow<'_>> = rows.iter().filter(|row| row.value.is_finite()).collect();
    let sign = if direction == Direction::HigherIsBetter { 1.0 } else { -1.0 };
    let values = Values::new(rows.iter().map(|row| sign * row.value).collect());
    let tested: Vec<(Part, f64)> = parts(&rows)
        .into_iter()
        .filter_map(|part| {
            let p_value = values.p_value(&part.rows)?;
            Some((part, p_value))
        })
        .collect();
    let adjusted = benjamini_yekutieli(&tested.iter().map(|(_, p_value)| *p_value).collect::<Vec<_>>());
    let significant = tested.iter().zip(&adjusted).filter(|(_, adjusted)| **adjusted <= 1.0 - confidence);
    let mut found: Vec<Slice> = significant
        .filter_map(|((part, p_value), adjusted)| {
            let compared = values.compared(&part.rows, confidence)?;
            Some(Slice {
                conditions: part.conditions.clone(),
                num_rows: part.rows.len() as u32,
                mean: sign * compared.mean,
                mean_of_rest: sign * compared.mean_of_rest,
                interval: compared.interval.map(|interval| flipped(interval, sign)),
                p_value: *p_value,
                adjusted_p_value: *adjusted,
            })
        })
        .collect();
    found.sort_by(|one, other| worse_first(one, other, sign));
    let mut slices: Vec<Slice> = found.iter().filter(|slice| adds_to_its_parts(slice, &found, sign)).cloned().collect();
    slices.truncate(MAX_FOUND);
    SliceSearch { slices, num_tested: tested.len() as u32 }
}

fn flipped(interval: Interval, sign: f64) -> Interval {
    let (one, other) = (sign * interval.low, sign * interval.high);
    Interval { low: one.min(other), high: one.max(other), ..interval }
}

fn worse_first(one: &Slice, other: &Slice, sign: f64) -> Ordering {
    let gap = |slice: &Slice| sign * (slice.mean - slice.mean_of_rest);
    gap(one).total_cmp(&gap(other)).then(other.num_rows.cmp(&one.num_rows))
}

fn adds_to_its_parts(slice: &Slice, found: &[Slice], sign: f64) -> bool {
    let is_part = |other: &&Slice| {
        other.conditions.len() < slice.conditions.len()
            && other.conditions.iter().all(|condition| slice.conditions.contains(condition))
    };
    found.iter().filter(is_part).all(|part| sign * slice.mean < sign * part.mean)
}

#[cfg(test)]
mod tests;
