//! The list of experiments and the matrix builder.

use atelier_types::api::{ExperimentsDelete, ExperimentsList, ExperimentsPlan, ExperimentsSave, RunsList, RunsStart};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_ui::state::Route;
use atelier_ui::testing::{AppHarness, Setup};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;

fn list() -> Route {
    Route::Experiments { name: None, run: None, cell: None }
}

fn triage() -> Route {
    Route::Experiments { name: Some("ticket-triage".into()), run: None, cell: None }
}

fn setup_tab(setup: Setup) -> AppHarness {
    let mut harness = setup.build();
    harness.get_by_role_and_label(Role::Tab, "Setup").click();
    harness.run();
    harness
}

#[test]
fn an_empty_list_offers_a_new_experiment() {
    let setup = Setup::at(list());
    setup.studio.answer::<ExperimentsList>(Vec::new());
    let mut harness = setup.build();
    harness.get_by_role_and_label(Role::Button, "New experiment").click();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Name").type_text("urgency");
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Create").click();
    harness.run();
    let saved = harness.state().studio().calls::<ExperimentsSave>();
    let spec = &saved[0].spec;
    assert_eq!(saved[0].name.as_str(), "urgency");
    assert_eq!((spec.prompts.len(), spec.models.len(), spec.repeats), (1, 1, 1), "it can be run as it is");
}

#[test]
fn a_row_of_the_list_leads_to_its_experiment() {
    let mut harness = Setup::at(list()).build();
    harness.get_by_role_and_label(Role::Row, "ticket-triage").click();
    harness.run();
    assert_eq!(harness.state().route(), triage());
}

#[test]
fn deleting_is_asked_for_and_says_what_stays() {
    let mut harness = Setup::at(list()).build();
    harness.get_by_label("Delete ticket-triage").click();
    harness.run();
    assert!(harness.query_by_label_contains("its runs and outputs stay").is_some());
    assert!(harness.state().studio().calls::<ExperimentsDelete>().is_empty());
    harness.get_by_label("Delete experiment").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<ExperimentsDelete>().len(), 1);
}

#[test]
fn a_failed_list_is_read_again_on_request() {
    let setup = Setup::at(list());
    setup.studio.fail::<ExperimentsList>(ApiError::new(ErrorKind::Unavailable, "store.locked", "The store is locked"));
    let mut harness = setup.build();
    assert!(harness.query_by_label("store.locked").is_some());
    harness.state().studio().answer::<ExperimentsList>(Vec::new());
    harness.get_by_label("Try again").click();
    harness.run();
    assert!(harness.query_by_label("Nothing was run yet").is_some());
}

#[test]
fn the_matrix_reads_as_a_sum_with_its_price() {
    let harness = Setup::at(triage()).build();
    for words in ["2 prompts, v31, draft 8c1f2a", "expected cost: $1.76", "expected time: 16 min"] {
        assert!(harness.query_all_by_label(words).count() == 1, "{words}");
    }
}

#[test]
fn changes_are_planned_when_the_editing_rests_and_written_before_a_run() {
    let setup = Setup::at(triage());
    setup.studio.answer::<RunsList>(Vec::new());
    let mut harness = setup_tab(setup);
    let field = harness.get_by_role_and_label(Role::TextInput, "Repeats");
    field.focus();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Repeats").type_text("5");
    harness.run_steps(60);
    let planned = harness.state().studio().calls::<ExperimentsPlan>();
    assert_eq!(planned.last().map(|request| request.spec.repeats), Some(5));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run();
    let saved = harness.state().studio().calls::<ExperimentsSave>();
    assert_eq!(saved.last().map(|request| request.spec.repeats), Some(5));
    assert_eq!(harness.state().studio().calls::<RunsStart>().len(), 1);
}

#[test]
fn nothing_is_started_from_a_draft_that_could_not_be_written() {
    let setup = Setup::at(triage());
    setup.studio.answer::<RunsList>(Vec::new());
    setup.studio.fail::<ExperimentsSave>(ApiError::new(ErrorKind::Unavailable, "workspace.read_only", "Read-only"));
    let mut harness = setup_tab(setup);
    harness.get_by_role_and_label(Role::CheckBox, "gpt-4.1-mini").click();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run();
    assert!(harness.state().studio().calls::<RunsStart>().is_empty());
    assert!(harness.query_by_label_contains("Changed, not saved").is_some());
}
