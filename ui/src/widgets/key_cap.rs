//! Key caps and the hints that name what keys do. Keys are written with spaces between them: `Ctrl Shift C`.

use super::paint;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use egui::{Color32, CornerRadius, Response, Sense, Ui, pos2, vec2};

const CAP_HEIGHT: f32 = 16.0;

/// How a key is called on this system: `Ctrl` is `Cmd` on macOS.
fn cap_text<'a>(ui: &Ui, key: &'a str) -> &'a str {
    match key {
        "Left" => "←",
        "Right" => "→",
        "Up" => "↑",
        "Down" => "↓",
        "Ctrl" if ui.ctx().os().is_mac() => "Cmd",
        _ => key,
    }
}

fn cap_width(ui: &Ui, key: &str) -> f32 {
    let galley =
        ui.painter().layout_job(scale::LABEL_MEDIUM.job(cap_text(ui, key), Color32::PLACEHOLDER, f32::INFINITY));
    (galley.size().x + SPACE_8).ceil().max(CAP_HEIGHT)
}

pub(super) fn total_width(ui: &Ui, keys: &str) -> f32 {
    let widths = keys.split_whitespace().map(|key| cap_width(ui, key) + SPACE_4).sum::<f32>();
    (widths - SPACE_4).max(0.0)
}

fn paint_caps(ui: &Ui, mut x: f32, y: f32, keys: &str, fill: Color32, ink: Color32) {
    for key in keys.split_whitespace() {
        let width = cap_width(ui, key);
        let rect = egui::Rect::from_center_size(pos2(x + width / 2.0, y), vec2(width, CAP_HEIGHT));
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS_CHIP), fill);
        let galley = ui.painter().layout_job(scale::LABEL_MEDIUM.job(cap_text(ui, key), ink, f32::INFINITY));
        let left = rect.center().x - galley.size().x / 2.0;
        paint::galley_left(ui.painter(), left, rect.center().y, galley, ink);
        x += width + SPACE_4;
    }
}

/// Caps by themselves. Screen readers get them with the command that they belong to.
pub fn key_caps(ui: &mut Ui, keys: &str) -> Response {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(total_width(ui, keys), CAP_HEIGHT), Sense::hover());
    paint_caps(ui, rect.left(), rect.center().y, keys, t.hover, t.ink2);
    response
}

/// Caps and what they do, as in the status bar.
pub fn key_hint(ui: &mut Ui, keys: &str, words: &str) -> Response {
    let t = tokens(ui.ctx());
    let galley = ui.painter().layout_job(scale::LABEL.job(words, t.ink2, f32::INFINITY));
    let caps = total_width(ui, keys);
    let size = vec2(caps + SPACE_8 + galley.size().x, CAP_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    paint_caps(ui, rect.left(), rect.center().y, keys, t.hover, t.ink2);
    paint::galley_left(ui.painter(), rect.left() + caps + SPACE_8, rect.center().y, galley, t.ink2);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, format!("{keys}: {words}")));
    response
}

/// A tooltip of one sentence and its keys.
pub fn tooltip(response: Response, words: &str, keys: &str) -> Response {
    response.on_hover_ui(|ui| {
        ui.horizontal(|ui| {
            let ink = tokens(ui.ctx()).ink;
            super::text::line(ui, scale::DENSE, words, ink);
            if !keys.is_empty() {
                key_caps(ui, keys);
            }
        });
    })
}

/// Caps that end at `right`, as in a menu.
pub(super) fn paint_right(ui: &Ui, right: f32, y: f32, keys: &str) {
    let t = tokens(ui.ctx());
    paint_caps(ui, right - total_width(ui, keys), y, keys, t.hover, t.ink2);
}

/// Room that keys take inside a button, with the gap before them.
pub(super) fn inline_width(ui: &Ui, keys: &str) -> f32 {
    if keys.is_empty() { 0.0 } else { SPACE_8 + inline_text(ui, keys, Color32::PLACEHOLDER).size().x.ceil() }
}

/// Inside a button keys are plain small text, since a cap on a filled button would be a box in a box.
pub(super) fn paint_inline(ui: &Ui, x: f32, y: f32, keys: &str, ink: Color32) {
    if !keys.is_empty() {
        let galley = inline_text(ui, keys, ink);
        paint::galley_left(ui.painter(), x + SPACE_8, y, galley, ink);
    }
}

fn inline_text(ui: &Ui, keys: &str, ink: Color32) -> std::sync::Arc<egui::Galley> {
    let words: Vec<&str> = keys.split_whitespace().map(|key| cap_text(ui, key)).collect();
    ui.painter().layout_job(scale::LABEL_MEDIUM.job(words.join(" "), ink, f32::INFINITY))
}

/// One large cap, as on the choices of a review.
pub fn paint_large_cap(ui: &Ui, rect: egui::Rect, key: &str) {
    let t = tokens(ui.ctx());
    ui.painter().rect_filled(rect, CornerRadius::same(RADIUS_CHIP), t.hover);
    let galley = ui.painter().layout_job(scale::BODY.job(cap_text(ui, key), t.ink2, f32::INFINITY));
    paint::galley_left(ui.painter(), rect.center().x - galley.size().x / 2.0, rect.center().y, galley, t.ink2);
}
