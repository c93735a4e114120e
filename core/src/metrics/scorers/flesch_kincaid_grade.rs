//! `flesch_kincaid_grade`: the school grade of the United States from which English text is understood.
//!
//! - Definition: 0.39 · words / sentences + 11.8 · syllables / words − 15.59, counted as for `flesch_reading_ease`.
//! - Range: from −3.4 on, without end above. Lower is easier to read. Unit: years of school.
//! - Reads: the output only. Of texts in other languages the number means nothing.
//! - Settings: none.
//! - A text without a word or without a syllable is unscored, where textstat says 0.
//! - Source: J. P. Kincaid and others, "Derivation of new readability formulas for Navy enlisted personnel", 1975; values
//!   of textstat 0.7.8 with its default language `en_US`.

use super::flesch_reading_ease::of_averages;
use super::{Method, ScoreContext, Scored};
use serde_json::Value;

pub(super) struct FleschKincaidGrade;

impl Method for FleschKincaidGrade {
    fn reads_row(&self) -> bool {
        false
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        of_averages(context.output, |words, syllables| 0.39 * words + 11.8 * syllables - 15.59)
    }
}
