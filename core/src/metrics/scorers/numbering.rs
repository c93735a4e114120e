//! Numbers for words, so that sequences of words become sequences of numbers.
//!
//! A table of our own: words are short and few, and hashing them with a keyed hash would cost more than all that is
//! done with the numbers afterwards.

use std::ops::Range;

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
const FIRST_SIZE: usize = 256;

/// Numbers words from 0 in the order in which they are first seen.
pub(super) struct Numbering<'a> {
    /// The first stands for none.
    words: Vec<(Key, &'a [u8])>,
    /// Places of words, 0 for none: open addressing, at most half full.
    table: Vec<u32>,
    /// Bits in which letters may differ.
    ignored: Key,
}

/// A word of at most fifteen bytes, filled up with zeros, and its length in the highest byte; of a longer word a hash,
/// with `LONG` in that byte.
type Key = u128;

const LONGEST_IN_KEY: usize = 15;
const LONG: Key = 0xff << 120;

/// By a word's length, the bits of a key that are the word's.
const FIRST_BYTES: [Key; LONGEST_IN_KEY + 1] = {
    let mut bytes = [0; LONGEST_IN_KEY + 1];
    let mut length = 0;
    while length <= LONGEST_IN_KEY {
        bytes[length] = (1 << (8 * length)) - 1;
        length += 1;
    }
    bytes
};

impl Default for Numbering<'_> {
    fn default() -> Self {
        let mut words: Vec<(Key, &[u8])> = Vec::with_capacity(FIRST_SIZE / 4);
        words.push((0, b""));
        Self { words, table: vec![0; FIRST_SIZE], ignored: 0 }
    }
}

impl<'a> Numbering<'a> {
    /// For words of ASCII letters and digits only: upper and lower case are equal.
    pub(super) fn of_either_case() -> Self {
        Self { ignored: Key::from_le_bytes([0x20; 16]), ..Self::default() }
    }

    pub(super) fn number(&mut self, word: &'a str) -> u32 {
        self.number_at(word.as_bytes(), 0..word.len())
    }

    /// Of the word at a place of a text.
    #[inline]
    pub(super) fn number_at(&mut self, text: &'a [u8], place: Range<usize>) -> u32 {
        let (word, key) = self.keyed(text, place);
        let (mut at, found) = self.find(word, key);
        if found > 0 {
            return found - 1;
        }
        if self.words.len() * 2 > self.table.len() {
            self.grow();
            (at, _) = self.find(word, key);
        }
        let number = self.len() as u32;
        self.words.push((key, word));
        self.table[at] = number + 1;
        number
    }

    /// The number of a word that was seen before, else [`Numbering::len`].
    #[inline]
    pub(super) fn known_at(&self, text: &[u8], place: Range<usize>) -> u32 {
        let (word, key) = self.keyed(text, place);
        let (_, found) = self.find(word, key);
        found.wrapping_sub(1).min(self.len() as u32)
    }

    /// Where in the table a word belongs and its place among the words, 0 for none.
    #[inline]
    fn find(&self, word: &[u8], key: Key) -> (usize, u32) {
        if key >= LONG {
            return self.find_long(word, key);
        }
        self.find_where(key, |_| true)
    }

    #[cold]
    #[inline(never)]
    fn find_long(&self, word: &[u8], key: Key) -> (usize, u32) {
        let is_equal = |other: &[u8]| if self.ignored == 0 { word == other } else { word.eq_ignore_ascii_case(other) };
        self.find_where(key, is_equal)
    }

    #[inline]
    fn find_where(&self, key: Key, is_equal: impl Fn(&[u8]) -> bool) -> (usize, u32) {
        let mut at = place_of(key, self.table.len());
        loop {
            let found = self.table[at];
            let (other_key, other) = self.words[found as usize];
            if found == 0 || key == other_key && is_equal(other) {
                return (at, found);
            }
            at = (at + 1) & (self.table.len() - 1);
        }
    }

    pub(super) fn numbers(&mut self, words: impl IntoIterator<Item = &'a str>) -> Vec<u32> {
        words.into_iter().map(|word| self.number(word)).collect()
    }

    #[inline]
    fn keyed<'b>(&self, text: &'b [u8], place: Range<usize>) -> (&'b [u8], Key) {
        let word = &text[place.clone()];
        (word, self.key_of(&text[place.start..], word))
    }

    /// `rest` is the text from the word on: sixteen bytes are read at once, though the word may be shorter.
    #[inline]
    fn key_of(&self, rest: &[u8], word: &[u8]) -> Key {
        let Some(bytes) = FIRST_BYTES.get(word.len()) else { return self.key_of_long(word) };
        let first = rest.first_chunk().map_or_else(|| short(rest), |first| Key::from_le_bytes(*first));
        (first | self.ignored) & bytes | (word.len() as Key) << 120
    }

    #[cold]
    #[inline(never)]
    fn key_of_long(&self, word: &[u8]) -> Key {
        let parts = word.chunks(16).map(|part| short(part) | self.ignored);
        let hash = parts.fold(0, |hash: Key, part| (hash ^ part).wrapping_mul(FACTOR.into()).rotate_left(59));
        hash ^ word.len() as Key | LONG
    }

    /// How many different words there were.
    pub(super) fn len(&self) -> usize {
        self.words.len() - 1
    }

    fn grow(&mut self) {
        let size = self.table.len() * 4;
        self.table = vec![0; size];
        for (number, (key, _)) in (1..).zip(&self.words[1..]) {
            let mut at = place_of(*key, size);
            while self.table[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.table[at] = number;
        }
    }
}

/// In a table of a size that is a power of two: the highest bits, on which all of the key has a bearing.
fn place_of(key: Key, size: usize) -> usize {
    let product = (key as u64 ^ ((key >> 64) as u64).rotate_left(25)).wrapping_mul(FACTOR);
    (product >> (u64::BITS - size.trailing_zeros())) as usize
}

/// Of at most sixteen bytes.
#[cold]
#[inline(never)]
fn short(bytes: &[u8]) -> Key {
    let mut all = [0; 16];
    all[..bytes.len()].copy_from_slice(bytes);
    Key::from_le_bytes(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_words_have_equal_numbers_however_many_there_are() {
        let words: Vec<String> = (0..5_000).map(|number| format!("{number:x}")).collect();
        let mut numbering = Numbering::default();
        let first = numbering.numbers(words.iter().map(String::as_str));
        assert_eq!(first, (0..5_000).collect::<Vec<u32>>());
        assert_eq!(numbering.numbers(words.iter().map(String::as_str)), first);
        assert_eq!(numbering.len(), 5_000);
    }

    #[test]
    fn what_follows_a_word_and_how_long_it_is_change_nothing_but_equality() {
        for length in 0..40 {
            let [one, other] = ["", "é"].map(|first| first.to_owned() + &"x".repeat(length));
            let text = format!("{one} {other}y{one}");
            let mut numbering = Numbering::default();
            let first = numbering.number_at(text.as_bytes(), 0..length);
            assert_eq!(numbering.number_at(text.as_bytes(), text.len() - length..text.len()), first);
            assert_ne!(numbering.number(&other), first);
            assert_ne!(numbering.number(&text[length + 1..length + 1 + other.len() + 1]), numbering.number(&other));
        }
    }

    #[test]
    fn unknown_words_stay_unknown() {
        let text = "one two three seventeen_letters_";
        let mut numbering = Numbering::default();
        assert_eq!(numbering.known_at(text.as_bytes(), 0..0), 0);
        numbering.numbers(["two", "seventeen_letters_"]);
        let known = [0..3, 4..7, 14..32, 14..31, 0..0].map(|place| numbering.known_at(text.as_bytes(), place));
        assert_eq!((known, numbering.len()), ([2, 0, 1, 2, 2], 2));
    }

    #[test]
    fn either_case_is_equal_where_asked_for() {
        for length in 1..40 {
            let [lower, upper] = ["x", "X"].map(|letter| letter.repeat(length));
            let mut numbering = Numbering::of_either_case();
            assert_eq!(numbering.number(&lower), numbering.number(&upper), "{length}");
            let mut numbering = Numbering::default();
            assert_ne!(numbering.number(&lower), numbering.number(&upper), "{length}");
        }
    }
}
