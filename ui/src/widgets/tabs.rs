//! Tabs: parts of one screen, the active one underlined.

use super::paint;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{Color32, Galley, Id, Key, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};
use std::sync::Arc;

/// Draws the tabs and gives back the one that was chosen now. A count stands behind its title.
pub fn tabs(ui: &mut Ui, items: &[(&str, Option<u32>)], selected: usize) -> Option<usize> {
    let galleys: Vec<_> = items
        .iter()
        .map(|(title, count)| {
            let words = count.map_or_else(|| (*title).to_owned(), |count| format!("{title}  {count}"));
            ui.painter().layout_job(scale::BODY_MEDIUM.job(words, Color32::PLACEHOLDER, f32::INFINITY))
        })
        .collect();
    let widths: Vec<f32> = galleys.iter().map(|galley| galley.size().x.ceil().max(MIN_TARGET)).collect();
    let total = widths.iter().sum::<f32>() + SPACE_16 * items.len().saturating_sub(1) as f32;
    let (bar, group) = ui.allocate_exact_size(vec2(total, TAB), Sense::hover());
    group.widget_info(|| WidgetInfo::new(Role::TabList));
    let mut left = bar.left();
    let mut chosen = None;
    for (index, ((title, _), (galley, width))) in items.iter().zip(galleys.into_iter().zip(widths)).enumerate() {
        let rect = Rect::from_min_size(pos2(left, bar.top()), vec2(width, TAB));
        left += width + SPACE_16;
        let response = ui.interact(rect, group.id.with(index), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, index == selected, title));
        paint_tab(ui, &response, galley, index == selected);
        if response.clicked() {
            chosen = Some(index);
        }
        if response.has_focus() {
            chosen = chosen.or(neighbour(ui, group.id, index, items.len()));
        }
    }
    chosen.filter(|index| *index != selected)
}

fn paint_tab(ui: &Ui, response: &Response, galley: Arc<Galley>, is_selected: bool) {
    let t = tokens(ui.ctx());
    let rect = response.rect;
    let ink = if is_selected || response.hovered() { t.ink } else { t.ink2 };
    paint::galley_left(ui.painter(), rect.left(), rect.center().y, galley, ink);
    if is_selected {
        let line = Rect::from_min_max(rect.left_bottom() - vec2(0.0, STROKE_STRONG), rect.right_bottom());
        ui.painter().rect_filled(line, 0.0, t.accent);
    }
    paint::inner_focus_ring(ui, response, RADIUS_CHIP);
}

/// The tab that the arrow keys lead to, which takes the focus.
fn neighbour(ui: &Ui, group: Id, index: usize, len: usize) -> Option<usize> {
    let (left, right) = ui.input(|i| (i.key_pressed(Key::ArrowLeft), i.key_pressed(Key::ArrowRight)));
    let next = match (left, right) {
        (true, false) => index.checked_sub(1)?,
        (false, true) if index + 1 < len => index + 1,
        _ => return None,
    };
    ui.memory_mut(|memory| memory.request_focus(group.with(next)));
    Some(next)
}
