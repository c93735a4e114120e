//! Segments: filters of one list, each with its count.

use super::{Mark, paint};
use crate::theme::{metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{Color32, CornerRadius, Key, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    pub text: String,
    pub count: Option<u32>,
    pub mark: Mark,
}

impl Segment {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), count: None, mark: Mark::None }
    }

    pub fn count(mut self, count: u32) -> Self {
        self.count = Some(count);
        self
    }

    pub fn mark(mut self, mark: Mark) -> Self {
        self.mark = mark;
        self
    }

    fn words(&self) -> String {
        match self.count {
            Some(count) => format!("{} {}", self.text, crate::words::count(count.into())),
            None => self.text.clone(),
        }
    }
}

/// Draws the segments and gives back the one that was chosen now.
pub fn segments(ui: &mut Ui, name: &str, items: &[Segment], selected: usize) -> Option<usize> {
    let t = tokens(ui.ctx());
    let galleys: Vec<_> = items
        .iter()
        .map(|item| ui.painter().layout_job(scale::DENSE_MEDIUM.job(item.words(), Color32::PLACEHOLDER, f32::INFINITY)))
        .collect();
    let mark_width = |item: &Segment| if item.mark == Mark::None { 0.0 } else { MARK + SPACE_8 };
    let widths: Vec<f32> = items
        .iter()
        .zip(&galleys)
        .map(|(item, galley)| (mark_width(item) + galley.size().x + 2.0 * SPACE_8 + SPACE_4).ceil())
        .collect();
    let size = vec2(widths.iter().sum::<f32>() + SPACE_4, CONTROL);
    let (outer, group) = ui.allocate_exact_size(size, Sense::hover());
    group.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, true, name));
    ui.painter().rect_filled(outer, CornerRadius::same(RADIUS_CONTROL), t.btn);
    let mut chosen = None;
    let mut left = outer.left() + 2.0;
    for (index, ((item, galley), width)) in items.iter().zip(galleys).zip(widths).enumerate() {
        let rect = Rect::from_min_size(pos2(left, outer.top() + 2.0), vec2(width, CONTROL - SPACE_4));
        left += width;
        // What is clicked reaches to the outer edge; what is painted stays inside.
        let mut target = rect.expand2(vec2(0.0, 2.0));
        target.min.x -= if index == 0 { 2.0 } else { 0.0 };
        target.max.x += if index + 1 == items.len() { 2.0 } else { 0.0 };
        let response = ui.interact(target, group.id.with(index), Sense::click());
        let is_selected = index == selected;
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_selected, item.words()));
        if is_selected {
            ui.painter().rect(
                rect,
                CornerRadius::same(RADIUS_CHIP),
                t.surface,
                Stroke::new(STROKE, t.line),
                StrokeKind::Inside,
            );
        }
        let ink = if is_selected || response.hovered() { t.ink } else { t.ink2 };
        let x = rect.left() + SPACE_8 + 2.0;
        item.mark.paint(ui.painter(), pos2(x + MARK / 2.0, rect.center().y), MARK, item.mark.color(t));
        paint::galley_left(ui.painter(), x + mark_width(item), rect.center().y, galley, ink);
        paint::inner_focus_ring(ui, &response, RADIUS_CHIP);
        if response.clicked() {
            chosen = Some(index);
        }
        if response.has_focus() {
            chosen = chosen.or(neighbour(ui, &group.id, index, items.len()));
        }
    }
    chosen.filter(|index| *index != selected)
}

/// The segment that the arrow keys lead to, which takes the focus.
fn neighbour(ui: &Ui, group: &egui::Id, index: usize, len: usize) -> Option<usize> {
    let (left, right) = ui.input(|i| (i.key_pressed(Key::ArrowLeft), i.key_pressed(Key::ArrowRight)));
    let next = match (left, right) {
        (true, false) => index.checked_sub(1)?,
        (false, true) if index + 1 < len => index + 1,
        _ => return None,
    };
    ui.memory_mut(|memory| memory.request_focus(group.with(next)));
    Some(next)
}
