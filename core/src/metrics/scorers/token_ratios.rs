//! `token_sort_ratio` and `token_set_ratio`: how alike two texts are when the order of their words does not matter.
//!
//! - Definition of `token_sort_ratio`: the words of each text are sorted and joined by one space; then as
//!   `levenshtein_ratio` with insertions and deletions.
//! - Definition of `token_set_ratio`: each text is a set of words. With s the words of both, and a and b those of only
//!   one, each sorted and joined, it is the largest ratio among (s + a, s + b), (s, s + a) and (s, s + b). A text
//!   whose words are all in the other one is alike to 100.
//! - Words are what white space parts; punctuation stays with its word, and case counts. In a text of which no
//!   character is over U+00FF, U+0085 and the no-break space U+00A0 part no words, as in rapidfuzz's compiled code.
//! - Range: 0 to 100; higher is better.
//! - Reads: the row's expected column. Of several references, the most alike counts.
//! - Settings: `ignore_case` (default false) compares the Unicode lower case of both.
//! - Without a word: `token_sort_ratio` takes two such texts for equal (100); `token_set_ratio` gives 0 as soon as
//!   one text has no word, as rapidfuzz and fuzzywuzzy do.
//! - Source: rapidfuzz 3.14's `fuzz.token_sort_ratio` and `fuzz.token_set_ratio`.

use super::byte_masks::{each_run, space};
use super::levenshtein_ratio::likeness;
use super::options::Options;
use super::references::{AgainstTexts, best};
use super::sequences::indel_of;
use super::text_case::Casing;
use super::unicode::words;
use std::cmp::Ordering;

pub(super) struct SortRatio(Casing);

pub(super) struct SetRatio(Casing);

impl SortRatio {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Casing::new(options).map(Self)
    }
}

impl SetRatio {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Casing::new(options).map(Self)
    }
}

impl AgainstTexts for SortRatio {
    fn compare(&self, output: &str, references: &[&str]) -> f64 {
        let joined = |text: &str| joined(&sorted_words(&self.0.of(text)));
        let output = joined(output);
        best(references, |reference| likeness(indel_of(&output, &joined(reference))))
    }
}

impl AgainstTexts for SetRatio {
    fn compare(&self, output: &str, references: &[&str]) -> f64 {
        let output = self.0.of(output);
        let output = sorted_set(&output);
        best(references, |reference| set_ratio(&output, &sorted_set(&self.0.of(reference))))
    }
}

/// A word with its first eight bytes as a number that sorts as they do, which mostly decides without a look at the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Word<'a> {
    first: u64,
    text: &'a str,
}

impl<'a> Word<'a> {
    fn new(text: &'a str) -> Self {
        let first = text.as_bytes().first_chunk().map_or_else(
            || text.bytes().fold(0, |first, byte| first << 8 | u64::from(byte)) << (64 - 8 * text.len().clamp(1, 8)),
            |eight| u64::from_be_bytes(*eight),
        );
        Self { first, text }
    }
}

fn sorted_words(text: &str) -> Vec<Word<'_>> {
    let mut sorted = Vec::with_capacity(text.len() / 4);
    if text.is_ascii() || text.chars().all(|letter| letter <= '\u{ff}') {
        each_run(text.as_bytes(), |bytes| !space(bytes), |place| sorted.push(Word::new(&text[place])));
    } else {
        sorted.extend(words(text).map(Word::new));
    }
    sorted.sort_unstable();
    sorted
}

fn sorted_set(text: &str) -> Vec<Word<'_>> {
    let mut set = sorted_words(text);
    set.dedup();
    set
}

fn joined(words: &[Word<'_>]) -> String {
    let mut text = String::with_capacity(words.iter().map(|word| word.text.len() + 1).sum());
    for (place, word) in words.iter().enumerate() {
        text.push_str(if place > 0 { " " } else { "" });
        text.push_str(word.text);
    }
    text
}

fn set_ratio(a: &[Word<'_>], b: &[Word<'_>]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let (common, only_a, only_b) = parted(a, b);
    if !common.is_empty() && (only_a.is_empty() || only_b.is_empty()) {
        return 100.0;
    }
    let (only_a, only_b) = (joined(&only_a), joined(&only_b));
    let (length_a, length_b) = (only_a.chars().count(), only_b.chars().count());
    let length_common = common.iter().map(|word| word.text.chars().count() + 1).sum::<usize>().saturating_sub(1);
    let space = usize::from(!common.is_empty());
    let (whole_a, whole_b) = (length_common + space + length_a, length_common + space + length_b);
    let both = likeness((indel_of(&only_a, &only_b).0, whole_a + whole_b));
    if common.is_empty() {
        return both;
    }
    // Only the rest has to go, so its length is the distance.
    let against_a = likeness((space + length_a, length_common + whole_a));
    let against_b = likeness((space + length_b, length_common + whole_b));
    both.max(against_a).max(against_b)
}

/// Words of both, of the first only and of the second only, of two sorted sets.
fn parted<'a>(a: &[Word<'a>], b: &[Word<'a>]) -> (Vec<Word<'a>>, Vec<Word<'a>>, Vec<Word<'a>>) {
    let (mut common, mut only_a, mut only_b) = (Vec::new(), Vec::new(), Vec::new());
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (Some(left), Some(right)) => left.cmp(right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return (common, only_a, only_b),
        };
        match order {
            Ordering::Less => only_a.extend(a.next()),
            Ordering::Greater => only_b.extend(b.next()),
            Ordering::Equal => {
                common.extend(a.next());
                b.next();
            }
        }
    }
}
