//! `judge`: a model rates the output against a rubric.
//!
//! - Definition: for each criterion the model is asked alone and gives its reason and then a whole number on the scale.
//!   The score is Σ weight · number / Σ weight. Where the provider tells the log-probabilities of the tokens that could
//!   have stood in place of the number, and the scale's numbers have one digit, the number is their expected value
//!   Σ p(s) · s / Σ p(s) over the scale.
//! - Range: the scale; higher is better.
//! - Reads: the output and the messages that it answers; with `reference = true` also the row's expected column, which the
//!   model then compares with.
//! - Settings: `question`, or `criteria`, a list of `{name, question, weight}`; `scale` (default `[1, 5]`), two whole
//!   numbers from 0 to 100; `reference` (default false).
//! - Source: Liu et al., "G-Eval: NLG evaluation using GPT-4 with better human alignment", EMNLP 2023 (expected value over
//!   score tokens); Zheng et al., "Judging LLM-as-a-judge with MT-Bench and Chatbot Arena", NeurIPS 2023
//!   (reference-guided grading). Criteria are asked apart, as there, so that one does not colour the next.
//! - Unscored: a row without what is expected where `reference` is true, and answers as the folder's header says.

use super::columns::Column;
use super::criteria::{Criterion, criteria, reference, weighted_mean};
use super::dialogue::{Dialogue, Pause, Reading};
use super::logprobs::expected_score;
use super::{JudgeContext, Judged, Method, Question, short};
use crate::metrics::scorers::options::Options;
use atelier_types::score::Score;
use serde_json::{Value, json};
use std::ops::RangeInclusive;

const PROMPT: &str = "judges/rubric";

pub(super) struct Rubric {
    criteria: Vec<Criterion>,
    scale: RangeInclusive<u8>,
    reference: Option<Column>,
}

impl Rubric {
    pub(super) fn new(options: &mut Options<'_>, expected: Option<&str>) -> Result<Self, String> {
        Ok(Self {
            criteria: criteria(options)?,
            scale: options.value("scale").map_or(Ok(1..=5), scale)?,
            reference: reference(options, expected)?,
        })
    }

    fn question(
        &self,
        criterion: &Criterion,
        task: &str,
        output: &str,
        reference: &str,
        on: &Dialogue<'_>,
    ) -> Question {
        let inputs = [
            ("task", json!(task)),
            ("output", json!(output)),
            ("reference", json!(reference)),
            ("question", json!(criterion.question)),
            ("lowest", json!(self.scale.start())),
            ("highest", json!(self.scale.end())),
        ];
        let scores: Vec<u8> = self.scale.clone().collect();
        let score = json!({"type": "integer", "enum": scores});
        let asked = on.question(PROMPT, inputs, [("reason", json!({"type": "string"})), ("score", score)]);
        Question { wants_logprobs: *self.scale.end() <= 9, ..asked }
    }

    /// One criterion's reason alone, several with their names and numbers.
    fn explanation(&self, numbers: &[f64], readings: &[Reading]) -> String {
        if let [reading] = readings {
            return reading.text("reason").to_owned();
        }
        let each = self.criteria.iter().zip(numbers).zip(readings);
        let each = each.map(|((criterion, number), reading)| {
            format!("{} {}: {}", criterion.name, short(*number), reading.text("reason"))
        });
        each.collect::<Vec<_>>().join(" ")
    }
}

impl Method for Rubric {
    fn range(&self) -> (f64, f64) {
        (f64::from(*self.scale.start()), f64::from(*self.scale.end()))
    }

    fn prompts(&self) -> &'static [&'static str] {
        &[PROMPT]
    }

    fn columns(&self) -> Vec<&str> {
        self.reference.iter().filter_map(Column::required).collect()
    }

    fn judge(&self, context: &JudgeContext<'_>, dialogue: &mut Dialogue<'_>) -> Result<Judged, Pause> {
        let reference = self.reference.as_ref().map(|column| column.text(context.row)).transpose()?.unwrap_or_default();
        let question = |criterion| self.question(criterion, context.task, context.output, &reference, dialogue);
        let readings = dialogue.ask(self.criteria.iter().map(question).collect())?;
        let mut numbers = Vec::with_capacity(readings.len());
        let mut detail = Vec::with_capacity(readings.len());
        for (criterion, reading) in self.criteria.iter().zip(&readings) {
            let written = reading.number("score")?;
            let expected = reading.score_logprobs.as_deref().and_then(|top| expected_score(&self.scale, written, top));
            numbers.push(expected.unwrap_or(written));
            detail.push(json!({
                "criterion": criterion.name,
                "score": written,
                "expected_score": expected,
                "reason": reading.text("reason"),
            }));
        }
        Ok(Judged {
            score: Score::Number(weighted_mean(&self.criteria, &numbers)),
            explanation: Some(self.explanation(&numbers, &readings)),
            detail: json!({ "criteria": detail }),
        })
    }
}

fn scale(value: &Value) -> Result<RangeInclusive<u8>, String> {
    let ends: Option<Vec<u8>> = value.as_array().and_then(|ends| ends.iter().map(scale_end).collect());
    match ends.as_deref() {
        Some([low, high]) if low < high => Ok(*low..=*high),
        _ => Err(format!("`scale` must be two whole numbers from 0 to 100, the lowest first, not {value}")),
    }
}

fn scale_end(value: &Value) -> Option<u8> {
    value.as_u64().filter(|end| *end <= 100).and_then(|end| u8::try_from(end).ok())
}
