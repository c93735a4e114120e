//! All review sets with their progress.

use super::data::progress_words;
use super::{NewSetState, ReviewState};
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::widgets::progress::thin_bar;
use crate::widgets::{Button, Chip, Column, Mark, Table, mark, pane, states, text};
use crate::words;
use atelier_types::api::{Nothing, ReviewsList, RunsList, RunsListRequest};
use atelier_types::experiment::RunSummary;
use atelier_types::review::{ReviewMode, ReviewSetSummary};
use egui::{Rect, Ui};

pub fn list_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ReviewState) {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    let head = pane::cut_top(&mut area, PANE_HEAD);
    let fetched = ctx.fetch::<ReviewsList>(&Nothing {});
    let runs = ctx.fetch::<RunsList>(&RunsListRequest { experiment: None });
    let newest = runs.value().and_then(|runs| runs.iter().find(|run| run.progress.finished() > 0)).cloned();
    let is_empty = fetched.value().is_some_and(Vec::is_empty);
    head_ui(ui, state, newest.as_ref().filter(|_| !is_empty), head);
    pane::pane(ui, "review sets", area, t.surface, |ui| match (fetched.value(), fetched.error()) {
        (Some(list), _) if list.is_empty() => empty_ui(ui, ctx, state, newest.as_ref()),
        (Some(list), _) => table_ui(ui, ctx, state, list),
        (None, Some(error)) => {
            let inner = area.shrink(SPACE_16);
            pane::pane(ui, "review failed", inner, t.surface, |ui| {
                if states::failed(ui, error, Some("Try again")) {
                    ctx.retry::<ReviewsList>(&Nothing {});
                }
            });
        }
        (None, None) => {
            states::loading(ui, "Reading review sets", 4, LIST_ROW_TWO_LINES, false);
        }
    });
}

fn head_ui(ui: &mut Ui, state: &mut ReviewState, newest: Option<&RunSummary>, head: Rect) {
    let t = tokens(ui.ctx());
    let inner = pane::padded(head);
    pane::row_from_right(ui, "review actions", inner, |ui| {
        if let Some(run) = newest
            && ui.add(Button::new("New review set…").primary().icon(icons::PLUS)).clicked()
        {
            state.new_set = Some(NewSetState::new(run.id.clone(), &run.experiment));
        }
    });
    pane::row(ui, "review title", inner.with_max_x(inner.center().x), |ui| {
        text::line(ui, scale::HEADING, "Review", t.ink);
    });
    pane::line_below(ui, head);
}

fn empty_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ReviewState, newest: Option<&RunSummary>) {
    let words = match newest {
        Some(_) => {
            "Make one from a run: which of two is better, or each output on scales from 1 to 5. Nobody sees \
                    which model wrote what."
        }
        None => "A review set is made from a run, and nothing was run yet.",
    };
    states::empty(ui, icons::SCALES, "No review sets yet", words, |ui| match newest {
        Some(run) => {
            if ui.add(Button::new("New review set…").primary().icon(icons::PLUS)).clicked() {
                state.new_set = Some(NewSetState::new(run.id.clone(), &run.experiment));
            }
        }
        None => {
            if ui.add(Button::new("Go to experiments").primary()).clicked() {
                ctx.commands.send(Route::Experiments { name: None, run: None, cell: None });
            }
        }
    });
}

fn table_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ReviewState, list: &[ReviewSetSummary]) {
    let columns = [
        Column::flexible("Set", 220.0),
        Column::fixed("Asked", 120.0),
        Column::fixed("Progress", 260.0),
        Column::fixed("Ratings", 88.0).number(),
        Column::fixed("Reviewers", 160.0),
        Column::fixed("", 208.0).number(),
    ];
    let mut answer = None;
    let table = Table::new("Review sets", &columns, list.len()).row_height(LIST_ROW_TWO_LINES);
    let output = table.show(ui, |ui, row| {
        let summary = &list[row.index];
        row_ui(ui, ctx, row, summary);
        if let Some(wants_results) = actions_ui(ui, row, summary) {
            answer = Some((row.index, wants_results));
        }
        format!("{}, {}", summary.name, progress_words(summary))
    });
    let opened = output.opened.or(output.selected).map(|index| (index, list[index].is_closed));
    if let Some((index, wants_results)) = answer.or(opened) {
        state.is_result_shown = wants_results;
        ctx.commands.send(Route::Review { set: Some(list[index].name.clone()) });
    }
}

fn row_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    row: &crate::widgets::table::TableRow<'_>,
    summary: &ReviewSetSummary,
) {
    let t = tokens(ui.ctx());
    let cell = row.cell(0);
    let title = if summary.title.is_empty() { summary.name.as_str() } else { summary.title.as_str() };
    let galley = ui.painter().layout_job(scale::BODY_MEDIUM.elided(title, t.ink, cell.width(), 1));
    crate::widgets::paint::galley_left(ui.painter(), cell.left(), cell.top() + 14.0, galley, t.ink);
    let (line, ink) = match &summary.problem {
        Some(problem) => (problem.message.clone(), t.warn),
        None => (format!("{}, {}", summary.name, words::ago(summary.created_at, ctx.now)), t.ink3),
    };
    let galley = ui.painter().layout_job(scale::LABEL.elided(line, ink, cell.width(), 1));
    crate::widgets::paint::galley_left(ui.painter(), cell.left(), cell.top() + 32.0, galley, ink);
    let mode = match summary.mode {
        ReviewMode::Pair => "better of two",
        ReviewMode::Rubric => "scales 1 to 5",
    };
    row.text(ui, 1, scale::BODY, mode, t.ink2);
    row.add(ui, 2, |ui| {
        let share = summary.num_rated as f32 / summary.num_items.max(1) as f32;
        thin_bar(ui, "Rated", share, 112.0, t.ink2);
        text::line(ui, scale::DENSE, progress_words(summary), t.ink2);
    });
    row.text(ui, 3, scale::BODY, &words::count(summary.num_ratings.into()), t.ink2);
    let reviewers: Vec<&str> = summary.reviewers.iter().map(|reviewer| reviewer.reviewer.as_str()).collect();
    let reviewers = if reviewers.is_empty() { "none".to_owned() } else { reviewers.join(", ") };
    row.text(ui, 4, scale::BODY, &reviewers, t.ink2);
}

/// The buttons of a set; gives back whether its results are wanted instead of rating.
fn actions_ui(ui: &mut Ui, row: &crate::widgets::table::TableRow<'_>, summary: &ReviewSetSummary) -> Option<bool> {
    row.add(ui, 5, |ui| {
        let mut answer = None;
        if summary.is_closed {
            ui.add(Chip::new("closed"));
        } else {
            let name = format!("Rate {}", summary.name);
            if ui.add(Button::new("Rate").name(&name)).clicked() {
                answer = Some(false);
            }
        }
        let name = format!("Results of {}", summary.name);
        if ui.add(Button::new("Results").quiet().name(&name)).clicked() {
            answer = Some(true);
        }
        if summary.problem.is_some() {
            mark::mark_label(ui, Mark::Problem, scale::DENSE, "");
        }
        answer
    })
}
