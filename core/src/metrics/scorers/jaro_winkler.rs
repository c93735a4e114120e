//! `jaro_winkler`: how alike two short texts are, such as names, with weight on a common beginning.
//!
//! - Definition: Jaro's similarity J = (c/m + c/n + (c − t)/c) / 3 for texts of m and n characters, c characters that
//!   both have no farther apart than half the longer length less one, and t half the number of those that stand in
//!   another order. Where J is over 0.7, `prefix_weight` · (common beginning, at most 4) · (1 − J) is added, up to 1.
//! - Range: 0 to 1 (equal); higher is better.
//! - Reads: the row's expected column. Of several references, the most alike counts.
//! - Settings: `prefix_weight` (0 to 0.25, default 0.1); `ignore_case` (default false) compares the Unicode lower case
//!   of both.
//! - Empty texts: two are alike to 1, one and a text that is not empty to 0.
//! - Source: Winkler 1990; values of rapidfuzz 3.14's `distance.JaroWinkler.similarity`.

use super::options::Options;
use super::references::{AgainstTexts, best};
use super::sequences::{Places, Symbol, of_characters};
use super::text_case::Casing;

const LONGEST_PREFIX: usize = 4;
/// Texts that are less alike get nothing for their beginning.
const PREFIX_THRESHOLD: f64 = 0.7;

pub(super) struct JaroWinkler {
    prefix_weight: f64,
    casing: Casing,
}

impl JaroWinkler {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { prefix_weight: options.number("prefix_weight", 0.1, 0.0..=0.25)?, casing: Casing::new(options)? })
    }

    fn similarity<T: Symbol>(&self, a: &[T], b: &[T]) -> f64 {
        let jaro = jaro(a, b);
        if jaro <= PREFIX_THRESHOLD {
            return jaro;
        }
        let prefix = a.iter().zip(b).take(LONGEST_PREFIX).take_while(|(a, b)| a == b).count();
        (jaro + prefix as f64 * self.prefix_weight * (1.0 - jaro)).min(1.0)
    }
}

impl AgainstTexts for JaroWinkler {
    fn compare(&self, output: &str, references: &[&str]) -> f64 {
        let output = self.casing.of(output);
        best(references, |reference| {
            let reference = self.casing.of(reference);
            of_characters!(output, reference, self.similarity)
        })
    }
}

fn jaro<T: Symbol>(a: &[T], b: &[T]) -> f64 {
    match (a, b) {
        ([], []) => return 1.0,
        ([], _) | (_, []) => return 0.0,
        ([a], [b]) => return f64::from(u8::from(a == b)),
        _ => (),
    }
    let (common_of_a, common_of_b) = common(a, b, (a.len().max(b.len()) / 2) - 1);
    if common_of_a.is_empty() {
        return 0.0;
    }
    let num_moved = common_of_a.iter().zip(&common_of_b).filter(|(a, b)| a != b).count();
    let num_common = common_of_a.len() as f64;
    let num_swaps = (num_moved / 2) as f64;
    (num_common / a.len() as f64 + num_common / b.len() as f64 + (num_common - num_swaps) / num_common) / 3.0
}

/// The characters that both have within `reach`, in the order of the one and of the other. Each of `a` takes the first
/// of `b` that is still free.
fn common<T: Symbol>(a: &[T], b: &[T], reach: usize) -> (Vec<T>, Vec<T>) {
    let places = Places::of(b);
    let mut free = vec![u64::MAX; places.num_blocks()];
    let mut of_a = Vec::with_capacity(a.len().min(b.len()));
    for (at, letter) in a.iter().enumerate().take(b.len() + reach) {
        let (low, high) = (at.saturating_sub(reach), (at + reach).min(b.len() - 1));
        if let Some(taken) = places.first(*letter, &free, low, high) {
            free[taken / 64] &= !(1 << (taken % 64));
            of_a.push(*letter);
        }
    }
    let is_taken = |at: usize| free[at / 64] >> (at % 64) & 1 == 0;
    let of_b = b.iter().enumerate().filter(|(at, _)| is_taken(*at)).map(|(_, letter)| *letter).collect();
    (of_a, of_b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples() {
        let winkler = JaroWinkler { prefix_weight: 0.1, casing: Casing::Kept };
        let compare = |a: &str, b: &str| winkler.compare(a, &[b]);
        assert!((compare("MARTHA", "MARHTA") - 0.961_111_111).abs() < 1e-9);
        assert!((compare("DIXON", "DICKSONX") - 0.813_333_333).abs() < 1e-9);
        assert!((compare("DWAYNE", "DUANE") - 0.84).abs() < 1e-9);
    }
}
