//! What a screen shows when there is nothing, not yet anything, or a failure.
//!
//! A failure says what happened, that work is safe, and the one thing to do; its stable code stands below in mono.

use super::{Button, paint, text};
use crate::theme::{Icon, icons, metrics::*, tokens, type_scale as scale};
use atelier_types::error::ApiError;
use egui::{Align, CornerRadius, Frame, Id, Layout, Margin, Rect, Sense, Ui, UiBuilder, pos2, vec2};

const EMPTY_WIDTH: f32 = 336.0;

/// One icon, one line, one or two lines more, and the buttons that `actions` adds (one primary at most).
pub fn empty(ui: &mut Ui, icon: Icon, title: &str, words: &str, actions: impl FnOnce(&mut Ui)) {
    let t = tokens(ui.ctx());
    let area = ui.available_rect_before_wrap();
    let top = (area.height() * 0.3).clamp(SPACE_24, 240.0);
    let width = EMPTY_WIDTH.min(area.width() - 2.0 * SPACE_16).max(SPACE_48);
    let column = Rect::from_min_size(
        pos2((area.center().x - width / 2.0).round(), area.top() + (top / 4.0).round() * 4.0),
        vec2(width, (area.height() - top).max(SPACE_48)),
    );
    let builder = UiBuilder::new().max_rect(column).layout(Layout::top_down(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_8, SPACE_8);
        text::icon(ui, icon, ICON_LARGE, t.ink2);
        text::label(ui, scale::EMPHASIS, title, t.ink);
        text::label(ui, scale::BODY, words, t.ink2);
        ui.add_space(SPACE_4);
        centered_row(ui, "actions", actions);
    });
}

/// A row as wide as its content, centred. Its width is known from the frame before.
pub fn centered_row(ui: &mut Ui, salt: &str, add: impl FnOnce(&mut Ui)) {
    let id = ui.scope_id().with(salt);
    let width = ui.data(|data| data.get_temp::<f32>(id));
    let room = ui.available_width();
    ui.horizontal(|ui| {
        if width.is_none() {
            ui.set_invisible();
        }
        ui.add_space(((room - width.unwrap_or(room)) / 2.0).max(0.0));
        ui.spacing_mut().item_spacing.x = SPACE_8;
        let inner = ui.scope(|ui| ui.horizontal(add)).response.rect.width();
        if width != Some(inner) {
            ui.data_mut(|data| data.insert_temp(id, inner));
            ui.ctx().request_repaint();
        }
    });
}

/// A failure in place of what was asked for. `action` is the label of the one button; true when it was clicked.
pub fn failed(ui: &mut Ui, error: &ApiError, action: Option<&str>) -> bool {
    let clicked = failure_banner(ui, error, action);
    ui.add_space(SPACE_8);
    failure_code(ui, error);
    clicked
}

/// The banner of a failure alone, above content that is still good.
pub fn failure_banner(ui: &mut Ui, error: &ApiError, action: Option<&str>) -> bool {
    let t = tokens(ui.ctx());
    let frame = Frame::new().fill(t.warn_bg).corner_radius(RADIUS_PANE).inner_margin(Margin::same(16));
    frame
        .show(ui, |ui| {
            ui.set_width(ui.available_width().min(720.0));
            ui.horizontal_top(|ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(ICON, 20.0), Sense::hover());
                paint::icon_fill(ui.painter(), rect.center(), icons::WARNING_CIRCLE, ICON, t.warn);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    text::label(ui, scale::BODY_MEDIUM, &error.message, t.ink);
                    for cause in &error.causes {
                        text::label(ui, scale::BODY, cause, t.ink2);
                    }
                    if let Some(words) = &error.action {
                        text::label(ui, scale::BODY, words, t.ink2);
                    }
                    action.is_some_and(|action| {
                        ui.add_space(SPACE_12);
                        ui.add(Button::new(action)).clicked()
                    })
                })
                .inner
            })
            .inner
        })
        .inner
}

fn failure_code(ui: &mut Ui, error: &ApiError) {
    let t = tokens(ui.ctx());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_16;
        text::selectable(ui, scale::CODE_LABEL, &error.code, t.ink2);
        if let Some(place) = &error.location {
            let line = place.line.map_or_else(String::new, |line| format!(":{line}"));
            text::selectable(ui, scale::CODE_LABEL, format!("{}{line}", place.file), t.ink2);
        }
    });
}

/// Bars in the shape of what comes, after 150 ms; with words and, where it can be, Cancel. True when cancelled.
pub fn loading(ui: &mut Ui, words: &str, num_columns: usize, row_height: f32, can_cancel: bool) -> bool {
    if !is_due(ui, words) {
        ui.take_available_height();
        return false;
    }
    let t = tokens(ui.ctx());
    let area = ui.available_rect_before_wrap();
    let foot = SPACE_48;
    let rows = ((area.height() - foot) / row_height).floor().clamp(1.0, 12.0) as usize;
    let column = area.width() / num_columns.max(1) as f32;
    for row in 0..rows {
        let top = area.top() + row as f32 * row_height;
        for index in 0..num_columns {
            let left = area.left() + index as f32 * column;
            let lengths = [0.62, 0.34 + 0.12 * ((row + index) % 3) as f32];
            for (line, length) in lengths.iter().enumerate() {
                let y = top + row_height / 2.0 - 12.0 + line as f32 * 16.0;
                let bar = Rect::from_min_size(pos2(left + SPACE_8, y), vec2((column - SPACE_24) * length, SPACE_8));
                ui.painter().rect_filled(bar, CornerRadius::same(RADIUS_CHIP), t.hover);
            }
        }
        let line = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), row_height));
        paint::separator(ui.painter(), line, t.line);
    }
    let y = area.top() + rows as f32 * row_height + SPACE_8;
    let row = Rect::from_min_size(pos2(area.left() + SPACE_8, y), vec2(area.width() - SPACE_16, CONTROL));
    let builder = UiBuilder::new().max_rect(row).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        super::mark::mark_label_colored(ui, super::Mark::Running, scale::BODY, words, t.ink2);
        can_cancel && ui.add(Button::new("Cancel").keys("Esc")).clicked()
    })
    .inner
}

/// Whether the wait was long enough to be shown. The start is forgotten when nobody asked for a second.
fn is_due(ui: &Ui, words: &str) -> bool {
    let id: Id = ui.scope_id().with(("loading since", words));
    let now = ui.input(|i| i.time);
    let (started, seen) = ui.data(|data| data.get_temp::<(f64, f64)>(id)).unwrap_or((now, now));
    let started = if now - seen > 1.0 { now } else { started };
    ui.data_mut(|data| data.insert_temp(id, (started, now)));
    let waited = now - started;
    if waited < SKELETON_AFTER_SECONDS {
        let left = std::time::Duration::from_secs_f64(SKELETON_AFTER_SECONDS - waited);
        ui.ctx().request_repaint_after(left);
    }
    waited >= SKELETON_AFTER_SECONDS
}
