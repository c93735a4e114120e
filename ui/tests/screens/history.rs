//! History: versions, their differences, restore, labels.

use atelier_types::api::{HistoryDiff, HistoryList, HistoryRestore, HistorySetLabel};
use atelier_types::prompt::VersionRef;
use atelier_ui::state::Route;
use atelier_ui::state::route::PromptMode;
use atelier_ui::testing::{AppHarness, Setup};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;

const NAME: &str = "billing/invoice-extract";

fn history() -> AppHarness {
    Setup::at(Route::history(NAME)).build()
}

fn newest_diff(harness: &AppHarness) -> (VersionRef, VersionRef, bool) {
    let asked = harness.state().studio().calls::<HistoryDiff>().pop().unwrap();
    (asked.from, asked.to, asked.rendered)
}

#[test]
fn the_newest_change_is_shown_first() {
    let harness = history();
    assert_eq!(newest_diff(&harness), (VersionRef::Number(12), VersionRef::Number(13), false));
    assert!(harness.query_by_label("+5 −3 words").is_some());
}

#[test]
fn any_version_is_compared_with_the_file_as_written_or_as_rendered() {
    let mut harness = history();
    harness.get_by_label_contains("v9 staging").click();
    harness.run();
    assert_eq!(newest_diff(&harness), (VersionRef::Number(9), VersionRef::Working, false));
    harness.get_by_label("Rendered").click();
    harness.run();
    assert_eq!(newest_diff(&harness), (VersionRef::Number(9), VersionRef::Working, true));
    assert!(harness.query_by_label("209 → 214 tokens").is_some());
    harness.get_by_label("Side by side").click();
    harness.run();
    assert!(harness.query_by_label_contains("Difference of system: 5 words inserted").is_some());
}

#[test]
fn keys_go_to_older_and_newer_versions() {
    let mode = PromptMode::Diff { from: VersionRef::Committed, to: VersionRef::Working };
    let mut harness = Setup::at(Route::Prompts { name: Some(NAME.into()), mode }).build();
    for (key, number) in [(Key::ArrowLeft, 13), (Key::ArrowLeft, 12), (Key::ArrowRight, 13)] {
        harness.key_press_modifiers(Modifiers::ALT, key);
        harness.run();
        let mode = PromptMode::Diff { from: VersionRef::Number(number), to: VersionRef::Working };
        assert_eq!(harness.state().route(), Route::Prompts { name: Some(NAME.into()), mode });
    }
}

#[test]
fn an_older_version_is_restored_into_the_file() {
    let mut harness = history();
    harness.get_by_label_contains("v9 staging").click();
    harness.run();
    harness.get_by_label("Restore").click();
    harness.run();
    let call = harness.state().studio().calls::<HistoryRestore>().remove(0);
    assert_eq!(call.version, VersionRef::Number(9));
    assert!(harness.query_by_label("v9 is in the file now, not committed").is_some());
    assert_eq!(harness.state().route(), Route::prompt(NAME));
}

#[test]
fn a_label_is_put_on_a_version() {
    let mut harness = history();
    harness.get_by_label("Label…").click();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Label").set_text_value_accesskit("production");
    harness.run();
    harness.get_by_label("Set label").click();
    harness.run();
    let call = harness.state().studio().calls::<HistorySetLabel>().remove(0);
    assert_eq!((call.label.as_str(), call.version), ("production", VersionRef::Number(12)));
}

#[test]
fn a_prompt_that_was_never_committed_says_so() {
    let setup = Setup::at(Route::history(NAME));
    setup.studio.answer::<HistoryList>(Vec::new());
    assert!(setup.build().query_by_label("No version is committed yet").is_some());
}
