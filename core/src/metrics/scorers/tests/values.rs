//! Scorers that compare values rather than texts, and what all scorers say of rows without references.

use super::*;

#[test]
fn numeric_allows_its_tolerance_and_no_more() {
    let exact = scorer(json!({"scorer": "numeric"}));
    assert_eq!(number(&exact, " 1,234.50\n", json!({"expected": 1234.5})), 1.0);
    assert_eq!(number(&exact, "−3e2", json!({"expected": "-300"})), 1.0);
    assert_eq!(number(&exact, "12", json!({"expected": [11, 12.0]})), 1.0);
    let wordy = score(&exact, "It is 12.", json!({"expected": 12}));
    assert_eq!((wordy.score, wordy.explanation.as_deref()), (Score::check(false), Some("The output is not a number")));
    assert!(matches!(score(&exact, "12", json!({"expected": "a dozen"})).score, Score::Unscored { .. }));
    assert!(matches!(score(&exact, "12", json!({"expected": []})).score, Score::Unscored { .. }));

    let near = scorer(json!({"scorer": "numeric", "abs_tolerance": 0.1, "rel_tolerance": 0.01, "extract": true}));
    assert_eq!(number(&near, "0.3", json!({"expected": 0.2})), 1.0);
    assert_eq!(number(&near, "0.31", json!({"expected": 0.2})), 0.0);
    assert_eq!(number(&near, "of 7 it is about 1,009.", json!({"expected": 1000})), 1.0);
    assert_eq!(number(&near, "none", json!({"expected": 1000})), 0.0);
}

#[test]
fn json_match_gives_each_field_its_share() {
    let plain = scorer(json!({"scorer": "json_match"}));
    let row = json!({"expected": {"name": "Ann", "age": 40, "tags": ["a", "b"]}});
    assert_eq!(number(&plain, r#"{"tags": ["a", "b"], "age": 40.0, "name": "Ann"}"#, row.clone()), 1.0);
    let wrong = score(&plain, r#"{"name": "Ann", "age": 41, "tags": ["a"], "x": 1}"#, row.clone());
    assert_eq!(wrong.score, Score::Number(0.4));
    assert_eq!(wrong.explanation.as_deref(), Some(r#"Not as expected: ."age""#));
    let lenient = scorer(json!({"scorer": "json_match", "ignore_extra": true, "ignore_order": true}));
    assert_eq!(number(&lenient, r#"{"name": "Ann", "age": 40, "tags": ["b", "a"], "x": 1}"#, row.clone()), 1.0);
    let broken = score(&plain, "Ann, 40", row);
    assert_eq!(broken.score, Score::check(false));
    assert!(broken.explanation.unwrap().starts_with("The output is not JSON"));
    assert_eq!(number(&plain, "[]", json!({"expected": "[]"})), 1.0);
    assert_eq!(number(&plain, r#"{"a": 1}"#, json!({"expected": [{"a": 1}, {"a": 2}]})), 0.0);
}

#[test]
fn lines_take_lists_as_alternatives() {
    let spec = serde_json::from_value(json!({"scorer": "json_match"})).unwrap();
    let either = scorer_of_lines(spec).unwrap();
    assert_eq!(number(&either, r#"{"a": 1}"#, json!({"expected": [{"a": 2}, {"a": 1}]})), 1.0);
    let exact = scorer(json!({"scorer": "exact_match"}));
    assert_eq!(number(&exact, "Paris", json!({"expected": ["Lutetia", "Paris"]})), 1.0);
    let pattern = scorer(json!({"scorer": "regex"}));
    assert_eq!(number(&pattern, "in 2025", json!({"expected": ["^x", r"\d{4}"]})), 1.0);
}

#[test]
fn sets_do_not_care_for_order_and_lists_do() {
    let set = scorer(json!({"scorer": "set_match", "ignore_case": true}));
    let list = scorer(json!({"scorer": "list_match"}));
    let row = json!({"expected": ["red", "green", "blue"]});
    assert_eq!(number(&set, "- Blue\n- green\n- red\n", row.clone()), 1.0);
    assert_eq!(number(&set, r#"["red"]"#, row.clone()), 0.5);
    assert_eq!(number(&list, "1. red\n2. blue\n3. green", row.clone()), 1.0 / 3.0);
    assert_eq!(number(&list, "red, green, blue, black", row), 0.75);
    assert_eq!(number(&set, "b, a", json!({"expected": [["x"], ["a", "b"]]})), 1.0);
    assert_eq!(number(&set, "", json!({"expected": []})), 1.0);
    let recall = scorer(json!({"scorer": "set_match", "measure": "recall", "separator": ";"}));
    assert_eq!(number(&recall, "a; b; c", json!({"expected": "a;d"})), 0.5);
}

#[test]
fn texts_without_a_reference_are_unscored() {
    for name in Scorer::names().filter(|name| !["exact_match", "set_match", "list_match"].contains(name)) {
        let scorer = scorer(json!({"scorer": name}));
        if scorer.expected_column().is_some() && name != "json_match" {
            let scored = score(&scorer, "some output", json!({"expected": []})).score;
            assert!(matches!(scored, Score::Unscored { .. }), "{name}: {scored:?}");
        }
    }
}

#[test]
fn no_input_gives_a_number_that_is_not_finite() {
    let texts = ["", " ", "a", "\r\n", "漢", "a b c d e f g h", "..."];
    for name in Scorer::names() {
        let scorer = scorer(json!({"scorer": name}));
        for output in texts {
            for expected in texts {
                let scored = score(&scorer, output, json!({"expected": [expected]})).score;
                let reason = matches!(&scored, Score::Unscored { unscored } if unscored.starts_with("The score is no"));
                assert!(!reason, "{name} of {output:?} and {expected:?}: {scored:?}");
            }
        }
    }
}

#[test]
fn units_and_directions_are_those_of_the_references() {
    use atelier_types::score::Unit;
    let of = |spec: Value| {
        let info = scorer(spec).info().clone();
        (info.unit, info.direction, info.is_check)
    };
    let (higher, lower) = (Direction::HigherIsBetter, Direction::LowerIsBetter);
    assert_eq!(of(json!({"scorer": "exact_match"})), (Unit::Share, higher, true));
    assert_eq!(of(json!({"scorer": "json_match"})), (Unit::Share, higher, false));
    assert_eq!(of(json!({"scorer": "bleu"})), (Unit::Points, higher, false));
    assert_eq!(of(json!({"scorer": "ter"})), (Unit::Points, lower, false));
    assert_eq!(of(json!({"scorer": "levenshtein"})), (Unit::Number, lower, false));
    assert_eq!(of(json!({"scorer": "word_count", "lower_is_better": true})), (Unit::Number, lower, false));
}

#[test]
fn a_text_of_many_different_words_and_letters_is_counted_exactly() {
    let many: String = (0..70_000).map(|number| format!("w{number} ")).collect();
    let bleu = scorer(json!({"scorer": "bleu"}));
    assert!((number(&bleu, &many, json!({"expected": many})) - 100.0).abs() < 1e-9);
    let letters: String = ('\u{4e00}'..'\u{5e00}').collect();
    let chrf = scorer(json!({"scorer": "chrf"}));
    assert!((number(&chrf, &letters, json!({"expected": letters})) - 100.0).abs() < 1e-9);
}
