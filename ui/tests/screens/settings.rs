//! Settings: what is changed is shown at once and remembered.

use atelier_types::api::SettingsSave;
use atelier_types::settings::{Settings, ThemeChoice};
use atelier_ui::state::Route;
use atelier_ui::testing::{AppHarness, Setup};
use egui::Role;
use egui_kittest::kittest::Queryable as _;

fn saved(harness: &AppHarness) -> Settings {
    harness.state().studio().calls::<SettingsSave>().pop().map(|request| request.settings).unwrap_or_default()
}

#[test]
fn a_theme_is_one_click() {
    let mut harness = Setup::at(Route::Settings).build();
    harness.get_by_label("Dark").click();
    harness.run();
    assert_eq!(saved(&harness).theme, ThemeChoice::Dark);
    assert_eq!(harness.ctx.theme(), egui::Theme::Dark);
}

#[test]
fn the_scale_goes_up_and_back() {
    let mut harness = Setup::at(Route::Settings).build();
    harness.get_by_label("Larger").click();
    harness.run();
    assert_eq!(saved(&harness).zoom, Some(1.1));
    assert!(harness.query_by_label("110 %").is_some());
    harness.get_by_label("Actual size").click();
    harness.run();
    assert_eq!(saved(&harness).zoom, None);
}

#[test]
fn a_reviewers_name_that_is_no_file_name_is_not_taken() {
    let mut harness = Setup::at(Route::Settings).build();
    harness.get_by_role_and_label(Role::TextInput, "Reviewer's name").set_text_value_accesskit("Ada L");
    harness.run();
    assert!(harness.query_by_label("Lower-case letters, digits and dashes only.").is_some());
    assert_eq!(harness.state().studio().calls::<SettingsSave>().len(), 0);
    harness.get_by_role_and_label(Role::TextInput, "Reviewer's name").set_text_value_accesskit("ada-l");
    harness.run();
    assert_eq!(saved(&harness).reviewer, Some("ada-l".into()));
}

#[test]
fn the_machine_is_described() {
    let harness = Setup::at(Route::Settings).build();
    assert!(harness.query_by_label("Git 2.47").is_some());
}
