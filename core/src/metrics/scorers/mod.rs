//! Scorers that need nothing but the output and the row. One file a scorer, its manual page as the file's header.
//!
//! A [`Scorer`] is made once for a run, with its settings checked, and then scores every output.

mod contains;
mod exact_match;
mod json_schema;
mod options;
mod regex;

pub use json_schema::Schema;

use atelier_types::JsonMap;
use atelier_types::experiment::ScorerInfo;
use atelier_types::score::{Direction, NamedScore, Score, ScorerSpec, Unit};
use options::Options;
use serde_json::Value;

/// Column that holds what is expected where an experiment names none.
const DEFAULT_EXPECTED_COLUMN: &str = "expected";

/// What a scorer looks at.
#[derive(Clone, Copy)]
pub struct ScoreContext<'a> {
    pub output: &'a str,
    pub row: &'a JsonMap,
    /// The output schema that the prompt declares.
    pub output_schema: Option<&'a Schema>,
}

/// A scorer with its settings.
pub struct Scorer {
    info: ScorerInfo,
    column: String,
    kind: Kind,
}

enum Kind {
    ExactMatch(exact_match::ExactMatch),
    Contains(contains::Contains),
    Regex(regex::RegexMatch),
    JsonSchema(json_schema::JsonSchema),
}

/// A score and, where there is something to say, why.
type Scored = (Score, Option<String>);

impl Scorer {
    /// Names as they stand in experiment files.
    pub const NAMES: [&str; 4] = ["exact_match", "contains", "regex", "json_schema"];

    /// Checks the settings. The error is a sentence that names the setting.
    pub fn new(spec: &ScorerSpec) -> Result<Self, String> {
        let mut options = Options::new(&spec.options);
        let kind = match spec.scorer.as_str() {
            "exact_match" => Kind::ExactMatch(exact_match::ExactMatch::new(&mut options)?),
            "contains" => Kind::Contains(contains::Contains::new(&mut options)?),
            "regex" => Kind::Regex(regex::RegexMatch::new(&mut options)?),
            "json_schema" => Kind::JsonSchema(json_schema::JsonSchema::new(&mut options)?),
            other => return Err(format!("There is no scorer `{other}`; there are {}", Self::NAMES.join(", "))),
        };
        options.refuse_unknown(spec.scorer.as_str())?;
        let info = ScorerInfo {
            name: spec.result_name().clone(),
            unit: Unit::Share,
            direction: Direction::HigherIsBetter,
            is_check: true,
        };
        let column = spec.expected.clone().unwrap_or_else(|| DEFAULT_EXPECTED_COLUMN.to_owned());
        Ok(Self { info, column, kind })
    }

    pub fn info(&self) -> &ScorerInfo {
        &self.info
    }

    /// The dataset column that must be there, where the scorer reads one.
    pub fn expected_column(&self) -> Option<&str> {
        let is_read = match &self.kind {
            Kind::ExactMatch(_) => true,
            Kind::Contains(contains) => contains.reads_row(),
            Kind::Regex(regex) => regex.reads_row(),
            Kind::JsonSchema(_) => false,
        };
        is_read.then_some(self.column.as_str())
    }

    pub fn score(&self, context: &ScoreContext<'_>) -> NamedScore {
        let (score, explanation) = match &self.kind {
            Kind::ExactMatch(scorer) => self.with_expected(context, |expected| scorer.score(context.output, expected)),
            Kind::Contains(scorer) if scorer.reads_row() => {
                self.with_expected(context, |expected| scorer.score(context.output, Some(expected)))
            }
            Kind::Contains(scorer) => scorer.score(context.output, None),
            Kind::Regex(scorer) if scorer.reads_row() => {
                self.with_expected(context, |expected| scorer.score(context.output, Some(expected)))
            }
            Kind::Regex(scorer) => scorer.score(context.output, None),
            Kind::JsonSchema(scorer) => scorer.score(context.output, context.output_schema),
        };
        NamedScore { name: self.info.name.clone(), score, explanation }
    }

    fn with_expected(&self, context: &ScoreContext<'_>, score: impl FnOnce(&Value) -> Scored) -> Scored {
        match context.row.get(&self.column) {
            Some(Value::Null) => unscored(format!("The row's column `{}` is empty", self.column)),
            Some(expected) => score(expected),
            None => unscored(format!("The row has no column `{}`", self.column)),
        }
    }
}

fn unscored(reason: String) -> Scored {
    (Score::unscored(reason), None)
}

/// How a value of a row is compared with text: a string as it is, anything else as compact JSON.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
