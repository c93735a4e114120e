//! Progress as one bar of named parts.

use super::paint;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{Color32, CornerRadius, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

/// Draws the parts one after the other; what is left of `total` stays in the colour of waiting.
pub fn segmented_bar(ui: &mut Ui, name: &str, parts: &[(u32, Color32)], total: u32) -> Response {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), SPACE_8), Sense::hover());
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, CornerRadius::same(RADIUS_CHIP), t.hover);
    let scale_x = rect.width() / total.max(1) as f32;
    let mut left = rect.left();
    for (count, color) in parts.iter().filter(|(count, _)| *count > 0) {
        // A part of which there is one must be seen among 100,000.
        let width = (*count as f32 * scale_x).max(STROKE_STRONG);
        let part = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        painter.rect_filled(part, part_radius(part, rect), *color);
        left += width + 1.0;
    }
    let done: u32 = parts.iter().map(|(count, _)| count).sum();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some(f64::from(done));
        info
    });
    response
}

fn part_radius(part: Rect, whole: Rect) -> CornerRadius {
    let left = if part.left() <= whole.left() { RADIUS_CHIP } else { 0 };
    let right = if part.right() >= whole.right() - 1.0 { RADIUS_CHIP } else { 0 };
    CornerRadius { nw: left, sw: left, ne: right, se: right }
}

/// A thin bar for one number, as in the top bar and in reviews.
pub fn thin_bar(ui: &mut Ui, name: &str, share: f32, width: f32, color: Color32) -> Response {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(width, SPACE_4), Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::same(2), t.line);
    let done = Rect::from_min_size(rect.min, vec2(rect.width() * share.clamp(0.0, 1.0), rect.height()));
    ui.painter().rect_filled(done, CornerRadius::same(2), color);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some(f64::from(share));
        info
    });
    response
}

/// The name of a part, with a square in its colour.
pub fn legend(ui: &mut Ui, color: Color32, words: &str) -> Response {
    let t = tokens(ui.ctx());
    let galley = ui.painter().layout_job(scale::DENSE.job(words, t.ink2, f32::INFINITY));
    let (rect, response) = ui.allocate_exact_size(vec2(SPACE_16 + galley.size().x, SPACE_16), Sense::hover());
    let square = Rect::from_center_size(pos2(rect.left() + SPACE_4, rect.center().y), vec2(SPACE_8, SPACE_8));
    ui.painter().rect_filled(square, CornerRadius::same(2), color);
    paint::galley_left(ui.painter(), rect.left() + SPACE_16, rect.center().y, galley, t.ink2);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    response
}
