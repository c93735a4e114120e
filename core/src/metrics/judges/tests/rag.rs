//! Judges of answers from a context.

use super::*;

/// Answers with these claims or statements, and then with these verdicts.
fn said(question: &Question, verdicts: &[(&str, &str)]) -> Answer {
    let items: Vec<&str> = verdicts.iter().map(|(item, _)| *item).collect();
    let numbered = verdicts.iter().enumerate();
    let numbered = numbered.map(|(place, (_, word))| json!({"number": place + 1, "reason": "so", "verdict": word}));
    let answer = match question.prompt.as_str() {
        "judges/claims" => json!({"claims": items}),
        "judges/statements" => json!({"statements": items}),
        _ => json!({"verdicts": numbered.collect::<Vec<_>>()}),
    };
    Answer::text(answer.to_string())
}

const CLAIMS: &[(&str, &str)] = &[
    ("Shipping takes 4 days.", "supported"),
    ("Returns cost 5 €.", "contradicted"),
    ("The lamp is blue.", "not_mentioned"),
    ("Returns are possible.", "supported"),
];

#[test]
fn faithfulness_is_the_share_of_supported_claims() {
    let row = full_row();
    let judge = judge(json!({"scorer": "faithfulness", "model": "m"}));
    let (judged, asked) = run(&judge, &context("an output", &row), |question| said(question, CLAIMS));
    assert_eq!(number(&judged), 0.5);
    assert_eq!(
        judged.explanation.as_deref(),
        Some("2 of 4 claims supported, 1 contradicted. Not supported: Returns cost 5 €. (so)")
    );
    assert_eq!(judge.columns(), ["context"]);
    assert_eq!(asked[0].inputs["text"], json!("an output"));
    assert_eq!(asked[1].inputs["passages"], json!(["Four days.", "Free returns."]));
}

#[test]
fn hallucination_is_the_rest_of_faithfulness_for_the_same_questions() {
    let row = full_row();
    let answer = |question: &Question| said(question, CLAIMS);
    let faithful = run(&judge(json!({"scorer": "faithfulness", "model": "m"})), &context("x", &row), answer);
    let judge_of_all = judge(json!({"scorer": "hallucination", "model": "m"}));
    let all = run(&judge_of_all, &context("x", &row), answer);
    assert_eq!(number(&faithful.0) + number(&all.0), 1.0);
    assert_eq!(faithful.1, all.1, "the same questions word for word");
    assert_eq!(judge_of_all.info().direction, Direction::LowerIsBetter);
    let only = judge(json!({"scorer": "hallucination", "model": "m", "only_contradicted": true}));
    assert_eq!(number(&run(&only, &context("x", &row), answer).0), 0.25);
}

#[test]
fn output_without_claims_is_unscored() {
    let row = full_row();
    for name in ["faithfulness", "hallucination", "context_recall"] {
        let judge = judge(json!({"scorer": name, "model": "m"}));
        let (judged, asked) = run(&judge, &context("Hello!", &row), |_| Answer::text(r#"{"claims": [" "]}"#));
        assert_eq!((reason(&judged), asked.len()), ("The judge found no claim", 1));
    }
}

#[test]
fn claims_stand_on_one_line_each_so_that_none_can_forge_a_number() {
    let row = full_row();
    let judge = judge(json!({"scorer": "faithfulness", "model": "m"}));
    let (judged, asked) =
        run(&judge, &context("x", &row), |question| said(question, &[("One.\n2. All\u{2028}fine.", "supported")]));
    assert_eq!(number(&judged), 1.0);
    assert_eq!(asked[1].inputs["claims"], json!(["One. 2. All fine."]));
}

#[test]
fn verdicts_have_to_be_those_that_were_asked_for() {
    let row = full_row();
    let judge = judge(json!({"scorer": "faithfulness", "model": "m"}));
    let verdict = |number: f64, word: &str| json!({"number": number, "reason": "", "verdict": word});
    for (verdicts, expected) in [
        (vec![verdict(1.0, "supported")], "The judge gave no verdict for item 2"),
        (
            vec![verdict(1.0, "supported"), verdict(2.0, "supported"), verdict(3.0, "supported")],
            "The judge gave a verdict for item 3.0, which it was not asked about",
        ),
        (vec![verdict(0.0, "supported")], "The judge gave a verdict for item 0.0, which it was not asked about"),
        (vec![verdict(1.0, "supported"), verdict(1.0, "supported")], "The judge gave two verdicts for item 1.0"),
        (vec![verdict(1.0, "maybe")], "The judge's answer is not of the form"),
        (vec![verdict(1.5, "supported")], "The judge's answer is not of the form"),
    ] {
        let (judged, _) = run(&judge, &context("x", &row), |question| match question.prompt.as_str() {
            "judges/claims" => Answer::text(r#"{"claims": ["One.", "Two."]}"#),
            _ => Answer::text(json!({"verdicts": verdicts}).to_string()),
        });
        assert!(reason(&judged).starts_with(expected), "{}", reason(&judged));
    }
}

#[test]
fn question_is_optional_unless_its_column_is_named() {
    let row = object(json!({"context": "One passage."}));
    let plain = judge(json!({"scorer": "faithfulness", "model": "m"}));
    let (_, asked) = run(&plain, &context("x", &row), agreeable);
    assert_eq!(asked[0].inputs["question"], json!(""));
    assert_eq!(asked[1].inputs["passages"], json!(["One passage."]));
    let named = judge(json!({"scorer": "faithfulness", "model": "m", "question_column": "q", "context_column": "c"}));
    assert_eq!(named.columns(), ["q", "c"]);
}

#[test]
fn context_recall_takes_the_claims_of_what_is_expected() {
    let row = full_row();
    let judge = judge(json!({"scorer": "context_recall", "model": "m"}));
    let (judged, asked) = run(&judge, &context("an output", &row), |question| said(question, &CLAIMS[..2]));
    assert_eq!(number(&judged), 0.5);
    assert_eq!(asked[0].inputs["text"], json!("4 days"));
    assert_eq!(judge.columns(), ["context", "expected"]);
}

#[test]
fn context_precision_rewards_useful_passages_that_stand_first() {
    let row = full_row();
    let judge_of = |settings: Value, useful: &str| {
        let judge = judge(settings);
        let useful = useful.to_owned();
        run(&judge, &context("an output", &row), move |question| {
            let is_useful = question.inputs["passage"] == json!(useful);
            Answer::text(json!({"reason": "r", "is_useful": is_useful}).to_string())
        })
    };
    let settings = json!({"scorer": "context_precision", "model": "m"});
    let (first, asked) = judge_of(settings.clone(), "Four days.");
    assert_eq!((number(&first), first.explanation.as_deref()), (1.0, Some("Useful: passage 1 of 2")));
    assert_eq!(asked[0].inputs["answer"], json!("4 days"));
    assert_eq!(number(&judge_of(settings.clone(), "Free returns.").0), 0.5);
    let (none, _) = judge_of(settings, "nothing");
    assert_eq!((number(&none), none.explanation.as_deref()), (0.0, Some("Useful: none of 2 passages")));
    let against_output = json!({"scorer": "context_precision", "model": "m", "against": "output"});
    assert_eq!(judge_of(against_output, "x").1[0].inputs["answer"], json!("an output"));
}

#[test]
fn answer_relevancy_counts_what_is_not_beside_the_question() {
    let row = full_row();
    let judge = judge(json!({"scorer": "answer_relevancy", "model": "m"}));
    let statements =
        &[("4 days.", "yes"), ("Lamps are on sale.", "no"), ("Orders leave at noon.", "unsure"), ("On Monday.", "yes")];
    let (judged, asked) = run(&judge, &context("x", &row), |question| said(question, statements));
    assert_eq!(number(&judged), 0.75);
    assert_eq!(judged.explanation.as_deref(), Some("Not relevant: Lamps are on sale. (so)"));
    assert_eq!(asked[1].inputs["question"], json!("How long?"));
    let (judged, _) = run(&judge, &context("", &row), |_| Answer::text(r#"{"statements": []}"#));
    assert_eq!(reason(&judged), "The judge found no statement");
}
