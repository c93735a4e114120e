//! `word_count`: how many words the output has.
//!
//! - Definition: what white space parts, if there is a letter, a number or an underscore in it. Contractions and
//!   words with hyphens are one word.
//! - Range: from 0 on. Unit: words. Neither direction is better by itself: `lower_is_better` (default false) says that
//!   shorter is.
//! - Reads: the output only. An empty output has 0 words.
//! - Source: values of textstat 0.7.8's `lexicon_count`. A language that is written without spaces, such as Chinese,
//!   has one word for each run of letters.

use super::options::Options;
use super::unicode::{is_word, words};
use super::{Method, ScoreContext, Scored};
use atelier_types::score::{Direction, Score};
use serde_json::Value;

pub(super) struct WordCount {
    direction: Direction,
}

impl WordCount {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { direction: direction(options)? })
    }
}

impl Method for WordCount {
    fn reads_row(&self) -> bool {
        false
    }

    fn direction(&self) -> Option<Direction> {
        Some(self.direction)
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        (Score::Number(num_words(context.output) as f64), None)
    }
}

pub(super) fn direction(options: &mut Options<'_>) -> Result<Direction, String> {
    let is_lower = options.flag("lower_is_better", false)?;
    Ok(if is_lower { Direction::LowerIsBetter } else { Direction::HigherIsBetter })
}

pub(super) fn num_words(text: &str) -> usize {
    words(text).filter(|word| word.contains(is_word)).count()
}
