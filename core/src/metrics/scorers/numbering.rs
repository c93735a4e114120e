//! Numbers for words, so that sequences of words become sequences of numbers.
//!
//! A table of our own: words are short and few, and hashing them with a keyed hash would cost more than all that is
//! done with the numbers afterwards.

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
const FIRST_SIZE: usize = 128;

/// Numbers words from 0 in the order in which they are first seen.
pub(super) struct Numbering<'a> {
    words: Vec<(Key, &'a str)>,
    /// One more than the number of a word, or 0: open addressing, at most half full.
    table: Vec<u32>,
}

/// The bytes of a word of at most eight, which together with its length are the word; else a hash.
type Key = u64;

const LONGEST_IN_KEY: usize = 8;

impl Default for Numbering<'_> {
    fn default() -> Self {
        Self { words: Vec::with_capacity(FIRST_SIZE / 2), table: vec![0; FIRST_SIZE] }
    }
}

impl<'a> Numbering<'a> {
    pub(super) fn number(&mut self, word: &'a str) -> u32 {
        let key = key_of(word.as_bytes());
        let mask = self.table.len() - 1;
        let mut place = place_of(key, word) & mask;
        while self.table[place] != 0 {
            let (other_key, other) = self.words[self.table[place] as usize - 1];
            let is_equal = key == other_key && word.len() == other.len();
            if is_equal && (word.len() <= LONGEST_IN_KEY || word == other) {
                return self.table[place] - 1;
            }
            place = (place + 1) & mask;
        }
        let number = self.words.len() as u32;
        self.words.push((key, word));
        self.table[place] = number + 1;
        if self.words.len() * 2 > self.table.len() {
            self.grow();
        }
        number
    }

    pub(super) fn numbers(&mut self, words: impl IntoIterator<Item = &'a str>) -> Vec<u32> {
        words.into_iter().map(|word| self.number(word)).collect()
    }

    /// How many different words there were.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    fn grow(&mut self) {
        let mask = self.table.len() * 4 - 1;
        self.table = vec![0; mask + 1];
        for (number, (key, word)) in (1..).zip(&self.words) {
            let mut place = place_of(*key, word) & mask;
            while self.table[place] != 0 {
                place = (place + 1) & mask;
            }
            self.table[place] = number;
        }
    }
}

fn place_of(key: Key, word: &str) -> usize {
    ((key ^ word.len() as u64).wrapping_mul(FACTOR) >> 32) as usize
}

fn key_of(bytes: &[u8]) -> Key {
    // Two halves that may overlap hold any four to eight bytes.
    let in_key = |bytes: &[u8]| match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(start), Some(end)) => u64::from(u32::from_le_bytes(*start)) << 32 | u64::from(u32::from_le_bytes(*end)),
        _ => bytes.iter().fold(0, |key, byte| key << 8 | u64::from(*byte)),
    };
    if bytes.len() <= LONGEST_IN_KEY {
        return in_key(bytes);
    }
    let mut state = 0_u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = chunk.first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk));
        state = (state ^ word).wrapping_mul(FACTOR).rotate_left(29);
    }
    (state ^ in_key(chunks.remainder())).wrapping_mul(FACTOR)
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
}
