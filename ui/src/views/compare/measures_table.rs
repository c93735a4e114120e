//! All measures on one axis, the chosen one marked; a click orders the rows by it.

use super::data::{axis, interval_on_axis};
use super::state::CompareState;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::views::measures;
use crate::widgets::interval_plot::{Axis, paint_ground, paint_interval, paint_ticks};
use crate::widgets::{Mark, paint, pane};
use atelier_types::experiment::Comparison;
use atelier_types::statistics::{Judgement, Measure};
use egui::accesskit::Role;
use egui::{Color32, Rect, Sense, Ui, WidgetInfo, pos2};

/// Right ends and widths of the columns.
struct Columns {
    name: Rect,
    numbers: [Rect; 4],
    plot: Rect,
    verdict: Rect,
}

impl Columns {
    fn of(row: Rect) -> Self {
        let mut rest = pane::padded(row);
        let is_narrow = rest.width() < 1120.0;
        let name = pane::cut_left(&mut rest, if is_narrow { 136.0 } else { 168.0 });
        let widths = if is_narrow { [76.0, 76.0, 76.0, 112.0] } else { [84.0, 84.0, 84.0, 124.0] };
        let numbers = widths.map(|width| pane::cut_left(&mut rest, width));
        pane::cut_left(&mut rest, SPACE_24);
        let verdict_width = (rest.width() * 0.48).clamp(160.0, 400.0);
        let verdict = pane::cut_right(&mut rest, verdict_width);
        pane::cut_right(&mut rest, SPACE_24);
        Self { name, numbers, plot: rest, verdict }
    }
}

/// Height that the table takes for so many measures.
pub fn height(num_measures: usize, is_collapsed: bool) -> f32 {
    let rows = if is_collapsed { 1 } else { num_measures };
    TABLE_HEAD + rows as f32 * TABLE_ROW
}

pub fn measures_ui(ui: &Ui, state: &mut CompareState, comparison: &Comparison, area: Rect, is_collapsed: bool) {
    let t = tokens(ui.ctx());
    let axis = axis(comparison);
    let mut rest = area;
    let head = pane::cut_top(&mut rest, TABLE_HEAD);
    head_ui(ui, head, &axis);
    let at = chosen(state, comparison);
    for (index, measure) in comparison.measures.iter().enumerate() {
        if is_collapsed && index != at {
            continue;
        }
        let row = pane::cut_top(&mut rest, TABLE_ROW);
        let response = ui.interact(row, ui.scope_id().with(("measure", index)), Sense::click());
        let words = verdict_words(comparison, measure);
        response.widget_info(|| {
            let name = format!("{}: {} {words}", measure.name, measures::difference(measure));
            WidgetInfo::selected(Role::Row, true, index == at, name)
        });
        let fill = match (index == at, response.hovered()) {
            (true, _) => t.accent_bg,
            (false, true) => t.hover,
            (false, false) => Color32::TRANSPARENT,
        };
        ui.painter().rect_filled(row, 0.0, fill);
        paint_measure(ui, &Columns::of(row), measure, &axis, &words);
        paint::inner_focus_ring(ui, &response, RADIUS_CHIP);
        if response.clicked() {
            state.measure = Some(measure.name.clone());
            state.select(0);
        }
    }
    pane::line_below(ui, area);
}

/// A judge that nobody held against people yet says so, whatever its verdict.
fn verdict_words(comparison: &Comparison, measure: &Measure) -> String {
    let words = measures::verdict_words(measure);
    match (comparison.uncalibrated.contains(&measure.name), measure.verdict.judgement) {
        (false, _) => words,
        (true, Judgement::Unscored) => format!("{words}: the judge has no human ratings yet"),
        (true, _) => format!("{words}, by a judge without human ratings"),
    }
}

/// Place of the measure that orders the rows.
pub fn chosen(state: &CompareState, comparison: &Comparison) -> usize {
    let is_it = |measure: &Measure| state.measure.as_ref() == Some(&measure.name);
    comparison.measures.iter().position(is_it).unwrap_or(0)
}

fn head_ui(ui: &Ui, head: Rect, axis: &Axis) {
    let t = tokens(ui.ctx());
    let columns = Columns::of(head);
    let text = |rect: Rect, words: &str, is_right: bool| {
        let galley = ui.painter().layout_job(scale::LABEL_MEDIUM.elided(words, t.ink3, rect.width(), 1));
        if is_right {
            paint::galley_right(ui.painter(), rect.right(), rect.center().y, galley, t.ink3);
        } else {
            paint::galley_left(ui.painter(), rect.left(), rect.center().y, galley, t.ink3);
        }
    };
    text(columns.name, "Measure", false);
    for (rect, words) in columns.numbers.iter().zip(["Baseline", "Candidate", "Difference", "95 % interval"]) {
        text(*rect, words, true);
    }
    text(columns.verdict, "Verdict", false);
    paint_ticks(ui, columns.plot, axis);
}

fn paint_measure(ui: &Ui, columns: &Columns, measure: &Measure, axis: &Axis, words: &str) {
    let t = tokens(ui.ctx());
    let painter = ui.painter();
    let y = columns.name.center().y;
    let name = painter.layout_job(scale::BODY_MEDIUM.elided(measure.name.as_str(), t.ink, columns.name.width(), 1));
    paint::galley_left(painter, columns.name.left(), y, name, t.ink);
    let mean = |estimate| measures::mean(measure.unit, estimate);
    let numbers = [
        (measure.baseline.as_ref().map_or_else(String::new, |it| mean(Some(it))), scale::BODY, t.ink2),
        (measure.candidate.as_ref().map_or_else(String::new, |it| mean(Some(it))), scale::BODY, t.ink),
        (measures::difference(measure), scale::BODY_MEDIUM, t.ink),
        (measures::interval(measure), scale::LABEL, t.ink2),
    ];
    for (rect, (words, step, ink)) in columns.numbers.iter().zip(numbers) {
        let galley = painter.layout_job(step.elided(words, ink, rect.width() - SPACE_4, 1));
        paint::galley_right(painter, rect.right(), y, galley, ink);
    }
    let mark = measures::mark(measure.verdict.judgement);
    let color = mark.color(t);
    let margin = measures::on_axis(measure, measure.verdict.margin).unwrap_or(0.0);
    if let Some(interval) = interval_on_axis(measure) {
        paint_ground(ui, columns.plot, axis, margin);
        paint_interval(painter, columns.plot, axis, interval, mark, color);
    }
    let left = columns.verdict.left();
    mark.paint(painter, pos2(left + MARK / 2.0, y), MARK, color);
    let ink = if matches!(mark, Mark::Better | Mark::Worse) { color } else { t.ink2 };
    let room = columns.verdict.width() - MARK - SPACE_8;
    let galley = painter.layout_job(scale::BODY.elided(words, ink, room, 1));
    paint::galley_left(painter, left + MARK + SPACE_8, y, galley, ink);
}
