//! `levenshtein_ratio`: how alike two texts are, character by character.
//!
//! - Definition: 100 · (1 − distance / largest possible distance). With `distance = "indel"` (the default) only
//!   insertions and deletions are counted and the largest distance is the sum of both lengths: rapidfuzz's
//!   `fuzz.ratio`. With `distance = "levenshtein"` substitutions count as one and the largest distance is the longer
//!   length: 100 times rapidfuzz's `distance.Levenshtein.normalized_similarity`.
//! - Range: 0 to 100 (equal); higher is better.
//! - Reads: the row's expected column. Of several references, the most alike counts.
//! - Settings: `distance`; `ignore_case` (default false) compares the Unicode lower case of both.
//! - Empty texts: two are alike to 100, one and a text that is not empty to 0.
//! - Source: rapidfuzz 3.14.

use super::options::Options;
use super::references::{AgainstTexts, best};
use super::sequences::{indel_of, levenshtein_of};
use super::text_case::Casing;

pub(super) struct LevenshteinRatio {
    distance: fn(&str, &str) -> (usize, usize),
    casing: Casing,
}

impl LevenshteinRatio {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let distance = match options.choice("distance", &["indel", "levenshtein"])? {
            "levenshtein" => levenshtein_of,
            _ => indel_of,
        };
        Ok(Self { distance, casing: Casing::new(options)? })
    }
}

impl AgainstTexts for LevenshteinRatio {
    fn compare(&self, output: &str, references: &[&str]) -> f64 {
        let output = self.casing.of(output);
        best(references, |reference| likeness((self.distance)(&output, &self.casing.of(reference))))
    }
}

/// 0 to 100 from a distance and the largest one possible. Nothing is as far from nothing as can be and yet equal to
/// it, so that two empty texts are alike.
pub(super) fn likeness((distance, largest): (usize, usize)) -> f64 {
    if largest == 0 { 100.0 } else { 100.0 * (1.0 - distance as f64 / largest as f64) }
}
