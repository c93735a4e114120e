//! `nonletter_share`: how much of the output is digits, punctuation and symbols.
//!
//! - Definition: of the characters that are no white space, the share that are no letters (Unicode category L). A
//!   character is what a reader sees as one (an extended grapheme cluster), so that accents and vowel signs belong to
//!   their letter and an emoji counts once.
//! - Range: 0 to 1. Lower is more like prose: `lower_is_better` (default true) can say otherwise.
//! - Reads: the output only. An output of nothing but white space is unscored.
//! - Source: the shares of symbols and of alphabetic characters by which corpora are filtered (J. Rae and others,
//!   "Scaling language models: Gopher", 2021); clusters as in Unicode Standard Annex 29.

use super::options::Options;
use super::unicode::{Class, class_of, is_space};
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::{Direction, Score};
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation as _;

pub(super) struct NonletterShare {
    direction: Direction,
}

impl NonletterShare {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let is_lower = options.flag("lower_is_better", true)?;
        Ok(Self { direction: if is_lower { Direction::LowerIsBetter } else { Direction::HigherIsBetter } })
    }
}

impl Method for NonletterShare {
    fn reads_row(&self) -> bool {
        false
    }

    fn direction(&self) -> Option<Direction> {
        Some(self.direction)
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        let firsts = context.output.graphemes(true).filter_map(|character| character.chars().next());
        let (mut num_nonletters, mut num_characters) = (0_usize, 0_usize);
        for first in firsts.filter(|first| !is_space(*first)) {
            num_characters += 1;
            num_nonletters += usize::from(class_of(first) != Class::Letter);
        }
        match num_characters {
            0 => unscored("The output has no characters but white space"),
            _ => (Score::Number(num_nonletters as f64 / num_characters as f64), None),
        }
    }
}
