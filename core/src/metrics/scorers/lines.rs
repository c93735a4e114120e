//! One line of JSONL in, its scores out: what `atelier score` does with each line.
//!
//! A line is an object with an `id`, an `output` and what the scorers read, `expected` for most. Pure; reading and
//! writing are the caller's.

use super::references::texts_of;
use super::{ScoreContext, Scorer, perplexity, text_of};
use atelier_types::JsonMap;
use atelier_types::ids::ScorerName;
use atelier_types::provider::TokenLogprobs;
use atelier_types::score::{Score, ScoredLine, ScorerSpec};
use serde_json::Value;
use std::borrow::Cow;

/// Why a line without an output has no scores.
pub const NO_OUTPUT: &str = "There is no output";

/// What is scored.
pub struct Line {
    id: Value,
    output: Option<String>,
    row: JsonMap,
    logprobs: Vec<TokenLogprobs>,
}

impl Line {
    /// The error is a sentence about the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let row: JsonMap =
            serde_json::from_str(text.trim_end()).map_err(|err| format!("The line is not a JSON object: {err}"))?;
        Self::new(row)
    }

    /// From the fields of a line. The error is a sentence about them.
    pub fn new(row: JsonMap) -> Result<Self, String> {
        let id = row.get("id").cloned().ok_or("The line has no `id`")?;
        let output = row.get("output").filter(|output| !output.is_null()).map(text_of);
        let logprobs = row.get("logprobs").map(perplexity::tokens_of).transpose()?.unwrap_or_default();
        Ok(Self { id, output, row, logprobs })
    }

    pub fn output(&self) -> Option<&str> {
        self.output.as_deref()
    }

    /// The texts that a scorer finds in its column.
    pub fn references(&self, scorer: &Scorer) -> Vec<Cow<'_, str>> {
        texts_of(scorer.expected_column().and_then(|column| self.row.get(column)))
    }

    /// What scorers look at; `None` where there is no output.
    pub fn context(&self) -> Option<ScoreContext<'_>> {
        let Self { row, logprobs, .. } = self;
        Some(ScoreContext { output: self.output()?, row, output_schema: None, logprobs })
    }

    pub fn score(self, scorers: &[Scorer]) -> ScoredLine {
        let scores = scorers.iter().map(|scorer| (scorer.info().name.clone(), self.score_of(scorer))).collect();
        self.scored(scores)
    }

    /// With these scores.
    pub fn scored(self, scores: Vec<(ScorerName, Score)>) -> ScoredLine {
        let scores =
            scores.into_iter().map(|(name, score)| (name.to_string(), serde_json::to_value(score).unwrap_or_default()));
        ScoredLine { scores: scores.collect(), id: self.id }
    }

    fn score_of(&self, scorer: &Scorer) -> Score {
        self.context().map_or_else(|| Score::unscored(NO_OUTPUT), |context| scorer.score(&context).score)
    }
}

/// A scorer for lines whose `expected` is a list of values that are all right.
pub fn scorer_of_lines(spec: ScorerSpec) -> Result<Scorer, String> {
    Scorer::new(&spec_of_lines(spec))
}

/// The settings with what differs for lines.
pub fn spec_of_lines(mut spec: ScorerSpec) -> ScorerSpec {
    if spec.scorer.as_str() == "json_match" && !spec.options.contains_key("alternatives") {
        spec.options.insert("alternatives".to_owned(), Value::Bool(true));
    }
    spec
}
