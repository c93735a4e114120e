//! The type scale: every text of the interface is one of these, so that sizes, weights and lines agree everywhere.

use super::fonts::{Weight, mono, sans};
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, RichText};

/// One step of the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Type {
    pub size: f32,
    pub line: f32,
    pub weight: Weight,
    pub is_mono: bool,
}

const fn inter(size: f32, line: f32, weight: Weight) -> Type {
    Type { size, line, weight, is_mono: false }
}

const fn code(size: f32, line: f32, weight: Weight) -> Type {
    Type { size, line, weight, is_mono: true }
}

/// Headline of a verdict.
pub const TITLE: Type = inter(24.0, 32.0, Weight::Semibold);
/// Name of a screen or of what is open in it.
pub const HEADING: Type = inter(18.0, 24.0, Weight::Semibold);
/// Titles of dialogs and of empty states.
pub const EMPHASIS: Type = inter(15.0, 24.0, Weight::Semibold);
/// Prose that a reviewer reads, the sentence of a verdict.
pub const READING: Type = inter(15.0, 24.0, Weight::Regular);
pub const READING_MEDIUM: Type = inter(15.0, 24.0, Weight::Medium);
pub const BODY: Type = inter(13.0, 20.0, Weight::Regular);
/// The value that matters in a row, labels of buttons.
pub const BODY_MEDIUM: Type = inter(13.0, 20.0, Weight::Medium);
/// Heads of panes.
pub const BODY_SEMIBOLD: Type = inter(13.0, 20.0, Weight::Semibold);
/// Dense rows.
pub const DENSE: Type = inter(12.0, 16.0, Weight::Regular);
pub const DENSE_MEDIUM: Type = inter(12.0, 16.0, Weight::Medium);
/// Labels, intervals, keys.
pub const LABEL: Type = inter(11.0, 16.0, Weight::Regular);
pub const LABEL_MEDIUM: Type = inter(11.0, 16.0, Weight::Medium);
/// Editor.
pub const CODE: Type = code(13.0, 20.0, Weight::Regular);
pub const CODE_SEMIBOLD: Type = code(13.0, 20.0, Weight::Semibold);
/// Outputs and diffs: code that is read.
pub const CODE_READ: Type = code(12.0, 20.0, Weight::Regular);
/// Rendered messages and grid cells: code that is skimmed.
pub const CODE_SKIM: Type = code(12.0, 16.0, Weight::Regular);
/// Values in the inputs pane, codes of errors.
pub const CODE_LABEL: Type = code(11.0, 16.0, Weight::Regular);

impl Type {
    pub fn font(self) -> FontId {
        if self.is_mono { mono(self.size, self.weight) } else { sans(self.size, self.weight) }
    }

    pub fn text(self, text: impl Into<String>, color: Color32) -> RichText {
        RichText::new(text).font(self.font()).line_height(Some(self.line)).color(color)
    }

    pub fn format(self, color: Color32) -> TextFormat {
        TextFormat { line_height: Some(self.line), ..TextFormat::simple(self.font(), color) }
    }

    /// A one-format text that wraps at `max_width`.
    pub fn job(self, text: impl Into<String>, color: Color32, max_width: f32) -> LayoutJob {
        let mut job = LayoutJob::single_section(text.into(), self.format(color));
        job.wrap.max_width = max_width;
        job
    }

    /// A text of at most `num_lines` lines, cut with "…".
    pub fn elided(self, text: impl Into<String>, color: Color32, max_width: f32, num_lines: usize) -> LayoutJob {
        let mut job = self.job(text, color, max_width);
        job.wrap.max_rows = num_lines;
        job.wrap.break_anywhere = num_lines == 1;
        job
    }
}
