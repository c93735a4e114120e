//! The numbers of a run in columns, held in memory while its grid is looked at: scores and effort of each cell, a few
//! dozen bytes a cell and no text. What changed since is read by the run's revision, whichever program wrote it.

use super::Result;
use crate::store::cells::{self, CellNumbers};
use crate::store::runs::{self, CellPlace, RunRecord, RunShape};
use crate::store::{Store, StoreError};
use atelier_types::ids::CellId;

/// Measures that every run has, after its scorers.
pub(super) const NUM_EFFORTS: usize = 3;

/// How a cell stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CellState {
    #[default]
    Open,
    Answered,
    Failed,
}

pub(super) struct Numbers {
    pub shape: RunShape,
    pub num_scorers: usize,
    /// Up to which everything is here.
    pub revision: i64,
    states: Vec<CellState>,
    /// One column a measure: the scorers, then latency, tokens and cost. NaN where there is no number.
    columns: Vec<Vec<f64>>,
}

impl Numbers {
    pub fn new(shape: RunShape, num_scorers: usize) -> Self {
        let num_cells = shape.num_cells() as usize;
        Self {
            shape,
            num_scorers,
            revision: 0,
            states: vec![CellState::Open; num_cells],
            columns: vec![vec![f64::NAN; num_cells]; num_scorers + NUM_EFFORTS],
        }
    }

    /// Reads what was recorded since the last time. Gives the run as it stands at that moment, or `None` where it was
    /// deleted.
    pub fn refresh(&mut self, store: &Store) -> Result<Option<RunRecord>> {
        let (key, known) = (self.shape.key, self.revision);
        let record = store.read(|connection| {
            // One view of the database for the count and for what it counts.
            let view = connection.unchecked_transaction()?;
            let Some(record) = runs::get_by_key(&view, key)? else { return Ok(None) };
            if record.revision > known {
                cells::changed_since(&view, key, known, |change| self.take(change))?;
                self.revision = record.revision;
            }
            Ok(Some(record))
        });
        record.map_err(|err: StoreError| err.into())
    }

    fn take(&mut self, change: cells::Changed) {
        match change {
            cells::Changed::Cell(numbers) => self.take_cell(&numbers),
            cells::Changed::Score { cell, scorer, number } => {
                if let Some(slot) = self.slot(cell)
                    && let Some(value) = self.columns[..self.num_scorers]
                        .get_mut(scorer as usize)
                        .and_then(|column| column.get_mut(slot))
                {
                    *value = number.unwrap_or(f64::NAN);
                }
            }
        }
    }

    fn take_cell(&mut self, numbers: &CellNumbers) {
        let Some(slot) = self.slot(numbers.cell) else { return };
        self.states[slot] = if numbers.is_failed { CellState::Failed } else { CellState::Answered };
        let effort = &numbers.effort;
        let tokens = effort.num_prompt_tokens.zip(effort.num_completion_tokens);
        let efforts = [
            effort.latency_millis,
            tokens.map(|(prompt, completion)| f64::from(prompt) + f64::from(completion)),
            effort.cost_usd,
        ];
        let no_scores = std::iter::repeat_n(None, self.num_scorers);
        for (column, value) in self.columns.iter_mut().zip(no_scores.chain(efforts)) {
            column[slot] = value.unwrap_or(f64::NAN);
        }
    }

    fn slot(&self, cell: CellId) -> Option<usize> {
        (runs::run_of(cell) == self.shape.key)
            .then(|| self.shape.index(self.shape.place(cell)) as usize)
            .filter(|slot| *slot < self.states.len())
    }

    /// The cells of a row for a variant, as they stand.
    pub fn states(&self, row: u32, variant: u32) -> &[CellState] {
        &self.states[self.repeats(row, variant)]
    }

    /// The values of a measure, one a repeat; NaN where there is none.
    pub fn values(&self, measure: usize, row: u32, variant: u32) -> &[f64] {
        &self.columns[measure][self.repeats(row, variant)]
    }

    /// The values that there are.
    pub fn known(&self, measure: usize, row: u32, variant: u32) -> Vec<f64> {
        self.values(measure, row, variant).iter().copied().filter(|value| !value.is_nan()).collect()
    }

    /// The mean of the values that there are.
    pub fn mean(&self, measure: usize, row: u32, variant: u32) -> Option<f64> {
        let known = self.values(measure, row, variant).iter().filter(|value| !value.is_nan());
        let (sum, count) = known.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
        (count > 0).then(|| sum / f64::from(count))
    }

    /// The values that there are, row by row.
    pub fn by_row(&self, measure: usize, variant: u32) -> Vec<Vec<f64>> {
        (0..self.shape.num_rows).map(|row| self.known(measure, row, variant)).collect()
    }

    /// Answered cells of a variant that a scorer gave no number.
    pub fn num_unscored(&self, scorer: usize, variant: u32) -> u32 {
        let of_row = |row: u32| {
            let cells = self.states(row, variant).iter().zip(self.values(scorer, row, variant));
            cells.filter(|(state, value)| **state == CellState::Answered && value.is_nan()).count() as u32
        };
        (0..self.shape.num_rows).map(of_row).sum()
    }

    fn repeats(&self, row: u32, variant: u32) -> std::ops::Range<usize> {
        let first = self.shape.index(CellPlace { row, variant, repeat: 0 }) as usize;
        first..first + self.shape.num_repeats as usize
    }
}
