//! textstat's own numbers, made by `core/tests/goldens/readability.py`.

use super::*;

const GOLDEN: &str = include_str!("../../../../tests/goldens/readability.json");
const TOLERANCE: f64 = 1e-6;

#[test]
fn generated_texts_are_as_readable_as_textstat_says() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let rows = golden["rows"].as_array().unwrap();
    assert!(rows.len() >= 2_000);
    let scorers = ["flesch_reading_ease", "flesch_kincaid_grade"].map(|name| scorer(json!({"scorer": name})));
    let mut faults = Vec::new();
    for row in rows {
        let text = row[0].as_str().unwrap();
        for (scorer, expected) in scorers.iter().zip([&row[1], &row[2]]) {
            let ours = score(scorer, text, json!({})).score.number();
            let is_equal = match (ours, expected.as_f64()) {
                (Some(ours), Some(expected)) => (ours - expected).abs() <= TOLERANCE,
                (None, None) => true,
                _ => false,
            };
            if !is_equal {
                faults.push(format!("{}: ours {ours:?}, textstat {expected}: {text:?}", scorer.info().name));
            }
        }
    }
    let shown: Vec<&str> = faults.iter().take(20).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), shown.join("\n"));
}

#[test]
fn a_text_without_words_or_syllables_is_unscored_with_the_reason() {
    let ease = scorer(json!({"scorer": "flesch_reading_ease"}));
    assert_eq!(score(&ease, "…", json!({})).score, Score::unscored("The output has no words"));
    assert_eq!(score(&ease, "Hmm", json!({})).score, Score::unscored("The output's words have no syllables"));
}

#[test]
fn a_word_of_a_million_letters_is_counted() {
    let ease = scorer(json!({"scorer": "flesch_reading_ease"}));
    assert!(number(&ease, &"lation".repeat(170_000), json!({})) < -100_000.0);
}
