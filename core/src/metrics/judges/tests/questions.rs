//! What holds for every judge: settings, prompts, columns, and answers that are not as they should be.

use super::*;
use crate::metrics::judges::dialogue::REPAIR_PROMPT;

fn refused(settings: Value) -> String {
    Judge::new(&spec(settings)).err().unwrap()
}

#[test]
fn wrong_settings_are_refused_by_name() {
    let cases = [
        (json!({"scorer": "best", "model": "m"}), "There is no judge `best`; there are judge, pairwise"),
        (json!({"scorer": "faithfulness"}), "A judge needs `model`"),
        (json!({"scorer": "faithfulness", "model": "m", "models": ["n"]}), "Give either `model` or `models`"),
        (json!({"scorer": "faithfulness", "models": []}), "`models` must name at least one"),
        (json!({"scorer": "faithfulness", "models": ["m", "m"]}), "`models` names `m` twice"),
        (json!({"scorer": "faithfulness", "models": [3]}), "`models` must be a list of model names, not of 3"),
        (json!({"scorer": "faithfulness", "model": "m", "colum": "c"}), "`faithfulness` has no setting `colum`"),
        (json!({"scorer": "judge", "model": "m"}), "Give `question`, or `criteria`"),
        (json!({"scorer": "judge", "model": "m", "question": " "}), "The criterion `question` has an empty question"),
        (json!({"scorer": "judge", "model": "m", "criteria": []}), "`criteria` must have at least one"),
        (
            json!({"scorer": "judge", "model": "m", "criteria": [{"question": "a", "wieght": 2}]}),
            "`criteria` has no setting `wieght`",
        ),
        (
            json!({"scorer": "judge", "model": "m", "criteria": [{"question": "a", "weight": 0}]}),
            "`weight` must be a number",
        ),
        (
            json!({"scorer": "judge", "model": "m", "criteria": [{"question": "a"}, {"question": "a"}]}),
            "Two criteria are named `a`",
        ),
        (json!({"scorer": "judge", "model": "m", "question": "a", "scale": [5, 1]}), "`scale` must be two whole"),
        (json!({"scorer": "judge", "model": "m", "question": "a", "scale": [0, 101]}), "`scale` must be two whole"),
        (
            json!({"scorer": "judge", "model": "m", "question": "a", "expected": "label"}),
            "`expected` is only read where `reference` is true",
        ),
        (json!({"scorer": "context_precision", "model": "m", "against": "both"}), "`against` must be one of"),
        (json!({"scorer": "task_completion", "model": "m", "task": ""}), "`task` must not be empty"),
    ];
    for (settings, start) in cases {
        let refusal = refused(settings.clone());
        assert!(refusal.starts_with(start), "{settings}: {refusal}");
    }
}

#[test]
fn every_prompt_is_built_in_and_declares_exactly_the_inputs_that_it_is_given() {
    let row = full_row();
    let mut seen = BTreeSet::new();
    for judge in one_of_each() {
        let malformed_first = std::cell::Cell::new(true);
        let answer = |question: &Question| match (question.prompt.as_str(), malformed_first.replace(false)) {
            (REPAIR_PROMPT, _) => Answer::text("{}"),
            (_, true) => Answer::text("no JSON"),
            _ => agreeable(question),
        };
        let (_, repaired) = run(&judge, &context("an output", &row), answer);
        let (judged, asked) = run(&judge, &context("an output", &row), agreeable);
        assert!(judged.score.number().is_some(), "{judged:?}");
        let named: BTreeSet<&str> = judge.prompts().into_iter().collect();
        for question in asked.iter().chain(&repaired) {
            assert!(named.contains(question.prompt.as_str()), "{} is not named", question.prompt);
            let given: BTreeSet<&str> = question.inputs.keys().map(String::as_str).collect();
            assert_eq!(given, declared(question.prompt.as_str()), "{}", question.prompt);
            seen.insert(question.prompt.as_str().to_owned());
        }
        assert!(named.iter().all(|name| seen.contains(*name)), "{named:?} are not all asked");
    }
    assert_eq!(seen, builtin_prompts().map(str::to_owned).collect(), "each built-in prompt is asked by some judge");
    assert_eq!(builtin_prompt("judges/none"), None);
}

/// The names under `inputs:`, each of which the body has to use.
fn declared(prompt: &str) -> BTreeSet<&'static str> {
    let text = builtin_prompt(prompt).unwrap_or_else(|| panic!("{prompt} is not built in"));
    let (front, body) = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
    assert_eq!(front.lines().next(), prompt.strip_prefix("judges/").map(|stem| format!("name: {stem}")).as_deref());
    assert!(body.starts_with("system:\n") && body.contains("\nuser:\n"), "{prompt}");
    let inputs = front.split_once("\ninputs:\n").unwrap().1;
    let lines = inputs.lines().take_while(|line| line.starts_with(' '));
    let names: BTreeSet<&str> = lines.filter_map(|line| line.strip_prefix("  - name: ")).collect();
    for name in &names {
        assert!(body.contains(&format!("{{{{ {name} }}}}")) || body.contains(&format!(" in {name} %}}")), "{name}");
    }
    names
}

#[test]
fn schemas_compile_and_demand_every_key() {
    let row = full_row();
    for judge in one_of_each() {
        for question in run(&judge, &context("an output", &row), agreeable).1 {
            assert!(crate::metrics::scorers::Schema::compile(&question.schema).is_ok());
            let properties: Vec<&String> = question.schema["properties"].as_object().unwrap().keys().collect();
            assert_eq!(json!(properties), question.schema["required"]);
            assert_eq!(question.schema["additionalProperties"], json!(false));
        }
    }
}

#[test]
fn missing_columns_are_named_before_anything_is_asked() {
    let (full, empty) = (full_row(), JsonMap::new());
    for judge in one_of_each() {
        for column in judge.columns() {
            let mut row = full.clone();
            row.shift_remove(column);
            let Step::Done(judged) = judge.begin(&context("x", &row)) else { panic!("{column} is not needed") };
            assert_eq!(reason(&judged), format!("The row has no column `{column}`"));
            for empty in [json!(null), json!([]), json!(" "), json!(["", "\n"])] {
                row.insert(column.to_owned(), empty);
                let Step::Done(judged) = judge.begin(&context("x", &row)) else { panic!("{column} is not needed") };
                assert_eq!(reason(&judged), format!("The row's column `{column}` is empty"));
            }
        }
        let asks_at_once = matches!(judge.begin(&context("x", &empty)), Step::Ask(_));
        assert_eq!(asks_at_once, judge.columns().is_empty());
    }
}

#[test]
fn judges_that_give_no_answer_leave_the_output_unscored() {
    let row = full_row();
    for judge in one_of_each() {
        for (answer, expected) in [
            (Answer::Cut("{\"score".to_owned()), "The judge's answer was cut off at its limit of tokens"),
            (Answer::Refused("not this".to_owned()), "The judge refused to answer: not this"),
            (Answer::Failed("Timed out".to_owned()), "The judge gave no answer: Timed out"),
        ] {
            let (judged, _) = run(&judge, &context("x", &row), |_| answer.clone());
            assert_eq!((reason(&judged), &judged.detail), (expected, &Value::Null));
        }
    }
}

#[test]
fn malformed_answer_is_asked_for_once_more_and_no_more() {
    let row = full_row();
    for judge in one_of_each() {
        let (judged, asked) = run(&judge, &context("x", &row), |_| Answer::text("I would say four"));
        assert_eq!(reason(&judged), "The judge's answer holds no JSON object, also when asked again");
        let (firsts, repairs): (Vec<_>, Vec<_>) =
            asked.iter().partition(|asked| asked.prompt.as_str() != REPAIR_PROMPT);
        assert_eq!(firsts.len(), repairs.len());
        for (first, repair) in firsts.iter().zip(repairs) {
            assert_eq!(repair.schema, first.schema);
            assert_eq!(repair.inputs["answer"], json!("I would say four"));
            assert_eq!(repair.inputs["schema"], json!(first.schema.to_string()));
            assert!(!repair.wants_logprobs);
        }
    }
}

#[test]
fn only_the_malformed_answers_are_asked_for_again() {
    let judge = judge(json!({"scorer": "judge", "model": "m", "criteria": [{"question": "a"}, {"question": "b"}]}));
    let row = JsonMap::new();
    let (judged, asked) = run(&judge, &context("x", &row), |question| match question.inputs.get("question") {
        Some(Value::String(text)) if text == "a" => Answer::text("five!"),
        Some(_) => Answer::text(r#"{"reason": "r", "score": 2}"#),
        None => Answer::text(r#"{"reason": "repaired", "score": 5}"#),
    });
    assert_eq!(number(&judged), 3.5);
    assert_eq!(asked.len(), 3);
    assert_eq!(judged.explanation.as_deref(), Some("a 5: repaired b 2: r"));
}

#[test]
fn rounds_that_do_not_fit_are_unscored() {
    let judge = judge(json!({"scorer": "judge", "models": ["m", "n"], "question": "a"}));
    let row = JsonMap::new();
    let four = || Answer::text(r#"{"reason": "r", "score": 4}"#);
    let step = |answers: Vec<Answer>| judge.next(&context("x", &row), &[Round { answers }]);
    let Step::Done(few) = step(vec![four()]) else { panic!("it goes on") };
    assert_eq!(reason(&few), "Round 1 lacks an answer");
    let Step::Done(many) = step(vec![four(), four(), four()]) else { panic!("it goes on") };
    assert_eq!(reason(&many), "Round 1 has an answer that nobody asked for");
    let Step::Done(right) = step(vec![four(), four()]) else { panic!("it goes on") };
    assert_eq!(number(&right), 4.0);
}

#[test]
fn answers_are_kept_as_data() {
    let round = Round { answers: vec![Answer::text("é"), Answer::Cut("x".into()), Answer::Failed("y".into())] };
    let text = serde_json::to_string(&round).unwrap();
    assert_eq!(serde_json::from_str::<Round>(&text).unwrap(), round);
    assert_eq!(text, r#"[{"text":{"text":"é"}},{"cut":"x"},{"failed":"y"}]"#);
}
