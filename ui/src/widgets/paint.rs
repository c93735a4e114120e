//! Small pieces of painting that several widgets share.

use crate::theme::{Icon, fonts, metrics::*, tokens};
use egui::{Align2, Color32, CornerRadius, Galley, Painter, Pos2, Rect, Response, Stroke, StrokeKind, Ui, pos2};
use std::sync::Arc;

/// The ring around what has the keyboard: 2 px accent at 2 px distance.
pub fn focus_ring(ui: &Ui, response: &Response, radius: u8) {
    if response.has_focus() {
        let t = tokens(ui.ctx());
        ui.painter().rect_stroke(
            response.rect.expand(2.0),
            CornerRadius::same(radius + 2),
            Stroke::new(STROKE_STRONG, t.accent),
            StrokeKind::Outside,
        );
    }
}

/// The ring inside the rectangle, for rows that touch their neighbours.
pub fn inner_focus_ring(ui: &Ui, response: &Response, radius: u8) {
    if response.has_focus() {
        let t = tokens(ui.ctx());
        ui.painter().rect_stroke(
            response.rect,
            CornerRadius::same(radius),
            Stroke::new(STROKE_STRONG, t.accent),
            StrokeKind::Inside,
        );
    }
}

pub fn icon(painter: &Painter, center: Pos2, icon: Icon, size: f32, color: Color32) {
    painter.text(center, Align2::CENTER_CENTER, icon.0, fonts::icon(size), color);
}

pub fn icon_fill(painter: &Painter, center: Pos2, icon: Icon, size: f32, color: Color32) {
    painter.text(center, Align2::CENTER_CENTER, icon.0, fonts::icon_fill(size), color);
}

/// Paints a galley left-aligned at `x`, centred on `y`. Gives back the right end.
pub fn galley_left(painter: &Painter, x: f32, y: f32, galley: Arc<Galley>, color: Color32) -> f32 {
    let size = galley.size();
    painter.galley(pos2(x, (y - size.y / 2.0).round()), galley, color);
    x + size.x
}

/// Paints a galley that ends at `x`, centred on `y`. Gives back the left end.
pub fn galley_right(painter: &Painter, x: f32, y: f32, galley: Arc<Galley>, color: Color32) -> f32 {
    let left = x - galley.size().x;
    galley_left(painter, left, y, galley, color);
    left
}

pub fn separator(painter: &Painter, rect: Rect, color: Color32) {
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(STROKE, color));
}
