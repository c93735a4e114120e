//! The frame around every screen: rail, bars, keys, toasts, errors.

use atelier_types::api::{ModelRequest, ModelsLoad, SettingsSave, WorkspaceCurrent, WorkspaceDemo};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::Event;
use atelier_types::settings::ThemeChoice;
use atelier_ui::commands::{AppCommand, Call, HostAnswer, HostRequest, NativeWindow, UiCommand};
use atelier_ui::state::Route;
use atelier_ui::state::route::Room;
use atelier_ui::testing::{Setup, studio};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

#[test]
fn every_room_is_one_click_away() {
    let mut harness = Setup::default().build();
    for room in Room::ALL {
        harness.get_by_role_and_label(egui::Role::Tab, room.title()).click();
        harness.run();
        assert_eq!(harness.state().route().room(), room);
    }
}

#[test]
fn rooms_wait_until_a_workspace_is_open() {
    let setup = Setup::default();
    setup.studio.answer::<WorkspaceCurrent>(None);
    let mut harness = setup.build();
    harness.get_by_role_and_label(egui::Role::Tab, "Prompts").click();
    harness.run();
    assert_eq!(harness.state().route(), Route::Home);
    assert!(harness.get_by_label("Workspace No workspace").rect().width() > 0.0);
}

#[test]
fn a_key_leads_into_a_room_and_back() {
    let mut harness = Setup::default().build();
    harness.key_press_modifiers(Modifiers::ALT, Key::Num7);
    harness.run();
    assert_eq!(harness.state().route(), Route::Models);
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowUp);
    harness.run();
    assert_eq!(harness.state().route(), Route::Home);
}

#[test]
fn a_failed_call_is_told_with_its_details() {
    let setup = Setup::default();
    let error = ApiError::new(ErrorKind::Unavailable, "engine.out_of_memory", "The local engine stopped")
        .with_cause("It ran out of memory.")
        .with_action("Choose a smaller model.");
    setup.studio.fail::<ModelsLoad>(error);
    let mut harness = setup.build();
    harness.state().send(Call::new::<ModelsLoad>(ModelRequest { name: "gemma".into() }));
    harness.run();
    harness.get_by_label("Details").click();
    harness.run();
    for words in ["Choose a smaller model.", "engine.out_of_memory"] {
        assert!(harness.query_by_label(words).is_some(), "{words}");
    }
}

#[test]
fn a_lost_connection_is_said_and_everything_is_read_again_afterwards() {
    let mut harness = Setup::default().build();
    let num_reads = harness.state().studio().calls::<WorkspaceCurrent>().len();
    let lost = ApiError::new(ErrorKind::Unavailable, "interface.connection", "Atelier does not answer");
    harness.state().studio().push(atelier_ui::transport::Message::ConnectionLost(lost));
    harness.run();
    assert!(harness.query_all_by_label("Atelier does not answer").count() >= 1);
    harness.state().studio().push(atelier_ui::transport::Message::ConnectionRegained);
    harness.run();
    assert_eq!(harness.query_all_by_label("Atelier does not answer").count(), 0);
    assert_eq!(harness.state().studio().calls::<WorkspaceCurrent>().len(), num_reads + 1);
}

#[test]
fn connections_are_always_in_sight() {
    let mut harness = Setup::default().build();
    assert!(harness.query_by_label("No connections open").is_some());
    harness.state().studio().push_event(Event::Connections { hosts: vec!["api.openai.com".to_owned()] });
    harness.run();
    assert!(harness.query_by_label("1 connection: api.openai.com").is_some());
}

#[test]
fn a_theme_that_is_chosen_is_remembered() {
    let mut harness = Setup::default().build();
    harness.state().send(UiCommand::ThemeDark);
    harness.run();
    let saved = harness.state().studio().calls::<SettingsSave>();
    assert_eq!(saved.last().map(|request| request.settings.theme), Some(ThemeChoice::Dark));
    assert!(saved.iter().all(|request| request.settings.is_tour_done), "the rest stays as it was");
    assert_eq!(harness.ctx.theme(), egui::Theme::Dark);
}

#[test]
fn opening_the_demo_leads_to_its_prompts() {
    let setup = Setup { studio: studio(), ..Setup::default() };
    let mut harness = setup.build();
    harness.state().send(UiCommand::OpenDemo);
    harness.run();
    assert_eq!(harness.state().studio().calls::<WorkspaceDemo>().len(), 1);
    assert_eq!(harness.state().route().room(), Room::Prompts);
}

const SLOW: &str = "The webview draws slowly on this machine";

#[test]
fn native_window_is_offered_where_frames_are_slow_after_the_start() {
    let mut harness = Setup::default().build();
    harness.run_steps(100);
    assert!(harness.query_by_label(SLOW).is_none(), "this host has no other window");
    harness.state().studio().allow_native_window();
    harness.run_steps(100);
    assert!(harness.query_by_label(SLOW).is_some());
}

#[test]
fn native_window_is_opened_after_the_choice_is_saved() {
    let mut harness = Setup::default().build();
    harness.state().studio().hold::<SettingsSave>();
    harness.state().send(AppCommand::NativeWindow(NativeWindow::Offer));
    harness.run();
    assert!(harness.query_by_label(SLOW).is_some());
    harness.get_by_label("Open the native window").click();
    harness.run();
    assert!(harness.query_by_label(SLOW).is_none());
    assert!(harness.state().studio().host_requests().is_empty(), "the choice is not saved yet");
    harness.state().studio().answer_host(HostAnswer::Done);
    harness.state().studio().release::<SettingsSave>();
    harness.run();
    assert_eq!(harness.state().studio().host_requests(), [HostRequest::ReopenNatively]);
    let saved = harness.state().studio().calls::<SettingsSave>();
    assert!(saved.last().is_some_and(|request| request.settings.prefer_native));
}

#[test]
fn native_window_that_does_not_open_is_not_preferred() {
    let mut harness = Setup::default().build();
    let error = ApiError::new(ErrorKind::Unavailable, "desktop.no_native_window", "Failed to open the native window");
    harness.state().studio().answer_host(HostAnswer::Failed(error));
    harness.state().send(AppCommand::NativeWindow(NativeWindow::Accept));
    harness.run();
    let saved = harness.state().studio().calls::<SettingsSave>();
    assert!(saved.last().is_some_and(|request| !request.settings.prefer_native));
    assert!(harness.query_by_label("Failed to open the native window").is_some());
}

#[test]
fn native_window_that_is_declined_is_not_offered_again() {
    let mut harness = Setup::default().build();
    harness.state().send(AppCommand::NativeWindow(NativeWindow::Offer));
    harness.run();
    harness.get_by_label("Close message").click();
    harness.run();
    assert!(harness.query_by_label(SLOW).is_none());
    let saved = harness.state().studio().calls::<SettingsSave>();
    assert!(saved.last().is_some_and(|request| request.settings.is_native_offer_declined));
}
