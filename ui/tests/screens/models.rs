//! Models: what fits, what was asked, adding, keys, probing.

use atelier_types::api::{
    ModelsAdd, ModelsAddEndpoint, ModelsList, ModelsLoad, ModelsProbe, ModelsRemove, ModelsSetKey, ModelsUnload,
};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::model::{KeySource, ModelSource, ModelsOverview};
use atelier_ui::state::Route;
use atelier_ui::testing::{AppHarness, Setup};
use egui::{Key, Role};
use egui_kittest::kittest::Queryable as _;

fn models() -> AppHarness {
    Setup::at(Route::Models).build()
}

fn type_into(harness: &mut AppHarness, name: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, name).set_text_value_accesskit(text);
    harness.run();
}

#[test]
fn fitting_is_said_in_words_and_an_endpoint_nobody_asked_is_not_called_good() {
    let harness = models();
    for name in [
        "qwen2.5-7b-instruct, Loaded",
        "llama-3.1-8b-instruct, Fits, 10.3 GB to spare",
        "qwen2.5-32b-instruct, After unloading qwen2.5-7b-instruct",
        "gemma-3-27b-it, Too large by 12.1 GB",
        "ollama, Not asked yet",
    ] {
        assert!(harness.query_by_role_and_label(Role::Row, name).is_some(), "{name}");
    }
}

#[test]
fn a_button_loads_and_a_key_unloads() {
    let mut harness = models();
    harness.get_by_label("Load llama-3.1-8b-instruct").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<ModelsLoad>()[0].name.as_str(), "llama-3.1-8b-instruct");
    harness.get_by_role_and_label(Role::Row, "qwen2.5-7b-instruct, Loaded").click();
    harness.run();
    harness.key_press(Key::L);
    harness.run();
    assert_eq!(harness.state().studio().calls::<ModelsUnload>()[0].name.as_str(), "qwen2.5-7b-instruct");
}

#[test]
fn a_probe_shows_what_came_back() {
    let mut harness = models();
    harness.get_by_role_and_label(Role::Row, "gpt-4.1-mini, openai").click();
    harness.run();
    harness.get_by_label("Probe").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<ModelsProbe>().len(), 1);
    assert!(harness.query_by_label_contains("gpt-4.1-mini-2025-04-14").is_some());
}

#[test]
fn a_failed_probe_says_why_in_its_place() {
    let setup = Setup::at(Route::Models);
    setup.studio.fail::<ModelsProbe>(ApiError::new(ErrorKind::Unavailable, "provider.auth", "The key was refused"));
    let mut harness = setup.build();
    harness.get_by_role_and_label(Role::Row, "gpt-4.1-mini, openai").click();
    harness.run();
    harness.key_press(Key::P);
    harness.run();
    assert!(harness.query_by_label("The key was refused").is_some());
}

#[test]
fn an_endpoint_is_added_without_asking_it() {
    let mut harness = models();
    harness.get_by_label("Add endpoint…").click();
    harness.run();
    type_into(&mut harness, "Name", "groq");
    type_into(&mut harness, "Address", "https://api.groq.com/openai/v1/");
    harness.get_by_label("Keychain").click();
    harness.run();
    harness.get_by_label("Add").click();
    harness.run();
    let call = harness.state().studio().calls::<ModelsAddEndpoint>().remove(0);
    assert_eq!((call.name.as_str(), call.config.base_url.as_str()), ("groq", "https://api.groq.com/openai/v1"));
    assert_eq!(call.config.key, KeySource::Keychain);
    assert_eq!(harness.state().studio().calls::<ModelsProbe>().len(), 0);
}

#[test]
fn a_dialog_is_filled_and_sent_by_keyboard() {
    let mut harness = models();
    harness.get_by_label("Add endpoint…").click();
    harness.run();
    harness.event(egui::Event::Text("local".to_owned()));
    harness.run();
    harness.key_press(Key::Tab);
    harness.run();
    harness.event(egui::Event::Text("http://localhost:8000/v1".to_owned()));
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let call = harness.state().studio().calls::<ModelsAddEndpoint>().remove(0);
    assert_eq!((call.name.as_str(), call.config.base_url.as_str()), ("local", "http://localhost:8000/v1"));
}

#[test]
fn a_click_beside_a_dialog_loses_nothing() {
    let mut harness = models();
    harness.get_by_label("Add endpoint…").click();
    harness.run();
    type_into(&mut harness, "Name", "local");
    harness.get_by_label("Add model…").click();
    harness.run();
    let name = harness.get_by_role_and_label(Role::TextInput, "Name");
    assert_eq!(name.value().as_deref(), Some("local"));
}

#[test]
fn weights_on_this_machine_are_added_by_path() {
    let mut harness = models();
    harness.get_by_label("Add model…").click();
    harness.run();
    type_into(&mut harness, "Name", "tiny");
    type_into(&mut harness, "Path", "models/tiny.gguf");
    harness.get_by_label("Add").click();
    harness.run();
    let call = harness.state().studio().calls::<ModelsAdd>().remove(0);
    assert_eq!(call.config.source, ModelSource::Local { path: "models/tiny.gguf".to_owned() });
}

#[test]
fn a_key_goes_to_the_keychain_and_is_not_shown() {
    let mut harness = models();
    harness.get_by_label("More of openai").click();
    harness.run();
    harness.get_by_label("Set the key…").click();
    harness.run();
    harness.get_by_role_and_label(Role::PasswordInput, "Key").set_text_value_accesskit("sk-secret");
    harness.run();
    harness.get_by_label("Keep the key").click();
    harness.run();
    let call = harness.state().studio().calls::<ModelsSetKey>().remove(0);
    assert_eq!(call.key.map(|key| key.0), Some("sk-secret".to_owned()));
    assert!(harness.query_by_label_contains("sk-secret").is_none());
}

#[test]
fn removing_asks_first() {
    let mut harness = models();
    harness.get_by_role_and_label(Role::Row, "gpt-4.1-mini, openai").click();
    harness.run();
    harness.get_by_label("Remove…").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<ModelsRemove>().len(), 0);
    harness.get_by_label("Remove").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<ModelsRemove>()[0].name.as_str(), "gpt-4.1-mini");
}

#[test]
fn nothing_yet_and_a_failure_both_say_what_to_do() {
    let setup = Setup::at(Route::Models);
    setup.studio.answer::<ModelsList>(ModelsOverview::default());
    assert!(setup.build().query_by_label("No models yet").is_some());

    let setup = Setup::at(Route::Models);
    setup.studio.fail::<ModelsList>(ApiError::new(
        ErrorKind::Invalid,
        "workspace.manifest",
        "`atelier.toml` is broken",
    ));
    let harness = setup.build();
    assert!(harness.query_by_label("`atelier.toml` is broken").is_some());
    assert!(harness.query_by_label("Try again").is_some());
}
