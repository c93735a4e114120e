//! `flesch_reading_ease`: how easy English text is to read.
//!
//! - Definition: 206.835 − 1.015 · words / sentences − 84.6 · syllables / words. Words and sentences are those of
//!   `word_count` and `sentence_count`; syllables are those of the CMU Pronouncing Dictionary, and for other words those
//!   of American hyphenation.
//! - Range: 121.22 for one short sentence of words with one syllable, and without end below: 60 to 70 is plain English,
//!   below 30 is hard, below 0 harder still. Higher is easier. Unit: points of Flesch's own scale.
//! - Reads: the output only. Other languages have other formulas; of their texts the number means nothing.
//! - Settings: none.
//! - A text without a word or without a syllable (`hmm` has none in the dictionary) is unscored, where textstat says 0.
//! - Source: R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948); values of textstat 0.7.8
//!   with its default language `en_US`.

use super::sentence_count::num_sentences;
use super::syllables::num_syllables;
use super::word_count::num_words;
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use serde_json::Value;

pub(super) struct FleschReadingEase;

impl Method for FleschReadingEase {
    fn reads_row(&self) -> bool {
        false
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        of_averages(context.output, |words, syllables| 206.835 - 1.015 * words - 84.6 * syllables)
    }
}

/// What a formula makes of the words a sentence and the syllables a word that a text has on average.
pub(super) fn of_averages(text: &str, formula: fn(f64, f64) -> f64) -> Scored {
    let num_words = num_words(text) as f64;
    let num_syllables = num_syllables(text) as f64;
    if num_words == 0.0 {
        return unscored("The output has no words");
    }
    if num_syllables == 0.0 {
        return unscored("The output's words have no syllables");
    }
    (Score::Number(formula(num_words / num_sentences(text) as f64, num_syllables / num_words)), None)
}
