//! Review: the list, pairs and scales by keyboard, results.

use atelier_types::api::{ReviewsClose, ReviewsCreate, ReviewsList, ReviewsRate, ReviewsSession, SettingsSave};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::review::{Answer, PairChoice};
use atelier_types::settings::Settings;
use atelier_ui::state::Route;
use atelier_ui::testing::canned::reviews::{PAIRS, SCALES, session};
use atelier_ui::testing::{AppHarness, Setup, settings};
use egui::{Key, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

fn at(set: Option<&str>) -> Route {
    Route::Review { set: set.map(Into::into) }
}

fn press(harness: &mut AppHarness, key: Key) {
    harness.key_press(key);
    harness.run();
}

fn answers(harness: &AppHarness) -> Vec<Answer> {
    harness.state().studio().calls::<ReviewsRate>().into_iter().map(|request| request.answer).collect()
}

#[test]
fn a_pair_is_answered_by_one_key_and_the_next_one_comes() {
    let mut harness = Setup::at(at(Some(PAIRS))).build();
    assert!(harness.query_by_label("38 of 120").is_some());
    for key in [Key::ArrowLeft, Key::ArrowDown, Key::X, Key::S, Key::ArrowRight] {
        press(&mut harness, key);
    }
    let pair = |choice| Answer::Pair { choice };
    let expected = [
        pair(PairChoice::Left),
        pair(PairChoice::Same),
        pair(PairChoice::BothBad),
        Answer::Skip,
        pair(PairChoice::Right),
    ];
    assert_eq!(answers(&harness), expected);
    assert!(harness.query_by_label("43 of 120").is_some());
}

#[test]
fn nothing_on_a_pair_names_a_model_or_a_prompt() {
    let harness = Setup::at(at(Some(PAIRS))).build();
    let root = harness.root();
    let words: Vec<String> = root
        .children_recursive()
        .flat_map(|node| [node.accesskit_node().label(), node.accesskit_node().value()])
        .flatten()
        .collect();
    for name in ["gpt", "Qwen", "claude", "v31", "draft", "ticket-triage"] {
        assert!(words.iter().all(|words| !words.contains(name)), "{name}");
    }
}

#[test]
fn both_sides_and_all_choices_are_of_equal_size() {
    let harness = Setup::at(at(Some(PAIRS))).build();
    let choices = ["Left is better", "About the same", "Both are bad", "Right is better"];
    let sizes = choices.map(|words| harness.get_by_role_and_label(Role::Button, words).rect().size());
    assert!(sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
}

#[test]
fn the_last_answer_can_be_taken_back() {
    let mut harness = Setup::at(at(Some(PAIRS))).build();
    press(&mut harness, Key::ArrowLeft);
    press(&mut harness, Key::U);
    assert_eq!(answers(&harness).last(), Some(&Answer::Undo));
    assert!(harness.query_by_label("38 of 120").is_some());
}

#[test]
fn an_answer_that_could_not_be_saved_keeps_its_item() {
    let setup = Setup::at(at(Some(PAIRS)));
    setup.studio.fail::<ReviewsRate>(ApiError::new(ErrorKind::Unavailable, "disk.full", "The disk is full"));
    let mut harness = setup.build();
    press(&mut harness, Key::ArrowLeft);
    assert!(harness.query_by_label("38 of 120").is_some());
    assert!(harness.query_by_label("problem: The disk is full").is_some());
}

#[test]
fn scales_are_answered_by_digits_and_sent_by_enter() {
    let mut harness = Setup::at(at(Some(SCALES))).build();
    assert!(harness.query_by_label("4 questions left").is_some());
    for key in [Key::Num4, Key::Num5, Key::Num3] {
        press(&mut harness, key);
    }
    press(&mut harness, Key::Enter);
    assert!(answers(&harness).is_empty(), "one question is left");
    press(&mut harness, Key::Num2);
    press(&mut harness, Key::Enter);
    let Some(Answer::Rubric { values }) = answers(&harness).pop() else { panic!("no answer was sent") };
    let values: Vec<_> = values.into_iter().collect();
    let expected = [("clean", 2), ("fits", 4), ("say", 5), ("sticks", 3)].map(|(key, value)| (key.to_owned(), value));
    assert_eq!(values, expected);
}

#[test]
fn a_comment_goes_with_the_answer() {
    let mut harness = Setup::at(at(Some(PAIRS))).build();
    press(&mut harness, Key::C);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Comment").type_text("too long");
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Right is better").click();
    harness.run();
    let sent = harness.state().studio().calls::<ReviewsRate>();
    assert_eq!(sent[0].comment, "too long");
}

#[test]
fn who_rates_is_asked_once() {
    let setup = Setup { settings: Settings { reviewer: None, ..settings() }, ..Setup::at(at(Some(PAIRS))) };
    let mut harness = setup.build();
    harness.get_by_role_and_label(Role::TextInput, "Your name as a reviewer").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Your name as a reviewer").type_text("ada");
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Start").click();
    harness.run();
    let saved = harness.state().studio().calls::<SettingsSave>();
    assert_eq!(saved.last().and_then(|saved| saved.settings.reviewer.clone()), Some("ada".into()));
    assert!(harness.query_by_label("38 of 120").is_some());
}

#[test]
fn a_finished_set_says_so_and_shows_results() {
    let setup = Setup::at(at(Some(PAIRS)));
    setup.studio.on::<ReviewsSession>(|request| Ok(session(&request.set, &request.reviewer, 3, 3)));
    let mut harness = setup.build();
    assert!(harness.query_by_label("All done, thank you").is_some());
    harness.get_by_label("Show results").click();
    harness.run();
    assert!(harness.query_by_label_contains("draft 8c1f2a, gpt-4.1-mini against v31").is_some());
}

#[test]
fn results_hold_judges_against_reviewers() {
    let mut harness = Setup::at(at(None)).build();
    harness.get_by_label("Results of replies-march").click();
    harness.run();
    let judge = harness.query_by_role_and_label(Role::Row, "politeness, Fits the brief: Agrees with people");
    assert!(judge.is_some());
    let corrected = "v31, gpt-4.1-mini: none ";
    assert!(harness.query_by_role_and_label(Role::Row, corrected).is_some());
}

#[test]
fn closing_a_set_is_asked_for_first() {
    let mut harness = Setup::at(at(None)).build();
    harness.get_by_label("Results of replies-march").click();
    harness.run();
    harness.get_by_label("Close set…").click();
    harness.run();
    assert!(harness.state().studio().calls::<ReviewsClose>().is_empty());
    harness.get_by_label("Close set").click();
    harness.run();
    assert_eq!(harness.state().studio().calls::<ReviewsClose>().len(), 1);
}

#[test]
fn a_set_is_made_from_the_newest_run() {
    let setup = Setup::at(at(None));
    setup.studio.answer::<ReviewsList>(Vec::new());
    let mut harness = setup.build();
    harness.get_by_label("New review set…").click();
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Create").click();
    harness.run();
    let made = harness.state().studio().calls::<ReviewsCreate>();
    assert_eq!((made[0].variants.len(), made[0].rubric.as_str()), (2, "helpful-answer"));
    assert_eq!(harness.state().route(), at(Some("flipped-rows")));
}

#[test]
fn rating_hides_the_rooms_until_one_leaves() {
    for by_key in [false, true] {
        let mut harness = Setup::at(at(Some(PAIRS))).build();
        assert!(harness.query_by_role_and_label(Role::Tab, "Models").is_none());
        if by_key {
            press(&mut harness, Key::Escape);
        } else {
            harness.get_by_role_and_label(Role::Button, "Leave").click();
            harness.run();
        }
        assert_eq!(harness.state().route(), at(None));
        assert!(harness.query_by_role_and_label(Role::Tab, "Models").is_some());
    }
}

#[test]
fn the_status_bar_names_only_keys_that_work_here() {
    let pair_key = "Both bad";
    let harness = Setup::at(at(Some(PAIRS))).build();
    assert!(harness.query_by_label_contains(pair_key).is_some());
    for route in [at(Some(SCALES)), at(None)] {
        assert!(Setup::at(route).build().query_by_label_contains(pair_key).is_none());
    }
}
