//! `numeric`: the output is the number that was expected, within a tolerance.
//!
//! - Definition: right where |output − expected| ≤ max(`abs_tolerance`, `rel_tolerance` · |expected|).
//! - Range: 0 or 1; higher is better.
//! - Reads: the row's expected column: a number, a text that is one, or a list of which one has to fit.
//! - Settings: `abs_tolerance` and `rel_tolerance` (from 0 on, default 0); `extract` (default false) takes the last
//!   number in the output, for answers with words around them, instead of wanting an output that is a number.
//! - A number may have a sign, a fraction, an exponent, and commas between groups of three digits. The comparison
//!   allows for a rounding error of the last binary digit, so that 0.3 is within 0.1 of 0.2.
//! - An output without a number is wrong (0), and the explanation says so. An expected value that is no number leaves
//!   the row unscored.

use super::options::Options;
use super::references::values_of;
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use regex::Regex;
use serde_json::Value;

const NUMBER: &str = r"[+\-−]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+\-]?\d+)?";

pub(super) struct Numeric {
    abs_tolerance: f64,
    rel_tolerance: f64,
    extracts: bool,
    pattern: Regex,
}

impl Numeric {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self {
            abs_tolerance: options.number("abs_tolerance", 0.0, 0.0..=f64::MAX)?,
            rel_tolerance: options.number("rel_tolerance", 0.0, 0.0..=f64::MAX)?,
            extracts: options.flag("extract", false)?,
            pattern: Regex::new(NUMBER).map_err(|err| err.to_string())?,
        })
    }

    fn is_close(&self, number: f64, expected: f64) -> bool {
        let tolerance = self.abs_tolerance.max(self.rel_tolerance * expected.abs());
        let rounding = f64::EPSILON * number.abs().max(expected.abs());
        let slack = if tolerance > 0.0 { rounding } else { 0.0 };
        (number - expected).abs() <= tolerance + slack
    }

    /// The number that the whole text is.
    fn whole(&self, text: &str) -> Option<f64> {
        let text = text.trim();
        let found = self.pattern.find(text).filter(|found| found.as_str() == text)?;
        parsed(found.as_str())
    }

    fn expected(&self, value: &Value) -> Option<f64> {
        match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => self.whole(text),
            _ => None,
        }
    }

    fn in_output(&self, output: &str) -> Option<f64> {
        match self.extracts {
            true => self.pattern.find_iter(output).last().and_then(|found| parsed(found.as_str())),
            false => self.whole(output),
        }
    }
}

impl Method for Numeric {
    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        let values = expected.map(values_of).unwrap_or_default();
        if values.is_empty() {
            return unscored("There is no number to compare with");
        }
        let expected: Result<Vec<f64>, &Value> = values.iter().map(|value| self.expected(value).ok_or(value)).collect();
        match (expected, self.in_output(context.output)) {
            (Err(value), _) => unscored(format!("What is expected is not a number: {value}")),
            (Ok(_), None) => (Score::check(false), Some("The output is not a number".to_owned())),
            (Ok(expected), Some(number)) => {
                (Score::check(expected.iter().any(|expected| self.is_close(number, *expected))), None)
            }
        }
    }
}

fn parsed(text: &str) -> Option<f64> {
    let text = text.replace(',', "").replace('−', "-");
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
