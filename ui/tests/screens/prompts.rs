//! The prompt editor: list, text, drafts, saving, conflicts, inputs, messages, playground.

use atelier_types::api::{
    DraftsDiscard, DraftsKeep, DraftsList, PlaygroundCancel, PlaygroundRun, PromptsCommit, PromptsCreate,
    PromptsDelete, PromptsDuplicate, PromptsList, PromptsRename, PromptsRender, PromptsSave, PromptsShow,
};
use atelier_types::error::{ApiError, Diagnostic, ErrorKind, Location, Severity};
use atelier_types::event::{Event, Tag};
use atelier_types::ids::PlaygroundId;
use atelier_types::output::{Output, Receipt};
use atelier_types::prompt::{Draft, PromptModel, PromptSource, Rendered, SourceKind};
use atelier_types::provider::{FinishReason, Params, Usage};
use atelier_types::time::MillisSinceEpoch;
use atelier_ui::state::Route;
use atelier_ui::state::route::PromptMode;
use atelier_ui::testing::{AppHarness, NOW, SMALL_SIZE, Setup};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;

const NAME: &str = "billing/invoice-extract";
const EDITOR: &str = "Text of billing/invoice-extract";

fn editor() -> AppHarness {
    Setup::at(Route::prompt(NAME)).build()
}

fn text(harness: &AppHarness) -> String {
    harness.get_by_role_and_label(Role::MultilineTextInput, EDITOR).value().unwrap_or_default()
}

/// Replaces the whole text, as typing would.
fn write(harness: &mut AppHarness, text: &str) {
    let field = harness.get_by_role_and_label(Role::MultilineTextInput, EDITOR);
    field.focus();
    field.set_text_value_accesskit(text);
    harness.run();
}

fn key(harness: &mut AppHarness, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run();
}

/// The file as another program has left it.
fn source(text: &str, content_hash: &str) -> PromptSource {
    PromptSource {
        name: NAME.into(),
        kind: SourceKind::Prompt,
        text: text.to_owned(),
        version: "v".into(),
        content_hash: content_hash.to_owned(),
        number: None,
        is_uncommitted: true,
        num_changed_lines: 1,
        description: String::new(),
        inputs: Vec::new(),
        model: PromptModel::default(),
        fragments: Vec::new(),
        diagnostics: Vec::new(),
    }
}

#[test]
fn the_list_shows_folders_and_what_is_not_committed() {
    let mut harness = editor();
    harness.get_by_role_and_label(Role::ListBoxOption, "ticket-triage, v31").click();
    harness.run();
    assert_eq!(harness.state().route(), Route::prompt("support/ticket-triage"));
    harness.get_by_role_and_label(Role::ListBoxOption, "support").click();
    harness.run();
    assert!(harness.query_by_label_contains("handoff-summary").is_none(), "the folder is closed");
}

#[test]
fn what_is_typed_is_kept_as_a_draft_and_saved_on_demand() {
    let mut harness = editor();
    write(&mut harness, "system:\nHello");
    harness.run_steps(8);
    assert_eq!(
        harness.state().studio().calls::<DraftsKeep>().last().map(|call| call.text.clone()),
        Some("system:\nHello".to_owned())
    );
    assert!(harness.query_by_label("Not saved, kept as a draft").is_some());
    key(&mut harness, Modifiers::COMMAND, Key::S);
    let saved = harness.state().studio().calls::<PromptsSave>();
    assert_eq!(saved[0].text, "system:\nHello");
    assert_eq!(saved[0].base_content_hash.as_deref(), Some("hash-on-disk"));
    assert!(harness.query_by_label("Not saved, kept as a draft").is_none());
    assert_eq!(harness.state().studio().calls::<DraftsDiscard>().len(), 1);
}

#[test]
fn going_elsewhere_and_back_loses_nothing() {
    let mut harness = editor();
    write(&mut harness, "mine");
    harness.get_by_role_and_label(Role::Tab, "Models").click();
    harness.run();
    harness.get_by_role_and_label(Role::Tab, "Prompts").click();
    harness.run();
    assert_eq!(text(&harness), "mine");
}

#[test]
fn a_draft_of_the_last_time_is_opened_and_can_be_put_aside() {
    let setup = Setup::at(Route::prompt(NAME));
    setup.studio.answer::<DraftsList>(vec![Draft {
        name: NAME.into(),
        text: "from last time".to_owned(),
        base_content_hash: "hash-on-disk".to_owned(),
        kept_at: MillisSinceEpoch(NOW.0 - 120_000),
        num_changed_lines: 2,
    }]);
    let mut harness = setup.build();
    assert_eq!(text(&harness), "from last time");
    assert!(harness.query_by_label("A draft that was not saved, kept 2 min ago.").is_some());
    harness.get_by_label("Put aside").click();
    harness.run();
    assert!(text(&harness).starts_with("---\nname: invoice-extract"));
    assert!(!harness.state().studio().calls::<DraftsDiscard>().is_empty());
}

#[test]
fn a_change_from_outside_waits_for_the_decision() {
    let mut harness = editor();
    write(&mut harness, "mine");
    harness.state().studio().answer::<PromptsShow>(source("theirs", "other-hash"));
    harness.state().studio().push_event(Event::CacheStale { tags: vec![Tag::Prompts] });
    harness.run();
    assert_eq!(text(&harness), "mine");
    key(&mut harness, Modifiers::COMMAND, Key::S);
    assert_eq!(harness.state().studio().calls::<PromptsSave>().len(), 0);
    harness.get_by_label("Keep mine").click();
    harness.run();
    key(&mut harness, Modifiers::COMMAND, Key::S);
    assert_eq!(harness.state().studio().calls::<PromptsSave>()[0].base_content_hash.as_deref(), Some("other-hash"));
}

#[test]
fn a_change_from_outside_is_taken_where_nothing_was_typed() {
    let mut harness = editor();
    harness.state().studio().answer::<PromptsShow>(source("theirs", "other-hash"));
    harness.state().studio().push_event(Event::CacheStale { tags: vec![Tag::Prompts] });
    harness.run();
    assert_eq!(text(&harness), "theirs");
}

#[test]
fn a_save_that_fails_keeps_the_text_and_says_what_to_do() {
    let setup = Setup::at(Route::prompt(NAME));
    let full = ApiError::new(ErrorKind::Unavailable, "workspace.disk_full", "The disk is full");
    setup.studio.fail::<PromptsSave>(full);
    let mut harness = setup.build();
    write(&mut harness, "mine");
    key(&mut harness, Modifiers::COMMAND, Key::S);
    assert!(harness.query_by_label("The disk is full").is_some());
    assert!(harness.query_by_label("Save again").is_some());
    assert_eq!(text(&harness), "mine");
}

#[test]
fn a_commit_asks_for_its_message() {
    let mut harness = editor();
    key(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    harness.get_by_role_and_label(Role::TextInput, "Message").set_text_value_accesskit("Dates as ISO 8601");
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Commit").click();
    harness.run();
    let call = harness.state().studio().calls::<PromptsCommit>().remove(0);
    assert_eq!((call.message.as_str(), call.names), ("Dates as ISO 8601", vec![NAME.into()]));
    assert!(harness.query_by_label("Committed 1 file").is_some());
}

#[test]
fn prompts_are_created_renamed_duplicated_and_deleted() {
    let mut harness = editor();
    key(&mut harness, Modifiers::ALT, Key::N);
    harness.get_by_role_and_label(Role::TextInput, "Name").set_text_value_accesskit("naming/new-one");
    harness.run();
    harness.get_by_label("Create").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<PromptsCreate>()[0].name.as_str(), "naming/new-one");
    assert_eq!(harness.state().route(), Route::prompt("naming/new-one"));

    for (command, field, button) in [("Rename…", "New name", "Rename"), ("Duplicate…", "New name", "Duplicate")] {
        harness.get_by_label("More").click();
        harness.run();
        harness.get_by_role_and_label(Role::MenuItem, command).click();
        harness.run();
        harness.get_by_role_and_label(Role::TextInput, field).set_text_value_accesskit("naming/other");
        harness.run();
        harness.get_by_role_and_label(Role::Button, button).click();
        harness.run();
    }
    let studio = harness.state().studio();
    assert_eq!(studio.calls::<PromptsRename>()[0].to.as_str(), "naming/other");
    assert_eq!(studio.calls::<PromptsDuplicate>()[0].to.as_str(), "naming/other");

    harness.get_by_label("More").click();
    harness.run();
    harness.get_by_role_and_label(Role::MenuItem, "Delete…").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<PromptsDelete>().len(), 0, "it asks first");
    harness.get_by_role_and_label(Role::Button, "Delete").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<PromptsDelete>().len(), 1);
}

#[test]
fn the_preview_follows_the_text_with_its_tokens() {
    let mut harness = editor();
    assert!(harness.query_by_label("All messages, 612 tokens").is_some());
    write(&mut harness, "system:\nOther words");
    harness.run_steps(8);
    let asked = harness.state().studio().calls::<PromptsRender>();
    assert_eq!(asked.last().and_then(|call| call.text.clone()).as_deref(), Some("system:\nOther words"));
}

#[test]
fn a_problem_is_told_with_its_place_and_a_click_leads_there() {
    let setup = Setup::at(Route::prompt(NAME));
    let diagnostic = Diagnostic {
        severity: Severity::Error,
        code: "prompt.unknown_variable".to_owned(),
        message: "`locale` is not declared".to_owned(),
        location: Location { file: format!("prompts/{NAME}.prompty"), line: Some(3), column: Some(5) },
        action: Some("Declare it under `inputs`.".to_owned()),
    };
    setup.studio.answer::<PromptsRender>(Rendered { diagnostics: vec![diagnostic], ..Rendered::default() });
    let mut harness = setup.build();
    harness.get_by_label("`locale` is not declared, Line 3, column 5").click();
    harness.run();
    assert!(harness.query_by_label("Declare it under `inputs`.").is_some());
}

#[test]
fn a_broken_template_keeps_the_messages_from_before_the_error() {
    let mut harness = editor();
    let diagnostic = Diagnostic {
        severity: Severity::Error,
        code: "prompt.syntax".to_owned(),
        message: "unexpected end of input".to_owned(),
        location: Location { file: format!("prompts/{NAME}.prompty"), line: Some(2), column: Some(8) },
        action: None,
    };
    let broken = Rendered { diagnostics: vec![diagnostic], ..Rendered::default() };
    harness.state().studio().answer::<PromptsRender>(broken);
    write(&mut harness, "system:\nHello {{");
    harness.run_steps(16);
    assert!(harness.query_by_label("unexpected end of input, Line 2, column 8").is_some());
    assert!(harness.query_by_label("The messages are as of before the error.").is_some());
    assert!(harness.query_by_label("All messages, 612 tokens").is_some());
    assert!(harness.query_by_role_and_label(Role::Document, "Message 1, system").is_some());
}

#[test]
fn rows_of_a_dataset_fill_the_inputs() {
    let mut harness = editor();
    key(&mut harness, Modifiers::COMMAND, Key::J);
    assert!(harness.query_by_label("1 of 120").is_some());
    key(&mut harness, Modifiers::COMMAND, Key::J);
    assert!(harness.query_by_label("2 of 120").is_some());
    harness.run_steps(4);
    let row = harness.state().studio().calls::<PromptsRender>().pop().and_then(|call| call.row);
    assert_eq!(row.map(|row| (row.dataset.0, row.index)), Some(("invoices".to_owned(), 1)));
}

#[test]
fn a_typed_value_goes_before_the_default() {
    let mut harness = editor();
    harness.get_by_role_and_label(Role::MultilineTextInput, "ocr_text").set_text_value_accesskit("Rechnung");
    harness.run();
    harness.run_steps(4);
    let inputs = harness.state().studio().calls::<PromptsRender>().pop().map(|call| call.inputs);
    assert_eq!(inputs.and_then(|inputs| inputs.get("ocr_text").cloned()), Some("Rechnung".into()));
}

fn finished(text: &str) -> Output {
    Output {
        text: text.to_owned(),
        reasoning: String::new(),
        logprobs: Vec::new(),
        error: None,
        receipt: Receipt {
            prompt: None,
            version: None,
            messages: Vec::new(),
            model: "gpt-4.1-mini".into(),
            provider: String::new(),
            requested_model: String::new(),
            reported_model: None,
            params: Params::default(),
            request_hash: String::new(),
            identity: Default::default(),
            finish: Some(FinishReason::Stop),
            usage: Some(Usage { num_prompt_tokens: 612, num_completion_tokens: 171, num_cached_tokens: 0 }),
            started_at: NOW,
            first_token_millis: Some(420.0),
            latency_millis: 1_900.0,
            num_tries: 1,
            cost_usd: Some(0.00052),
            atelier_version: String::new(),
        },
    }
}

#[test]
fn the_playground_streams_and_ends_with_its_figures() {
    let mut harness = editor();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(3);
    let call = harness.state().studio().calls::<PlaygroundRun>().remove(0);
    assert_eq!(call.models, ["gpt-4.1-mini".into()]);
    let id = PlaygroundId::new("play-1");
    let delta = |text: &str| Event::PlaygroundDelta {
        playground: id.clone(),
        model: "gpt-4.1-mini".into(),
        text: text.to_owned(),
    };
    harness.state().studio().push_event(delta("{\"supplier\":"));
    harness.run_steps(2);
    assert!(harness.query_by_label("Streaming").is_some());
    let answer = harness.get_by_role_and_label(Role::Document, "Answer of gpt-4.1-mini");
    assert_eq!(answer.value().as_deref(), Some("{\"supplier\":"));
    let output = Box::new(finished("{\"supplier\": 1}"));
    let done = Event::PlaygroundDone { playground: id.clone(), model: "gpt-4.1-mini".into(), output };
    harness.state().studio().push_event(done);
    harness.run();
    for words in ["Done", "0.42 s", "1.90 s", "171", "$0.00052"] {
        assert!(harness.query_by_label(words).is_some(), "{words}");
    }
}

#[test]
fn escape_stops_what_streams() {
    let mut harness = editor();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(3);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(harness.state().studio().calls::<PlaygroundCancel>()[0].playground.as_str(), "play-1");
}

#[test]
fn find_counts_and_replaces() {
    let mut harness = editor();
    write(&mut harness, "one two one");
    key(&mut harness, Modifiers::COMMAND, Key::H);
    harness.get_by_role_and_label(Role::TextInput, "Find").set_text_value_accesskit("ONE");
    harness.run();
    assert!(harness.query_by_label("1 of 2").is_some());
    harness.get_by_role_and_label(Role::TextInput, "Replace with").set_text_value_accesskit("three");
    harness.run();
    harness.get_by_label("Replace all").click();
    harness.run();
    assert_eq!(text(&harness), "three two three");
}

#[test]
fn undo_brings_back_what_was_typed_over() {
    let mut harness = editor();
    let before = text(&harness);
    harness.get_by_role_and_label(Role::MultilineTextInput, EDITOR).focus();
    harness.run();
    harness.get_by_role_and_label(Role::MultilineTextInput, EDITOR).type_text("typed");
    harness.run();
    assert_ne!(text(&harness), before);
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(text(&harness), before);
}

#[test]
fn nothing_yet_loading_and_failed_each_say_so() {
    let setup = Setup::at(Route::Prompts { name: None, mode: PromptMode::Edit });
    setup.studio.answer::<PromptsList>(Vec::new());
    assert!(setup.build().query_by_label("No prompts yet").is_some());

    let setup = Setup::at(Route::prompt(NAME));
    setup.studio.hold::<PromptsShow>();
    let mut harness = setup.build();
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("Reading the prompt").is_some());

    let setup = Setup::at(Route::prompt(NAME));
    setup.studio.fail::<PromptsShow>(ApiError::new(ErrorKind::NotFound, "prompt.not_found", "There is no such prompt"));
    assert!(setup.build().query_by_label("There is no such prompt").is_some());
}

#[test]
fn on_a_small_screen_inputs_and_messages_are_tabs_and_the_list_flies_out() {
    let mut harness = Setup { size: SMALL_SIZE, ..Setup::at(Route::prompt(NAME)) }.build();
    assert!(harness.query_by_role_and_label(Role::ListBoxOption, "ticket-triage, v31").is_none());
    harness.get_by_label("List of prompts").click();
    harness.run();
    assert!(harness.query_by_role_and_label(Role::ListBoxOption, "ticket-triage, v31").is_some());
    harness.get_by_role_and_label(Role::Tab, "Messages").click();
    harness.run();
    assert!(harness.query_by_label("All messages, 612 tokens").is_some());
}
