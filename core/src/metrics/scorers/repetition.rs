//! `repetition`: how much of the output repeats itself.
//!
//! - Definition: of the output's runs of `n` words, the share that occurred before: 1 − different runs / runs. Words are
//!   what white space parts.
//! - Range: 0 to below 1; lower is better.
//! - Reads: the output only.
//! - Settings: `n` (1 to 100, default 4); `ignore_case` (default false) compares the Unicode lower case.
//! - An output of fewer than `n` words has no such run and is unscored.
//! - Source: seq-rep-n of S. Welleck and others, "Neural text generation with unlikelihood training" (ICLR 2020), where
//!   n is 4. There the runs are of a model's tokens; here, where models are compared, of words.

use super::numbering::Numbering;
use super::options::Options;
use super::text_case::Casing;
use super::unicode::words;
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use serde_json::Value;
use std::collections::HashSet;

pub(super) struct Repetition {
    run_length: usize,
    casing: Casing,
}

impl Repetition {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { run_length: options.whole("n", 4, 1..=100)?, casing: Casing::new(options)? })
    }
}

impl Method for Repetition {
    fn reads_row(&self) -> bool {
        false
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        let text = self.casing.of(context.output);
        let numbers = Numbering::default().numbers(words(&text));
        let runs = numbers.windows(self.run_length);
        match runs.len() {
            0 => unscored(format!("The output has fewer than {} words", self.run_length)),
            num_runs => {
                let num_different = runs.collect::<HashSet<_>>().len();
                (Score::Number((num_runs - num_different) as f64 / num_runs as f64), None)
            }
        }
    }
}
