//! The head of the grid: for each variant its mean with interval, the mark against the baseline, n, latency and how
//! many rows passed in how many repeats.

use super::grid::{Grid, ROW_HEAD};
use super::state::ResultsState;
use crate::commands::UiCommand;
use crate::state::Route;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::views::measures;
use crate::widgets::field::menu_row;
use crate::widgets::histogram::paint_pass_histogram;
use crate::widgets::{Mark, paint};
use crate::words;
use atelier_types::experiment::{RunDetail, VariantSummary};
use atelier_types::ids::VariantId;
use atelier_types::score::Unit;
use egui::accesskit::Role;
use egui::{Popup, Rect, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// What the rows of the head mean, and how many rows the grid has.
pub fn paint_corner(ui: &Ui, rect: Rect, detail: &RunDetail, num_rows: u32) {
    let t = tokens(ui.ctx());
    ui.painter().rect_filled(rect, 0.0, t.canvas);
    let left = rect.left() + SPACE_16;
    let scorer = detail.scorers.first().map_or("no scorer", |scorer| scorer.name.as_str());
    let lines = [
        (12.0, scale::LABEL, words::counted(num_rows.into(), "row", "rows"), t.ink3),
        (36.0, scale::DENSE_MEDIUM, scorer.to_owned(), t.ink),
        (56.0, scale::LABEL, "mean so far, 95 % interval".to_owned(), t.ink3),
        (80.0, scale::LABEL, "rows, latency p50, pass rate".to_owned(), t.ink3),
    ];
    for (y, step, words, ink) in lines {
        let galley = ui.painter().layout_job(step.elided(words, ink, rect.width() - SPACE_24, 1));
        paint::galley_left(ui.painter(), left, rect.top() + y, galley, ink);
    }
}

pub fn variant_heads_ui(
    ui: &mut Ui,
    grid: &Grid<'_>,
    state: &mut ResultsState,
    head: Rect,
    column: f32,
    offset: f32,
    baseline: Option<&VariantId>,
) {
    let mut child = ui.new_child(UiBuilder::new().max_rect(head).id_salt("heads"));
    child.set_clip_rect(head.with_min_x(head.left() + ROW_HEAD).intersect(ui.clip_rect()));
    let mut previous: Option<&VariantSummary> = None;
    for (index, summary) in grid.detail.variants.iter().enumerate() {
        let left = head.left() + ROW_HEAD + index as f32 * column - offset;
        let rect = Rect::from_min_size(pos2(left, head.top()), vec2(column, head.height()));
        if previous.is_none_or(|previous| !is_same_prompt(previous, summary)) {
            let run = grid.detail.variants[index..].iter().take_while(|next| is_same_prompt(summary, next)).count();
            let group = Rect::from_min_size(rect.min, vec2(column * run as f32, GRID_HEAD_PROMPT));
            paint_prompt(&child, group, summary, index > 0);
        }
        let below = rect.with_min_y(rect.top() + GRID_HEAD_PROMPT);
        let response = child.interact(below, child.scope_id().with(index), Sense::click());
        let name = super::data::variant_title(&summary.variant);
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &name));
        if response.hovered() {
            child.painter().rect_filled(below, 0.0, tokens(ui.ctx()).hover);
        }
        paint_variant(&child, below, grid.detail, summary, baseline == Some(&summary.variant.id));
        paint::inner_focus_ring(&child, &response, RADIUS_CHIP);
        Popup::menu(&response).width(MENU_WIDTH).show(|ui| variant_menu_ui(ui, grid, state, summary, baseline));
        previous = Some(summary);
    }
}

fn is_same_prompt(a: &VariantSummary, b: &VariantSummary) -> bool {
    a.variant.prompt == b.variant.prompt && a.variant.version == b.variant.version
}

fn variant_menu_ui(
    ui: &mut Ui,
    grid: &Grid<'_>,
    state: &mut ResultsState,
    summary: &VariantSummary,
    baseline: Option<&VariantId>,
) {
    ui.spacing_mut().item_spacing.y = 0.0;
    if menu_row(
        ui,
        Some(icons::BOOKMARK_SIMPLE),
        "Make this the baseline",
        &UiCommand::SetBaseline.info().keys(),
        false,
    )
    .clicked()
    {
        state.baseline = Some(summary.variant.id.clone());
    }
    let run = &grid.detail.summary.id;
    let other = baseline.filter(|baseline| **baseline != summary.variant.id);
    if let Some(baseline) = other
        && menu_row(ui, Some(icons::GIT_DIFF), "Compare with the baseline", "", false).clicked()
    {
        grid.ctx.commands.send(Route::Compare {
            baseline: Some((run.clone(), baseline.clone())),
            candidate: Some((run.clone(), summary.variant.id.clone())),
        });
    }
}

fn paint_prompt(ui: &Ui, rect: Rect, summary: &VariantSummary, has_line: bool) {
    let t = tokens(ui.ctx());
    if has_line {
        let stroke = egui::Stroke::new(STROKE, t.line);
        ui.painter().vline(rect.left() + 0.5, egui::Rangef::new(rect.top(), rect.top() + super::grid::HEAD), stroke);
    }
    let variant = &summary.variant;
    let name = format!("{} {}", variant.prompt, variant.version_title);
    // Where the group is scrolled out to the left its name stays at the edge.
    let left = (rect.left() + SPACE_8).max(ui.clip_rect().left() + SPACE_8);
    let room = (rect.right() - left - SPACE_8).max(SPACE_8);
    let galley = ui.painter().layout_job(scale::DENSE_MEDIUM.elided(name, t.ink, room, 1));
    let end = paint::galley_left(ui.painter(), left, rect.center().y, galley, t.ink);
    if !variant.is_committed && rect.right() - end > 112.0 {
        ui.painter().circle_filled(pos2(end + SPACE_16, rect.center().y), SPACE_4, t.warn);
        let galley = ui.painter().layout_job(scale::DENSE.job("not committed", t.warn, f32::INFINITY));
        paint::galley_left(ui.painter(), end + SPACE_24, rect.center().y, galley, t.warn);
    }
}

fn paint_variant(ui: &Ui, rect: Rect, detail: &RunDetail, summary: &VariantSummary, is_baseline: bool) {
    let t = tokens(ui.ctx());
    let inner = rect.shrink2(vec2(SPACE_8, 0.0));
    let painter = ui.painter();
    let name = match summary.variant.params_title.as_str() {
        "" => summary.variant.model.to_string(),
        params => format!("{}, {params}", summary.variant.model),
    };
    let galley = painter.layout_job(scale::DENSE_MEDIUM.elided(name, t.ink, inner.width(), 1));
    paint::galley_left(painter, inner.left(), inner.top() + SPACE_16, galley, t.ink);
    let unit = detail.scorers.first().map_or(Unit::Number, |scorer| scorer.unit);
    let estimate = summary.estimates.first();
    let y = inner.top() + 36.0;
    let galley = painter.layout_job(scale::EMPHASIS.job(measures::mean(unit, estimate), t.ink, f32::INFINITY));
    let end = paint::galley_left(painter, inner.left(), y, galley, t.ink);
    let interval = estimate.map(|estimate| measures::half_width(unit, estimate.interval.as_ref())).unwrap_or_default();
    let galley = painter.layout_job(scale::LABEL.job(interval, t.ink3, f32::INFINITY));
    paint::galley_left(painter, end + SPACE_4, y + 1.0, galley, t.ink3);
    paint_against_baseline(ui, inner.right(), y, unit, summary, is_baseline);
    let num_rows = estimate.map_or(0, |estimate| estimate.num_rows);
    let latency = summary.latency_millis_p50.map_or_else(String::new, |p50| format!(", {}", words::duration(p50)));
    let galley = painter.layout_job(scale::LABEL.elided(format!("n {num_rows}{latency}"), t.ink3, inner.width(), 1));
    paint::galley_left(painter, inner.left(), inner.top() + 60.0, galley, t.ink3);
    let bars = Rect::from_min_max(pos2(inner.left(), inner.top() + 52.0), pos2(inner.right(), inner.top() + 72.0));
    paint_pass_histogram(painter, bars, &summary.pass_histogram, t.ink3);
}

fn paint_against_baseline(ui: &Ui, right: f32, y: f32, unit: Unit, summary: &VariantSummary, is_baseline: bool) {
    let t = tokens(ui.ctx());
    let painter = ui.painter();
    if is_baseline {
        let galley = painter.layout_job(scale::LABEL.job("baseline", t.ink3, f32::INFINITY));
        paint::galley_right(painter, right, y + 1.0, galley, t.ink3);
        return;
    }
    let Some(verdict) = summary.verdicts.first() else { return };
    let mark = measures::mark(verdict.judgement);
    let color = mark.color(t);
    let words = verdict.difference.map_or_else(String::new, |by| measures::short_difference(unit, by));
    let galley = painter.layout_job(scale::DENSE_MEDIUM.job(words, color, f32::INFINITY));
    let left = paint::galley_right(painter, right, y, galley, color);
    if mark != Mark::None {
        mark.paint(painter, pos2(left - SPACE_4 - MARK / 2.0, y), MARK, color);
    }
}
