//! Home: the first start, opening workspaces, drafts that were kept, the tour.

use atelier_types::api::{DraftsList, WorkspaceClone, WorkspaceCreate, WorkspaceCurrent, WorkspaceDemo, WorkspaceOpen};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::prompt::Draft;
use atelier_types::settings::Settings;
use atelier_types::time::MillisSinceEpoch;
use atelier_ui::commands::{HostAnswer, HostRequest};
use atelier_ui::state::Route;
use atelier_ui::state::route::Room;
use atelier_ui::testing::{AppHarness, NOW, Setup};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;

fn first_start() -> Setup {
    let setup = Setup::default();
    setup.studio.answer::<WorkspaceCurrent>(None);
    setup
}

fn type_into(harness: &mut AppHarness, name: &str, text: &str) {
    let field = harness.get_by_role_and_label(Role::TextInput, name);
    field.focus();
    field.set_text_value_accesskit(text);
    harness.run();
}

#[test]
fn the_first_start_offers_the_demo_and_says_that_nothing_was_sent() {
    let mut harness = first_start().build();
    for words in ["Welcome to Atelier", "Local models run", "Nothing was sent anywhere"] {
        assert!(harness.query_by_label(words).is_some(), "{words}");
    }
    harness.get_by_label("Open the demo").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<WorkspaceDemo>().len(), 1);
}

#[test]
fn enter_opens_the_demo() {
    let mut harness = first_start().build();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().studio().calls::<WorkspaceDemo>().len(), 1);
}

#[test]
fn a_folder_is_picked_with_the_hosts_dialog() {
    let setup = first_start();
    setup.studio.answer_host(HostAnswer::Path("/home/ada/prompts".to_owned()));
    let mut harness = setup.build();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    harness.run();
    let studio = harness.state().studio();
    assert!(matches!(studio.host_requests().as_slice(), [HostRequest::PickFolder { .. }]));
    assert_eq!(studio.calls::<WorkspaceOpen>()[0].path, "/home/ada/prompts");
}

#[test]
fn without_a_dialog_of_the_host_the_path_is_typed() {
    let mut harness = first_start().build();
    harness.get_by_label("Open a folder…").click();
    harness.run();
    type_into(&mut harness, "Folder", "/srv/prompts");
    harness.get_by_label("Open").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<WorkspaceOpen>()[0].path, "/srv/prompts");
}

#[test]
fn a_workspace_is_created_under_a_name() {
    let mut harness = first_start().build();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::N);
    harness.run();
    type_into(&mut harness, "Name", "naming");
    type_into(&mut harness, "Folder", "/home/ada/naming");
    harness.get_by_label("Create").click();
    harness.run();
    let calls = harness.state().studio().calls::<WorkspaceCreate>();
    assert_eq!((calls[0].name.as_str(), calls[0].path.as_str()), ("naming", "/home/ada/naming"));
}

#[test]
fn a_failed_clone_is_said_where_it_was_asked() {
    let setup = first_start();
    let error = ApiError::new(ErrorKind::Unavailable, "git.clone", "The repository could not be cloned")
        .with_action("Check the address.");
    setup.studio.fail::<WorkspaceClone>(error);
    let mut harness = setup.build();
    harness.get_by_label("Clone a repository…").click();
    harness.run();
    type_into(&mut harness, "Address", "git@example.com:a.git");
    type_into(&mut harness, "Folder", "/home/ada/a");
    harness.get_by_label("Clone").click();
    harness.run();
    for words in ["The repository could not be cloned", "Check the address."] {
        assert!(harness.query_by_label(words).is_some(), "{words}");
    }
}

#[test]
fn drafts_that_were_kept_are_offered() {
    let setup = Setup::default();
    setup.studio.answer::<DraftsList>(vec![Draft {
        name: "support/reply-draft".into(),
        text: "x".to_owned(),
        base_content_hash: "y".to_owned(),
        kept_at: MillisSinceEpoch(NOW.0 - 120_000),
        num_changed_lines: 1,
    }]);
    let mut harness = setup.build();
    assert!(harness.query_by_label("1 draft was kept").is_some());
    harness.get_by_label_contains("support/reply-draft").click();
    harness.run();
    assert_eq!(harness.state().route(), Route::prompt("support/reply-draft"));
}

#[test]
fn the_tour_leads_through_the_rooms_once() {
    let setup = Setup { settings: Settings::default(), ..Setup::default() };
    let mut harness = setup.build();
    harness.key_press(Key::F1);
    harness.run();
    let mut rooms = vec![];
    while harness.query_by_label("Next").is_some() {
        harness.get_by_label("Next").click();
        harness.run();
        rooms.push(harness.state().route().room());
    }
    assert_eq!(rooms, [Room::Experiments, Room::Compare, Room::Review, Room::Experiments]);
    harness.get_by_label("Done").click();
    harness.run();
    let saved = harness.state().studio().calls::<atelier_types::api::SettingsSave>();
    assert!(saved.last().is_some_and(|request| request.settings.is_tour_done));
}
