//! The sign of Atelier.

use crate::theme::tokens;
use egui::{Pos2, Rect, Shape, Stroke, Ui, vec2};

/// A compass-like A with a blue foot, `size` points high.
pub fn logo(ui: &Ui, center: Pos2, size: f32) {
    let t = tokens(ui.ctx());
    let at = |x: f32, y: f32| center + vec2(x, y) * size;
    let left = vec![at(-0.1, -0.48), at(0.1, -0.48), at(-0.2, 0.48), at(-0.46, 0.48)];
    let right = vec![at(-0.1, -0.48), at(0.1, -0.48), at(0.46, 0.48), at(0.2, 0.48)];
    for leg in [left, right] {
        ui.painter().add(Shape::convex_polygon(leg, t.ink, Stroke::NONE));
    }
    let foot = Rect::from_center_size(at(0.0, 0.36), vec2(0.26, 0.22) * size);
    ui.painter().rect_filled(foot, size * 0.06, t.accent);
}
