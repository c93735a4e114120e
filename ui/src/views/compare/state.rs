//! What only the comparison knows.

use super::data::Filter;
use crate::views::review::NewSetState;
use atelier_types::ids::ScorerName;

#[derive(Default)]
pub struct CompareState {
    /// The measure that orders the rows; the first one where this is missing.
    pub measure: Option<ScorerName>,
    pub filter: Filter,
    /// Place in the filtered list.
    pub selected: usize,
    pub repeat: u32,
    /// Difference that is outlined, and whether it is to be brought into view now.
    pub difference: usize,
    pub is_difference_moved: bool,
    pub is_side_by_side: bool,
    pub is_expected_shown: bool,
    pub is_method_shown: bool,
    /// In a narrow window: the messages instead of the outputs.
    pub is_messages_tab: bool,
    /// Bring the selected row into view, once.
    pub is_row_moved: bool,
    pub new_set: Option<NewSetState>,
}

impl CompareState {
    pub fn set_filter(&mut self, filter: Filter) {
        self.filter = filter;
        self.select(0);
    }

    pub fn select(&mut self, row: usize) {
        self.selected = row;
        self.difference = 0;
        self.is_row_moved = true;
        self.is_difference_moved = true;
    }
}
