//! `levenshtein`: how many characters have to change to make the output what was expected.
//!
//! - Definition: the least number of insertions, deletions and substitutions of characters (Unicode scalar values;
//!   combining marks count for themselves).
//! - Range: 0 (equal) to the length of the longer text; lower is better. Unit: characters.
//! - Reads: the row's expected column. Of several references, the nearest one counts.
//! - Settings: `ignore_case` (default false) compares the Unicode lower case of both.
//! - Empty texts: two are at distance 0, one is as far from the other as that is long.
//! - Source: Levenshtein 1966; values of rapidfuzz 3.14's `distance.Levenshtein.distance`.

use super::options::Options;
use super::references::AgainstTexts;
use super::sequences::levenshtein_of;
use super::text_case::Casing;

pub(super) struct Levenshtein {
    casing: Casing,
}

impl Levenshtein {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { casing: Casing::new(options)? })
    }
}

impl AgainstTexts for Levenshtein {
    fn compare(&self, output: &str, references: &[&str]) -> f64 {
        let output = self.casing.of(output);
        let distances = references.iter().map(|reference| levenshtein_of(&output, &self.casing.of(reference)).0);
        distances.min().unwrap_or_default() as f64
    }
}
