//! What only the results screen knows.

use crate::state::Reply;
use atelier_types::experiment::{CellDetail, RowFilter};
use atelier_types::ids::{CellId, RunId, VariantId};

/// A search runs when the typing has rested for this long.
const FIND_RESTS_SECS: f64 = 0.25;

#[derive(Default)]
pub struct ResultsState {
    /// The run that all of this is about.
    pub run: Option<RunId>,
    pub baseline: Option<VariantId>,
    pub filter: RowFilter,
    pub find: String,
    find_applied: String,
    find_changed_secs: Option<f64>,
    /// Row in the filtered order, and variant.
    pub selected: Option<(usize, usize)>,
    pub repeat: usize,
    pub is_detail_open: bool,
    pub is_diff_shown: bool,
    /// Bring the selected cell into view, once.
    pub is_moved: bool,
    pub rerun: Option<Reply<CellDetail>>,
    /// A cell that a link led to; it is opened by its id until its row is chosen.
    pub linked: Option<CellId>,
}

impl ResultsState {
    /// Another run: nothing of the one before is meant any more.
    pub fn show(&mut self, run: &RunId) {
        if self.run.as_ref() != Some(run) {
            *self = Self { run: Some(run.clone()), ..Self::default() };
        }
    }

    /// A link leads to this cell.
    pub fn open_cell(&mut self, cell: Option<CellId>) {
        if self.linked != cell {
            self.linked = cell;
            self.is_detail_open |= cell.is_some();
        }
    }

    pub fn select(&mut self, row: usize, variant: usize) {
        if self.selected != Some((row, variant)) {
            self.repeat = 0;
        }
        self.selected = Some((row, variant));
    }

    pub fn set_filter(&mut self, filter: RowFilter) {
        self.filter = filter;
        self.selected = None;
    }

    pub fn find_was_typed(&mut self, now_secs: f64) {
        self.find_changed_secs = Some(now_secs);
    }

    /// What is searched for now. `true` while a change waits for the typing to rest.
    pub fn find_applied(&mut self, now_secs: f64) -> (String, bool) {
        let is_due = self.find_changed_secs.is_some_and(|changed| now_secs - changed >= FIND_RESTS_SECS);
        if is_due {
            self.find_changed_secs = None;
            self.find_applied.clone_from(&self.find);
            self.selected = None;
        }
        (self.find_applied.clone(), self.find_changed_secs.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_waits_until_the_typing_rests() {
        let mut state = ResultsState { find: "urgent".into(), ..ResultsState::default() };
        state.find_was_typed(1.0);
        assert_eq!(state.find_applied(1.1), (String::new(), true));
        assert_eq!(state.find_applied(1.3), ("urgent".to_owned(), false));
    }

    #[test]
    fn another_run_starts_afresh() {
        let mut state = ResultsState::default();
        state.show(&"a".into());
        state.select(3, 1);
        state.show(&"a".into());
        assert_eq!(state.selected, Some((3, 1)));
        state.show(&"b".into());
        assert_eq!(state.selected, None);
    }
}
