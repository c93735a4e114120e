//! `ter`: translation edit rate, how much of a reference would have to be edited.
//!
//! - Definition: 100 · edits / words of the reference, where an edit inserts, deletes or substitutes a word or shifts
//!   a run of words to another place. Shifts are searched greedily: as long as one lowers the edit distance, the one
//!   that lowers it most is made. The limits of the search (runs of at most 10 words, moved by at most 50; 1,000
//!   candidates; 25 words on either side of the diagonal) are sacreBLEU's and Tercom's.
//! - Range: from 0 (equal) on, over 100 where the output is much longer; lower is better.
//! - Reads: the row's expected column. Of several references, the least edits are divided by the mean length.
//! - Settings: `case_sensitive`, `normalized` (parts punctuation), `no_punct` (leaves out punctuation) and
//!   `asian_support` (treats Chinese and Japanese characters with the two before); all default false.
//! - With `normalized`, references are normalised twice and the output once, as in sacreBLEU (`'s` and stops that the
//!   first time has parted from digits are parted once more), so that a text may differ from itself.
//! - An empty reference has no words to divide by: 100 if the output has words, 0 if it has none, as in sacreBLEU.
//! - Corpus: [`Statistics`] of sentences are added up before the score is taken from them.
//! - Source: Snover and others 2006; values of sacreBLEU 2.6.

mod beam;
mod normalise;
mod shifts;

use super::Corpus;
use super::bleu::{SACREBLEU_VERSION, number_of_references, yes_or_no};
use super::numbering::Numbering;
use super::options::Options;
use super::references::{Additive, AgainstTexts, Sum};
use super::unicode::words;
use normalise::Normaliser;

pub(super) struct Ter {
    normaliser: Normaliser,
}

/// What TER is computed from. Statistics of sentences add up to those of the corpus.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Statistics {
    num_edits: u64,
    mean_reference_length: f64,
}

impl Ter {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { normaliser: Normaliser::new(options)? })
    }
}

impl Additive for Ter {
    type Statistics = Statistics;

    /// One sentence against its references.
    fn statistics(&self, output: &str, references: &[&str]) -> Statistics {
        let output = self.normaliser.normalised(output);
        let references: Vec<String> = references.iter().map(|one| self.normaliser.normalised_twice(one)).collect();
        let mut numbering = Numbering::default();
        let output = numbering.numbers(words(&output));
        let mut best: Option<u64> = None;
        let mut num_words = 0;
        for reference in &references {
            let reference = numbering.numbers(words(reference));
            let num_edits = shifts::num_edits(&output, &reference);
            best = Some(best.map_or(num_edits, |best| best.min(num_edits)));
            num_words += reference.len();
        }
        Statistics {
            num_edits: best.unwrap_or_default(),
            mean_reference_length: num_words as f64 / references.len().max(1) as f64,
        }
    }

    /// From 0 on.
    fn score_of(&self, statistics: &Statistics) -> f64 {
        match statistics.mean_reference_length {
            length if length > 0.0 => 100.0 * (statistics.num_edits as f64 / length),
            _ if statistics.num_edits > 0 => 100.0,
            _ => 0.0,
        }
    }
}

impl AgainstTexts for Ter {
    fn compare(&self, output: &str, references: &[&str]) -> f64 {
        self.score_of(&self.statistics(output, references))
    }

    fn signature(&self, num_references: Option<usize>) -> Option<String> {
        let Normaliser { is_case_sensitive, parts_punctuation, drops_punctuation, handles_asian } = &self.normaliser;
        Some(format!(
            "nrefs:{}|case:{}|tok:tercom|norm:{}|punct:{}|asian:{}|version:{SACREBLEU_VERSION}",
            number_of_references(num_references),
            if *is_case_sensitive { "mixed" } else { "lc" },
            yes_or_no(*parts_punctuation),
            yes_or_no(!drops_punctuation),
            yes_or_no(*handles_asian),
        ))
    }

    fn corpus(&self) -> Option<Box<dyn Corpus + '_>> {
        Some(Box::new(Sum::new(self)))
    }
}

impl std::ops::AddAssign for Statistics {
    fn add_assign(&mut self, other: Self) {
        self.num_edits += other.num_edits;
        self.mean_reference_length += other.mean_reference_length;
    }
}
