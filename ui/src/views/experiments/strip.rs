//! The matrix as a sum, above everything: what is multiplied, how many cells that makes, what they cost.

use super::data::{MatrixSum, matrix_sum};
use super::state::{ExperimentsState, Tab};
use crate::context::WorkspaceContext;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::widgets::{Button, paint, pane, text};
use atelier_types::api::{ExperimentsPlan, PlanRequest};
use atelier_types::experiment::ExperimentSpec;
use egui::accesskit::Role;
use egui::{Color32, Rect, Sense, Ui, WidgetInfo, vec2};

const STRIP: f32 = 56.0;
const STRIP_NARROW: f32 = 40.0;

pub fn strip_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut ExperimentsState,
    spec: &ExperimentSpec,
    area: &mut Rect,
) {
    let t = tokens(ui.ctx());
    let is_narrow = area.width() < 1280.0 || area.height() < 680.0;
    let strip = pane::cut_top(area, if is_narrow { STRIP_NARROW } else { STRIP });
    ui.painter().rect_filled(strip, 0.0, t.canvas);
    let planned = state.setup.planned_or(spec);
    let fetched = ctx.fetch::<ExperimentsPlan>(&PlanRequest { spec: planned.clone() });
    let inner = pane::padded(strip);
    let left = pane::row_from_right(ui, "change matrix", inner, |ui| {
        if state.tab != Tab::Setup && ui.add(Button::new("Change matrix").icon(icons::SLIDERS_HORIZONTAL)).clicked() {
            state.tab = Tab::Setup;
        }
        ui.add_space(SPACE_8);
        if let Some(plan) = fetched.value() {
            let sum = matrix_sum(&planned, plan);
            figure_ui(ui, &sum.time, "expected time", is_narrow);
            ui.add_space(SPACE_16);
            figure_ui(ui, &sum.cost, "expected cost", is_narrow);
        }
        ui.min_rect().left()
    });
    pane::row(ui, "matrix sum", inner.with_max_x(left - SPACE_16), |ui| match (fetched.value(), fetched.error()) {
        (Some(plan), _) => sum_ui(ui, &matrix_sum(&planned, plan), is_narrow),
        (None, Some(error)) => {
            paint::icon(
                ui.painter(),
                ui.cursor().left_center() + vec2(SPACE_8, 0.0),
                icons::WARNING_CIRCLE,
                ICON,
                t.warn,
            );
            ui.add_space(SPACE_24);
            text::elided(ui, scale::BODY, &error.message, t.warn);
        }
        (None, None) => {
            text::line(ui, scale::BODY, "Counting cells…", t.ink3);
        }
    });
}

/// A number with what it means below, or beside where there is little room.
fn figure_ui(ui: &mut Ui, value: &str, meaning: &str, is_narrow: bool) {
    let t = tokens(ui.ctx());
    let value_galley = ui.painter().layout_job(scale::BODY_MEDIUM.job(value, t.ink, f32::INFINITY));
    let meaning_galley = ui.painter().layout_job(scale::LABEL.job(meaning, t.ink3, f32::INFINITY));
    let (a, b) = (value_galley.size().x, meaning_galley.size().x);
    let size = if is_narrow { vec2(a + SPACE_4 + b, SPACE_24) } else { vec2(a.max(b), 36.0) };
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    if is_narrow {
        let end = paint::galley_left(ui.painter(), rect.left(), rect.center().y, value_galley, t.ink);
        paint::galley_left(ui.painter(), end + SPACE_4, rect.center().y, meaning_galley, t.ink3);
    } else {
        paint::galley_right(ui.painter(), rect.right(), rect.top() + 10.0, value_galley, t.ink);
        paint::galley_right(ui.painter(), rect.right(), rect.top() + 28.0, meaning_galley, t.ink3);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{meaning}: {value}")));
}

fn sum_ui(ui: &mut Ui, sum: &MatrixSum, is_narrow: bool) {
    let t = tokens(ui.ctx());
    ui.spacing_mut().item_spacing.x = if is_narrow { SPACE_8 } else { SPACE_12 };
    for (index, factor) in sum.factors.iter().enumerate() {
        if index > 0 {
            text::line(ui, scale::READING, "×", t.ink3);
        }
        factor_ui(ui, &factor.count, factor.noun, &factor.detail, is_narrow);
    }
    text::line(ui, scale::READING, "=", t.ink3);
    factor_ui(ui, &sum.num_cells, sum.cells_noun, &sum.hosts, is_narrow);
}

fn factor_ui(ui: &mut Ui, count: &str, noun: &str, detail: &str, is_narrow: bool) {
    let t = tokens(ui.ctx());
    let number = if is_narrow { scale::EMPHASIS } else { scale::HEADING };
    let count_galley = ui.painter().layout_job(number.job(count, t.ink, f32::INFINITY));
    let noun_galley = ui.painter().layout_job(scale::DENSE_MEDIUM.job(noun, t.ink, f32::INFINITY));
    let most: f32 = if is_narrow { 0.0 } else { 144.0 };
    let detail_galley = ui.painter().layout_job(scale::LABEL.elided(detail, Color32::PLACEHOLDER, most.max(1.0), 1));
    let words = if is_narrow { noun_galley.size().x } else { noun_galley.size().x.max(detail_galley.size().x) };
    let size = vec2(count_galley.size().x + SPACE_8 + words, if is_narrow { SPACE_24 } else { 36.0 });
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let x = paint::galley_left(ui.painter(), rect.left(), rect.center().y, count_galley, t.ink) + SPACE_8;
    if is_narrow {
        paint::galley_left(ui.painter(), x, rect.center().y, noun_galley, t.ink);
    } else {
        paint::galley_left(ui.painter(), x, rect.top() + 10.0, noun_galley, t.ink);
        paint::galley_left(ui.painter(), x, rect.top() + 28.0, detail_galley, t.ink3);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{count} {noun}, {detail}")));
    response.on_hover_text(detail);
}
