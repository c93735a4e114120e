//! The editor of prompt files: highlighted text, line numbers, a gutter for changed lines, the current line, marks of
//! diagnostics and of what was found.
//!
//! The caller owns the text. Undo, IME, clipboard and selection are those of egui's text field.

pub mod highlight;

use super::paint;
use crate::theme::{Tokens, metrics::*, tokens, type_scale as scale};
use egui::mutex::Mutex;
use egui::text::{CCursor, CCursorRange, LayoutJob, TextFormat};
use egui::{Frame, Galley, Id, Rangef, Rect, Response, ScrollArea, Shape, TextBuffer, TextEdit, Ui, pos2, vec2};
use highlight::{BYTES_A_FRAME, Highlighter, Kind};
use std::ops::Range;
use std::sync::Arc;

const GUTTER: f32 = 48.0;
const CHANGE_BAR: f32 = 2.0;

/// A line with something wrong in it; lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineMark {
    pub line: usize,
    pub message: String,
    pub is_error: bool,
}

#[must_use]
pub struct CodeEditor<'a> {
    name: &'a str,
    id: Id,
    text: &'a mut String,
    changed_lines: &'a [usize],
    marks: &'a [LineMark],
    found: &'a [Range<usize>],
    current_found: Option<usize>,
    go_to: Option<Range<usize>>,
    is_plain: bool,
}

/// What happened in the editor in this frame.
pub struct EditorOutput {
    pub response: Response,
    /// Line and column of the caret, from 1.
    pub caret: Option<(usize, usize)>,
    /// Byte range of the selection.
    pub selection: Option<Range<usize>>,
}

impl<'a> CodeEditor<'a> {
    /// `id` must be one of its own for each text, since undo and caret are kept under it.
    pub fn new(name: &'a str, id: Id, text: &'a mut String) -> Self {
        Self {
            name,
            id,
            text,
            changed_lines: &[],
            marks: &[],
            found: &[],
            current_found: None,
            go_to: None,
            is_plain: false,
        }
    }

    /// Lines that differ from the committed version, from 1, in order.
    pub fn changed_lines(mut self, lines: &'a [usize]) -> Self {
        self.changed_lines = lines;
        self
    }

    pub fn marks(mut self, marks: &'a [LineMark]) -> Self {
        self.marks = marks;
        self
    }

    /// Byte ranges that a search found, and which of them is the current one.
    pub fn found(mut self, found: &'a [Range<usize>], current: Option<usize>) -> Self {
        self.found = found;
        self.current_found = current;
        self
    }

    /// Selects a byte range and brings it into view, in this frame.
    pub fn go_to(mut self, range: Option<Range<usize>>) -> Self {
        self.go_to = range;
        self
    }

    /// No highlighting, for fragments and JSON values.
    pub fn plain(mut self) -> Self {
        self.is_plain = true;
        self
    }

    /// Draws the editor into all the room there is, with its own scrolling.
    pub fn show(self, ui: &mut Ui) -> EditorOutput {
        let area = ScrollArea::vertical().id_salt((self.id, "scroll")).auto_shrink([false, false]);
        area.show(ui, |ui| self.contents(ui)).inner
    }

    fn contents(self, ui: &mut Ui) -> EditorOutput {
        let t = tokens(ui.ctx());
        let whole = ui.available_rect_before_wrap();
        let current_line = ui.painter().add(Shape::Noop);
        let highlighter = highlighter(ui, self.id);
        let (found, current_found, is_plain) = (self.found, self.current_found, self.is_plain);
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, width: f32| {
            let text = text.as_str();
            let mut highlighter = highlighter.lock();
            if !is_plain && !highlighter.update(text, BYTES_A_FRAME) {
                ui.ctx().request_repaint();
            }
            let job = job(text, &highlighter, is_plain, found, current_found, width, t);
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let inner = Rect::from_min_max(pos2(whole.left() + GUTTER, whole.top()), whole.max);
        let min_size = vec2(inner.width(), (ui.clip_rect().bottom() - whole.top()).max(scale::CODE.line));
        let edit = TextEdit::multiline(self.text)
            .id(self.id)
            .code_editor()
            .frame(Frame::NONE)
            .font(scale::CODE.font())
            .desired_width(inner.width())
            .min_size(min_size)
            .layouter(&mut layouter);
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(inner));
        let mut output = edit.show(&mut child);
        ui.allocate_rect(output.response.rect.union(whole.intersect(ui.clip_rect())), egui::Sense::hover());
        let response = output.response.response.clone().accessible_name(self.name);
        if let Some(range) = &self.go_to {
            select(ui, &mut output, self.text, range, self.id);
        }
        let lines = visible_lines(ui, &output.galley, output.galley_pos.y);
        let caret = output.cursor_range.map(|range| range.primary.index.0);
        if let Some(line) = caret.map(|caret| line_of_char(self.text, caret)) {
            paint_current_line(ui, current_line, &lines, line, whole.x_range(), t);
        }
        self.paint_gutter(ui, whole.left(), &lines, caret.map(|caret| line_of_char(self.text, caret)), t);
        EditorOutput {
            response,
            caret: caret.map(|caret| line_and_column(self.text, caret)),
            selection: output.cursor_range.map(|range| byte_range(self.text, &range)),
        }
    }

    fn paint_gutter(&self, ui: &Ui, left: f32, lines: &[(usize, Rangef)], current: Option<usize>, t: &Tokens) {
        for (line, y) in lines {
            let mark = self.marks.iter().find(|mark| mark.line == *line);
            let ink = match mark {
                Some(mark) if mark.is_error => t.worse,
                Some(_) => t.warn,
                None if current == Some(*line) => t.ink,
                None => t.ink3,
            };
            let galley = ui.painter().layout_job(scale::CODE_LABEL.job(line.to_string(), ink, f32::INFINITY));
            let first_row = y.min + scale::CODE.line / 2.0;
            paint::galley_right(ui.painter(), left + GUTTER - SPACE_16, first_row, galley, ink);
            if self.changed_lines.binary_search(line).is_ok() {
                let x = left + GUTTER - SPACE_8;
                let bar = Rect::from_x_y_ranges(Rangef::new(x, x + CHANGE_BAR), *y);
                ui.painter().rect_filled(bar, 0.0, t.warn);
            }
            if let Some(mark) = mark {
                let row = Rect::from_x_y_ranges(Rangef::new(left, left + GUTTER), *y);
                ui.interact(row, self.id.with(("mark", line)), egui::Sense::hover()).on_hover_text(&mark.message);
            }
        }
    }
}

fn highlighter(ui: &Ui, id: Id) -> Arc<Mutex<Highlighter>> {
    ui.data_mut(|data| data.get_temp_mut_or_default::<Arc<Mutex<Highlighter>>>(id.with("highlighter")).clone())
}

fn format(kind: Kind, t: &Tokens) -> TextFormat {
    match kind {
        Kind::Plain => scale::CODE.format(t.ink),
        Kind::Key => scale::CODE.format(t.s_key),
        Kind::Str => scale::CODE.format(t.s_str),
        Kind::Number => scale::CODE.format(t.s_num),
        Kind::Jinja => scale::CODE.format(t.s_jinja),
        Kind::Role => scale::CODE_SEMIBOLD.format(t.s_role),
        Kind::Comment => scale::CODE.format(t.s_com),
    }
}

fn job(
    text: &str,
    highlighter: &Highlighter,
    is_plain: bool,
    found: &[Range<usize>],
    current_found: Option<usize>,
    width: f32,
    t: &Tokens,
) -> LayoutJob {
    let mut job = LayoutJob { keep_trailing_whitespace: true, ..LayoutJob::default() };
    job.wrap.max_width = width;
    let pieces = if is_plain { vec![(0..text.len(), Kind::Plain)] } else { highlighter.pieces(text) };
    let mut next_found = 0;
    for (range, kind) in pieces {
        let mut at = range.start;
        while let Some(hit) = found.get(next_found).filter(|hit| hit.start < range.end) {
            if hit.start > at {
                job.append(&text[at..hit.start], 0.0, format(kind, t));
            }
            let (start, end) = (hit.start.max(at), hit.end.min(range.end));
            let is_current = current_found == Some(next_found);
            let background = if is_current { t.accent_bg } else { t.warn_bg };
            job.append(&text[start..end], 0.0, TextFormat { background, color: t.ink, ..format(kind, t) });
            at = end;
            if hit.end > range.end {
                break;
            }
            next_found += 1;
        }
        if at < range.end {
            job.append(&text[at..range.end], 0.0, format(kind, t));
        }
    }
    if job.sections.is_empty() {
        job.append("", 0.0, format(Kind::Plain, t));
    }
    job
}

/// Numbers and heights of the lines in view; a wrapped line has one number.
fn visible_lines(ui: &Ui, galley: &Galley, top: f32) -> Vec<(usize, Rangef)> {
    let clip = ui.clip_rect();
    let mut lines = Vec::new();
    let (mut number, mut start) = (1, None);
    for row in &galley.rows {
        let rect = row.rect().translate(vec2(0.0, top));
        let from = *start.get_or_insert(rect.top());
        if row.ends_with_newline {
            if rect.bottom() >= clip.top() && from <= clip.bottom() {
                lines.push((number, Rangef::new(from, rect.bottom())));
            }
            number += 1;
            start = None;
        } else if std::ptr::eq(row, galley.rows.last().unwrap_or(row)) {
            lines.push((number, Rangef::new(from, rect.bottom())));
        }
    }
    lines
}

fn paint_current_line(
    ui: &Ui,
    place: egui::layers::ShapeIdx,
    lines: &[(usize, Rangef)],
    line: usize,
    x: Rangef,
    t: &Tokens,
) {
    if let Some((_, y)) = lines.iter().find(|(number, _)| *number == line) {
        ui.painter().set(place, Shape::rect_filled(Rect::from_x_y_ranges(x, *y), 0.0, t.sunken));
    }
}

fn select(ui: &Ui, output: &mut egui::text_edit::TextEditOutput, text: &str, range: &Range<usize>, id: Id) {
    let char_at = |byte: usize| text[..text.floor_char_boundary(byte.min(text.len()))].chars().count();
    let (start, end) = (CCursor::new(char_at(range.start)), CCursor::new(char_at(range.end)));
    output.state.cursor.set_char_range(Some(CCursorRange::two(start, end)));
    output.state.clone().store(ui.ctx(), id);
    let place = output.galley.pos_from_cursor(start).translate(output.galley_pos.to_vec2());
    ui.scroll_to_rect(place.expand2(vec2(0.0, SPACE_48)), None);
}

fn byte_of_char(text: &str, index: usize) -> usize {
    text.char_indices().nth(index).map_or(text.len(), |(byte, _)| byte)
}

fn byte_range(text: &str, range: &CCursorRange) -> Range<usize> {
    let (a, b) = (byte_of_char(text, range.primary.index.0), byte_of_char(text, range.secondary.index.0));
    a.min(b)..a.max(b)
}

fn line_of_char(text: &str, index: usize) -> usize {
    1 + text[..byte_of_char(text, index)].matches('\n').count()
}

fn line_and_column(text: &str, index: usize) -> (usize, usize) {
    let before = &text[..byte_of_char(text, index)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (1 + before.matches('\n').count(), 1 + before[line_start..].chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Color32;

    #[test]
    fn carets_are_told_by_line_and_column() {
        let text = "ab\nçd\n";
        assert_eq!([0, 2, 3, 5, 6].map(|index| line_and_column(text, index)), [(1, 1), (1, 3), (2, 1), (2, 3), (3, 1)]);
    }

    #[test]
    fn what_was_found_is_marked_across_pieces() {
        let t = Tokens::of(egui::Theme::Light);
        let text = "a {{ b }} c";
        let mut highlighter = Highlighter::default();
        highlighter.update(text, usize::MAX);
        let job = job(text, &highlighter, false, &[0..3, 5..6], Some(1), 100.0, t);
        let marked: String = job
            .sections
            .iter()
            .filter(|section| section.format.background != Color32::TRANSPARENT)
            .map(|section| &job.text[section.byte_range.start.0..section.byte_range.end.0])
            .collect::<Vec<_>>()
            .join("|");
        assert_eq!((job.text.as_str(), marked.as_str()), (text, "a {|b"));
    }
}
