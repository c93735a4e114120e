//! `judge`, `pairwise`, `task_completion`, and several models that judge.

use super::*;

fn scored(score: impl Into<Value>) -> Answer {
    Answer::text(json!({"reason": "because", "score": score.into()}).to_string())
}

#[test]
fn criteria_are_asked_apart_and_weighted() {
    let judge = judge(json!({"scorer": "judge", "name": "quality", "model": "m", "scale": [0, 10], "criteria": [
        {"name": "tone", "question": "Is it friendly?", "weight": 3},
        {"name": "form", "question": "Is it short?"},
    ]}));
    let row = JsonMap::new();
    let (judged, asked) = run(&judge, &context("Grüße, 世界", &row), |question| {
        scored(if question.inputs["question"] == "Is it short?" { 2 } else { 10 })
    });
    assert_eq!(number(&judged), 8.0);
    assert_eq!(judged.explanation.as_deref(), Some("tone 10: because form 2: because"));
    assert_eq!(judge.info().name.as_str(), "quality");
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].inputs["output"], json!("Grüße, 世界"));
    assert_eq!(asked[0].inputs["reference"], json!(""));
    assert!(!asked[0].wants_logprobs, "10 may be two tokens");
}

#[test]
fn scores_beside_the_scale_are_unscored_and_never_clamped() {
    let judge = judge(json!({"scorer": "judge", "model": "m", "question": "a"}));
    let row = JsonMap::new();
    for text in [
        r#"{"reason": "r", "score": 6}"#,
        r#"{"reason": "r", "score": 0}"#,
        r#"{"reason": "r", "score": 4.5}"#,
        r#"{"reason": "r", "score": "5"}"#,
        r#"{"reason": "r", "score": null}"#,
        r#"{"reason": "r"}"#,
        r#"{"reason": "r", "score": 4, "final_score": 5}"#,
    ] {
        let (judged, asked) = run(&judge, &context("x", &row), |_| Answer::text(text));
        assert!(reason(&judged).starts_with("The judge's answer is not of the form that was asked for: "), "{text}");
        assert_eq!(asked.len(), 1, "nothing is repaired");
    }
    let (judged, _) = run(&judge, &context("x", &row), |_| Answer::text(r#"{"reason": "r", "score": 5.0}"#));
    assert_eq!(number(&judged), 5.0);
}

#[test]
fn expected_value_takes_the_place_of_the_written_number() {
    let judge = judge(json!({"scorer": "judge", "model": "m", "question": "a"}));
    let row = JsonMap::new();
    let with = |score_logprobs: Vec<(String, f64)>| Answer::Text {
        text: r#"{"reason": "r", "score": 4}"#.to_owned(),
        score_logprobs: Some(score_logprobs),
    };
    let tokens = vec![("4".to_owned(), 0.75_f64.ln()), ("5".to_owned(), 0.25_f64.ln())];
    let (judged, asked) = run(&judge, &context("x", &row), |_| with(tokens.clone()));
    assert!((number(&judged) - 4.25).abs() < 1e-12);
    assert!(asked[0].wants_logprobs);
    let (judged, _) = run(&judge, &context("x", &row), |_| with(Vec::new()));
    assert_eq!(number(&judged), 4.0);
}

#[test]
fn reference_stands_in_the_question_where_it_is_wanted() {
    let judge =
        judge(json!({"scorer": "judge", "model": "m", "question": "a", "reference": true, "expected": "label"}));
    assert_eq!(judge.columns(), ["label"]);
    let row = object(json!({"label": ["4 days", "four days"]}));
    let (_, asked) = run(&judge, &context("x", &row), |_| scored(3));
    assert_eq!(asked[0].inputs["reference"], json!("4 days\nfour days"));
}

#[test]
fn repeats_of_one_model_are_asked_apart_and_averaged() {
    let judge = judge(json!({"scorer": "judge", "model": "m", "repeats": 3, "question": "a"}));
    let row = JsonMap::new();
    let (judged, asked) = run(&judge, &context("x", &row), |question| scored(2 + question.repeat));
    assert_eq!(asked.iter().map(|question| question.repeat).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(judged.score, Score::Number(3.0));
    assert_eq!(repeats_of(&judged.detail), [2.0, 3.0, 4.0]);
    assert_eq!((judge.num_repeats(), judge.models().len()), (3, 1));
    assert!(repeats_of(&json!({"judges": [{"model": "m", "score": 2}, {"model": "n", "score": 3}]})).is_empty());
}

#[test]
fn several_models_give_their_mean_and_how_far_they_are_apart() {
    let judge = judge(json!({"scorer": "judge", "models": ["m", "n"], "question": "a"}));
    let row = JsonMap::new();
    let (judged, asked) =
        run(&judge, &context("x", &row), |question| scored(if question.model.as_str() == "m" { 2 } else { 5 }));
    assert_eq!(number(&judged), 3.5);
    assert_eq!(asked.iter().map(|asked| asked.model.as_str()).collect::<Vec<_>>(), ["m", "n"]);
    assert_eq!(judged.explanation.as_deref(), Some("2 judgements, up to 3 apart: `m` 2 (because), `n` 5 (because)"));
    assert_eq!(judged.detail["judges"][1]["score"], json!(5.0));
    let (judged, _) = run(&judge, &context("x", &row), |_| scored(3));
    assert!(judged.explanation.unwrap().starts_with("2 judgements agree: "));
}

#[test]
fn models_of_differing_pace_get_their_own_answers() {
    let judge = judge(json!({"scorer": "faithfulness", "models": ["slow", "quick"]}));
    let row = full_row();
    let (judged, asked) =
        run(&judge, &context("x", &row), |question| match (question.model.as_str(), question.prompt.as_str()) {
            ("slow", "judges/claims") => Answer::text("no JSON"),
            ("slow", "judges/repair") => Answer::text(r#"{"claims": ["Only one."]}"#),
            ("slow", _) => Answer::text(r#"{"verdicts": [{"number": 1, "reason": "", "verdict": "not_mentioned"}]}"#),
            _ => agreeable(question),
        });
    assert_eq!(number(&judged), 0.5);
    assert_eq!(asked.len(), 5);
}

#[test]
fn one_model_without_a_score_leaves_the_output_unscored() {
    let judge = judge(json!({"scorer": "judge", "models": ["m", "n"], "question": "a"}));
    let row = JsonMap::new();
    let (judged, _) = run(&judge, &context("x", &row), |question| match question.model.as_str() {
        "m" => scored(2),
        _ => Answer::Refused(String::new()),
    });
    assert_eq!(reason(&judged), "`n`: The judge refused to answer");
}

#[test]
fn pair_is_won_only_where_both_orders_agree() {
    let judge = judge(json!({"scorer": "pairwise", "model": "m", "question": "Which is better?"}));
    let row = JsonMap::new();
    let outcome = |output_first: &str, baseline_first: &str| {
        let (judged, asked) = run(&judge, &context("mine", &row), |question| {
            let winner = if question.inputs["first"] == "mine" { output_first } else { baseline_first };
            Answer::text(json!({"reason": "r", "winner": winner}).to_string())
        });
        assert_eq!(asked.len(), 2);
        assert_eq!([&asked[0].inputs["first"], &asked[1].inputs["second"]], ["mine", "mine"]);
        (number(&judged), judged.explanation.unwrap())
    };
    assert_eq!(outcome("first", "second"), (1.0, "better".to_owned()));
    assert_eq!(outcome("second", "first"), (0.0, "worse".to_owned()));
    assert_eq!(outcome("first", "first"), (0.5, "tie, since the order decided".to_owned()));
    assert_eq!(outcome("second", "second"), (0.5, "tie, since the order decided".to_owned()));
    assert_eq!(outcome("first", "tie"), (0.5, "tie".to_owned()));
    assert_eq!(outcome("tie", "tie"), (0.5, "tie".to_owned()));
}

#[test]
fn criteria_of_a_pair_are_weighted() {
    let judge = judge(json!({"scorer": "pairwise", "model": "m", "criteria": [
        {"name": "tone", "question": "Friendlier?", "weight": 3},
        {"name": "form", "question": "Shorter?"},
    ]}));
    let row = JsonMap::new();
    let (judged, asked) = run(&judge, &context("mine", &row), |question| {
        let is_mine_first = question.inputs["first"] == "mine";
        let winner = match question.inputs["question"].as_str() {
            Some("Shorter?") => "tie",
            _ if is_mine_first => "first",
            _ => "second",
        };
        Answer::text(json!({"reason": "r", "winner": winner}).to_string())
    });
    assert_eq!(number(&judged), 0.875);
    assert_eq!(judged.explanation.as_deref(), Some("tone: better; form: tie"));
    assert_eq!(asked.len(), 4);
}

#[test]
fn pair_without_a_baseline_is_unscored() {
    let judge = judge(json!({"scorer": "pairwise", "model": "m", "question": "a"}));
    let row = JsonMap::new();
    let Step::Done(judged) = judge.begin(&JudgeContext { baseline_output: None, ..context("x", &row) }) else {
        panic!("it asks")
    };
    assert_eq!(reason(&judged), "There is no output of a baseline");
}

#[test]
fn task_is_the_messages_unless_it_is_set() {
    let row = JsonMap::new();
    let plain = judge(json!({"scorer": "task_completion", "model": "m"}));
    let (judged, asked) = run(&plain, &context("x", &row), |_| scored(0.25));
    assert_eq!((number(&judged), &asked[0].inputs["task"]), (0.25, &json!("the task")));
    let set = judge(json!({"scorer": "task_completion", "model": "m", "task": "Greet."}));
    let (judged, asked) = run(&set, &context("x", &row), |_| scored(1.01));
    assert!(reason(&judged).contains("1.01"));
    assert_eq!(asked[0].inputs["task"], json!("Greet."));
}
