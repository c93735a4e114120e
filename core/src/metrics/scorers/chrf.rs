//! `chrf` and `chrf++`: F-score of character n-grams (and, for `chrf++`, of words and pairs of words).
//!
//! - Definition: for each order n of characters (1 to 6) and of words (none for `chrf`, 1 and 2 for `chrf++`),
//!   precision is the share of the output's n-grams that the reference has too, and recall the share of the
//!   reference's. With the means P and R over the orders for which both texts have n-grams, the score is
//!   100 · (1 + β²) · P · R / (β² · P + R), β = 2. White space is left out before characters are counted. For words, one
//!   ASCII mark at the end of a word, or else at its start, is a word of its own.
//! - Range: 0 to 100; higher is better.
//! - Reads: the row's expected column. Of several references, the one with the highest score counts.
//! - Settings: `char_order` (1 to 6, default 6); `word_order` (0 to 2); `beta` (from 0 on, default 2); `lowercase`
//!   (default false); `whitespace` (default false) keeps white space; `eps_smoothing` (default false) takes the mean of
//!   F over all orders instead, with 10⁻¹⁶ where an order has no n-grams.
//! - Without n-grams of any order on both sides, so for an empty text, P and R are undefined: 0, as in sacreBLEU.
//! - Corpus: [`Statistics`] of sentences are added up before the score is taken from them.
//! - Source: Popović 2015 and 2017; values of sacreBLEU 2.6.

use super::Corpus;
use super::bleu::{SACREBLEU_VERSION, number_of_references, yes_or_no};
use super::ngrams::num_common;
use super::numbering::Numbering;
use super::options::Options;
use super::references::{Additive, AgainstTexts, Sum};
use super::text_case::Casing;
use super::unicode::{is_space, words};
use std::collections::HashMap;

const MAX_CHAR_ORDER: usize = 6;
const MAX_WORD_ORDER: usize = 2;
const EPSILON: f64 = 1e-16;

pub(super) struct Chrf {
    char_order: usize,
    word_order: usize,
    beta: f64,
    casing: Casing,
    keeps_space: bool,
    has_eps_smoothing: bool,
}

/// n-grams of one order: in common, of the output and of the reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    num_common: u64,
    num_output: u64,
    num_reference: u64,
}

/// n-grams of each order, characters first: what chrF is computed from. Statistics of sentences add up to those of
/// the corpus.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Statistics([Counts; MAX_CHAR_ORDER + MAX_WORD_ORDER]);

impl Chrf {
    pub(super) fn new(options: &mut Options<'_>, word_order: usize) -> Result<Self, String> {
        Ok(Self {
            char_order: options.whole("char_order", MAX_CHAR_ORDER, 1..=MAX_CHAR_ORDER)?,
            word_order: options.whole("word_order", word_order, 0..=MAX_WORD_ORDER)?,
            beta: options.number("beta", 2.0, 0.0..=f64::MAX)?,
            casing: Casing::named(options, "lowercase")?,
            keeps_space: options.flag("whitespace", false)?,
            has_eps_smoothing: options.flag("eps_smoothing", false)?,
        })
    }

    fn count_letters<T: AsRef<str>>(&self, output: &str, references: &[T], all: &mut [Statistics]) {
        let mut letters = Letters { keeps_space: self.keeps_space, large: HashMap::new() };
        let output = letters.numbers(output);
        let references: Vec<Vec<u32>> = references.iter().map(|one| letters.numbers(one.as_ref())).collect();
        for (reference, statistics) in references.iter().zip(all) {
            let common: [u64; MAX_CHAR_ORDER] = num_common(&output, reference, letters.num());
            statistics.set(0, &common[..self.char_order], output.len(), reference.len());
        }
    }

    fn count_words<T: AsRef<str>>(&self, output: &str, references: &[T], all: &mut [Statistics]) {
        let mut numbering = Numbering::default();
        let mut numbers = |text| {
            let mut numbers = Vec::new();
            parted_words(text, |word| numbers.push(numbering.number(word)));
            numbers
        };
        let output = numbers(output);
        let references: Vec<Vec<u32>> = references.iter().map(|one| numbers(one.as_ref())).collect();
        for (reference, statistics) in references.iter().zip(all) {
            let common: [u64; MAX_WORD_ORDER] = num_common(&output, reference, numbering.bound() as usize);
            statistics.set(self.char_order, &common[..self.word_order], output.len(), reference.len());
        }
    }
}

impl Statistics {
    /// The orders from 1 on of symbols, in the places from `start` on.
    fn set(&mut self, start: usize, common: &[u64], num_output: usize, num_reference: usize) {
        for (at, num_common) in common.iter().enumerate() {
            let num = |num_symbols: usize| num_symbols.saturating_sub(at) as u64;
            self.0[start + at] =
                Counts { num_common: *num_common, num_output: num(num_output), num_reference: num(num_reference) };
        }
    }
}

impl Additive for Chrf {
    type Statistics = Statistics;

    /// One sentence against the reference that is best for it.
    fn statistics(&self, output: &str, references: &[&str]) -> Statistics {
        let output = self.casing.of(output);
        let references: Vec<_> = references.iter().map(|reference| self.casing.of(reference)).collect();
        let mut all = vec![Statistics::default(); references.len()];
        self.count_letters(&output, &references, &mut all);
        if self.word_order > 0 {
            self.count_words(&output, &references, &mut all);
        }
        let best = all.into_iter().map(|statistics| (self.score_of(&statistics), statistics));
        best.reduce(|best, next| if next.0 > best.0 { next } else { best }).unwrap_or_default().1
    }

    /// 0 to 100.
    fn score_of(&self, statistics: &Statistics) -> f64 {
        let num_orders = self.char_order + self.word_order;
        let factor = self.beta.powi(2);
        let f = |precision: f64, recall: f64| (1.0 + factor) * precision * recall / (factor * precision + recall);
        let (mut sum_of_f, mut precisions, mut recalls, mut num_effective) = (0.0, 0.0, 0.0, 0_u32);
        for counts in &statistics.0[..num_orders] {
            // n-grams of the output do not count where the reference has none.
            let num_output = if counts.num_reference > 0 { counts.num_output } else { 0 };
            let share = |num: u64| if num > 0 { counts.num_common as f64 / num as f64 } else { EPSILON };
            let (precision, recall) = (share(num_output), share(counts.num_reference));
            sum_of_f += if factor * precision + recall > 0.0 { f(precision, recall) } else { EPSILON };
            if num_output > 0 && counts.num_reference > 0 {
                precisions += precision;
                recalls += recall;
                num_effective += 1;
            }
        }
        if self.has_eps_smoothing {
            return 100.0 * sum_of_f / num_orders as f64;
        }
        match precisions + recalls {
            0.0 => 0.0,
            _ => 100.0 * f(precisions / f64::from(num_effective), recalls / f64::from(num_effective)),
        }
    }
}

impl AgainstTexts for Chrf {
    fn compare(&self, output: &str, references: &[&str]) -> f64 {
        self.score_of(&self.statistics(output, references))
    }

    fn signature(&self, num_references: Option<usize>) -> Option<String> {
        Some(format!(
            "nrefs:{}|case:{}|eff:{}|nc:{}|nw:{}|space:{}|version:{SACREBLEU_VERSION}",
            number_of_references(num_references),
            if self.casing == Casing::Lower { "lc" } else { "mixed" },
            yes_or_no(!self.has_eps_smoothing),
            self.char_order,
            self.word_order,
            yes_or_no(self.keeps_space),
        ))
    }

    fn corpus(&self) -> Option<Box<dyn Corpus + '_>> {
        Some(Box::new(Sum::new(self)))
    }
}

impl std::ops::AddAssign for Statistics {
    fn add_assign(&mut self, other: Self) {
        for (counts, other) in self.0.iter_mut().zip(other.0) {
            let has_reference = other.num_reference > 0;
            counts.num_common += other.num_common;
            counts.num_output += if has_reference { other.num_output } else { 0 };
            counts.num_reference += other.num_reference;
        }
    }
}

/// Numbers characters: ASCII by its code, the others in the order in which they are first seen.
struct Letters {
    keeps_space: bool,
    large: HashMap<char, u32>,
}

impl Letters {
    const NUM_ASCII: u32 = 128;

    fn numbers(&mut self, text: &str) -> Vec<u32> {
        if text.is_ascii() {
            return self.numbers_of_ascii(text.as_bytes());
        }
        let mut numbers = Vec::with_capacity(text.len());
        for letter in text.chars().filter(|letter| self.keeps_space || !is_space(*letter)) {
            let next = Self::NUM_ASCII + self.large.len() as u32;
            numbers.push(if letter.is_ascii() { letter as u32 } else { *self.large.entry(letter).or_insert(next) });
        }
        numbers
    }

    /// What is left out is written over rather than skipped, which takes no branch.
    fn numbers_of_ascii(&self, text: &[u8]) -> Vec<u32> {
        let mut numbers = vec![0; text.len()];
        let mut num_kept = 0;
        for byte in text {
            numbers[num_kept] = u32::from(*byte);
            num_kept += usize::from(self.keeps_space || !matches!(byte, b'\t'..=b'\r' | 0x1c..=b' '));
        }
        numbers.truncate(num_kept);
        numbers
    }

    fn num(&self) -> usize {
        Self::NUM_ASCII as usize + self.large.len()
    }
}

/// Calls `each` with the words of a text, a mark at the end or at the start of a word apart.
fn parted_words<'a>(text: &'a str, mut each: impl FnMut(&'a str)) {
    let is_mark = |letter: char| letter.is_ascii_punctuation();
    for word in words(text) {
        let is_single = word.chars().nth(1).is_none();
        if !is_single && word.ends_with(is_mark) {
            let (body, mark) = word.split_at(word.len() - 1);
            each(body);
            each(mark);
        } else if !is_single && word.starts_with(is_mark) {
            let (mark, body) = word.split_at(1);
            each(mark);
            each(body);
        } else {
            each(word);
        }
    }
}
