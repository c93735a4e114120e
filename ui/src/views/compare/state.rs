//! What only the comparison knows.

use super::data::Filter;
use crate::views::review::NewSetState;
use atelier_types::ids::ScorerName;

/// How two outputs are laid against each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    #[default]
    Words,
    SideBySide,
    Json,
    Divergence,
}

impl Layout {
    pub const ALL: [Self; 4] = [Self::Words, Self::SideBySide, Self::Json, Self::Divergence];

    pub fn words(self) -> &'static str {
        match self {
            Self::Words => "Words",
            Self::SideBySide => "Side by side",
            Self::Json => "JSON",
            Self::Divergence => "First divergence",
        }
    }

    pub fn place(self) -> usize {
        Self::ALL.iter().position(|layout| *layout == self).unwrap_or(0)
    }
}

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
    pub layout: Layout,
    /// What is expected in full, and not only its first line.
    pub is_expected_whole: bool,
    pub is_method_shown: bool,
    pub is_slices_shown: bool,
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

    pub fn set_layout(&mut self, place: usize) {
        self.layout = Layout::ALL[place % Layout::ALL.len()];
        self.difference = 0;
        self.is_difference_moved = true;
    }

    pub fn set_repeat(&mut self, repeat: u32) {
        self.repeat = repeat;
        self.difference = 0;
        self.is_difference_moved = true;
    }

    pub fn select(&mut self, row: usize) {
        self.selected = row;
        self.difference = 0;
        self.is_row_moved = true;
        self.is_difference_moved = true;
    }
}
