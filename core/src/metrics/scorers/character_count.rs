//! `character_count`: how many characters the output has.
//!
//! - Definition: Unicode code points, as limits of forms and `len` of Python count them; a letter with a separate accent
//!   is two.
//! - Range: from 0 on. Unit: characters. Neither direction is better by itself: `lower_is_better` (default false) says
//!   that shorter is.
//! - Reads: the output only. An empty output has 0 characters.
//! - Settings: `lower_is_better`; `ignore_spaces` (default false) leaves white space out.
//! - Source: values of textstat 0.7.8's `char_count`, which leaves spaces out by default.

use super::options::Options;
use super::unicode::is_space;
use super::word_count::direction;
use super::{Method, ScoreContext, Scored};
use atelier_types::score::{Direction, Score};
use serde_json::Value;

pub(super) struct CharacterCount {
    direction: Direction,
    ignores_spaces: bool,
}

impl CharacterCount {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { direction: direction(options)?, ignores_spaces: options.flag("ignore_spaces", false)? })
    }
}

impl Method for CharacterCount {
    fn reads_row(&self) -> bool {
        false
    }

    fn direction(&self) -> Option<Direction> {
        Some(self.direction)
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        let counted = context.output.chars().filter(|letter| !(self.ignores_spaces && is_space(*letter)));
        (Score::Number(counted.count() as f64), None)
    }
}
