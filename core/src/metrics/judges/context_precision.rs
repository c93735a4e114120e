//! `context_precision`: whether the useful passages of the context stand first. It rates the retriever's ranking, not the
//! output.
//!
//! - Definition: for each passage the model is asked alone whether it is useful for arriving at the answer (vₖ is 1 or 0).
//!   Score = Σₖ precision@k · vₖ / Σₖ vₖ, with precision@k the share of useful passages among the first k: the average
//!   precision. Without a useful passage it is 0.
//! - Range: 0 to 1; higher is better.
//! - Reads: the columns `question` and `context`, a list of passages in their ranked order; the row's expected column, or
//!   with `against = "output"` the output.
//! - Settings: `question_column` (default `question`); `context_column` (default `context`); `against`, `expected` (default)
//!   or `output`.
//! - Source: RAGAS, context precision with and without reference; DeepEval's contextual precision has the same formula.
//! - Unscored: a row without one of the columns, and answers as the folder's header says.

use super::columns::Column;
use super::dialogue::{Dialogue, Pause};
use super::{JudgeContext, Judged, Method};
use crate::metrics::scorers::options::Options;
use atelier_types::score::Score;
use serde_json::json;

const PROMPT: &str = "judges/passage-usefulness";

pub(super) struct ContextPrecision {
    question: Column,
    context: Column,
    /// The output where it is none.
    expected: Option<Column>,
}

impl ContextPrecision {
    pub(super) fn new(options: &mut Options<'_>, expected: Option<&str>) -> Result<Self, String> {
        let expected = match (options.choice("against", &["expected", "output"])?, expected) {
            ("output", Some(_)) => return Err("`expected` is not read where `against` is `output`".to_owned()),
            ("output", None) => None,
            (_, expected) => Some(Column::expected(expected)),
        };
        Ok(Self { question: Column::question(options)?, context: Column::context(options)?, expected })
    }
}

impl Method for ContextPrecision {
    fn prompts(&self) -> &'static [&'static str] {
        &[PROMPT]
    }

    fn columns(&self) -> Vec<&str> {
        [&self.question, &self.context].into_iter().chain(&self.expected).filter_map(Column::required).collect()
    }

    fn judge(&self, context: &JudgeContext<'_>, dialogue: &mut Dialogue<'_>) -> Result<Judged, Pause> {
        let question = self.question.text(context.row)?;
        let passages = self.context.passages(context.row)?;
        let expected = self.expected.as_ref().map(|column| column.text(context.row)).transpose()?;
        let answer = expected.as_deref().unwrap_or(context.output);
        let questions = passages.iter().map(|passage| {
            let inputs = [("question", json!(question)), ("answer", json!(answer)), ("passage", json!(passage))];
            let properties = [("reason", json!({"type": "string"})), ("is_useful", json!({"type": "boolean"}))];
            dialogue.question(PROMPT, inputs, properties)
        });
        let readings = dialogue.ask(questions.collect())?;
        let is_useful: Vec<bool> =
            readings.iter().map(|reading| reading.fields.get("is_useful") == Some(&json!(true))).collect();
        let places = is_useful.iter().enumerate().filter(|(_, useful)| **useful).map(|(place, _)| place + 1);
        let detail: Vec<_> = readings.iter().map(|reading| &reading.fields).collect();
        Ok(Judged {
            score: Score::Number(average_precision(&is_useful)),
            explanation: Some(format!("Useful: {}", in_words(&places.collect::<Vec<_>>(), passages.len()))),
            detail: json!({ "passages": detail }),
        })
    }
}

fn in_words(places: &[usize], num_passages: usize) -> String {
    if places.is_empty() {
        return format!("none of {num_passages} passages");
    }
    let places: Vec<String> = places.iter().map(usize::to_string).collect();
    format!("passage {} of {num_passages}", places.join(", "))
}

/// 0 where nothing is useful.
fn average_precision(is_useful: &[bool]) -> f64 {
    let (mut num_useful, mut sum) = (0_u32, 0.0);
    for (place, _) in is_useful.iter().enumerate().filter(|(_, useful)| **useful) {
        num_useful += 1;
        sum += f64::from(num_useful) / (place + 1) as f64;
    }
    if num_useful == 0 { 0.0 } else { sum / f64::from(num_useful) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn average_precision_by_hand() {
        assert_eq!(average_precision(&[true, true, false]), 1.0);
        assert!((average_precision(&[false, true, true]) - (0.5 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        assert_eq!(average_precision(&[false, false, false, true]), 0.25);
        assert_eq!(average_precision(&[false]), 0.0);
        assert_eq!(average_precision(&[]), 0.0);
    }
}
