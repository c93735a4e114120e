//! `exact_match`: the output is what was expected, to the letter.
//!
//! - Range: 0 or 1; higher is better.
//! - Reads: the row's expected column. A text is compared as it is, any other value as compact JSON. Of a list, one
//!   element that fits is enough; the list as compact JSON fits too.
//! - Settings: `trim` (default true) ignores white space at both ends; `ignore_case` (default false) compares the
//!   Unicode lower case of both; `ignore_punctuation` (default false) leaves out everything but letters, digits and
//!   white space.
//! - Two empty texts are equal. A row without the column, or with an empty list in it, is unscored.

use super::options::Options;
use super::references::values_of;
use super::{Method, ScoreContext, Scored, text_of, unscored};
use atelier_types::score::Score;
use serde_json::Value;

pub(super) struct ExactMatch {
    trims: bool,
    ignores_case: bool,
    ignores_punctuation: bool,
}

impl ExactMatch {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self {
            trims: options.flag("trim", true)?,
            ignores_case: options.flag("ignore_case", false)?,
            ignores_punctuation: options.flag("ignore_punctuation", false)?,
        })
    }

    fn normalised(&self, text: &str) -> String {
        let mut text = if self.ignores_case { text.to_lowercase() } else { text.to_owned() };
        if self.ignores_punctuation {
            text.retain(|letter| letter.is_alphanumeric() || letter.is_whitespace());
        }
        if self.trims { text.trim().to_owned() } else { text }
    }
}

impl Method for ExactMatch {
    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        let Some(expected) = expected.filter(|expected| !values_of(expected).is_empty()) else {
            return unscored("There is nothing to compare with");
        };
        let output = self.normalised(context.output);
        let fits = |expected: &Value| output == self.normalised(&text_of(expected));
        (Score::check(values_of(expected).iter().any(fits) || fits(expected)), None)
    }
}
