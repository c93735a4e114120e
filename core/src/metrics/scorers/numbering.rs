//! Numbers for words, so that sequences of words become sequences of numbers.
//!
//! A table of our own: words are short and few, and hashing them with a keyed hash would cost more than all that is
//! done with the numbers afterwards. It is inlined into the loops over words, since calls would cost as much as it does.

use std::ops::Range;

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
const FIRST_SIZE: usize = 256;

/// Numbers words from 0 in the order in which they are first seen. What longer words begin with is numbered too.
pub(super) struct Numbering {
    /// The first stands for none: it is always the one that is looked for.
    keys: Vec<Key>,
    /// Places of keys, 0 for none: open addressing, at most half full.
    table: Vec<u32>,
    /// How far a hash is shifted to be a place in the table.
    shift: u32,
    /// Bits in which letters may differ.
    ignored: Key,
}

/// A word of at most fifteen bytes, filled up with zeros, and its length in the highest byte. Of a longer word its last
/// bytes, the number of what stands before them, and `LONG` and how many bytes they are.
type Key = u128;

const LONGEST_IN_KEY: usize = 15;
const LONGEST_AFTER_NUMBER: usize = 10;
const LONG: Key = 0x80 << 120;

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

impl Default for Numbering {
    fn default() -> Self {
        let mut keys = Vec::with_capacity(FIRST_SIZE / 4);
        keys.push(0);
        Self { keys, table: vec![0; FIRST_SIZE], shift: u64::BITS - FIRST_SIZE.ilog2(), ignored: 0 }
    }
}

impl Numbering {
    /// For words of ASCII letters and digits only: upper and lower case are equal.
    pub(super) fn of_either_case() -> Self {
        Self { ignored: Key::from_le_bytes([0x20; 16]), ..Self::default() }
    }

    pub(super) fn numbers<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) -> Vec<u32> {
        words.into_iter().map(|word| self.number(word)).collect()
    }

    pub(super) fn number(&mut self, word: &str) -> u32 {
        self.number_at(word.as_bytes(), 0..word.len())
    }

    /// Of the word at a place of a text.
    #[inline(always)]
    pub(super) fn number_at(&mut self, text: &[u8], place: Range<usize>) -> u32 {
        match self.key_at(text, place.clone()) {
            Some(key) => self.number_of(key),
            None => self.number_of_long(&text[place]),
        }
    }

    /// The number of a word that was seen before, else [`Numbering::bound`].
    #[inline(always)]
    pub(super) fn known_at(&mut self, text: &[u8], place: Range<usize>) -> u32 {
        let known = match self.key_at(text, place.clone()) {
            Some(key) => self.find(key).1,
            None => self.known_of_long(&text[place]),
        };
        // Computed too: nothing becomes the largest number.
        known.wrapping_sub(1).min(self.bound())
    }

    /// All numbers are below.
    pub(super) fn bound(&self) -> u32 {
        self.keys.len() as u32 - 1
    }

    /// Of a word that is not too long.
    #[inline(always)]
    fn key_at(&self, text: &[u8], place: Range<usize>) -> Option<Key> {
        let length = place.len();
        let of_word = FIRST_BYTES.get(length)?;
        // Sixteen bytes are read at once, though the word may be shorter.
        let rest = &text[place.start..];
        let read = rest.first_chunk().map_or_else(|| near_end(text, rest), |read| Key::from_le_bytes(*read));
        Some((read | self.ignored) & of_word | (length as Key) << 120)
    }

    fn key_after(&self, number: u32, part: &[u8]) -> Key {
        let length = part.len();
        let read = (near_end(part, part) | self.ignored) & FIRST_BYTES[length];
        read | Key::from(number) << (8 * LONGEST_AFTER_NUMBER) | (length as Key) << 120 | LONG
    }

    #[cold]
    #[inline(never)]
    fn number_of_long(&mut self, word: &[u8]) -> u32 {
        let (first, rest) = word.split_at(LONGEST_IN_KEY);
        let number = self.number_at(first, 0..first.len());
        let parts = rest.chunks(LONGEST_AFTER_NUMBER);
        parts.fold(number, |number, part| self.number_of(self.key_after(number, part)))
    }

    /// Its place among the keys.
    #[cold]
    #[inline(never)]
    fn known_of_long(&mut self, word: &[u8]) -> u32 {
        let (first, rest) = word.split_at(LONGEST_IN_KEY);
        let known = self.key_at(first, 0..first.len()).map_or(0, |key| self.find(key).1);
        let parts = rest.chunks(LONGEST_AFTER_NUMBER);
        parts.fold(known, |known, part| match known {
            0 => 0,
            place => self.find(self.key_after(place - 1, part)).1,
        })
    }

    #[inline(always)]
    fn number_of(&mut self, key: Key) -> u32 {
        if self.keys.len() * 2 > self.table.len() {
            self.grow();
        }
        let (at, found) = self.find(key);
        // Whether a word is new is as good as random, so that it is computed rather than branched on.
        let num_keys = self.keys.len();
        let place = if found == 0 { num_keys as u32 } else { found };
        self.table[at] = place;
        self.keys.push(key);
        self.keys.truncate(num_keys + usize::from(found == 0));
        place - 1
    }

    /// Where in the table a key belongs and its place among the keys, 0 for none.
    #[inline(always)]
    fn find(&mut self, key: Key) -> (usize, u32) {
        // An empty place ends the search as an equal key does. Which of the two comes is as good as random.
        self.keys[0] = key;
        let mut at = place_of(key, self.shift);
        loop {
            let found = self.table[at];
            if self.keys[found as usize] == key {
                return (at, found);
            }
            at = (at + 1) & (self.table.len() - 1);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let size = self.table.len() * 4;
        (self.table, self.shift) = (vec![0; size], self.shift - 2);
        for (place, key) in (1..).zip(&self.keys[1..]) {
            let mut at = place_of(*key, self.shift);
            while self.table[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.table[at] = place;
        }
    }
}

/// In a table of a size that is a power of two: the highest bits, on which all of the key has a bearing.
#[inline]
fn place_of(key: Key, shift: u32) -> usize {
    let product = (key as u64 ^ ((key >> 64) as u64).rotate_left(25)).wrapping_mul(FACTOR);
    product.wrapping_shr(shift) as usize
}

/// The last bytes of a text, fewer than sixteen.
#[cold]
#[inline(never)]
fn near_end(text: &[u8], rest: &[u8]) -> Key {
    match text.last_chunk() {
        Some(last) => Key::from_le_bytes(*last) >> (8 * (16 - rest.len())),
        None => rest.iter().rev().fold(0, |key, byte| key << 8 | Key::from(*byte)),
    }
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
        assert_eq!(numbering.bound(), 5_000);
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
        assert_eq!((known, numbering.bound()), ([3, 0, 2, 3, 3], 3));
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
