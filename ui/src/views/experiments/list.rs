//! All experiments with their last run.

use super::data::summary_line;
use super::state::{Deleting, ExperimentsState};
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::views::results::data::status_words;
use crate::widgets::{Button, Column, Mark, Table, mark, pane, search_field, states, text};
use crate::words;
use atelier_types::api::{ExperimentsList, Nothing};
use atelier_types::experiment::ExperimentSummary;
use egui::{Rect, Ui};

pub fn list_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState) {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    let head = pane::cut_top(&mut area, PANE_HEAD);
    let fetched = ctx.fetch::<ExperimentsList>(&Nothing {});
    let is_empty = fetched.value().is_some_and(Vec::is_empty);
    head_ui(ui, state, head, is_empty);
    pane::pane(ui, "experiments", area, t.surface, |ui| match (fetched.value(), fetched.error()) {
        (Some(list), _) if list.is_empty() => empty_ui(ui, state),
        (Some(list), error) => {
            if let Some(error) = error {
                states::failure_banner(ui, error, None);
            }
            table_ui(ui, ctx, state, list);
        }
        (None, Some(error)) => {
            let inner = area.shrink(SPACE_16);
            pane::pane(ui, "experiments failed", inner, t.surface, |ui| {
                if states::failed(ui, error, Some("Try again")) {
                    ctx.retry::<ExperimentsList>(&Nothing {});
                }
            });
        }
        (None, None) => {
            states::loading(ui, "Reading experiments", 4, LIST_ROW_TWO_LINES, false);
        }
    });
}

fn head_ui(ui: &mut Ui, state: &mut ExperimentsState, head: Rect, is_empty: bool) {
    let t = tokens(ui.ctx());
    let inner = pane::padded(head);
    let left = pane::row_from_right(ui, "experiments actions", inner, |ui| {
        if !is_empty {
            if ui.add(Button::new("New experiment").primary().icon(icons::PLUS)).clicked() {
                state.naming.get_or_insert_default();
            }
            search_field(ui, "Filter experiments", &mut state.filter, 200.0, None);
        }
        ui.min_rect().left()
    });
    pane::row(ui, "experiments title", inner.with_max_x(left), |ui| {
        text::line(ui, scale::HEADING, "Experiments", t.ink);
    });
    pane::line_below(ui, head);
}

fn empty_ui(ui: &mut Ui, state: &mut ExperimentsState) {
    let words = "Pick prompts, models and rows. The number of cells, the cost and the time are shown before anything \
                 is sent.";
    states::empty(ui, icons::FLASK, "Nothing was run yet", words, |ui| {
        if ui.add(Button::new("New experiment").primary().icon(icons::PLUS)).clicked() {
            state.naming.get_or_insert_default();
        }
    });
}

fn table_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState, list: &[ExperimentSummary]) {
    let wanted = state.filter.to_lowercase();
    let rows: Vec<&ExperimentSummary> =
        list.iter().filter(|summary| summary.name.as_str().to_lowercase().contains(&wanted)).collect();
    let columns = [
        Column::flexible("Experiment", 280.0),
        Column::fixed("Dataset", 160.0),
        Column::fixed("Runs", 72.0).number(),
        Column::fixed("Last run", 200.0),
        Column::fixed("Cost", 88.0).number(),
        Column::fixed("", 56.0),
    ];
    let table = Table::new("Experiments", &columns, rows.len()).row_height(LIST_ROW_TWO_LINES);
    let mut deleting = None;
    let output = table.show(ui, |ui, row| {
        let summary = rows[row.index];
        row_ui(ui, ctx, row, summary);
        row.add(ui, 5, |ui| {
            let name = format!("Delete {}", summary.name);
            if ui.add(Button::icon_only(icons::TRASH, &name)).clicked() {
                deleting = Some(Deleting::Experiment(summary.name.clone()));
            }
        });
        summary.name.to_string()
    });
    if let Some(deleting) = deleting {
        state.deleting = Some(deleting);
    } else if let Some(index) = output.opened.or(output.selected) {
        let name = Some(rows[index].name.clone());
        ctx.commands.send(Route::Experiments { name, run: None, cell: None });
    }
}

fn row_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    row: &crate::widgets::table::TableRow<'_>,
    summary: &ExperimentSummary,
) {
    let t = tokens(ui.ctx());
    let cell = row.cell(0);
    let name = ui.painter().layout_job(scale::BODY_MEDIUM.elided(summary.name.as_str(), t.ink, cell.width(), 1));
    crate::widgets::paint::galley_left(ui.painter(), cell.left(), cell.top() + 14.0, name, t.ink);
    let (line, ink) = match &summary.problem {
        Some(problem) => (problem.message.clone(), t.warn),
        None => (summary_line(summary), t.ink3),
    };
    let galley = ui.painter().layout_job(scale::LABEL.elided(line, ink, cell.width(), 1));
    crate::widgets::paint::galley_left(ui.painter(), cell.left(), cell.top() + 32.0, galley, ink);
    row.text(ui, 1, scale::BODY, summary.dataset.as_str(), t.ink2);
    row.text(ui, 2, scale::BODY, &words::count(summary.num_runs.into()), t.ink2);
    match &summary.last_run {
        Some(run) => {
            let (mark, status) = status_words(run.status);
            let words = format!("{status}, {}", words::ago(run.started_at, ctx.now));
            row.add(ui, 3, |ui| mark::mark_label_colored(ui, mark, scale::BODY, &words, t.ink2));
            row.text(ui, 4, scale::BODY, &words::usd_or_unknown(run.cost_usd), t.ink2);
        }
        None => {
            row.add(ui, 3, |ui| mark::mark_label(ui, Mark::None, scale::BODY, "never"));
        }
    }
}
