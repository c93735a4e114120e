//! `regex`: a regular expression matches the output.
//!
//! - Range: 0 or 1; higher is better.
//! - Reads: the setting `pattern` where it is given, else the row's expected column: a pattern, or a list of which one
//!   has to match.
//! - Settings: `full` (default false) must match the whole output; `ignore_case` (default false).
//! - Syntax: that of the crate `regex` (no look-around, no back-references), so matching takes linear time.
//! - A pattern of a row that does not compile leaves that row unscored.

use super::options::Options;
use super::references::texts_of;
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use regex::{Regex, RegexBuilder};
use serde_json::Value;

pub(super) struct RegexMatch {
    pattern: Option<Regex>,
    matches_whole: bool,
    ignores_case: bool,
}

impl RegexMatch {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let pattern = options.text("pattern")?;
        let mut scorer = Self {
            pattern: None,
            matches_whole: options.flag("full", false)?,
            ignores_case: options.flag("ignore_case", false)?,
        };
        if let Some(pattern) = pattern {
            scorer.pattern = Some(scorer.compile(pattern).map_err(|err| format!("`pattern` does not compile: {err}"))?);
        }
        Ok(scorer)
    }

    fn compile(&self, pattern: &str) -> Result<Regex, regex::Error> {
        let whole = if self.matches_whole { format!(r"\A(?:{pattern})\z") } else { pattern.to_owned() };
        RegexBuilder::new(&whole).case_insensitive(self.ignores_case).build()
    }
}

impl Method for RegexMatch {
    fn reads_row(&self) -> bool {
        self.pattern.is_none()
    }

    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        if let Some(pattern) = &self.pattern {
            return (Score::check(pattern.is_match(context.output)), None);
        }
        let patterns: Result<Vec<Regex>, regex::Error> =
            texts_of(expected).iter().map(|pattern| self.compile(pattern)).collect();
        match patterns {
            Ok(patterns) if patterns.is_empty() => unscored("There is no pattern to match"),
            Ok(patterns) => (Score::check(patterns.iter().any(|pattern| pattern.is_match(context.output))), None),
            Err(err) => unscored(format!("The row's pattern does not compile: {err}")),
        }
    }
}
