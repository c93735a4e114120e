//! Widgets that know the theme and nothing of the application: no verbs, no state, no screens.
//!
//! Every widget gives an accessible name and role, is at least 24 points high where it can be clicked, keeps to the
//! 4-point grid, and shows the focus ring where it takes a key.

pub mod button;
pub mod chip;
pub mod code_editor;
pub mod diff_view;
pub mod field;
pub mod histogram;
pub mod interval_plot;
pub mod key_cap;
pub mod list_row;
pub mod logo;
pub mod mark;
pub mod modal;
pub mod paint;
pub mod pane;
pub mod progress;
pub mod rating_scale;
pub mod segments;
pub mod states;
pub mod table;
pub mod tabs;
pub mod text;
pub mod text_view;
pub mod toast;
pub mod verdict;

pub use button::{Button, Tone};
pub use chip::Chip;
pub use code_editor::CodeEditor;
pub use field::{Choice, Field, search_field};
pub use key_cap::{key_caps, key_hint};
pub use list_row::ListRow;
pub use mark::Mark;
pub use segments::{Segment, segments};
pub use table::{Column, Table};
pub use tabs::tabs;
pub use text_view::TextView;
