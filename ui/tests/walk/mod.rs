//! The walk: every screen, small and large, light and dark, empty, loading, failed, with little and with much data.

mod audit;

use atelier_types::api::*;
use atelier_types::error::{ApiError, Diagnostic, ErrorKind, Location, Severity};
use atelier_types::experiment::RunStatus;
use atelier_types::prompt::Rendered;
use atelier_ui::state::Route;
use atelier_ui::state::route::PromptMode;
use atelier_ui::testing::canned::{experiments, reviews};
use atelier_ui::testing::{AppHarness, LARGE_SIZE, SMALL_SIZE, Setup, Studio};
use egui::{Key, Role, Theme};
use egui_kittest::kittest::Queryable as _;

/// How much a screen has to show.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Data {
    Empty,
    Loading,
    Failed,
    Small,
    Large,
}

const ALL_DATA: [Data; 5] = [Data::Empty, Data::Loading, Data::Failed, Data::Small, Data::Large];

/// One screen: how to get there, and what the studio says of it.
struct Screen {
    name: &'static str,
    route: Route,
    prepare: fn(&Studio, Data),
    /// Steps on the screen that open more of it.
    steps: fn(&mut AppHarness),
}

fn failure() -> ApiError {
    ApiError::new(ErrorKind::Unavailable, "store.locked", "The store of this workspace is locked by another program")
        .with_cause("SQLite answered: database is locked (5)")
        .with_action("Close the other program, then try again. Nothing that was saved is lost.")
}

macro_rules! unread {
    ($studio:ident, $data:ident, $($verb:ident),*) => {
        match $data {
            Data::Loading => { $($studio.hold::<$verb>();)* }
            Data::Failed => { $($studio.fail::<$verb>(failure());)* }
            _ => {}
        }
    };
}

fn home(studio: &Studio, data: Data) {
    unread!(studio, data, WorkspaceRecent, SettingsMachine);
    if data == Data::Empty {
        studio.answer::<WorkspaceCurrent>(None).answer::<WorkspaceRecent>(Vec::new());
    }
}

fn prompts(studio: &Studio, data: Data) {
    unread!(studio, data, PromptsList, PromptsShow, HistoryList);
    if data == Data::Empty {
        studio.answer::<PromptsList>(Vec::new());
    }
}

fn models(studio: &Studio, data: Data) {
    unread!(studio, data, ModelsList);
}

fn settings(studio: &Studio, data: Data) {
    unread!(studio, data, SettingsMachine);
}

fn experiment_list(studio: &Studio, data: Data) {
    unread!(studio, data, ExperimentsList);
    match data {
        Data::Empty => studio.answer::<ExperimentsList>(Vec::new()),
        Data::Large => studio.answer::<ExperimentsList>(experiments::list().into_iter().cycle().take(300).collect()),
        _ => studio,
    };
}

fn run(studio: &Studio, data: Data) {
    match data {
        Data::Empty => {
            studio.answer::<RunsList>(Vec::new());
        }
        Data::Small => experiments::answer_run(studio, RunStatus::Done, 3),
        Data::Large => experiments::answer_run(studio, RunStatus::Running, 100_000),
        _ => {}
    }
    unread!(studio, data, RunsGrid, ExperimentsPlan);
}

fn comparison(studio: &Studio, data: Data) {
    unread!(studio, data, RunsCompare);
    if data == Data::Empty {
        studio.answer::<RunsList>(Vec::new());
    }
}

fn review_list(studio: &Studio, data: Data) {
    unread!(studio, data, ReviewsList);
    match data {
        Data::Empty => studio.answer::<ReviewsList>(Vec::new()),
        Data::Large => studio.answer::<ReviewsList>(reviews::list().into_iter().cycle().take(300).collect()),
        _ => studio,
    };
}

fn review(studio: &Studio, data: Data) {
    unread!(studio, data, ReviewsSession);
    let (num_items, num_answered) = match data {
        Data::Empty => (3, 3),
        Data::Large => (12_000, 4_812),
        _ => (3, 1),
    };
    studio.on::<ReviewsSession>(move |request| {
        let mut session = reviews::session(&request.set, &request.reviewer, num_items, num_answered);
        if data == Data::Large {
            for item in &mut session.items {
                item.texts.iter_mut().for_each(|text| *text = text.repeat(20));
            }
        }
        Ok(session)
    });
}

fn datasets(studio: &Studio, data: Data) {
    unread!(studio, data, DatasetsList, DatasetsShow);
    if data == Data::Empty {
        studio.answer::<DatasetsList>(Vec::new());
    }
}

fn nothing(_: &mut AppHarness) {}

fn open_cell(harness: &mut AppHarness) {
    for key in [Key::ArrowDown, Key::Enter] {
        harness.key_press(key);
        settle(harness);
    }
}

fn open_setup(harness: &mut AppHarness) {
    click(harness, Role::Tab, "Setup");
}

fn open_charts(harness: &mut AppHarness) {
    click(harness, Role::Tab, "Charts");
}

fn open_runs(harness: &mut AppHarness) {
    click(harness, Role::Tab, "Runs");
}

fn open_export(harness: &mut AppHarness) {
    click(harness, Role::Button, "Export…");
}

fn open_new_set(harness: &mut AppHarness) {
    click(harness, Role::Button, "Send to review…");
}

fn open_results(harness: &mut AppHarness) {
    click(harness, Role::Button, "Results of replies-march");
}

/// The messages of before stay, with the error above them.
fn break_template(harness: &mut AppHarness) {
    let field = "Text of billing/invoice-extract";
    if harness.query_by_role_and_label(Role::MultilineTextInput, field).is_none() {
        return;
    }
    let diagnostic = Diagnostic {
        severity: Severity::Error,
        code: "prompt.syntax".to_owned(),
        message: "unexpected end of input, expected end of variable block".to_owned(),
        location: Location {
            file: "prompts/billing/invoice-extract.prompty".to_owned(),
            line: Some(2),
            column: Some(8),
        },
        action: None,
    };
    harness.state().studio().answer::<PromptsRender>(Rendered { diagnostics: vec![diagnostic], ..Rendered::default() });
    harness.get_by_role_and_label(Role::MultilineTextInput, field).set_text_value_accesskit("system:\nHello {{");
    settle(harness);
    click(harness, Role::Tab, "Messages");
}

fn click(harness: &mut AppHarness, role: Role, words: &str) {
    let found = harness.query_all_by_role_and_label(role, words).next();
    if let Some(node) = found {
        node.click();
    }
    settle(harness);
}

/// Frames enough for answers, measured widths and the delay of skeletons.
fn settle(harness: &mut AppHarness) {
    harness.run_steps(12);
}

fn screens() -> Vec<Screen> {
    let experiment = || Route::Experiments { name: Some("ticket-triage".into()), run: None, cell: None };
    let set = |name: &str| Route::Review { set: Some(name.into()) };
    let screen = |name, route, prepare, steps| Screen { name, route, prepare, steps };
    vec![
        screen("home", Route::Home, home, nothing),
        screen("prompts", Route::Prompts { name: None, mode: PromptMode::Edit }, prompts, nothing),
        screen("prompt", Route::prompt("billing/invoice-extract"), prompts, nothing),
        screen("prompt with an error", Route::prompt("billing/invoice-extract"), prompts, break_template),
        screen("history", Route::history("billing/invoice-extract"), prompts, nothing),
        screen("experiments", Route::Experiments { name: None, run: None, cell: None }, experiment_list, nothing),
        screen("results", experiment(), run, nothing),
        screen("results with a cell", experiment(), run, open_cell),
        screen("charts", experiment(), run, open_charts),
        screen("setup", experiment(), run, open_setup),
        screen("runs", experiment(), run, open_runs),
        screen("export", experiment(), run, open_export),
        screen("new review set", experiment(), run, open_new_set),
        screen("compare", Route::Compare { baseline: None, candidate: None }, comparison, nothing),
        screen("review sets", Route::Review { set: None }, review_list, nothing),
        screen("pair", set(reviews::PAIRS), review, nothing),
        screen("scales", set(reviews::SCALES), review, nothing),
        screen("review results", Route::Review { set: None }, review_list, open_results),
        screen("datasets", Route::Datasets { name: None }, datasets, nothing),
        screen("models", Route::Models, models, nothing),
        screen("settings", Route::Settings, settings, nothing),
    ]
}

fn walk(theme: Theme, size: egui::Vec2) {
    let mut faults: Vec<String> = Vec::new();
    for screen in screens() {
        for data in ALL_DATA {
            let setup = Setup { theme, size, ..Setup::at(screen.route.clone()) };
            (screen.prepare)(&setup.studio, data);
            let mut harness = setup.build();
            settle(&mut harness);
            (screen.steps)(&mut harness);
            let found = audit::faults(&harness);
            faults.extend(found.into_iter().map(|fault| format!("{}, {data:?}: {fault}", screen.name)));
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{} faults at {size:?}, {theme:?}:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_screen_is_whole_in_a_small_light_window() {
    walk(Theme::Light, SMALL_SIZE);
}

#[test]
fn every_screen_is_whole_in_a_small_dark_window() {
    walk(Theme::Dark, SMALL_SIZE);
}

#[test]
fn every_screen_is_whole_in_a_large_light_window() {
    walk(Theme::Light, LARGE_SIZE);
}

#[test]
fn every_screen_is_whole_in_a_large_dark_window() {
    walk(Theme::Dark, LARGE_SIZE);
}
