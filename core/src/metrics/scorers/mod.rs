//! Scorers that need nothing but the output and the row. One file a scorer, its manual page as the file's header.
//!
//! A [`Scorer`] is made once for a run, with its settings checked, and then scores every output. Which scorers there
//! are stands in [`kinds`], one line each.

mod bleu;
mod byte_masks;
mod character_count;
mod chrf;
mod citations;
mod code_fences;
mod contains;
mod exact_match;
mod flesch_kincaid_grade;
mod flesch_reading_ease;
mod jaro_winkler;
mod json;
mod json_match;
mod json_schema;
mod kinds;
mod language;
mod levenshtein;
mod levenshtein_ratio;
mod lines;
mod meteor;
mod ngrams;
mod nonletter_share;
mod numbering;
mod numeric;
pub(super) mod options;
mod perplexity;
mod places;
mod porter;
pub(super) mod references;
mod regex;
mod repetition;
mod required_fields;
mod rouge;
mod sentence_count;
mod sequences;
mod set_match;
mod sql;
mod syllables;
mod syntax;
mod ter;
mod text_case;
mod token_f1;
mod token_ratios;
mod unicode;
mod url_in_context;
mod word_count;
mod word_lists;
mod xml;

pub use json_schema::{Schema, without_fence};
pub use lines::{Line, NO_OUTPUT, scorer_of_lines, spec_of_lines};

use atelier_types::JsonMap;
use atelier_types::experiment::ScorerInfo;
use atelier_types::provider::TokenLogprobs;
use atelier_types::score::{Direction, NamedScore, Score, ScorerSpec};
use options::Options;
use serde_json::Value;

/// Column that holds what is expected where an experiment names none.
pub(super) const DEFAULT_EXPECTED_COLUMN: &str = "expected";

/// What a scorer looks at.
#[derive(Clone, Copy)]
pub struct ScoreContext<'a> {
    pub output: &'a str,
    pub row: &'a JsonMap,
    /// The output schema that the prompt declares.
    pub output_schema: Option<&'a Schema>,
    /// The output token by token, where that is known.
    pub logprobs: &'a [TokenLogprobs],
}

/// A scorer with its settings.
pub struct Scorer {
    info: ScorerInfo,
    column: String,
    method: Box<dyn Method>,
}

/// What one scorer does. `expected` is never null, and there where [`Method::reads_row`] says so.
trait Method: Send + Sync {
    fn reads_row(&self) -> bool {
        true
    }

    /// Whether it is of use only with [`ScoreContext::logprobs`].
    fn reads_logprobs(&self) -> bool {
        false
    }

    /// Where a setting turns the kind's direction round.
    fn direction(&self) -> Option<Direction> {
        None
    }

    /// How the numbers came about, in sacreBLEU's notation, where the field has one.
    fn signature(&self, _num_references: Option<usize>) -> Option<String> {
        None
    }

    /// The score of many outputs together, where that is not the mean of their scores.
    fn corpus(&self) -> Option<Box<dyn Corpus + '_>> {
        None
    }

    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored;
}

/// A score of many outputs together.
pub trait Corpus {
    /// Without references the output is left out.
    fn add(&mut self, output: &str, references: &[&str]);

    /// In the scorer's unit.
    fn score(&self) -> f64;
}

/// A score and, where there is something to say, why.
pub type Scored = (Score, Option<String>);

impl Scorer {
    /// Names as they stand in experiment files.
    pub fn names() -> impl Iterator<Item = &'static str> {
        kinds::KINDS.iter().map(|kind| kind.name)
    }

    /// Checks the settings. The error is a sentence that names the setting.
    pub fn new(spec: &ScorerSpec) -> Result<Self, String> {
        let Some(kind) = kinds::KINDS.iter().find(|kind| kind.name == spec.scorer.as_str()) else {
            let names: Vec<&str> = Self::names().collect();
            return Err(format!("There is no scorer `{}`; there are {}", spec.scorer, names.join(", ")));
        };
        let mut options = Options::new(&spec.options);
        let method = (kind.make)(&mut options)?;
        options.refuse_unknown(kind.name)?;
        let info = ScorerInfo {
            name: spec.result_name().clone(),
            unit: kind.unit,
            direction: method.direction().unwrap_or(kind.direction),
            is_check: kind.is_check,
        };
        let column = spec.expected.clone().unwrap_or_else(|| DEFAULT_EXPECTED_COLUMN.to_owned());
        Ok(Self { info, column, method })
    }

    pub fn info(&self) -> &ScorerInfo {
        &self.info
    }

    /// The dataset column that must be there, where the scorer reads one.
    pub fn expected_column(&self) -> Option<&str> {
        self.method.reads_row().then_some(self.column.as_str())
    }

    /// Whether calls whose outputs it scores should ask for log-probabilities.
    pub fn reads_logprobs(&self) -> bool {
        self.method.reads_logprobs()
    }

    /// sacreBLEU's signature of these numbers, for BLEU, chrF and TER. `None` references: their number varies.
    pub fn signature(&self, num_references: Option<usize>) -> Option<String> {
        self.method.signature(num_references)
    }

    /// An empty corpus for BLEU, chrF and TER, whose corpus score is computed from added-up counts.
    pub fn corpus(&self) -> Option<Box<dyn Corpus + '_>> {
        self.method.corpus()
    }

    pub fn score(&self, context: &ScoreContext<'_>) -> NamedScore {
        let (score, explanation) = match self.expected(context.row) {
            Ok(expected) => finite(self.method.score(context, expected)),
            Err(reason) => unscored(reason),
        };
        NamedScore { name: self.info.name.clone(), score, explanation }
    }

    fn expected<'a>(&self, row: &'a JsonMap) -> Result<Option<&'a Value>, String> {
        if !self.method.reads_row() {
            return Ok(None);
        }
        match row.get(&self.column) {
            Some(Value::Null) => Err(format!("The row's column `{}` is empty", self.column)),
            Some(expected) => Ok(Some(expected)),
            None => Err(format!("The row has no column `{}`", self.column)),
        }
    }
}

/// The last guard of the promise that a score is a finite number or unscored.
fn finite(scored: Scored) -> Scored {
    match scored.0 {
        Score::Number(number) if !number.is_finite() => unscored(format!("The score is no finite number: {number}")),
        _ => scored,
    }
}

fn unscored(reason: impl Into<String>) -> Scored {
    (Score::unscored(reason), None)
}

/// How a value of a row is compared with text: a string as it is, anything else as compact JSON.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
