//! `contains`: the output has certain texts in it.
//!
//! - Range: 0 or 1; higher is better.
//! - Reads: the setting `values` where it is given, else the row's expected column; a text, or a list of texts.
//! - Settings: `any` (default false) is content with one of several; `ignore_case` (default false) compares the
//!   Unicode lower case of both.
//! - An empty list is unscored, since there is nothing to look for; an empty text is in every output.

use super::options::Options;
use super::{Method, ScoreContext, Scored, text_of, unscored};
use atelier_types::score::Score;
use serde_json::Value;

pub(super) struct Contains {
    values: Option<Vec<String>>,
    is_any_enough: bool,
    ignores_case: bool,
}

impl Contains {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self {
            values: options.value("values").map(texts_of),
            is_any_enough: options.flag("any", false)?,
            ignores_case: options.flag("ignore_case", false)?,
        })
    }

    fn folded(&self, text: &str) -> String {
        if self.ignores_case { text.to_lowercase() } else { text.to_owned() }
    }
}

impl Method for Contains {
    fn reads_row(&self) -> bool {
        self.values.is_none()
    }

    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        let from_row = expected.map(texts_of);
        let wanted = self.values.as_ref().or(from_row.as_ref()).map(Vec::as_slice).unwrap_or_default();
        if wanted.is_empty() {
            return unscored("There is no text to look for");
        }
        let output = self.folded(context.output);
        let missing: Vec<&str> =
            wanted.iter().filter(|text| !output.contains(&self.folded(text))).map(String::as_str).collect();
        let is_enough = missing.is_empty() || (self.is_any_enough && missing.len() < wanted.len());
        let explanation = (!is_enough).then(|| format!("Missing: {}", missing.join(", ")));
        (Score::check(is_enough), explanation)
    }
}

fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().map(text_of).collect(),
        other => vec![text_of(other)],
    }
}
