//! The main job in five steps on one line.

use crate::commands::AppCommand;
use crate::context::AppContext;
use crate::theme::{Tokens, metrics, tokens, type_scale};
use crate::views::tour::STEPS;
use crate::widgets::text;
use egui::{Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

const HEIGHT: f32 = 92.0;
const DOT: f32 = 5.0;

pub fn steps_ui(ui: &mut Ui, ctx: &AppContext<'_>, has_workspace: bool) {
    let t = tokens(ui.ctx());
    text::caption(ui, "The main job, in about six minutes");
    ui.add_space(metrics::SPACE_8);
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let step = row.width() / STEPS.len() as f32;
    for (at, part) in STEPS.iter().enumerate() {
        let left = row.left() + step * at as f32;
        paint_dot(ui, pos2(left + metrics::SPACE_8, row.top() + metrics::SPACE_12), at, step, t);
        let words =
            Rect::from_min_max(pos2(left, row.top() + 28.0), pos2(left + step - metrics::SPACE_16, row.bottom()));
        ui.scope_builder(UiBuilder::new().max_rect(words), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            text::label(ui, type_scale::BODY_MEDIUM, part.title, t.ink);
            text::label(ui, type_scale::DENSE, part.summary, t.ink2);
        });
        let area = Rect::from_min_max(pos2(left, row.top()), pos2(left + step, row.bottom()));
        let sense = if has_workspace { Sense::click() } else { Sense::hover() };
        let response = ui.interact(area, ui.scope_id().with(("step", at)), sense);
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Button, has_workspace, format!("Step {}: {}", at + 1, part.title))
        });
        if response.clicked() {
            ctx.commands.send(AppCommand::Tour(Some(at)));
        }
        crate::widgets::paint::inner_focus_ring(ui, &response, metrics::RADIUS_CONTROL);
    }
}

fn paint_dot(ui: &Ui, at: egui::Pos2, index: usize, step: f32, t: &Tokens) {
    if index + 1 < STEPS.len() {
        let ends = [pos2(at.x + 10.0, at.y), pos2(at.x + step - 10.0, at.y)];
        ui.painter().line_segment(ends, Stroke::new(metrics::STROKE, t.edge));
    }
    if index == 0 {
        ui.painter().circle_filled(at, DOT + 1.0, t.accent);
    } else {
        ui.painter().circle_stroke(at, DOT, Stroke::new(1.5, t.edge));
    }
}
