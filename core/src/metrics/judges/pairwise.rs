//! `pairwise`: a model compares the output with the baseline's output for the same row, in both orders.
//!
//! - Definition: for each criterion the model sees the pair twice, once with the output first and once with the baseline
//!   first, and says which of the two is better, or that neither is. The output wins (1) or loses (0) only where both orders
//!   say so; anything else is a tie (0.5), so a model that prefers a place gives ties. The score is the mean by weight.
//! - Range: 0 to 1, with 0.5 for outputs that are as good as each other; higher is better.
//! - Reads: both outputs and the messages that they answer; with `reference = true` also the row's expected column.
//! - Settings: `question`, or `criteria`, a list of `{name, question, weight}`; `reference` (default false).
//! - Source: Zheng et al., "Judging LLM-as-a-judge with MT-Bench and Chatbot Arena", NeurIPS 2023, section 3.4 (a win only
//!   where both orders agree).
//! - Unscored: a row without the baseline's output, or without what is expected where `reference` is true, and answers as
//!   the folder's header says.

use super::columns::Column;
use super::criteria::{Criterion, criteria, reference, weighted_mean};
use super::dialogue::{Dialogue, Pause, unscored};
use super::{JudgeContext, Judged, Method, Question};
use crate::metrics::scorers::options::Options;
use atelier_types::judge::OrderedPair;
use atelier_types::score::Score;
use atelier_types::statistics::Winner;
use serde_json::{Value, json};

const PROMPT: &str = "judges/pairwise";

pub(super) struct Pairwise {
    criteria: Vec<Criterion>,
    reference: Option<Column>,
}

/// What a pair of answers says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Win,
    Loss,
    Tie,
    /// The same place won in both orders.
    OrderDecided,
}

impl Outcome {
    /// From the winner's place with the output first, and with the baseline first.
    fn of(output_first: &str, baseline_first: &str) -> Self {
        match (output_first, baseline_first) {
            ("first", "second") => Self::Win,
            ("second", "first") => Self::Loss,
            ("first", "first") | ("second", "second") => Self::OrderDecided,
            _ => Self::Tie,
        }
    }

    fn value(self) -> f64 {
        match self {
            Self::Win => 1.0,
            Self::Loss => 0.0,
            Self::Tie | Self::OrderDecided => 0.5,
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Win => "better",
            Self::Loss => "worse",
            Self::Tie => "tie",
            Self::OrderDecided => "tie, since the order decided",
        }
    }
}

impl Pairwise {
    pub(super) fn new(options: &mut Options<'_>, expected: Option<&str>) -> Result<Self, String> {
        Ok(Self { criteria: criteria(options)?, reference: reference(options, expected)? })
    }

    /// What came out, with the criteria's names where there are several. The models' reasons speak of places, which
    /// differ between the orders; they stand in the detail.
    fn explanation(&self, outcomes: &[Outcome]) -> String {
        match outcomes {
            [outcome] => outcome.in_words().to_owned(),
            several => {
                let each = self.criteria.iter().zip(several);
                let each = each.map(|(criterion, outcome)| format!("{}: {}", criterion.name, outcome.in_words()));
                each.collect::<Vec<_>>().join("; ")
            }
        }
    }
}

impl Method for Pairwise {
    fn reads_baseline(&self) -> bool {
        true
    }

    fn prompts(&self) -> &'static [&'static str] {
        &[PROMPT]
    }

    fn columns(&self) -> Vec<&str> {
        self.reference.iter().filter_map(Column::required).collect()
    }

    fn judge(&self, context: &JudgeContext<'_>, dialogue: &mut Dialogue<'_>) -> Result<Judged, Pause> {
        let baseline = context.baseline_output.ok_or_else(|| unscored("There is no output of a baseline"))?;
        let reference = self.reference.as_ref().map(|column| column.text(context.row)).transpose()?.unwrap_or_default();
        let question = |criterion: &Criterion, first: &str, second: &str| {
            question(dialogue, context.task, criterion, &reference, first, second)
        };
        let questions = self.criteria.iter().flat_map(|criterion| {
            [question(criterion, context.output, baseline), question(criterion, baseline, context.output)]
        });
        let readings = dialogue.ask(questions.collect())?;
        let compared = self.criteria.iter().zip(readings.chunks_exact(2)).filter_map(|(criterion, pair)| {
            let [output_first, baseline_first] = pair else { return None };
            let outcome = Outcome::of(output_first.text("winner"), baseline_first.text("winner"));
            let detail = json!({
                "criterion": criterion.name,
                "outcome": outcome.in_words(),
                "output_first": output_first.fields,
                "baseline_first": baseline_first.fields,
            });
            Some((outcome, detail))
        });
        let (outcomes, detail): (Vec<Outcome>, Vec<Value>) = compared.unzip();
        let values: Vec<f64> = outcomes.iter().map(|outcome| outcome.value()).collect();
        Ok(Judged {
            score: Score::Number(weighted_mean(&self.criteria, &values)),
            explanation: Some(self.explanation(&outcomes)),
            detail: json!({ "criteria": detail }),
        })
    }
}

/// Who won in both orders, for each model and criterion, from the detail of a judgement; `a` is the output, `b` the
/// baseline's. Nothing in details of other judges.
pub fn ordered_pairs(detail: &Value) -> Vec<OrderedPair> {
    let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let models = list(detail, "judges");
    let criteria = models.iter().filter_map(|model| model.get("detail")).flat_map(|one| list(one, "criteria"));
    let winner = |order: &Value, first: Winner, second: Winner| match order.get("winner")?.as_str()? {
        "first" => Some(first),
        "second" => Some(second),
        "tie" => Some(Winner::Tie),
        _ => None,
    };
    let pair = |criterion: Value| {
        let a_first = winner(criterion.get("output_first")?, Winner::A, Winner::B)?;
        let b_first = winner(criterion.get("baseline_first")?, Winner::B, Winner::A)?;
        Some(OrderedPair { a_first, b_first })
    };
    criteria.filter_map(pair).collect()
}

fn question(
    dialogue: &Dialogue<'_>,
    task: &str,
    criterion: &Criterion,
    reference: &str,
    first: &str,
    second: &str,
) -> Question {
    let inputs = [
        ("task", json!(task)),
        ("first", json!(first)),
        ("second", json!(second)),
        ("reference", json!(reference)),
        ("question", json!(criterion.question)),
    ];
    let winner = json!({"type": "string", "enum": ["first", "second", "tie"]});
    dialogue.question(PROMPT, inputs, [("reason", json!({"type": "string"})), ("winner", winner)])
}
