//! A scale from 1 to 5 with words under 1, 3 and 5. Given answers are ink2, so that nothing praises a choice.

use super::paint;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{Color32, CornerRadius, CursorIcon, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

/// Draws the scale and gives back the value that was chosen now.
pub fn rating_scale(ui: &mut Ui, name: &str, anchors: &[String; 3], value: Option<u8>) -> Option<u8> {
    let t = tokens(ui.ctx());
    let width = ui.available_width();
    let (rect, group) = ui.allocate_exact_size(vec2(width, CONTROL_LARGE + SPACE_4 + SPACE_16), Sense::hover());
    group.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, true, name));
    let cell = (width - 4.0 * SPACE_4) / 5.0;
    let mut chosen = None;
    for step in 1..=5u8 {
        let left = rect.left() + f32::from(step - 1) * (cell + SPACE_4);
        let button = Rect::from_min_size(pos2(left, rect.top()), vec2(cell, CONTROL_LARGE));
        let response = ui.interact(button, group.id.with(step), Sense::click());
        let is_chosen = value == Some(step);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, format!("{name}: {step}")));
        let (fill, ink) = match (is_chosen, response.hovered()) {
            (true, _) => (t.ink2, t.surface),
            (false, true) => (t.line, t.ink),
            (false, false) => (t.btn, t.ink),
        };
        ui.painter().rect_filled(button, CornerRadius::same(RADIUS_CONTROL), fill);
        let galley = ui.painter().layout_job(scale::READING_MEDIUM.job(step.to_string(), ink, f32::INFINITY));
        let x = button.center().x - galley.size().x / 2.0;
        paint::galley_left(ui.painter(), x, button.center().y, galley, ink);
        paint::focus_ring(ui, &response, RADIUS_CONTROL);
        if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
            chosen = Some(step);
        }
    }
    paint_anchors(ui, rect, anchors);
    chosen
}

fn paint_anchors(ui: &Ui, rect: Rect, anchors: &[String; 3]) {
    let t = tokens(ui.ctx());
    let y = rect.bottom() - SPACE_8;
    for (anchor, align) in anchors.iter().zip([0.0, 0.5, 1.0]) {
        let job = scale::LABEL.elided(anchor.as_str(), Color32::PLACEHOLDER, rect.width() / 3.0 - SPACE_4, 1);
        let galley = ui.painter().layout_job(job);
        let x = rect.left() + (rect.width() - galley.size().x) * align;
        paint::galley_left(ui.painter(), x, y, galley, t.ink3);
    }
}
