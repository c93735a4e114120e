//! Numbers of texts and the check of their language.

use super::*;

#[test]
fn characters_are_code_points_with_or_without_spaces() {
    let all = scorer(json!({"scorer": "character_count"}));
    assert_eq!(number(&all, "", json!({})), 0.0);
    assert_eq!(number(&all, "a e\u{301}\n🎉", json!({})), 6.0);
    let dense = scorer(json!({"scorer": "character_count", "ignore_spaces": true, "lower_is_better": true}));
    assert_eq!(number(&dense, "a e\u{301}\n\u{3000}🎉", json!({})), 4.0);
    assert_eq!((all.info().direction, dense.info().direction), (Direction::HigherIsBetter, Direction::LowerIsBetter));
}

#[test]
fn accents_vowel_signs_and_emoji_count_as_a_reader_sees_them() {
    let share = scorer(json!({"scorer": "nonletter_share"}));
    assert_eq!(number(&share, "abc 1 \n", json!({})), 0.25);
    assert_eq!(number(&share, "e\u{301}é हिन्दी", json!({})), 0.0);
    assert_eq!(number(&share, "漢👩\u{200d}👩\u{200d}👧", json!({})), 0.5);
    assert_eq!(number(&share, "--- 123 !", json!({})), 1.0);
    assert!(matches!(score(&share, " \n", json!({})).score, Score::Unscored { .. }));
}

#[test]
fn perplexity_is_e_to_the_mean_surprise_of_a_token() {
    let perplexity = scorer(json!({"scorer": "perplexity"}));
    let line = |logprobs: Value| {
        let line = Line::parse(&json!({"id": 1, "output": "x", "logprobs": logprobs}).to_string())?;
        Ok::<_, String>(line.score(std::slice::from_ref(&perplexity)).scores["perplexity"].clone())
    };
    let number = |logprobs| line(logprobs).unwrap().as_f64().unwrap();
    assert!((number(json!([-0.5, -1.5])) - 1.0_f64.exp()).abs() < 1e-12);
    assert!((number(json!({"content": [{"token": "x", "logprob": -2.0}]})) - 2.0_f64.exp()).abs() < 1e-12);
    assert_eq!(number(json!([0, 0])), 1.0);
    for none in [json!([]), json!([-1e6])] {
        assert!(line(none).unwrap().get("unscored").is_some());
    }
    assert!(line(json!("-0.5")).unwrap_err().starts_with("`logprobs` must be a list"));
}

#[test]
fn repetition_is_the_share_of_runs_that_occurred_before() {
    let pairs = scorer(json!({"scorer": "repetition", "n": 2}));
    assert_eq!(number(&pairs, "a b a b a", json!({})), 0.5);
    assert_eq!(number(&pairs, "a b", json!({})), 0.0);
    assert_eq!(number(&pairs, "A b a b", json!({})), 0.0);
    let folded = scorer(json!({"scorer": "repetition", "n": 2, "ignore_case": true}));
    assert_eq!(number(&folded, "A b a b", json!({})), 1.0 / 3.0);
    let fours = scorer(json!({"scorer": "repetition"}));
    assert_eq!(score(&fours, "one two three", json!({})).score, Score::unscored("The output has fewer than 4 words"));
    assert!(number(&fours, &"so ".repeat(300_000), json!({})) > 0.999);
}

#[test]
fn language_is_told_by_the_text_and_not_guessed_from_a_word() {
    let english = scorer(json!({"scorer": "language", "language": "en"}));
    let text = "The quick brown fox jumps over the lazy dog while everyone else is watching the weather.";
    assert_eq!(number(&english, text, json!({})), 1.0);
    let german = "Der schnelle braune Fuchs springt über den faulen Hund, während alle anderen zusehen.";
    let wrong = score(&english, german, json!({}));
    assert_eq!((wrong.score, wrong.explanation.as_deref()), (Score::check(false), Some("The output is German")));
    for unclear in ["", "123 !", "No", "\0"] {
        assert!(matches!(score(&english, unclear, json!({})).score, Score::Unscored { .. }), "{unclear:?}");
    }
    let from_row = scorer(json!({"scorer": "language"}));
    assert_eq!(number(&from_row, german, json!({"expected": ["fr", "de"]})), 1.0);
    assert_eq!(number(&from_row, "これは日本語の文章です。", json!({"expected": "ja"})), 1.0);
    assert!(matches!(score(&from_row, german, json!({"expected": "xx"})).score, Score::Unscored { .. }));
    let refused = Scorer::new(&serde_json::from_value(json!({"scorer": "language", "language": "eng"})).unwrap());
    assert!(refused.err().unwrap().starts_with("`language`: There is no language `eng`"));
}
