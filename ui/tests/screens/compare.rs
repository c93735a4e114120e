//! The comparison: verdict, measures, rows, outputs.

use atelier_types::api::{OutputsDiff, OutputsRepeats, OutputsShow, ReviewsCreate, RunsCompare, RunsList};
use atelier_types::diff::{JsonDiff, OutputDiff};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_ui::state::Route;
use atelier_ui::testing::{AppHarness, Setup, canned};
use egui::{Key, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

fn compare() -> AppHarness {
    Setup::at(Route::Compare { baseline: None, candidate: None }).build()
}

fn press(harness: &mut AppHarness, key: Key) {
    harness.key_press(key);
    harness.run();
}

#[test]
fn the_newest_run_is_compared_without_being_asked() {
    let harness = compare();
    let asked = harness.state().studio().calls::<RunsCompare>();
    assert_eq!((asked[0].baseline.as_str(), asked[0].candidate.as_str()), ("v0", "v3"));
    assert!(harness.query_by_label("Better: +6.2 points").is_some());
}

#[test]
fn every_measure_has_its_verdict_in_words() {
    let harness = compare();
    for words in [
        "exact_match: +6.2 Better",
        "json_match, urgency: +3.3 Not enough data: about 340 more rows would decide",
        "json_schema: −0.3 No difference of practical size",
        "latency, p50: +6.7 % Slower",
    ] {
        assert!(harness.query_by_role_and_label(Role::Row, words).is_some(), "{words}");
    }
}

#[test]
fn regressed_rows_come_first_and_are_one_key_away() {
    let mut harness = compare();
    let rows: Vec<_> = harness.query_all_by_role(Role::ListBoxOption).collect();
    assert!(rows[0].accesskit_node().label().is_some_and(|label| label.contains("worse")));
    drop(rows);
    press(&mut harness, Key::Num3);
    let is_improved = |label: Option<String>| label.is_some_and(|label| label.contains("better"));
    assert!(harness.query_all_by_role(Role::ListBoxOption).all(|row| is_improved(row.accesskit_node().label())));
}

#[test]
fn the_next_row_and_the_next_difference_are_reached_by_key() {
    let mut harness = compare();
    press(&mut harness, Key::N);
    assert!(harness.query_by_label("Difference 2 of 3").is_some());
    press(&mut harness, Key::J);
    assert!(harness.query_by_label("Difference 1 of 3").is_some());
    let rows: Vec<_> = harness.state().studio().calls::<OutputsRepeats>().into_iter().map(|found| found.row).collect();
    assert!(rows.iter().any(|row| row.as_str() == "T-1042"));
}

#[test]
fn what_is_expected_and_the_other_layouts_are_one_key_away() {
    let mut harness = compare();
    assert!(harness.query_by_role_and_label(Role::Document, "Expected").is_none());
    press(&mut harness, Key::E);
    assert!(harness.query_by_role_and_label(Role::Document, "Expected").is_some());
    for shown in ["Outputs side by side", "Difference of the JSON", "Candidate goes on", "Difference of the outputs"] {
        press(&mut harness, Key::W);
        assert!(harness.query_all_by_label_contains(shown).next().is_some(), "{shown}");
    }
}

#[test]
fn where_the_outputs_part_is_said_beside_what_was_expected() {
    let harness = compare();
    assert!(harness.query_by_label("word 4").is_some());
    assert!(harness.query_by_label_contains("urgent\",").is_some());
}

#[test]
fn every_repeat_says_how_it_moved_and_can_be_shown() {
    let mut harness = compare();
    let words = "All 3 repeats";
    assert!(harness.query_by_label(words).is_some());
    let repeats: Vec<_> =
        harness.query_all_by_label_contains("Repeat ").filter_map(|node| node.accesskit_node().label()).collect();
    assert!(repeats.iter().any(|label| label.starts_with("Repeat 1: ")), "{repeats:?}");
    harness.get_by_label_contains("Repeat 2: ").click();
    harness.run();
    assert!(harness.query_by_label_contains("repeat 2, ").is_some());
    let shown = harness.state().studio().calls::<OutputsShow>();
    assert!(shown.iter().any(|shown| shown.cell.0 % 10 == 2));
}

#[test]
fn outputs_that_are_no_json_say_so_in_that_layout() {
    let setup = Setup::at(Route::Compare { baseline: None, candidate: None });
    let json = JsonDiff::NotJson("The candidate's output is not JSON: expected value at line 1 column 1.".to_owned());
    setup.studio.answer::<OutputsDiff>(OutputDiff { json, ..canned::experiments::output_diff() });
    let mut harness = setup.build();
    press(&mut harness, Key::W);
    press(&mut harness, Key::W);
    assert!(harness.query_by_label_contains("is not JSON").is_some());
    assert!(harness.query_by_label_contains("Difference 1 of").is_none());
}

#[test]
fn where_the_candidate_is_worst_is_one_button_away() {
    let mut harness = compare();
    harness.get_by_label("Where it is worst…").click();
    harness.run();
    let words = "plan is Family and text with “payment”: 17 rows, −12.0";
    assert!(harness.query_by_role_and_label(Role::Row, words).is_some());
    assert!(harness.query_by_label_contains("46 parts of the rows were tested").is_some());
}

#[test]
fn a_judge_that_nobody_checked_says_so() {
    let harness = compare();
    let words = "Unscored: the judge has no human ratings yet";
    assert!(harness.query_by_label_contains(words).is_some());
}

#[test]
fn flipped_rows_go_to_review_as_a_pair() {
    let mut harness = compare();
    press(&mut harness, Key::S);
    harness.get_by_role_and_label(Role::Button, "Create").click();
    harness.run();
    let made = harness.state().studio().calls::<ReviewsCreate>();
    assert_eq!((made[0].variants.len(), made[0].rows.len()), (2, 14));
}

#[test]
fn without_runs_the_way_leads_to_experiments() {
    let setup = Setup::at(Route::Compare { baseline: None, candidate: None });
    setup.studio.answer::<RunsList>(Vec::new());
    let mut harness = setup.build();
    harness.get_by_label("Go to experiments").click();
    harness.run();
    assert_eq!(harness.state().route(), Route::Experiments { name: None, run: None, cell: None });
}

#[test]
fn outputs_that_cannot_be_compared_say_why() {
    let setup = Setup::at(Route::Compare { baseline: None, candidate: None });
    setup.studio.fail::<OutputsDiff>(ApiError::new(ErrorKind::NotFound, "output.unknown", "The output is gone"));
    let harness = setup.build();
    assert!(harness.query_by_label("output.unknown").is_some());
}
