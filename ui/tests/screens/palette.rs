//! The palette: commands and hits, by keyboard.

use atelier_types::api::{SettingsSave, WorkspaceCurrent};
use atelier_types::settings::ThemeChoice;
use atelier_ui::state::Route;
use atelier_ui::testing::{AppHarness, Setup};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;

const QUERY: &str = "Search prompts, outputs, commands";

fn open(setup: Setup) -> AppHarness {
    let mut harness = setup.build();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    harness
}

fn search(harness: &mut AppHarness, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, QUERY).type_text(text);
    harness.run();
}

#[test]
fn a_command_is_found_and_run_by_keyboard() {
    let mut harness = open(Setup::default());
    search(&mut harness, "dark theme");
    harness.key_press(Key::Enter);
    harness.run();
    let saved = harness.state().studio().calls::<SettingsSave>();
    assert_eq!(saved.last().map(|request| request.settings.theme), Some(ThemeChoice::Dark));
    assert!(harness.query_by_role_and_label(Role::TextInput, QUERY).is_none(), "it closes");
}

#[test]
fn a_prompt_is_found_by_its_text() {
    let mut harness = open(Setup::default());
    search(&mut harness, "locale");
    harness.get_by_label_contains("billing/invoice-extract: Dates in the text").click();
    harness.run();
    assert_eq!(harness.state().route(), Route::prompt("billing/invoice-extract"));
}

#[test]
fn arrows_choose_and_escape_leaves() {
    let mut harness = open(Setup::default());
    search(&mut harness, "go to");
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().route().room().title(), "Prompts");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.query_by_role_and_label(Role::TextInput, QUERY).is_none());
}

#[test]
fn without_a_workspace_only_what_works_is_offered() {
    let setup = Setup::default();
    setup.studio.answer::<WorkspaceCurrent>(None);
    let harness = open(setup);
    assert!(harness.query_by_role_and_label(Role::MenuItem, "Open the demo workspace").is_some());
    assert!(harness.query_by_role_and_label(Role::MenuItem, "Save").is_none());
}
