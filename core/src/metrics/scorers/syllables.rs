//! How many syllables English words have, as textstat 0.7.8 counts them.
//!
//! The first pronunciation of the CMU Pronouncing Dictionary decides. A word that it does not have gets one syllable
//! more than the places where American patterns allow a hyphen: Liang's algorithm ("Word Hy-phen-a-tion by
//! Com-put-er", 1983) as Pyphen 0.18.1 runs it, with two letters kept at either end. What the data are and where they
//! come from stands in `assets/syllables/build.py`; both are read on first use. Time grows with the length of a word
//! only, since a pattern is at most as long as a word of the dictionary.

use super::unicode::{is_space, is_word};
use std::collections::HashMap;
use std::sync::LazyLock;

const EXCEPTIONS: &str = include_str!("../../../../assets/syllables/words.txt");
const PATTERNS: &str = include_str!("../../../../assets/syllables/patterns.txt");

/// Letters that stay together at either end of a word.
const FEWEST_LETTERS: usize = 2;
/// What may follow an apostrophe within a word.
const CONTRACTIONS: [&str; 6] = ["t", "s", "d", "ve", "ll", "re"];

static WORDS: LazyLock<HashMap<Box<str>, usize>> = LazyLock::new(|| exceptions(EXCEPTIONS));
static HYPHENS: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(PATTERNS));

/// The syllables of all words of a text.
pub(super) fn num_syllables(text: &str) -> usize {
    let spelled: String = without_punctuation(text).collect();
    spelled.to_lowercase().split(is_space).filter(|word| !word.is_empty()).map(of_word).sum()
}

/// A text with its letters, white space and the apostrophes of contractions.
fn without_punctuation(text: &str) -> impl Iterator<Item = char> {
    text.char_indices().map(|(place, letter)| (letter, text.get(place + 1..))).filter_map(|(letter, rest)| {
        let is_contraction = || CONTRACTIONS.iter().any(|ending| rest.is_some_and(|rest| rest.starts_with(ending)));
        let is_kept = is_word(letter) || is_space(letter) || (letter == '\'' && is_contraction());
        is_kept.then_some(letter)
    })
}

fn of_word(word: &str) -> usize {
    WORDS.get(word).copied().unwrap_or_else(|| HYPHENS.num_hyphens(word) + 1)
}

/// Reads groups of front-coded words: a number, then the words that have so many syllables, each as a capital letter for
/// the letters that it shares with the word before and its other letters.
fn exceptions(coded: &str) -> HashMap<Box<str>, usize> {
    let mut words = HashMap::new();
    let (mut number, mut word) = (0, String::new());
    let mut is_in_number = false;
    let mut letters = coded.chars().filter(|letter| *letter != '\n').peekable();
    while let Some(letter) = letters.next() {
        if let Some(digit) = letter.to_digit(10) {
            number = if is_in_number { number * 10 } else { 0 } + digit as usize;
            is_in_number = true;
            word.clear();
            continue;
        }
        is_in_number = false;
        match letter {
            'A'..='Z' => word.truncate(usize::from(letter as u8 - b'A')),
            _ => word.push(letter),
        }
        if letters.peek().is_none_or(|next| next.is_ascii_uppercase() || next.is_ascii_digit()) {
            words.insert(word.as_str().into(), number);
        }
    }
    words
}

/// A tree of patterns by their letters.
#[derive(Default)]
struct Patterns {
    /// From a node, numbered from 0 for the root, by a letter to the next node.
    next: HashMap<(usize, char), usize>,
    num_nodes: usize,
    /// At the node where a pattern ends: the levels before its letters and after the last.
    levels: HashMap<usize, Box<[u8]>>,
}

impl Patterns {
    fn new(text: &str) -> Self {
        let mut patterns = Self::default();
        text.lines().for_each(|line| patterns.add(line));
        patterns
    }

    fn add(&mut self, pattern: &str) {
        let (mut node, mut levels) = (0, vec![0]);
        for letter in pattern.chars() {
            match (letter.to_digit(10), levels.last_mut()) {
                (Some(digit), Some(level)) => *level = digit as u8,
                _ => {
                    levels.push(0);
                    node = *self.next.entry((node, letter)).or_insert_with(|| {
                        self.num_nodes += 1;
                        self.num_nodes
                    });
                }
            }
        }
        self.levels.insert(node, levels.into());
    }

    /// At how many places `word`, in lower case, may have a hyphen.
    fn num_hyphens(&self, word: &str) -> usize {
        let letters: Vec<char> = std::iter::once('.').chain(word.chars()).chain(['.']).collect();
        let mut highest = vec![0_u8; letters.len() + 1];
        for start in 0..letters.len() {
            let mut node = 0;
            for letter in letters.iter().skip(start) {
                let Some(next) = self.next.get(&(node, *letter)) else { break };
                node = *next;
                let levels = self.levels.get(&node).map(AsRef::as_ref).unwrap_or_default();
                for (place, level) in highest.iter_mut().skip(start).zip(levels) {
                    *place = (*place).max(*level);
                }
            }
        }
        let num_letters = letters.len() - 2;
        let places = highest.iter().skip(1 + FEWEST_LETTERS).take((num_letters + 1).saturating_sub(2 * FEWEST_LETTERS));
        places.filter(|level| *level % 2 == 1).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_either_source_have_the_syllables_of_textstat() {
        let words = ["hyphenational", "supercalifragilisticexpialidocious", "business", "x", "hmm", "don't"];
        assert_eq!(words.map(num_syllables), [4, 11, 2, 1, 0, 1]);
        assert_eq!(num_syllables("The well-known business, don't DON'T."), 7);
        assert_eq!(num_syllables(" … "), 0);
    }

    #[test]
    fn every_exception_is_read() {
        assert_eq!(WORDS.len(), 48_237);
        assert_eq!(WORDS.get("antidisestablishmentarianism"), Some(&12));
    }

    #[test]
    fn front_coded_words_come_back_whole() {
        let words = exceptions("2AabbeyCtor\nsB12Ax");
        let mut words: Vec<(&str, usize)> = words.iter().map(|(word, number)| (word.as_ref(), *number)).collect();
        words.sort_unstable();
        assert_eq!(words, [("a", 2), ("abbey", 2), ("abtors", 2), ("x", 12)]);
    }
}
