//! Charts of a run: for each measure all variants on one axis, each with its interval and its verdict against the
//! baseline. Rates lie between 0 and 100 whatever their values are, so that a small difference looks small.

use super::classes::classes_ui;
use super::data::variant_title;
use crate::context::WorkspaceContext;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::views::measures;
use crate::widgets::interval_plot::{Axis, paint_interval, plain};
use crate::widgets::{Mark, paint, pane, text};
use crate::words;
use atelier_types::experiment::{Passes, RunDetail, ScorerInfo, VariantSummary};
use atelier_types::score::{Direction, Unit};
use atelier_types::statistics::{Estimate, Judgement};
use egui::accesskit::Role;
use egui::{Color32, Rect, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// One line of a chart.
struct Line<'a> {
    name: String,
    estimate: Option<&'a Estimate>,
    standing: Standing,
}

/// How a line stands to the baseline.
#[derive(Clone, Copy)]
enum Standing {
    Baseline,
    Judged(Option<Judgement>),
    /// Nobody compared it.
    Silent,
}

impl Line<'_> {
    fn mark(&self) -> Mark {
        match (self.estimate, self.standing) {
            (None, _) => Mark::Unscored,
            (_, Standing::Judged(Some(judgement))) => measures::mark(judgement),
            _ => Mark::None,
        }
    }

    fn verdict(&self) -> &'static str {
        let judgement = match self.standing {
            Standing::Baseline => return "Baseline",
            Standing::Silent => return "",
            Standing::Judged(judgement) => judgement,
        };
        match judgement {
            Some(Judgement::Better) => "Better",
            Some(Judgement::Worse) => "Worse",
            Some(Judgement::NoPracticalDifference) => "No difference",
            Some(Judgement::NotEnoughData) => "Not enough data",
            Some(Judgement::Unscored) | None => "Unscored",
        }
    }
}

/// The places of a line's parts.
struct Columns {
    name: Rect,
    mean: Rect,
    half_width: Rect,
    plot: Rect,
    verdict: Rect,
}

impl Columns {
    fn of(row: Rect) -> Self {
        let mut rest = row;
        let name = pane::cut_left(&mut rest, (row.width() * 0.28).clamp(184.0, 440.0));
        let mean = pane::cut_left(&mut rest, 72.0);
        pane::cut_left(&mut rest, SPACE_4);
        let half_width = pane::cut_left(&mut rest, 72.0);
        let verdict = pane::cut_right(&mut rest, 144.0);
        pane::cut_right(&mut rest, SPACE_24);
        Self { name, mean, half_width, plot: rest, verdict }
    }
}

pub fn charts_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, detail: &RunDetail, area: Rect) {
    let t = tokens(ui.ctx());
    pane::pane(ui, "charts", area, t.surface, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(SPACE_16);
            for (place, scorer) in detail.scorers.iter().enumerate() {
                let lines: Vec<Line<'_>> = detail.variants.iter().map(|it| scorer_line(detail, it, place)).collect();
                chart_ui(ui, scorer.name.as_str(), scorer, &lines);
                ui.add_space(SPACE_24);
            }
            if let Some(first) = detail.scorers.first() {
                passes_ui(ui, detail, first);
            }
            latency_ui(ui, detail);
            ui.add_space(SPACE_24);
            classes_ui(ui, ctx, detail);
            ui.add_space(SPACE_16);
        });
    });
}

fn scorer_line<'a>(detail: &RunDetail, summary: &'a VariantSummary, place: usize) -> Line<'a> {
    Line {
        name: variant_title(&summary.variant),
        estimate: summary.estimates.get(place).filter(|estimate| estimate.num_values > 0),
        standing: match detail.baseline.as_ref() == Some(&summary.variant.id) {
            true => Standing::Baseline,
            false => Standing::Judged(summary.verdicts.get(place).map(|verdict| verdict.judgement)),
        },
    }
}

/// Rows that were tried several times: how often one of the tries passes, and how often all of them do.
fn passes_ui(ui: &mut Ui, detail: &RunDetail, first: &ScorerInfo) {
    let num_tries = detail.variants.iter().filter_map(|it| it.passes.last()).map(|passes| passes.num_tries).max();
    let Some(num_tries) = num_tries else { return };
    let of_last = |pick: fn(&Passes) -> &Estimate| -> Vec<Line<'_>> {
        detail.variants.iter().map(|summary| passes_line(summary, pick)).collect()
    };
    let title = |sign: char| format!("{}, pass{sign}{num_tries}", first.name);
    chart_ui(ui, &title('@'), first, &of_last(|passes| &passes.any));
    ui.add_space(SPACE_24);
    chart_ui(ui, &title('^'), first, &of_last(|passes| &passes.all));
    ui.add_space(SPACE_24);
}

fn passes_line(summary: &VariantSummary, pick: fn(&Passes) -> &Estimate) -> Line<'_> {
    let VariantSummary { variant, passes, .. } = summary;
    Line { name: variant_title(variant), estimate: passes.last().map(pick), standing: Standing::Silent }
}

fn chart_ui(ui: &mut Ui, title: &str, scorer: &ScorerInfo, lines: &[Line<'_>]) {
    let t = tokens(ui.ctx());
    let axis = axis(scorer.unit, lines);
    let (head, columns) = title_ui(ui, title, &unit_words(scorer));
    for tick in axis.ticks() {
        let words = plain(tick, axis.step);
        let galley = ui.painter().layout_job(scale::LABEL.job(words, t.ink3, f32::INFINITY));
        let left = axis.x(tick, columns.plot.x_range()) - galley.size().x / 2.0;
        paint::galley_left(ui.painter(), left, head.center().y, galley, t.ink3);
    }
    for line in lines {
        line_ui(ui, scorer.unit, line, &axis);
    }
}

/// What a chart shows, and which way it is good.
fn title_ui(ui: &mut Ui, name: &str, hint: &str) -> (Rect, Columns) {
    let t = tokens(ui.ctx());
    let (head, columns) = row(ui, TABLE_ROW);
    pane::row(ui, name, head.with_max_x(columns.plot.left() - SPACE_8), |ui| {
        ui.spacing_mut().item_spacing.x = SPACE_8;
        text::line(ui, scale::BODY_MEDIUM, name, t.ink);
        text::elided(ui, scale::LABEL, hint, t.ink3);
    });
    (head, columns)
}

/// A stretch over the whole width with the padding of a pane, and its columns.
fn row(ui: &mut Ui, height: f32) -> (Rect, Columns) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let inner = pane::padded(rect);
    (inner, Columns::of(inner))
}

fn unit_words(scorer: &ScorerInfo) -> String {
    let unit = match scorer.unit {
        Unit::Share => "percent",
        Unit::Points => "points",
        Unit::Millis => "milliseconds",
        Unit::Usd => "US dollars",
        Unit::Tokens => "tokens",
        Unit::Number => "its own unit",
    };
    match scorer.direction {
        Direction::HigherIsBetter => format!("{unit}, higher is better"),
        Direction::LowerIsBetter => format!("{unit}, lower is better"),
    }
}

/// Shares are drawn in percent; everything else as it is.
fn scaled(unit: Unit, value: f64) -> f64 {
    if unit == Unit::Share { value * 100.0 } else { value }
}

fn axis(unit: Unit, lines: &[Line<'_>]) -> Axis {
    let ends = |estimate: &Estimate| {
        let interval = estimate.interval;
        [interval.map_or(estimate.mean, |it| it.low), interval.map_or(estimate.mean, |it| it.high)]
    };
    let values = lines.iter().filter_map(|line| line.estimate).flat_map(ends).map(|value| scaled(unit, value));
    match unit {
        Unit::Share => Axis { low: -2.0, high: 102.0, step: 25.0 },
        _ => Axis::around(values),
    }
}

fn line_ui(ui: &mut Ui, unit: Unit, line: &Line<'_>, axis: &Axis) {
    let t = tokens(ui.ctx());
    let (rect, columns) = row(ui, TABLE_ROW);
    let mean = measures::mean(unit, line.estimate);
    let half_width =
        line.estimate.map(|estimate| measures::half_width(unit, estimate.interval.as_ref())).unwrap_or_default();
    let response = ui.interact(rect, ui.scope_id().with((&line.name, rect.top() as i32)), Sense::hover());
    response.widget_info(|| {
        let words = format!("{}: {mean} {half_width}, {}", line.name, line.verdict());
        WidgetInfo::labeled(Role::Row, true, words)
    });
    let painter = ui.painter();
    let y = rect.center().y;
    let name = painter.layout_job(scale::BODY.elided(&line.name, t.ink, columns.name.width() - SPACE_8, 1));
    let is_elided = name.elided;
    paint::galley_left(painter, columns.name.left(), y, name, t.ink);
    let galley = painter.layout_job(scale::BODY_MEDIUM.job(mean, t.ink, f32::INFINITY));
    paint::galley_right(painter, columns.mean.right(), y, galley, t.ink);
    let galley = painter.layout_job(scale::LABEL.job(half_width, t.ink3, f32::INFINITY));
    paint::galley_left(painter, columns.half_width.left(), y + 1.0, galley, t.ink3);
    for tick in axis.ticks() {
        painter.vline(axis.x(tick, columns.plot.x_range()), rect.y_range(), Stroke::new(STROKE, t.line));
    }
    let mark = line.mark();
    let color = if mark == Mark::None { t.ink2 } else { mark.color(t) };
    if let Some(estimate) = line.estimate {
        paint_estimate(ui, columns.plot, axis, unit, estimate, (mark, color));
    }
    let words = painter.layout_job(scale::BODY.elided(line.verdict(), color, columns.verdict.width() - MARK * 2.0, 1));
    mark.paint(painter, pos2(columns.verdict.left() + MARK / 2.0, y), MARK, color);
    paint::galley_left(painter, columns.verdict.left() + MARK + SPACE_8, y, words, color);
    if is_elided {
        response.on_hover_text(&line.name);
    }
}

fn paint_estimate(ui: &Ui, plot: Rect, axis: &Axis, unit: Unit, estimate: &Estimate, (mark, color): (Mark, Color32)) {
    let mean = scaled(unit, estimate.mean);
    let ends = estimate.interval.map_or((mean, mean), |it| (scaled(unit, it.low), scaled(unit, it.high)));
    paint_interval(ui.painter(), plot, axis, (ends.0, mean, ends.1), mark, color);
    if mark == Mark::None {
        ui.painter().circle_filled(pos2(axis.x(mean, plot.x_range()), plot.center().y), SPACE_4, color);
    }
}

/// The time to an answer: medians only, since a run's cells share a queue and their spread says nothing about a variant.
fn latency_ui(ui: &mut Ui, detail: &RunDetail) {
    let t = tokens(ui.ctx());
    let longest = detail.variants.iter().filter_map(|it| it.latency_millis_p50).fold(0.0_f64, f64::max);
    title_ui(ui, "latency", "median, lower is better");
    for summary in &detail.variants {
        let (rect, columns) = row(ui, TABLE_ROW);
        let title = variant_title(&summary.variant);
        let words = summary.latency_millis_p50.map_or_else(|| "not measured".to_owned(), words::duration);
        let response = ui.interact(rect, ui.scope_id().with((&title, "latency")), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Row, true, format!("{title}: latency {words}")));
        let painter = ui.painter();
        let name = painter.layout_job(scale::BODY.elided(&title, t.ink, columns.name.width() - SPACE_8, 1));
        paint::galley_left(painter, columns.name.left(), rect.center().y, name, t.ink);
        let galley = painter.layout_job(scale::BODY_MEDIUM.job(words, t.ink, f32::INFINITY));
        paint::galley_right(painter, columns.mean.right() + SPACE_16, rect.center().y, galley, t.ink);
        if let Some(millis) = summary.latency_millis_p50.filter(|_| longest > 0.0) {
            let width = columns.plot.width() * (millis / longest) as f32;
            let bar = Rect::from_min_size(pos2(columns.plot.left(), rect.center().y - SPACE_4), vec2(width, SPACE_8));
            painter.rect_filled(bar, RADIUS_CHIP, t.edge);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_lie_on_an_axis_from_0_to_100() {
        let ticks: Vec<String> = axis(Unit::Share, &[]).ticks().map(|tick| plain(tick, 25.0)).collect();
        assert_eq!(ticks, ["0", "25", "50", "75", "100"]);
    }
}
