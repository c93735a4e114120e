//! Painting of one cell, one row head, and of what has not come yet.

use super::data::{CellLook, Pip, one_line};
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::widgets::{Mark, paint};
use atelier_types::experiment::GridRow;
use egui::{CornerRadius, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

const PIP: f32 = 3.0;

pub fn paint_cell(ui: &Ui, rect: Rect, look: &CellLook, is_selected: bool, is_hovered: bool) {
    let t = tokens(ui.ctx());
    if is_selected {
        let inner = rect.shrink(1.0);
        let radius = CornerRadius::same(RADIUS_CHIP);
        ui.painter().rect(inner, radius, t.accent_bg, Stroke::new(STROKE_STRONG, t.accent), StrokeKind::Inside);
    } else if is_hovered {
        ui.painter().rect_filled(rect.shrink2(vec2(0.0, 1.0)), 0.0, t.hover);
    }
    let inner = rect.shrink2(vec2(SPACE_8, SPACE_8));
    let ink = if look.is_waiting { t.ink3 } else { t.ink };
    if look.is_waiting {
        let galley = ui.painter().layout_job(scale::DENSE.job("Queued", ink, f32::INFINITY));
        ui.painter().galley(inner.min, galley, ink);
        return;
    }
    let num_lines = if look.second_line.is_empty() { 2 } else { 1 };
    let mut job = scale::CODE_SKIM.elided(look.preview.as_str(), ink, inner.width(), num_lines);
    job.wrap.break_anywhere = true;
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(inner.min, galley, ink);
    if num_lines == 1 {
        let job = scale::CODE_SKIM.elided(look.second_line.as_str(), t.ink2, inner.width(), 1);
        ui.painter().galley(inner.min + vec2(0.0, scale::CODE_SKIM.line), ui.painter().layout_job(job), t.ink2);
    }
    let y = inner.bottom() - SPACE_8;
    let color = look.mark.color(t);
    let left = if look.mark == Mark::None { inner.left() } else { inner.left() + MARK + 6.0 };
    look.mark.paint(ui.painter(), pos2(inner.left() + MARK / 2.0, y), MARK, color);
    let pips_width = look.pips.len() as f32 * (2.0 * PIP + 2.0);
    let words_ink = if look.mark == Mark::None { t.ink2 } else { color };
    let room = (inner.width() - (left - inner.left()) - pips_width - SPACE_4).max(SPACE_8);
    let galley = ui.painter().layout_job(scale::LABEL.elided(look.words.as_str(), words_ink, room, 1));
    paint::galley_left(ui.painter(), left, y, galley, words_ink);
    paint_pips(ui, inner.right(), y, &look.pips);
}

fn paint_pips(ui: &Ui, right: f32, y: f32, pips: &[Pip]) {
    let t = tokens(ui.ctx());
    for (index, pip) in pips.iter().rev().enumerate() {
        let center = pos2(right - PIP - index as f32 * (2.0 * PIP + 2.0), y);
        match pip {
            Pip::Passed => {
                ui.painter().circle_filled(center, PIP, t.ink2);
            }
            Pip::Failed => {
                ui.painter().circle_stroke(center, PIP - 0.5, Stroke::new(STROKE, t.edge));
            }
            Pip::Open => {
                ui.painter().circle_filled(center, 1.0, t.edge);
            }
        }
    }
}

pub fn paint_row_head(ui: &Ui, rect: Rect, row: &GridRow) {
    let t = tokens(ui.ctx());
    ui.painter().rect_filled(rect, 0.0, t.surface);
    let inner = Rect::from_min_max(rect.min + vec2(SPACE_16, SPACE_8), rect.max - vec2(SPACE_8, SPACE_4));
    let galley = ui.painter().layout_job(scale::LABEL.elided(row.row.as_str(), t.ink3, inner.width(), 1));
    ui.painter().galley(inner.min, galley, t.ink3);
    let mut job = scale::DENSE.elided(one_line(&row.title), t.ink2, inner.width(), 2);
    job.wrap.break_anywhere = false;
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(inner.min + vec2(0.0, SPACE_16), galley, t.ink2);
}

/// Bars in place of a row that has not come yet.
pub fn paint_skeleton(ui: &Ui, rect: Rect) {
    let t = tokens(ui.ctx());
    ui.painter().rect_filled(rect, 0.0, t.surface);
    for (top, share) in [(SPACE_12, 0.7), (SPACE_32, 0.45)] {
        let bar = Rect::from_min_size(
            rect.min + vec2(SPACE_16.min(rect.width() / 4.0), top),
            vec2((rect.width() - SPACE_24).max(0.0) * share, SPACE_8),
        );
        ui.painter().rect_filled(bar, CornerRadius::same(RADIUS_CHIP), t.hover);
    }
}
