//! Experiments: what is run, and what came out.

mod data;
mod dialogs;
mod list;
mod runs;
mod scorer_kinds;
mod scorers;
mod setup;
mod state;
mod strip;

pub use state::ExperimentsState;

use crate::commands::{AppCommand, Call, UiCommand};
use crate::context::WorkspaceContext;
use crate::state::{Reply, Route};
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::views::export::{ExportState, export_dialog};
use crate::views::results::{self, data::RunState};
use crate::views::review::{NewSetState, new_set_dialog};
use crate::widgets::{Button, Chip, pane, states, tabs, text};
use atelier_types::api::{
    ExperimentRequest, ExperimentsShow, ExportSource, RunStartRequest, RunsList, RunsListRequest, RunsStart,
};
use atelier_types::experiment::{ExperimentSpec, RunDetail, RunStatus, RunSummary};
use atelier_types::ids::{CellId, ExperimentName, RunId};
use egui::{Rect, Ui};
use state::Tab;
use std::rc::Rc;

pub fn experiments_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut ExperimentsState,
    name: Option<&ExperimentName>,
    run: Option<&RunId>,
    cell: Option<CellId>,
) {
    if ctx.is_invoked(UiCommand::NewExperiment) {
        state.naming.get_or_insert_default();
    }
    match name {
        Some(name) => experiment_ui(ui, ctx, state, name, run, cell),
        None => list::list_ui(ui, ctx, state),
    }
    dialogs::naming_dialog(ui, ctx, state);
    dialogs::deleting_dialog(ui, ctx, state);
    export_dialog(ui, ctx, &mut state.export);
    new_set_dialog(ui, ctx, &mut state.new_set);
}

/// Everything that one experiment's screen shows.
struct Shown<'a> {
    name: &'a ExperimentName,
    spec: Rc<ExperimentSpec>,
    runs: Vec<RunSummary>,
    /// The run that is looked at.
    run: Option<RunId>,
    detail: Option<Rc<RunDetail>>,
}

fn experiment_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut ExperimentsState,
    name: &ExperimentName,
    run: Option<&RunId>,
    cell: Option<CellId>,
) {
    let request = ExperimentRequest { name: name.clone() };
    let fetched = ctx.fetch::<ExperimentsShow>(&request);
    let Some(spec) = fetched.shared() else {
        unread_ui(ui, ctx, &request, fetched.error());
        return;
    };
    let runs = ctx.fetch::<RunsList>(&RunsListRequest { experiment: Some(name.clone()) });
    let is_known = runs.value().is_some();
    let runs = runs.value().cloned().unwrap_or_default();
    if is_known {
        state.enter(name, !runs.is_empty());
    }
    let run = run.cloned().or_else(|| runs.first().map(|run| run.id.clone()));
    let detail = run.as_ref().and_then(|run| results::run_detail(ctx, &mut state.results, run));
    state.results.open_cell(cell);
    let shown = Shown { name, spec, runs, run, detail };
    setup::take_saved(ctx, state);
    take_start(ctx, state, name);
    let mut area = ui.max_rect();
    head_ui(ui, ctx, state, &shown, pane::cut_top(&mut area, PANE_HEAD));
    strip::strip_ui(ui, ctx, state, &shown.spec, &mut area);
    if let Some(detail) = shown.detail.as_ref().filter(|_| state.tab != Tab::Setup) {
        results::progress_ui(ui, ctx, detail, &mut area);
    }
    let bar = pane::cut_top(&mut area, TAB);
    tabs_ui(ui, ctx, state, &shown, bar);
    match state.tab {
        Tab::Results | Tab::Charts => results_tab_ui(ui, ctx, state, &shown, area),
        Tab::Runs => runs::runs_ui(ui, ctx, state, &shown.runs, area),
        Tab::Setup => setup::setup_ui(ui, ctx, state, &shown, area),
    }
}

fn unread_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    request: &ExperimentRequest,
    error: Option<&atelier_types::error::ApiError>,
) {
    let t = tokens(ui.ctx());
    let area = ui.max_rect().shrink(SPACE_16);
    pane::pane(ui, "experiment unread", area, t.surface, |ui| match error {
        Some(error) => {
            if states::failed(ui, error, Some("Try again")) {
                ctx.retry::<ExperimentsShow>(request);
            }
        }
        None => {
            states::loading(ui, "Reading the experiment", 4, GRID_CELL, false);
        }
    });
}

fn head_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState, shown: &Shown<'_>, head: Rect) {
    let t = tokens(ui.ctx());
    let inner = pane::padded(head);
    let left = pane::row_from_right(ui, "experiment actions", inner, |ui| {
        run_button_ui(ui, ctx, state, shown);
        if let Some(detail) = &shown.detail {
            let why = (detail.summary.progress.finished() == 0).then_some("There is no output yet.");
            let review = Button::new("Send to review…").icon(icons::SCALES).quiet().disabled_because(why);
            if ui.add(review).clicked() {
                state.new_set = Some(NewSetState::new(detail.summary.id.clone(), shown.name));
            }
            if ui.add(Button::new("Export…").icon(icons::EXPORT).quiet().disabled_because(why)).clicked() {
                let source = ExportSource::Run(detail.summary.id.clone());
                state.export = Some(ExportState::new(source, shown.name.as_str()));
            }
        }
        ui.min_rect().left()
    });
    pane::row(ui, "experiment title", inner.with_max_x(left - SPACE_8), |ui| {
        if ui.add(Button::icon_only(icons::ARROW_LEFT, "All experiments")).clicked() {
            ctx.commands.send(Route::Experiments { name: None, run: None, cell: None });
        }
        text::elided(ui, scale::HEADING, shown.name.as_str(), t.ink);
        let dataset = shown.spec.dataset.as_str();
        if !dataset.is_empty() && ui.available_width() > 120.0 {
            ui.add(Chip::new(dataset).icon(icons::DATABASE));
        }
    });
}

/// Run, or Pause and Go on while that is what can be done. A paused run is a cancelled one: both keep what is done, and
/// going on asks for what is missing.
fn run_button_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState, shown: &Shown<'_>) {
    let run = shown.detail.as_ref().map(|detail| {
        (detail.summary.id.clone(), RunState::of(&detail.summary, ctx.session.live_runs.get(&detail.summary.id)))
    });
    if let Some((id, _)) = run.as_ref().filter(|(_, run)| run.is_running()) {
        let hover = "What was answered stays; what is under way is asked again later.";
        if ui.add(Button::new("Pause").icon_filled(icons::PAUSE).hover(hover)).clicked() {
            ctx.commands.send(results::cancel(id));
        }
        return;
    }
    let obstacle = data::obstacles(&state.setup.draft_or(&shown.spec)).first().copied();
    let why = if state.starting.is_some() { Some("The run starts.") } else { obstacle };
    let button = Button::new("Run").primary().icon_filled(icons::PLAY).keys("Ctrl Enter").disabled_because(why);
    let is_run = ui.add(button).clicked() || (why.is_none() && ctx.is_invoked(UiCommand::StartRun));
    if is_run {
        setup::save_and_start(ctx, state, shown);
    }
    let Some((id, run)) = run.filter(|(_, run)| run.can_resume()) else { return };
    let (label, hover) = match run.status {
        RunStatus::Done => ("Retry failed", "Ask again for the cells whose calls failed."),
        _ => ("Go on", "Ask what is missing."),
    };
    if ui.add(Button::new(label).icon(icons::ARROW_COUNTER_CLOCKWISE).hover(hover)).clicked() {
        ctx.commands.send(start_command(state, shown.name, Some((id, run.status))));
    }
}

/// The command that starts a run, or goes on with one.
///
/// Of a run that is done, going on means to ask again for what failed.
fn start_command(
    state: &mut ExperimentsState,
    name: &ExperimentName,
    resume: Option<(RunId, RunStatus)>,
) -> AppCommand {
    let retry_failed = resume.as_ref().is_some_and(|(_, status)| *status == RunStatus::Done);
    let request = RunStartRequest {
        experiment: name.clone(),
        resume: resume.map(|(run, _)| run),
        max_cost_usd: state.setup.max_cost_usd(),
        concurrency: None,
        use_cache: state.setup.use_cache,
        retry_failed,
    };
    Call::new::<RunsStart>(request).reply_into(&mut state.starting).into()
}

/// Leads to a run that was started, or says why it was not.
fn take_start(ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState, name: &ExperimentName) {
    match Reply::take_from(&mut state.starting) {
        Some(Ok(run)) => {
            state.tab = Tab::Results;
            ctx.commands.send(Route::Experiments { name: Some(name.clone()), run: Some(run), cell: None });
        }
        Some(Err(error)) => ctx.commands.send(crate::state::toast::Toast::problem(error)),
        None => {}
    }
}

fn tabs_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState, shown: &Shown<'_>, bar: Rect) {
    const TABS: [Tab; 4] = [Tab::Results, Tab::Charts, Tab::Runs, Tab::Setup];
    pane::line_below(ui, bar);
    let inner = pane::padded(bar);
    let right = pane::row(ui, "experiment tabs", inner, |ui| {
        let at = TABS.iter().position(|tab| *tab == state.tab).unwrap_or(0);
        let items = [("Results", None), ("Charts", None), ("Runs", Some(shown.runs.len() as u32)), ("Setup", None)];
        if let Some(chosen) = tabs(ui, &items, at) {
            state.tab = TABS[chosen];
        }
        ui.min_rect().right()
    });
    if let Some(detail) = shown.detail.as_ref().filter(|_| state.tab == Tab::Results) {
        let rest = inner.with_min_x(right + SPACE_16);
        results::filters_ui(ui, ctx, &mut state.results, detail, rest);
    }
}

fn results_tab_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut ExperimentsState,
    shown: &Shown<'_>,
    area: Rect,
) {
    let t = tokens(ui.ctx());
    match (&shown.detail, &shown.run) {
        (Some(detail), _) if state.tab == Tab::Charts => results::charts_ui(ui, ctx, detail, area),
        (Some(detail), _) => results::results_ui(ui, ctx, &mut state.results, detail, area),
        (None, Some(run)) => results::waiting_ui(ui, ctx, &state.results, run, area),
        (None, None) => pane::pane(ui, "never run", area, t.surface, |ui| {
            let words = "The number of cells, the cost and the time are shown above before anything is sent.";
            states::empty(ui, icons::FLASK, "Nothing was run yet", words, |ui| {
                if ui.add(Button::new("Change the setup").icon(icons::SLIDERS_HORIZONTAL)).clicked() {
                    state.tab = Tab::Setup;
                }
            });
        }),
    }
}
