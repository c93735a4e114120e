//! Lines in, scored lines out.

use super::*;

fn scored(line: &str, names: &[&str]) -> String {
    let scorers: Vec<Scorer> = names.iter().map(|name| scorer(json!({"scorer": name}))).collect();
    let line = Line::parse(line).unwrap();
    serde_json::to_string(&line.score(&scorers)).unwrap()
}

#[test]
fn a_line_keeps_its_id_and_gets_its_scores_in_order() {
    let line = r#"{"id": 7, "output": "a b c d", "expected": ["a b c d"], "more": true}"#;
    assert_eq!(scored(line, &["ter", "exact_match"]), r#"{"id":7,"scores":{"ter":0.0,"exact_match":1.0}}"#);
}

#[test]
fn what_cannot_be_scored_says_why() {
    let none = r#"{"id": "x", "output": "a"}"#;
    let reason = r#"{"id":"x","scores":{"rougeL":{"unscored":"The row has no column `expected`"}}}"#;
    assert_eq!(scored(none, &["rougeL"]), reason);
    let silent = r#"{"id": "x", "expected": ["a"], "output": null}"#;
    assert_eq!(scored(silent, &["bleu"]), r#"{"id":"x","scores":{"bleu":{"unscored":"There is no output"}}}"#);
}

#[test]
fn a_line_that_is_none_is_refused() {
    let refused = |text: &str| Line::parse(text).err().unwrap();
    assert!(refused("[1]").starts_with("The line is not a JSON object"));
    assert_eq!(refused("{\"output\": \"a\"}"), "The line has no `id`");
}
