//! Tabs: parts of one screen, the active one underlined.

use super::paint;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{Color32, Key, Rect, Sense, Ui, WidgetInfo, vec2};

/// Draws the tabs and gives back the one that was chosen now. A count stands behind its title.
pub fn tabs(ui: &mut Ui, items: &[(&str, Option<u32>)], selected: usize) -> Option<usize> {
    let t = tokens(ui.ctx());
    let mut chosen = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_16;
        let first = ui.next_auto_id();
        for (index, (title, count)) in items.iter().enumerate() {
            let is_selected = index == selected;
            let words = count.map_or_else(|| (*title).to_owned(), |count| format!("{title}  {count}"));
            let galley = ui.painter().layout_job(scale::BODY_MEDIUM.job(words, Color32::PLACEHOLDER, f32::INFINITY));
            let size = vec2(galley.size().x.max(MIN_TARGET), TAB);
            let (_, rect) = ui.allocate_space(size);
            let response = ui.interact(rect, first.with(("tab", index)), Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_selected, title));
            let ink = if is_selected || response.hovered() { t.ink } else { t.ink2 };
            paint::galley_left(ui.painter(), rect.left(), rect.center().y, galley, ink);
            if is_selected {
                let line = Rect::from_min_max(rect.left_bottom() - vec2(0.0, STROKE_STRONG), rect.right_bottom());
                ui.painter().rect_filled(line, 0.0, t.accent);
            }
            paint::inner_focus_ring(ui, &response, RADIUS_CHIP);
            if response.clicked() {
                chosen = Some(index);
            }
            if response.has_focus() {
                let (left, right) = ui.input(|i| (i.key_pressed(Key::ArrowLeft), i.key_pressed(Key::ArrowRight)));
                let next = if left { index.checked_sub(1) } else { Some(index + 1).filter(|_| right) };
                if let Some(next) = next.filter(|next| *next < items.len()) {
                    ui.memory_mut(|memory| memory.request_focus(first.with(("tab", next))));
                    chosen = Some(next);
                }
            }
        }
    });
    chosen.filter(|index| *index != selected)
}
