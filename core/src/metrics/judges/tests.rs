use super::*;
use atelier_types::score::Direction;
use serde_json::json;
use std::collections::BTreeSet;

mod questions;
mod rag;
mod rubrics;

fn spec(spec: Value) -> ScorerSpec {
    serde_json::from_value(spec).unwrap()
}

fn judge(settings: Value) -> Judge {
    Judge::new(&spec(settings)).unwrap()
}

fn object(value: Value) -> JsonMap {
    let Value::Object(object) = value else { panic!("{value} is no object") };
    object
}

fn context<'a>(output: &'a str, row: &'a JsonMap) -> JudgeContext<'a> {
    JudgeContext { output, baseline_output: Some("the baseline"), row, task: "the task" }
}

/// Asks until there is a score, and checks on the way that nothing but the answers decides.
fn run(judge: &Judge, context: &JudgeContext<'_>, answer: impl Fn(&Question) -> Answer) -> (Judged, Vec<Question>) {
    let (mut rounds, mut asked) = (Vec::new(), Vec::new());
    assert_eq!(judge.begin(context), judge.next(context, &[]));
    loop {
        match judge.next(context, &rounds) {
            Step::Done(judged) => return (judged, asked),
            Step::Ask(questions) => {
                assert!(!questions.is_empty());
                assert!(rounds.len() < 5, "it never ends: {questions:?}");
                assert_eq!(judge.next(context, &rounds), Step::Ask(questions.clone()));
                rounds.push(Round { answers: questions.iter().map(&answer).collect() });
                asked.extend(questions);
            }
        }
    }
}

fn number(judged: &Judged) -> f64 {
    judged.score.number().unwrap_or_else(|| panic!("{judged:?}"))
}

fn reason(judged: &Judged) -> &str {
    match &judged.score {
        Score::Unscored { unscored } => unscored,
        Score::Number(number) => panic!("it has the score {number}"),
    }
}

/// A judge of each kind with everything that it reads.
fn one_of_each() -> Vec<Judge> {
    let settings = |name: &str| match name {
        "judge" | "pairwise" => json!({"scorer": name, "model": "m", "question": "Is it good?", "reference": true}),
        _ => json!({"scorer": name, "model": "m"}),
    };
    Judge::names().map(|name| judge(settings(name))).collect()
}

fn full_row() -> JsonMap {
    object(json!({"question": "How long?", "context": ["Four days.", "Free returns."], "expected": "4 days"}))
}

/// A right answer to any question that a judge asks.
fn agreeable(question: &Question) -> Answer {
    let verdicts = |word: &str| {
        let items = question.inputs.get("claims").or(question.inputs.get("statements")).unwrap().as_array().unwrap();
        let verdicts = (1..=items.len()).map(|number| json!({"number": number, "reason": "so", "verdict": word}));
        json!({"verdicts": verdicts.collect::<Vec<_>>()})
    };
    let answer = match question.prompt.as_str() {
        "judges/rubric" => json!({"reason": "fine", "score": 4}),
        "judges/pairwise" => json!({"reason": "fine", "winner": "tie"}),
        "judges/claims" => json!({"claims": ["One.", "Two."]}),
        "judges/claim-verdicts" => verdicts("supported"),
        "judges/statements" => json!({"statements": ["One.", "Two."]}),
        "judges/statement-relevance" => verdicts("yes"),
        "judges/passage-usefulness" => json!({"reason": "fine", "is_useful": true}),
        "judges/task-completion" => json!({"reason": "fine", "score": 0.5}),
        other => panic!("{other}"),
    };
    Answer::text(answer.to_string())
}
