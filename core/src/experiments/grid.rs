//! Windows of a results grid: which rows pass, and their cells from the database.

use super::Result;
use super::live::LiveRun;
use super::summary::Reading;
use crate::store::cells::{self, CellEnd, CellRow};
use crate::store::runs::{CellPlace, RunShape};
use crate::store::{Store, run_rows, scores};
use atelier_types::experiment::{CellStatus, CellSummary, GridPage, GridRow, RowFilter};
use atelier_types::ids::CellId;
use atelier_types::score::Score;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// A wish for more is met with this many.
const MAX_ROWS: u32 = 1_000;

/// Which rows are wanted.
pub(super) struct Wanted<'a> {
    pub filter: RowFilter,
    /// Rows with an output that was looked for and found.
    pub found: Option<&'a BTreeSet<u32>>,
    pub offset: u32,
    pub limit: u32,
}

pub(super) fn page(
    store: &Store,
    reading: &Reading<'_>,
    live: Option<&LiveRun>,
    wanted: &Wanted<'_>,
) -> Result<GridPage> {
    let shape = &reading.numbers.shape;
    let limit = wanted.limit.min(MAX_ROWS);
    let is_all = wanted.filter == RowFilter::All && wanted.found.is_none();
    let (num_rows, windows) = if is_all {
        let first = wanted.offset.min(shape.num_rows);
        (shape.num_rows, joined(first..shape.num_rows.min(first.saturating_add(limit))))
    } else {
        let is_found = |row: &u32| wanted.found.is_none_or(|found| found.contains(row));
        let passing: Vec<u32> =
            (0..shape.num_rows).filter(|row| is_found(row) && reading.passes(wanted.filter, *row)).collect();
        let in_view = passing.iter().copied().skip(wanted.offset as usize).take(limit as usize);
        (passing.len() as u32, joined(in_view))
    };
    let mut rows = Vec::new();
    for window in windows {
        rows.extend(read_window(store, shape, live, window)?);
    }
    Ok(GridPage { offset: wanted.offset, num_rows, rows })
}

/// Neighbouring rows as one range, so that they are read at once.
fn joined(rows: impl Iterator<Item = u32>) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for row in rows {
        match ranges.last_mut() {
            Some(last) if last.end == row => last.end += 1,
            _ => ranges.push(row..row + 1),
        }
    }
    ranges
}

/// Some rows with all their cells.
pub(super) fn read_window(
    store: &Store,
    shape: &RunShape,
    live: Option<&LiveRun>,
    rows: Range<u32>,
) -> Result<Vec<GridRow>> {
    let (heads, found, scored) = store.read(|connection| {
        let view = connection.unchecked_transaction()?;
        let heads = run_rows::heads(&view, shape.key, rows.clone())?;
        let found = cells::window(&view, shape, rows.clone())?;
        Ok((heads, found, scores::window(&view, shape, rows)?))
    })?;
    let mut cells: HashMap<CellId, CellRow> = found.into_iter().map(|cell| (cell.id, cell)).collect();
    let mut scores: HashMap<CellId, Vec<Score>> = HashMap::new();
    for (cell, score) in scored {
        scores.entry(cell).or_default().push(score);
    }
    let mut cell = |place: CellPlace| {
        let id = shape.cell(place);
        match cells.remove(&id) {
            Some(row) => summary_of(row, place.repeat, scores.remove(&id).unwrap_or_default()),
            None => open_cell(place.repeat, live.is_some_and(|live| live.is_running(id))),
        }
    };
    let grid_rows = heads.into_iter().map(|head| {
        let mut variant = |variant| {
            (0..shape.num_repeats).map(|repeat| cell(CellPlace { row: head.position, variant, repeat })).collect()
        };
        GridRow { cells: (0..shape.num_variants).map(&mut variant).collect(), row: head.id, title: head.title }
    });
    Ok(grid_rows.collect())
}

fn summary_of(row: CellRow, repeat: u32, scores: Vec<Score>) -> CellSummary {
    let status = match row.record.end {
        CellEnd::New | CellEnd::Stored => CellStatus::Done,
        CellEnd::Failed { code, message, .. } => CellStatus::Failed { code, message },
    };
    CellSummary { id: Some(row.id), repeat, status, preview: row.record.preview, scores }
}

fn open_cell(repeat: u32, is_running: bool) -> CellSummary {
    let status = if is_running { CellStatus::Running } else { CellStatus::Waiting };
    CellSummary { id: None, repeat, status, preview: String::new(), scores: Vec::new() }
}

/// Rows with an output that contains `needle`, ignoring case as Unicode folds it.
pub(super) fn rows_with_text(store: &Store, shape: &RunShape, needle: &str) -> Result<BTreeSet<u32>> {
    let Ok(pattern) = regex::RegexBuilder::new(&regex::escape(needle)).case_insensitive(true).build() else {
        // Too long to be looked for as a pattern, so no text is taken to have it.
        return Ok(BTreeSet::new());
    };
    let mut rows = BTreeSet::new();
    store.read(|connection| {
        cells::each_text(connection, shape, |cell, text| {
            if pattern.is_match(text) {
                rows.insert(shape.place(cell).row);
            }
        })
    })?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_rows_are_read_at_once() {
        assert_eq!(joined([1, 2, 3, 7, 9, 10].into_iter()), [1..4, 7..8, 9..11]);
        assert!(joined(std::iter::empty()).is_empty());
    }
}
