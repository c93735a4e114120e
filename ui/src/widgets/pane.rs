//! Panes: rectangles of one tone that meet at one line. No frames, no gaps.

use crate::theme::{metrics::*, tokens};
use egui::{Align, Color32, Layout, Rect, Ui, UiBuilder, pos2, vec2};

/// Fills `rect` and draws into it, clipped.
pub fn pane<R>(ui: &mut Ui, salt: &str, rect: Rect, fill: Color32, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.painter().rect_filled(rect, 0.0, fill);
    inside(ui, salt, rect, Layout::top_down(Align::Min), add)
}

/// Draws into `rect` from left to right, centred on its middle.
pub fn row<R>(ui: &mut Ui, salt: &str, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    inside(ui, salt, rect, Layout::left_to_right(Align::Center), add)
}

/// Draws into `rect` from right to left, centred on its middle.
pub fn row_from_right<R>(ui: &mut Ui, salt: &str, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    inside(ui, salt, rect, Layout::right_to_left(Align::Center), add)
}

fn inside<R>(ui: &mut Ui, salt: &str, rect: Rect, layout: Layout, add: impl FnOnce(&mut Ui) -> R) -> R {
    let mut child = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect).layout(layout));
    child.set_clip_rect(rect.expand(SPACE_4).intersect(ui.clip_rect()));
    add(&mut child)
}

/// Cuts `height` off the top.
pub fn cut_top(rect: &mut Rect, height: f32) -> Rect {
    let height = height.min(rect.height()).max(0.0);
    let top = Rect::from_min_size(rect.min, vec2(rect.width(), height));
    rect.min.y += height;
    top
}

/// Cuts `height` off the bottom.
pub fn cut_bottom(rect: &mut Rect, height: f32) -> Rect {
    let height = height.min(rect.height()).max(0.0);
    rect.max.y -= height;
    Rect::from_min_size(pos2(rect.left(), rect.bottom()), vec2(rect.width(), height))
}

/// Cuts `width` off the left.
pub fn cut_left(rect: &mut Rect, width: f32) -> Rect {
    let width = width.min(rect.width()).max(0.0);
    let left = Rect::from_min_size(rect.min, vec2(width, rect.height()));
    rect.min.x += width;
    left
}

/// Cuts `width` off the right.
pub fn cut_right(rect: &mut Rect, width: f32) -> Rect {
    let width = width.min(rect.width()).max(0.0);
    rect.max.x -= width;
    Rect::from_min_size(pos2(rect.right(), rect.top()), vec2(width, rect.height()))
}

/// `rect` with the padding of a pane at both sides.
pub fn padded(rect: Rect) -> Rect {
    rect.shrink2(vec2(SPACE_16, 0.0))
}

/// The line at the bottom of `rect`.
pub fn line_below(ui: &Ui, rect: Rect) {
    super::paint::separator(ui.painter(), rect, tokens(ui.ctx()).line);
}

/// The line at the left of `rect`.
pub fn line_left(ui: &Ui, rect: Rect) {
    let stroke = egui::Stroke::new(STROKE, tokens(ui.ctx()).line);
    ui.painter().vline(rect.left() + 0.5, rect.y_range(), stroke);
}
