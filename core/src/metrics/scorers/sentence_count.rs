//! `sentence_count`: how many sentences the output has.
//!
//! - Definition: what runs of full stops, exclamation marks and question marks end, if it has more than two words
//!   (see `word_count`); shorter pieces are taken for abbreviations, list numbers and the like. A text that is not
//!   empty has at least one sentence.
//! - Range: from 0 on. Unit: sentences. Neither direction is better by itself: `lower_is_better` (default false) says
//!   that fewer are.
//! - Reads: the output only. An empty output has 0 sentences.
//! - Source: values of textstat 0.7.8's `sentence_count`. Other scripts' full stops end no sentence.

use super::options::Options;
use super::unicode::is_word;
use super::word_count::{direction, num_words};
use super::{Method, ScoreContext, Scored};
use atelier_types::score::{Direction, Score};
use serde_json::Value;

/// Pieces of at most so many words are not counted.
const LONGEST_FRAGMENT: usize = 2;

pub(super) struct SentenceCount {
    direction: Direction,
}

impl SentenceCount {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { direction: direction(options)? })
    }
}

impl Method for SentenceCount {
    fn reads_row(&self) -> bool {
        false
    }

    fn direction(&self) -> Option<Direction> {
        Some(self.direction)
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        (Score::Number(num_sentences(context.output) as f64), None)
    }
}

pub(super) fn num_sentences(text: &str) -> usize {
    if text.is_empty() {
        return 0;
    }
    let pieces = text.split(['.', '!', '?']).filter(|piece| piece.contains(is_word));
    pieces.filter(|piece| num_words(piece) > LONGEST_FRAGMENT).count().max(1)
}
