//! The results grid, one cell, progress and its end.

use atelier_types::api::{OutputsDiff, OutputsRerun, OutputsShow, RunsCancel, RunsClasses, RunsGrid, RunsStart};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::Event;
use atelier_types::experiment::{Progress, RowFilter, RunStatus};
use atelier_ui::state::Route;
use atelier_ui::testing::canned::experiments::{self, RUN};
use atelier_ui::testing::{AppHarness, Setup};
use egui::{Key, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

fn triage() -> Route {
    Route::Experiments { name: Some("ticket-triage".into()), run: None, cell: None }
}

fn grid() -> AppHarness {
    Setup::at(triage()).build()
}

fn press(harness: &mut AppHarness, key: Key) {
    harness.key_press(key);
    harness.run();
}

#[test]
fn only_rows_in_view_are_asked_for() {
    let setup = Setup::at(triage());
    experiments::answer_run(&setup.studio, RunStatus::Done, 100_000);
    let harness = setup.build();
    let asked = harness.state().studio().calls::<RunsGrid>();
    assert!(!asked.is_empty() && asked.iter().all(|request| request.offset == 0 && request.limit <= 64));
    assert!(harness.query_all_by_role(Role::Cell).count() < 120, "only cells in view are drawn");
}

#[test]
fn charts_say_each_variants_mean_and_verdict() {
    let mut harness = grid();
    harness.get_by_role_and_label(Role::Tab, "Charts").click();
    harness.run();
    let rows: Vec<_> = harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label()).collect();
    for words in ["Baseline", "Better", "Not enough data", "latency"] {
        assert!(rows.iter().any(|row| row.contains(words)), "{words}: {rows:?}");
    }
}

#[test]
fn charts_show_what_was_answered_for_each_label_when_a_run_has_ended() {
    let charts = |status| {
        let setup = Setup::at(triage());
        experiments::answer_run(&setup.studio, status, experiments::NUM_ROWS);
        let mut harness = setup.build();
        harness.get_by_role_and_label(Role::Tab, "Charts").click();
        harness.run();
        harness
    };
    let running = charts(RunStatus::Running);
    assert_eq!(running.state().studio().calls::<RunsClasses>(), [], "all cells would be counted with each that comes");
    let harness = charts(RunStatus::Done);
    let rows: Vec<_> = harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label()).collect();
    assert!(rows.iter().any(|row| row == "shipping and returns: recall 0.0 %"), "{rows:?}");
    assert!(harness.query_by_label_contains("accuracy 79.5 %").is_some());
}

#[test]
fn a_cell_opens_with_its_output_scores_and_receipt() {
    let mut harness = grid();
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::Enter);
    for words in ["Output", "Scores", "Receipt", "Engine: mistral.rs 0.8.1, CPU"] {
        assert!(harness.query_all_by_label(words).count() >= 1, "{words}");
    }
    assert!(harness.query_by_label("The judge's answer was cut off at 64 tokens.").is_some());
}

#[test]
fn what_a_judge_was_asked_unfolds_with_its_answer() {
    let mut harness = grid();
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::Enter);
    assert!(harness.query_by_label("Judge's answer").is_none());
    harness.get_by_label("faithfulness: judges/claims").click();
    harness.run();
    assert!(harness.query_by_role_and_label(Role::Document, "Judge's answer").is_some());
}

#[test]
fn arrows_move_over_the_grid_and_space_to_the_next_repeat() {
    let mut harness = grid();
    for key in [Key::ArrowDown, Key::Enter, Key::ArrowRight, Key::ArrowDown, Key::Space] {
        press(&mut harness, key);
    }
    assert!(harness.query_by_label("Repeat 2 of 3").is_some());
    let last = harness.state().studio().calls::<OutputsShow>().pop().map(|request| request.cell.0);
    assert_eq!(last, Some(112), "row 1, variant 1, repeat 1");
}

#[test]
fn a_cell_is_asked_again_and_compared_with_the_baseline_by_key() {
    let mut harness = grid();
    for key in [Key::ArrowRight, Key::ArrowRight, Key::Enter, Key::R, Key::D] {
        press(&mut harness, key);
    }
    assert_eq!(harness.state().studio().calls::<OutputsRerun>().len(), 1);
    assert_eq!(harness.state().studio().calls::<OutputsDiff>().len(), 1);
    assert!(harness.query_by_label("Output, against the baseline").is_some());
}

#[test]
fn failing_rows_are_one_key_away() {
    let mut harness = grid();
    press(&mut harness, Key::F);
    let last = harness.state().studio().calls::<RunsGrid>().pop();
    assert_eq!(last.map(|request| request.filter), Some(RowFilter::Failing));
}

#[test]
fn outputs_are_searched_when_the_typing_rests() {
    let mut harness = grid();
    press(&mut harness, Key::Slash);
    harness.get_by_role_and_label(Role::TextInput, "Find in outputs").type_text("urgent");
    harness.run_steps(60);
    let found = harness.state().studio().calls::<RunsGrid>().into_iter().filter(|request| request.find == "urgent");
    assert!(found.count() >= 1);
}

#[test]
fn progress_follows_events_and_a_run_can_be_paused_and_gone_on_with() {
    let mut harness = grid();
    let progress = Progress { total: 2160, new: 1500, stored: 240, failed: 13, running: 8 };
    let event = |status| Event::RunProgressed { run: RUN.into(), status, progress, cost_usd: Some(1.25) };
    harness.state().studio().push_event(event(RunStatus::Running));
    harness.run();
    assert!(harness.query_all_by_label("1,753 of 2,160").count() >= 1);
    harness.get_by_role_and_label(Role::Button, "Pause").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<RunsCancel>().len(), 1);
    harness.state().studio().push_event(event(RunStatus::Cancelled));
    harness.run();
    assert!(harness.query_all_by_label_contains("Paused").count() >= 1);
    harness.get_by_role_and_label(Role::Button, "Go on").click();
    harness.run();
    let started = harness.state().studio().calls::<RunsStart>();
    assert_eq!(started[0].resume.as_ref().map(|run| run.as_str()), Some(RUN));
}

#[test]
fn a_grid_that_cannot_be_read_says_why() {
    let setup = Setup::at(triage());
    setup.studio.fail::<RunsGrid>(ApiError::new(ErrorKind::Unavailable, "store.damaged", "The store is damaged"));
    let harness = setup.build();
    assert!(harness.query_by_label("store.damaged").is_some());
}
