//! `citations`: the output's citations refer to passages that are there.
//!
//! - A citation is numbers in square brackets: `[1]`, `[2, 3]`, or a range by its ends, `[4-6]`.
//! - Range: 0 or 1; higher is better.
//! - Reads: the row's column that the experiment names as `expected`, such as `context`: a list of passages, which are
//!   numbered from 1, or a text whose paragraphs start with their numbers (`[1]`, `1.`, `1)` or `1:` at the start of a
//!   line).
//! - Settings: `min` (default 0), the fewest numbers that have to be cited, repetitions included.
//! - An output without a citation is right where `min` is 0. A column without numbered passages is unscored. The
//!   explanation names the first number that no passage has.

use super::options::Options;
use super::places::{place_of, shortened};
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeSet;

const CITATION: &str = r"\[\s*(\d+(?:\s*[,;–-]\s*\d+)*)\s*\]";
const PASSAGE: &str = r"(?m)^[ \t]*(?:\[(\d+)\]|(\d+)[.):])";

pub(super) struct Citations {
    citation: Regex,
    passage: Regex,
    fewest: usize,
}

impl Citations {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let compiled = |pattern| Regex::new(pattern).map_err(|err| err.to_string());
        let fewest = options.whole("min", 0, 0..=1_000_000)?;
        Ok(Self { citation: compiled(CITATION)?, passage: compiled(PASSAGE)?, fewest })
    }

    fn numbers(&self, passages: &Value) -> BTreeSet<String> {
        match passages {
            Value::Array(passages) => (1..=passages.len()).map(|number| number.to_string()).collect(),
            Value::String(text) => {
                let found = self.passage.captures_iter(text);
                let numbers = found.filter_map(|found| found.get(1).or(found.get(2)));
                numbers.map(|number| plain(number.as_str()).to_owned()).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    fn fault(&self, output: &str, known: &BTreeSet<String>) -> Option<String> {
        let mut num_cited = 0;
        for found in self.citation.captures_iter(output).filter_map(|found| found.get(1)) {
            for number in found.as_str().split(|letter: char| !letter.is_numeric()).filter(|part| !part.is_empty()) {
                num_cited += 1;
                if !known.contains(plain(number)) {
                    let place = place_of(output, found.start());
                    return Some(format!("There is no passage {}, cited at {place}", shortened(number)));
                }
            }
        }
        (num_cited < self.fewest).then(|| format!("Citations: {num_cited} instead of at least {}", self.fewest))
    }
}

impl Method for Citations {
    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        let known = expected.map(|passages| self.numbers(passages)).unwrap_or_default();
        if known.is_empty() {
            return unscored("There are no numbered passages to cite");
        }
        let fault = self.fault(context.output, &known);
        (Score::check(fault.is_none()), fault)
    }
}

/// A number without zeros before it.
fn plain(number: &str) -> &str {
    number.trim_start_matches('0')
}
