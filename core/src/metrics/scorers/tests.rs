use super::*;
use serde_json::json;

mod checks;
mod languages;
mod lines;
mod parity;
mod readability;
mod statistics;
mod syntax;
mod values;

fn scorer(spec: Value) -> Scorer {
    Scorer::new(&serde_json::from_value(spec).unwrap()).unwrap()
}

fn score(scorer: &Scorer, output: &str, row: Value) -> NamedScore {
    let Value::Object(row) = row else { panic!("a row is an object") };
    scorer.score(&ScoreContext { output, row: &row, output_schema: None, logprobs: &[] })
}

fn number(scorer: &Scorer, output: &str, row: Value) -> f64 {
    score(scorer, output, row).score.number().unwrap()
}

#[test]
fn exact_match_trims_and_compares_other_values_as_json() {
    let plain = scorer(json!({"scorer": "exact_match"}));
    assert_eq!(number(&plain, " Paris\n", json!({"expected": "Paris"})), 1.0);
    assert_eq!(number(&plain, "paris", json!({"expected": "Paris"})), 0.0);
    assert_eq!(number(&plain, r#"{"a":1}"#, json!({"expected": {"a": 1}})), 1.0);
    let loose = scorer(json!({"scorer": "exact_match", "ignore_case": true, "ignore_punctuation": true}));
    assert_eq!(number(&loose, "STRASSE!", json!({"expected": "strasse"})), 1.0);
}

#[test]
fn row_without_expected_column_is_unscored_with_a_reason() {
    let other = scorer(json!({"scorer": "exact_match", "expected": "label"}));
    assert_eq!(score(&other, "x", json!({"expected": "x"})).score, Score::unscored("The row has no column `label`"));
    assert_eq!(score(&other, "x", json!({"label": null})).score, Score::unscored("The row's column `label` is empty"));
}

#[test]
fn contains_wants_all_unless_any_is_enough() {
    let row = json!({"expected": ["date", "total"]});
    let all = scorer(json!({"scorer": "contains"}));
    let missed = score(&all, "the total is 4", row.clone());
    assert_eq!((missed.score, missed.explanation.as_deref()), (Score::check(false), Some("Missing: date")));
    let any = scorer(json!({"scorer": "contains", "any": true, "ignore_case": true}));
    assert_eq!(number(&any, "TOTAL: 4", row), 1.0);
    assert!(matches!(score(&all, "x", json!({"expected": []})).score, Score::Unscored { .. }));
}

#[test]
fn regex_full_must_match_the_whole_output() {
    let part = scorer(json!({"scorer": "regex", "pattern": r"\d{4}"}));
    let whole = scorer(json!({"scorer": "regex", "pattern": r"\d{4}|x", "full": true}));
    assert_eq!(number(&part, "in 2025", json!({})), 1.0);
    assert_eq!(number(&whole, "in 2025", json!({})), 0.0);
    assert_eq!(number(&whole, "2025", json!({})), 1.0);
    let from_row = scorer(json!({"scorer": "regex"}));
    assert!(matches!(score(&from_row, "x", json!({"expected": "("})).score, Score::Unscored { .. }));
}

#[test]
fn json_schema_names_the_place_of_the_fault() {
    let schema = json!({"type": "object", "required": ["total"], "properties": {"total": {"type": "number"}}});
    let strict = scorer(json!({"scorer": "json_schema", "schema": schema}));
    assert_eq!(number(&strict, r#"{"total": 3}"#, json!({})), 1.0);
    let wrong = score(&strict, r#"{"total": "3"}"#, json!({}));
    assert_eq!(wrong.score, Score::check(false));
    assert!(wrong.explanation.unwrap().ends_with("at /total"));
    assert_eq!(number(&strict, "```json\n{\"total\": 3}\n```", json!({})), 0.0);
    let fenced = scorer(json!({"scorer": "json_schema", "allow_fence": true}));
    assert_eq!(number(&fenced, "```json\n{\"total\": 3}\n```", json!({})), 1.0);
}

#[test]
fn prompt_schema_is_used_where_the_scorer_has_none() {
    let schema = Schema::compile(&json!({"type": "array"})).unwrap();
    let plain = scorer(json!({"scorer": "json_schema"}));
    let row = JsonMap::new();
    let scored = plain.score(&ScoreContext { output: "{}", row: &row, output_schema: Some(&schema), logprobs: &[] });
    assert_eq!(scored.score, Score::check(false));
}

#[test]
fn wrong_settings_are_refused_by_name() {
    let refused = |spec: Value| Scorer::new(&serde_json::from_value(spec).unwrap()).err().unwrap();
    assert_eq!(
        refused(json!({"scorer": "exact_match", "ignorecase": true})),
        "`exact_match` has no setting `ignorecase`; it knows trim, ignore_case, ignore_punctuation"
    );
    assert!(refused(json!({"scorer": "regex", "pattern": "("})).starts_with("`pattern` does not compile"));
    assert!(refused(json!({"scorer": "best"})).starts_with("There is no scorer `best`"));
}
