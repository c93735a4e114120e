//! Results of a run: progress, filters, the grid, one cell.

mod cell;
mod charts;
mod classes;
pub mod data;
mod detail;
mod grid;
mod head;
mod state;

pub use charts::charts_ui;
pub use state::ResultsState;

use crate::commands::{Call, UiCommand};
use crate::context::WorkspaceContext;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::widgets::progress::{legend, segmented_bar};
use crate::widgets::verdict::small_banner;
use crate::widgets::{Mark, Segment, mark, pane, search_field, segments, states, text};
use crate::words;
use atelier_types::api::{GridRequest, RunRequest, RunShowRequest, RunsCancel, RunsGrid, RunsShow};
use atelier_types::experiment::{RowFilter, RunDetail};
use atelier_types::ids::RunId;
use data::{RunState, done_words, pace_words};
use egui::{Id, Rect, Ui, vec2};
use grid::Grid;
use std::rc::Rc;

const PROGRESS: f32 = 56.0;
const FILTERS: [(RowFilter, &str); 4] = [
    (RowFilter::All, "All"),
    (RowFilter::Failing, "Failing"),
    (RowFilter::Flipped, "Flipped"),
    (RowFilter::Unscored, "Unscored"),
];

/// The head of a run, with the baseline that is chosen here.
pub fn run_detail(ctx: &WorkspaceContext<'_>, state: &mut ResultsState, run: &RunId) -> Option<Rc<RunDetail>> {
    state.show(run);
    ctx.fetch::<RunsShow>(&show_request(state, run)).shared()
}

fn show_request(state: &ResultsState, run: &RunId) -> RunShowRequest {
    RunShowRequest { run: run.clone(), baseline: state.baseline.clone() }
}

/// Progress of the run; drawn above the tabs of an experiment.
pub fn progress_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, detail: &RunDetail, area: &mut Rect) {
    let run = RunState::of(&detail.summary, ctx.session.live_runs.get(&detail.summary.id));
    let t = tokens(ui.ctx());
    let strip = pane::cut_top(area, PROGRESS);
    pane::line_below(ui, strip);
    let inner = pane::padded(strip);
    let words = Rect::from_min_size(inner.min + vec2(0.0, SPACE_8), vec2(inner.width(), SPACE_24));
    let progress = run.progress;
    let left = pane::row_from_right(ui, "pace", words, |ui| {
        ui.spacing_mut().item_spacing.x = SPACE_16;
        if run.is_running() {
            for words in pace_words(detail).into_iter().rev() {
                text::line(ui, scale::DENSE, words, t.ink2);
            }
        } else {
            let (mark, words) = data::status_words(run.status);
            mark::mark_label(ui, mark, scale::DENSE_MEDIUM, words);
        }
        if let Some(cost) = run.cost_usd {
            text::line(ui, scale::DENSE_MEDIUM, format!("Spent {}", words::usd(cost)), t.ink);
        }
        ui.min_rect().left()
    });
    pane::row(ui, "progress words", words.with_max_x(left - SPACE_16), |ui| {
        ui.spacing_mut().item_spacing.x = SPACE_16;
        text::line(ui, scale::BODY_MEDIUM, done_words(&progress), t.ink);
        let share = 100.0 * f64::from(progress.finished()) / f64::from(progress.total.max(1));
        text::line(ui, scale::DENSE, format!("{share:.0} %"), t.ink2);
        legend(ui, t.ink3, &format!("{} new", words::count(progress.new.into())));
        legend(ui, t.edge, &format!("{} from store", words::count(progress.stored.into())));
        if progress.failed > 0 {
            let words = format!("{} failed", words::count(progress.failed.into()));
            mark::mark_label(ui, Mark::Problem, scale::DENSE, &words);
        }
        if progress.running > 0 {
            let words = format!("{} running", words::count(progress.running.into()));
            mark::mark_label(ui, Mark::Running, scale::DENSE, &words);
        }
    });
    let bar = Rect::from_min_size(inner.min + vec2(0.0, 36.0), vec2(inner.width(), SPACE_8));
    pane::row(ui, "progress bar", bar, |ui| {
        let parts = [
            (progress.stored, t.edge),
            (progress.new, t.ink3),
            (progress.failed, t.warn),
            (progress.running, t.accent),
        ];
        segmented_bar(ui, "Progress of the run", &parts, progress.total);
    });
}

/// Search and filters at the right of the tabs. Gives back where they begin.
pub fn filters_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ResultsState, detail: &RunDetail, bar: Rect) {
    let counts = detail.filter_counts;
    let items: Vec<Segment> = FILTERS
        .iter()
        .map(|(filter, words)| {
            let count = match filter {
                RowFilter::All => counts.all,
                RowFilter::Failing => counts.failing,
                RowFilter::Flipped => counts.flipped,
                RowFilter::Unscored => counts.unscored,
            };
            Segment::new(*words).count(count)
        })
        .collect();
    pane::row_from_right(ui, "filters", bar, |ui| {
        ui.spacing_mut().item_spacing.x = SPACE_16;
        let at = FILTERS.iter().position(|(filter, _)| *filter == state.filter).unwrap_or(0);
        if let Some(chosen) = segments(ui, "Rows", &items, at) {
            state.set_filter(FILTERS[chosen].0);
        }
        let id = Id::unique("find in outputs");
        let width = (ui.available_width() - SPACE_16).min(184.0);
        if width >= 120.0 && search_field(ui, "Find in outputs", &mut state.find, width, Some(id)).changed() {
            state.find_was_typed(ctx.now_secs());
        }
        if ctx.is_invoked(UiCommand::FilterList) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
    });
    if ctx.is_invoked(UiCommand::FilterFailing) {
        let next = if state.filter == RowFilter::Failing { RowFilter::All } else { RowFilter::Failing };
        state.set_filter(next);
    }
}

/// The grid and, where a cell is open, its pane.
pub fn results_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ResultsState, detail: &RunDetail, area: Rect) {
    let t = tokens(ui.ctx());
    let (find, is_waiting) = state.find_applied(ctx.now_secs());
    if is_waiting {
        ui.ctx().request_repaint_after_secs(0.1);
    }
    take_commands(ctx, state, detail);
    let area = notes_ui(ui, detail, area);
    let grid = Grid { ctx, detail, find: &find };
    let has_pane = state.is_detail_open && state.selected.is_some();
    // In a narrow window the pane lies over the grid, since columns must keep their least width.
    let is_beside = area.width() >= 1200.0;
    let mut rest = area;
    let side = has_pane.then(|| pane::cut_right(&mut rest, detail::WIDTH.min(area.width())));
    let grid_area = if is_beside { rest } else { area };
    let pages = grid.show(ui, state, grid_area);
    if pages.num_rows == 0 && !pages.is_pending {
        nothing_ui(ui, state, &grid, pages.error.as_ref(), grid_area);
    } else if let Some(error) = &pages.error {
        let banner = Rect::from_min_size(grid_area.min + vec2(SPACE_16, grid::HEAD + SPACE_16), grid_area.size() / 2.0);
        pane::pane(ui, "grid failed", banner, t.surface, |ui| failed_ui(ui, ctx, &grid.request(state, 0), error));
    }
    if let Some(side) = side {
        ui.painter().rect_filled(side, 0.0, t.surface);
        detail::detail_ui(ui, ctx, state, detail, &pages, side);
    }
}

/// What is worth knowing beside the numbers, above the grid. Gives back the room that is left.
fn notes_ui(ui: &mut Ui, detail: &RunDetail, mut area: Rect) -> Rect {
    for note in &detail.notes {
        let row = pane::cut_top(&mut area, CONTROL + SPACE_8);
        pane::row(ui, note, row.shrink2(vec2(SPACE_16, SPACE_4)), |ui| {
            small_banner(ui, Mark::Problem, "Note", note);
        });
    }
    area
}

fn failed_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, request: &GridRequest, error: &atelier_types::error::ApiError) {
    if states::failed(ui, error, Some("Try again")) {
        ctx.retry::<RunsGrid>(request);
    }
}

fn nothing_ui(
    ui: &mut Ui,
    state: &mut ResultsState,
    grid: &Grid<'_>,
    error: Option<&atelier_types::error::ApiError>,
    area: Rect,
) {
    let t = tokens(ui.ctx());
    let mut below = area.with_min_y(area.top() + grid::HEAD);
    if let Some(error) = error {
        below = below.shrink(SPACE_16);
        pane::pane(ui, "grid failed", below, t.surface, |ui| failed_ui(ui, grid.ctx, &grid.request(state, 0), error));
        return;
    }
    pane::pane(ui, "no rows", below, t.surface, |ui| {
        let (title, words) = if state.filter == RowFilter::All && grid.find.is_empty() {
            ("No rows yet", "The run has not planned its rows.")
        } else {
            ("No row fits", "No row of this run passes the filter and the search.")
        };
        states::empty(ui, icons::ROWS, title, words, |ui| {
            if ui.add(crate::widgets::Button::new("Show all rows")).clicked() {
                state.set_filter(RowFilter::All);
                state.find.clear();
                state.find_was_typed(0.0);
            }
        });
    });
}

fn take_commands(ctx: &WorkspaceContext<'_>, state: &mut ResultsState, detail: &RunDetail) {
    if let Some(Err(error)) = crate::state::Reply::take_from(&mut state.rerun) {
        ctx.commands.send(crate::state::toast::Toast::problem(error));
    }
    if ctx.is_invoked(UiCommand::NextRepeat) {
        state.repeat = (state.repeat + 1) % detail.spec.repeats.max(1) as usize;
    }
    if ctx.is_invoked(UiCommand::SetBaseline)
        && let Some(summary) = state.selected.and_then(|(_, variant)| detail.variants.get(variant))
    {
        state.baseline = Some(summary.variant.id.clone());
    }
}

/// The command that pauses a run.
pub fn cancel(run: &RunId) -> crate::commands::AppCommand {
    Call::new::<RunsCancel>(RunRequest { run: run.clone() }).toast("Paused; what was answered stays").into()
}

/// While the head of a run is not here: what is asked for, or why it failed.
pub fn waiting_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &ResultsState, run: &RunId, area: Rect) {
    let t = tokens(ui.ctx());
    let request = show_request(state, run);
    let fetched = ctx.fetch::<RunsShow>(&request);
    pane::pane(ui, "run waits", area.shrink(SPACE_16), t.surface, |ui| match fetched.error() {
        Some(error) => {
            if states::failed(ui, error, Some("Try again")) {
                ctx.retry::<RunsShow>(&request);
            }
        }
        None => {
            states::loading(ui, "Reading the run", 4, GRID_CELL, false);
        }
    });
}
