//! A text to read: monospaced, wrapped, selectable, of any length.
//!
//! It takes its full height and draws only the lines inside the clip rectangle, so the caller decides what scrolls.
//! Selection is by mouse (drag, double click for a word) or Ctrl A; Ctrl C copies it.

pub mod spans;
pub mod wrap;

use crate::theme::{Tokens, Type, metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{CursorIcon, Event, Id, Key, Modifiers, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, pos2, vec2};
use spans::{Span, json_spans, row_job};
use std::ops::Range;
use std::sync::Arc;
use wrap::{Wrapped, wrap};

/// Longest text that is handed to screen readers in one piece.
const MAX_SPOKEN_BYTES: usize = 20_000;

#[must_use]
pub struct TextView<'a> {
    name: &'a str,
    text: &'a str,
    spans: &'a [Span],
    step: Type,
    is_json: bool,
    outlined: Option<Range<usize>>,
    scroll_to: Option<usize>,
    is_muted: bool,
    has_caret: bool,
}

impl<'a> TextView<'a> {
    pub fn new(name: &'a str, text: &'a str) -> Self {
        Self {
            name,
            text,
            spans: &[],
            step: scale::CODE_READ,
            is_json: text.trim_start().starts_with(['{', '[']),
            outlined: None,
            scroll_to: None,
            is_muted: false,
            has_caret: false,
        }
    }

    pub fn spans(mut self, spans: &'a [Span]) -> Self {
        self.spans = spans;
        self.is_json &= spans.is_empty();
        self
    }

    pub fn step(mut self, step: Type) -> Self {
        self.step = step;
        self
    }

    /// Draws the accent outline of the current difference.
    pub fn outlined(mut self, range: Option<Range<usize>>) -> Self {
        self.outlined = range;
        self
    }

    /// Brings the byte at `offset` into view, in this frame.
    pub fn scroll_to(mut self, offset: Option<usize>) -> Self {
        self.scroll_to = offset;
        self
    }

    pub fn muted(mut self) -> Self {
        self.is_muted = true;
        self
    }

    /// A caret behind the last character, while a model writes.
    pub fn caret(mut self, has_caret: bool) -> Self {
        self.has_caret = has_caret;
        self
    }

    pub fn show(self, ui: &mut Ui) -> Response {
        let t = tokens(ui.ctx());
        let column = ui.fonts_mut(|fonts| fonts.glyph_width(&self.step.font(), '0')).max(1.0);
        let width = ui.available_width();
        let max_columns = (width / column).floor() as usize;
        let salt = ui.next_auto_id();
        let wrapped = wrapped(ui, salt, self.text, max_columns);
        let height = wrapped.rows.len() as f32 * self.step.line;
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click_and_drag());
        response.widget_info(|| {
            let mut info = egui::WidgetInfo::labeled(Role::Document, true, self.name);
            info.current_text_value = Some(spoken(self.text));
            info
        });
        if let Some(offset) = self.scroll_to {
            let top = rect.top() + wrapped.row_of(offset) as f32 * self.step.line;
            ui.scroll_to_rect(Rect::from_min_size(pos2(rect.left(), top), vec2(1.0, self.step.line)), None);
        }
        let selection = self.select(ui, &response, &wrapped);
        self.paint(ui, rect, &wrapped, &selection, t);
        response.on_hover_cursor(CursorIcon::Text)
    }

    fn select(&self, ui: &Ui, response: &Response, wrapped: &Wrapped) -> Range<usize> {
        let id = response.id.with("selection");
        let (mut anchor, mut head) = ui.data(|data| data.get_temp::<(usize, usize)>(id)).unwrap_or_default();
        (anchor, head) = (floor_boundary(self.text, anchor), floor_boundary(self.text, head));
        let at = response.interact_pointer_pos().map(|pos| self.offset_at(ui, response.rect.min, pos, wrapped));
        if let Some(at) = at {
            if response.drag_started() || response.is_pointer_button_down_on() && ui.input(|i| i.pointer.any_pressed())
            {
                response.request_focus();
                (anchor, head) = (at, at);
            } else if response.double_clicked() {
                (anchor, head) = word_at(self.text, at);
            } else if response.dragged() {
                head = at;
            }
        }
        let selection = anchor.min(head)..anchor.max(head);
        if response.has_focus() {
            if ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::A)) {
                (anchor, head) = (0, self.text.len());
            }
            if !selection.is_empty() && ui.input(|i| i.events.iter().any(|event| matches!(event, Event::Copy))) {
                ui.copy_text(self.text[selection].to_owned());
            }
        }
        ui.data_mut(|data| data.insert_temp(id, (anchor, head)));
        anchor.min(head)..anchor.max(head)
    }

    /// The byte offset under the pointer.
    fn offset_at(&self, ui: &Ui, origin: Pos2, pos: Pos2, wrapped: &Wrapped) -> usize {
        let row = ((pos.y - origin.y) / self.step.line).floor().max(0.0) as usize;
        let Some(range) = wrapped.rows.get(row).or(wrapped.rows.last()) else { return 0 };
        let line = &self.text[range.clone()];
        let galley = ui.painter().layout_job(self.step.job(line, egui::Color32::PLACEHOLDER, f32::INFINITY));
        let cursor = galley.cursor_from_pos(vec2(pos.x - origin.x, 0.0));
        range.start + line.char_indices().nth(cursor.index.0).map_or(line.len(), |(index, _)| index)
    }

    fn paint(&self, ui: &Ui, rect: Rect, wrapped: &Wrapped, selection: &Range<usize>, t: &Tokens) {
        let clip = ui.clip_rect();
        let first = ((clip.top() - rect.top()) / self.step.line).floor().max(0.0) as usize;
        let last = ((clip.bottom() - rect.top()) / self.step.line).ceil().max(0.0) as usize;
        let ink = if self.is_muted { t.ink2 } else { t.ink };
        for (index, row) in wrapped.rows.iter().enumerate().take(last).skip(first) {
            let top = rect.top() + index as f32 * self.step.line;
            let json = if self.is_json { json_spans(&self.text[row.clone()], row.start) } else { Vec::new() };
            let spans = if self.is_json { &json } else { self.spans };
            let galley = ui.painter().layout_job(row_job(self.text, row.clone(), spans, self.step, ink, t));
            let x_of = |offset: usize| {
                let chars = self.text[row.start..offset.clamp(row.start, row.end)].chars().count();
                rect.left() + galley.pos_from_cursor(egui::text::CCursor::new(chars)).left()
            };
            if selection.start < row.end.max(row.start + 1) && selection.end > row.start {
                let right = x_of(selection.end) + if selection.end > row.end { SPACE_4 } else { 0.0 };
                let block = Rect::from_min_max(pos2(x_of(selection.start), top), pos2(right, top + self.step.line));
                ui.painter().rect_filled(block, 0.0, t.accent_bg);
            }
            let end = rect.left() + galley.size().x;
            ui.painter().galley(pos2(rect.left(), top), galley.clone(), ink);
            if let Some(range) = self.outlined.as_ref().filter(|range| range.start < row.end && range.end > row.start) {
                let block = Rect::from_min_max(
                    pos2(x_of(range.start), top + 1.0),
                    pos2(x_of(range.end), top + self.step.line - 1.0),
                );
                let stroke = Stroke::new(STROKE_STRONG, t.accent);
                ui.painter().rect_stroke(block.expand2(vec2(1.0, 0.0)), 3.0, stroke, StrokeKind::Outside);
            }
            if self.has_caret && index + 1 == wrapped.rows.len() {
                let y = egui::Rangef::new(top + 2.0, top + self.step.line - 2.0);
                ui.painter().vline(end + 1.0, y, Stroke::new(STROKE_STRONG, t.accent));
            }
        }
    }
}

/// Rows of `text`, kept from frame to frame while text and width stay.
pub(super) fn wrapped(ui: &Ui, salt: Id, text: &str, max_columns: usize) -> Arc<Wrapped> {
    let id = salt.with("wrapped");
    let key = (egui::util::hash(text), max_columns);
    let known = ui.data(|data| data.get_temp::<((u64, usize), Arc<Wrapped>)>(id));
    if let Some((_, wrapped)) = known.filter(|(known, _)| *known == key) {
        return wrapped;
    }
    let fresh = Arc::new(wrap(text, max_columns));
    ui.data_mut(|data| data.insert_temp(id, (key, fresh.clone())));
    fresh
}

fn spoken(text: &str) -> String {
    let end = floor_boundary(text, MAX_SPOKEN_BYTES);
    text[..end].to_owned()
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset.min(text.len()))
}

fn word_at(text: &str, offset: usize) -> (usize, usize) {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let start = text[..offset].char_indices().rev().take_while(|(_, c)| is_word(*c)).last().map_or(offset, |(i, _)| i);
    let end = text[offset..].char_indices().find(|(_, c)| !is_word(*c)).map_or(text.len(), |(i, _)| offset + i);
    (start, end)
}
