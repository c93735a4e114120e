//! Compare: the verdict in a sentence first, the measures below it, then the rows, the changed ones first.

mod choose;
mod data;
mod measures_table;
mod outputs;
mod repeats;
mod slices;
mod state;

pub use state::CompareState;

use crate::commands::UiCommand;
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::views::measures;
use crate::views::review::{NewSetState, new_set_dialog};
use crate::widgets::diff_view::num_differences;
use crate::widgets::verdict::{Banner, banner};
use crate::widgets::{Button, ListRow, Segment, pane, segments, states, tabs, text};
use atelier_types::api::{CompareRequest, RunsCompare};
use atelier_types::diff::OutputDiff;
use atelier_types::experiment::Comparison;
use atelier_types::ids::{RunId, VariantId};
use atelier_types::statistics::ComparedRow;
use choose::Side;
use data::Filter;
use egui::{Rect, ScrollArea, Ui, vec2};

const BANNER: f32 = 88.0;
const ROWS: f32 = 312.0;
const ROWS_NARROW: f32 = 240.0;

pub fn compare_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut CompareState,
    baseline: Option<&(RunId, VariantId)>,
    candidate: Option<&(RunId, VariantId)>,
) {
    let chosen = baseline.cloned().zip(candidate.cloned()).or_else(|| choose::default_sides(ctx));
    match chosen {
        Some((baseline, candidate)) => sides_ui(ui, ctx, state, &baseline, &candidate),
        None => nothing_ui(ui, ctx),
    }
    new_set_dialog(ui, ctx, &mut state.new_set);
}

/// Nothing to compare, or nothing known yet.
fn nothing_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>) {
    use atelier_types::api::{RunsList, RunsListRequest};
    let request = RunsListRequest { experiment: None };
    let runs = ctx.fetch::<RunsList>(&request);
    if let Some(error) = runs.error() {
        pane::pane(ui, "compare failed", ui.max_rect().shrink(SPACE_16), tokens(ui.ctx()).surface, |ui| {
            if states::failed(ui, error, Some("Try again")) {
                ctx.retry::<RunsList>(&request);
            }
        });
    } else if runs.value().is_none() {
        states::loading(ui, "Reading runs", 4, TABLE_ROW, false);
    } else {
        let words = "Run an experiment with two prompts, two models or two parameter sets; then see which is better.";
        states::empty(ui, icons::GIT_DIFF, "Nothing to compare yet", words, |ui| {
            if ui.add(Button::new("Go to experiments").primary()).clicked() {
                ctx.commands.send(Route::Experiments { name: None, run: None, cell: None });
            }
        });
    }
}

fn sides_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut CompareState, baseline: &Side, candidate: &Side) {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    let head = pane::cut_top(&mut area, PANE_HEAD);
    let request = CompareRequest {
        baseline_run: baseline.0.clone(),
        baseline: baseline.1.clone(),
        candidate_run: candidate.0.clone(),
        candidate: candidate.1.clone(),
        measure: state.measure.clone(),
        margin: None,
    };
    let fetched = ctx.fetch::<RunsCompare>(&request);
    let shown = fetched.value();
    let left = head_ui(ui, state, shown, (baseline, candidate), head);
    slices::slices_dialog(ui, ctx, state, &request);
    let bar = pane::padded(head).with_max_x(left - SPACE_16);
    choose::choose_ui(ui, ctx, bar, (baseline, candidate), shown.map(|shown| (&shown.baseline, &shown.candidate)));
    match (shown, fetched.error()) {
        (Some(comparison), _) => comparison_ui(ui, ctx, state, comparison, (baseline, candidate), area),
        (None, Some(error)) => pane::pane(ui, "comparison failed", area.shrink(SPACE_16), t.surface, |ui| {
            if states::failed(ui, error, Some("Try again")) {
                ctx.retry::<RunsCompare>(&request);
            }
        }),
        (None, None) => pane::pane(ui, "comparing", area.shrink(SPACE_16), t.surface, |ui| {
            states::loading(ui, "Comparing the runs", 4, TABLE_ROW, false);
        }),
    }
}

fn head_ui(
    ui: &mut Ui,
    state: &mut CompareState,
    shown: Option<&Comparison>,
    (baseline, candidate): (&Side, &Side),
    head: Rect,
) -> f32 {
    pane::row_from_right(ui, "compare actions", pane::padded(head), |ui| {
        let flipped: Vec<_> = shown
            .map(|shown| shown.rows.iter().filter(|row| Filter::Flipped.holds(row.change)).map(|row| row.row.clone()))
            .into_iter()
            .flatten()
            .collect();
        let why = match shown {
            Some(_) if baseline.0 != candidate.0 => Some("A set is made from one run; these are two."),
            Some(_) if flipped.is_empty() => Some("No row flipped."),
            Some(_) => None,
            None => Some("The comparison is not here yet."),
        };
        let review = Button::new("Review flipped…").icon(icons::SCALES).quiet().disabled_because(why);
        let slices = Button::new("Where it is worst…").icon(icons::ROWS).quiet();
        state.is_slices_shown |= ui.add(slices).clicked();
        if ui.add(review).clicked() {
            let set = NewSetState::new(baseline.0.clone(), &"flipped-rows".into());
            state.new_set = Some(set.with_pair([baseline.1.clone(), candidate.1.clone()], flipped));
        }
        ui.min_rect().left()
    })
}

fn comparison_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut CompareState,
    comparison: &Comparison,
    sides: (&Side, &Side),
    mut area: Rect,
) {
    let t = tokens(ui.ctx());
    let is_narrow = area.width() < 1240.0;
    let is_low = area.height() < 680.0;
    take_commands(ctx, state, comparison, sides);
    let top = pane::cut_top(&mut area, BANNER);
    banner_ui(ui, state, comparison, top);
    let height = measures_table::height(comparison.measures.len(), is_low);
    let measures = pane::cut_top(&mut area, height);
    measures_table::measures_ui(ui, state, comparison, measures, is_low);
    let rows: Vec<&ComparedRow> = comparison.rows.iter().filter(|row| state.filter.holds(row.change)).collect();
    state.selected = state.selected.min(rows.len().saturating_sub(1));
    let row = rows.get(state.selected).copied();
    let cells = row.map(|row| outputs::cells(ctx, state, row, sides));
    let filter = pane::cut_top(&mut area, FILTER_BAR);
    filter_ui(ui, state, comparison, cells.as_ref().and_then(|cells| cells.diff.as_deref()), filter);
    let list = pane::cut_left(&mut area, if is_narrow { ROWS_NARROW } else { ROWS });
    rows_ui(ui, state, &rows, list);
    let Some((row, cells)) = row.zip(cells) else {
        pane::pane(ui, "no row", area, t.surface, |ui| {
            let words = "No row of this comparison is of that kind.";
            states::empty(ui, icons::ROWS, "No rows here", words, |_| {});
        });
        return;
    };
    if is_narrow {
        let bar = pane::cut_top(&mut area, TAB);
        pane::line_below(ui, bar);
        pane::row(ui, "output tabs", pane::padded(bar), |ui| {
            if let Some(chosen) = tabs(ui, &[("Outputs", None), ("Messages", None)], usize::from(state.is_messages_tab))
            {
                state.is_messages_tab = chosen == 1;
            }
        });
    }
    if !is_narrow || !state.is_messages_tab {
        let width = if is_narrow { area.width() } else { (area.width() / 2.0).floor() };
        let outputs = pane::cut_left(&mut area, width);
        outputs::outputs_ui(ui, ctx, state, &outputs::Shown { row, cells: &cells, comparison }, outputs);
        pane::line_left(ui, outputs);
    }
    if !is_narrow || state.is_messages_tab {
        outputs::messages_ui(ui, ctx, &cells, area);
        pane::line_left(ui, area);
    }
}

fn banner_ui(ui: &mut Ui, state: &mut CompareState, comparison: &Comparison, top: Rect) {
    let Some(measure) = comparison.measures.get(measures_table::chosen(state, comparison)) else { return };
    let t = tokens(ui.ctx());
    let verdict = &measure.verdict;
    let margin = measures::margin_words(measure);
    let shown = Banner {
        mark: measures::mark(verdict.judgement),
        headline: &verdict.headline,
        sentence: &verdict.sentence,
        link: data::flipped_words(verdict),
        method: &verdict.method,
        margin: &margin,
    };
    let clicks = pane::pane(ui, "verdict", pane::padded(top), t.surface, |ui| banner(ui, &shown));
    if clicks.link {
        state.set_filter(Filter::Flipped);
    }
    state.is_method_shown |= clicks.method;
    if state.is_method_shown {
        method_ui(ui, state, comparison, measure);
    }
}

/// How a verdict was computed, one click deeper.
fn method_ui(ui: &Ui, state: &mut CompareState, comparison: &Comparison, measure: &atelier_types::statistics::Measure) {
    let t = tokens(ui.ctx());
    let shown = crate::widgets::modal::dialog(ui.ctx(), "method", "How this was computed", 480.0, |ui| {
        let verdict = &measure.verdict;
        text::label(ui, scale::BODY, &verdict.method, t.ink);
        ui.spacing_mut().item_spacing.y = 0.0;
        let method = |estimate: Option<&atelier_types::statistics::Estimate>| {
            estimate.map_or_else(|| "none".to_owned(), |estimate| estimate.method.clone())
        };
        text::key_value(ui, "Measure", measure.name.as_str());
        text::key_value(ui, "Baseline", &method(measure.baseline.as_ref()));
        text::key_value(ui, "Candidate", &method(measure.candidate.as_ref()));
        text::key_value(ui, "Rows with both sides", &verdict.num_rows.to_string());
        text::key_value(ui, "Rows without a score", &verdict.num_missing.to_string());
        let p = verdict.p_value.map_or_else(|| "none".to_owned(), |p| format!("{p:.4}"));
        text::key_value(ui, "p", &p);
        let watched = match measures::ends_words(measure, measure.watched) {
            words if words.is_empty() => "not given".to_owned(),
            words => words,
        };
        text::key_value(ui, "Interval that may be looked at while rows come in", &watched);
        ui.add_space(SPACE_16);
        text::caption(ui, "Difference of each row, sorted");
        let differences: Vec<f64> = comparison
            .rows
            .iter()
            .filter_map(|row| Some((row.candidate? - row.baseline?) / f64::from(row.num_repeats.max(1))))
            .collect();
        let is_higher_better = measure.direction == atelier_types::score::Direction::HigherIsBetter;
        crate::widgets::histogram::difference_plot(ui, "Differences", &differences, is_higher_better);
        crate::widgets::modal::buttons(ui, |ui| ui.add(Button::new("Close").primary()).clicked())
    });
    if shown.inner || shown.is_left {
        state.is_method_shown = false;
    }
}

fn filter_ui(ui: &mut Ui, state: &mut CompareState, comparison: &Comparison, diff: Option<&OutputDiff>, bar: Rect) {
    let inner = pane::padded(bar);
    let items: Vec<Segment> = Filter::ALL
        .iter()
        .map(|filter| Segment::new(filter.words()).count(filter.count(&comparison.rows)).mark(filter.mark()))
        .collect();
    let right = pane::row(ui, "row filters", inner, |ui| {
        let at = Filter::ALL.iter().position(|filter| *filter == state.filter).unwrap_or(0);
        if let Some(chosen) = segments(ui, "Rows", &items, at) {
            state.set_filter(Filter::ALL[chosen]);
        }
        ui.min_rect().right()
    });
    pane::row_from_right(ui, "diff layout", inner.with_min_x(right + SPACE_16), |ui| {
        outputs::layout_bar_ui(ui, state, diff);
    });
    pane::line_below(ui, bar);
}

fn rows_ui(ui: &mut Ui, state: &mut CompareState, rows: &[&ComparedRow], area: Rect) {
    let t = tokens(ui.ctx());
    pane::pane(ui, "compared rows", area, t.canvas, |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        let inner = area.shrink2(vec2(SPACE_4, SPACE_4));
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(inner));
        let mut scroll = ScrollArea::vertical().id_salt(("compared", state.filter.words())).auto_shrink([false, false]);
        if std::mem::take(&mut state.is_row_moved) {
            let middle = state.selected as f32 * LIST_ROW_TWO_LINES - inner.height() / 2.0 + LIST_ROW_TWO_LINES;
            scroll = scroll.vertical_scroll_offset(middle.max(0.0));
        }
        scroll.show_rows(&mut child, LIST_ROW_TWO_LINES, rows.len(), |ui, shown| {
            for index in shown {
                let row = rows[index];
                let mark = measures::row_mark(row.change);
                let detail = data::row_words(row);
                let item = ListRow::new(row.row.as_str())
                    .id_above()
                    .second_line(&row.title)
                    .detail(&detail)
                    .detail_color(mark.color(t))
                    .mark(mark)
                    .selected(index == state.selected);
                if ui.add(item).clicked() {
                    state.select(index);
                    state.is_row_moved = false;
                }
            }
        });
    });
}

fn take_commands(ctx: &WorkspaceContext<'_>, state: &mut CompareState, comparison: &Comparison, sides: (&Side, &Side)) {
    let filters = [
        (UiCommand::CompareFilter1, Filter::Flipped),
        (UiCommand::CompareFilter2, Filter::Regressed),
        (UiCommand::CompareFilter3, Filter::Improved),
        (UiCommand::CompareFilter4, Filter::Unchanged),
    ];
    if let Some((_, filter)) = filters.into_iter().find(|(command, _)| ctx.is_invoked(*command)) {
        state.set_filter(filter);
    }
    let rows: Vec<&ComparedRow> = comparison.rows.iter().filter(|row| state.filter.holds(row.change)).collect();
    if ctx.is_invoked(UiCommand::NextComparedRow) && !rows.is_empty() {
        state.select((state.selected + 1) % rows.len());
    }
    if ctx.is_invoked(UiCommand::NextDifference)
        && let Some(row) = rows.get(state.selected)
        && let Some(diff) = outputs::cells(ctx, state, row, sides).diff
        && let Some(walked) = outputs::walked(state.layout, &diff)
    {
        outputs::step(state, num_differences(walked), true);
    }
    if ctx.is_invoked(UiCommand::NextLayout) {
        state.set_layout(state.layout.place() + 1);
    }
    state.is_expected_whole ^= ctx.is_invoked(UiCommand::ShowExpected);
    if ctx.is_invoked(UiCommand::SendToReview) && sides.0.0 == sides.1.0 {
        let flipped = comparison.rows.iter().filter(|row| Filter::Flipped.holds(row.change));
        let rows: Vec<_> = flipped.map(|row| row.row.clone()).collect();
        let set = NewSetState::new(sides.0.0.clone(), &"flipped-rows".into());
        state.new_set = Some(set.with_pair([sides.0.1.clone(), sides.1.1.clone()], rows));
    }
}
