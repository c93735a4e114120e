//! One line of JSONL in, its scores out: what `atelier score` does with each line.
//!
//! A line is an object with an `id`, an `output` and what the scorers read, `expected` for most. Pure; reading and
//! writing are the caller's.

use super::references::texts_of;
use super::{NamedScore, ScoreContext, Scorer, text_of};
use atelier_types::JsonMap;
use atelier_types::score::{Score, ScorerSpec};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// What is scored.
pub struct Line {
    id: Value,
    output: Option<String>,
    row: JsonMap,
}

/// What came of it.
#[derive(Serialize)]
pub struct ScoredLine {
    pub id: Value,
    /// By the scorers' names, in their order.
    pub scores: serde_json::Map<String, Value>,
}

impl Line {
    /// The error is a sentence about the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let row: JsonMap =
            serde_json::from_str(text.trim_end()).map_err(|err| format!("The line is not a JSON object: {err}"))?;
        let id = row.get("id").cloned().ok_or("The line has no `id`")?;
        let output = row.get("output").filter(|output| !output.is_null()).map(text_of);
        Ok(Self { id, output, row })
    }

    pub fn output(&self) -> Option<&str> {
        self.output.as_deref()
    }

    /// The texts that a scorer finds in its column.
    pub fn references(&self, scorer: &Scorer) -> Vec<Cow<'_, str>> {
        texts_of(scorer.expected_column().and_then(|column| self.row.get(column)))
    }

    pub fn score(self, scorers: &[Scorer]) -> ScoredLine {
        let scores = scorers.iter().map(|scorer| {
            let NamedScore { name, score, explanation: _ } = self.score_of(scorer);
            (name.to_string(), serde_json::to_value(score).unwrap_or_default())
        });
        ScoredLine { scores: scores.collect(), id: self.id }
    }

    fn score_of(&self, scorer: &Scorer) -> NamedScore {
        match &self.output {
            Some(output) => scorer.score(&ScoreContext { output, row: &self.row, output_schema: None }),
            None => NamedScore {
                name: scorer.info().name.clone(),
                score: Score::unscored("There is no output"),
                explanation: None,
            },
        }
    }
}

/// A scorer for lines whose `expected` is a list of values that are all right.
pub fn scorer_of_lines(mut spec: ScorerSpec) -> Result<Scorer, String> {
    if spec.scorer.as_str() == "json_match" && !spec.options.contains_key("alternatives") {
        spec.options.insert("alternatives".to_owned(), Value::Bool(true));
    }
    Scorer::new(&spec)
}
