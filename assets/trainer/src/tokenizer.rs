//! Byte-level BPE: learned from text, written and read in the format of Hugging Face's `tokenizers`.
//!
//! Digits stand alone, so that amounts and dates are copied digit by digit; the rest is cut as GPT-2 cuts it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Tokens that no text can spell, in the order of their ids.
pub const SPECIAL: [&str; 5] = ["<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"];
pub const END_OF_TEXT: u32 = 0;
pub const END: u32 = 4;

pub struct Tokenizer {
    /// Bytes of each token; empty for special ones.
    pieces: Vec<Vec<u8>>,
    pub merges: Vec<(u32, u32)>,
    ranks: HashMap<(u32, u32), u32>,
    known: RefCell<HashMap<String, Vec<u32>>>,
}

impl Tokenizer {
    fn from_merges(merges: Vec<(u32, u32)>) -> Self {
        let mut pieces: Vec<Vec<u8>> = vec![Vec::new(); SPECIAL.len()];
        pieces.extend((0..=255u8).map(|byte| vec![byte]));
        for &(left, right) in &merges {
            pieces.push([pieces[left as usize].as_slice(), &pieces[right as usize]].concat());
        }
        let ranks = merges.iter().enumerate().map(|(rank, pair)| (*pair, rank as u32)).collect();
        Self { pieces, merges, ranks, known: RefCell::default() }
    }

    /// Learns merges from `texts` until the vocabulary has `size` tokens or nothing is left to merge.
    pub fn learn<'a>(texts: impl Iterator<Item = &'a str>, size: usize) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        texts.flat_map(words).for_each(|word| *counts.entry(word).or_default() += 1);
        let mut words: Vec<(Vec<u32>, usize)> =
            counts.into_iter().map(|(word, count)| (word.bytes().map(byte_token).collect(), count)).collect();
        let mut merges: Vec<(u32, u32)> = Vec::new();
        let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
        let mut spelling = Self::from_merges(Vec::new()).pieces;
        while SPECIAL.len() + 256 + merges.len() < size {
            let Some(pair) = most_frequent(&words, &spelling, &seen) else { break };
            let token = spelling.len() as u32;
            let piece = [spelling[pair.0 as usize].as_slice(), &spelling[pair.1 as usize]].concat();
            seen.insert(piece.clone());
            spelling.push(piece);
            merges.push(pair);
            words.iter_mut().for_each(|(word, _)| merge(word, pair, token));
        }
        Self::from_merges(merges)
    }

    pub fn size(&self) -> usize {
        self.pieces.len()
    }

    pub fn encode(&self, text: &str) -> Vec<u32> {
        words(text).flat_map(|word| self.encode_word(word)).collect()
    }

    fn encode_word(&self, word: &str) -> Vec<u32> {
        if let Some(tokens) = self.known.borrow().get(word) {
            return tokens.clone();
        }
        let mut tokens: Vec<u32> = word.bytes().map(byte_token).collect();
        while let Some((&rank, pair)) = tokens
            .windows(2)
            .filter_map(|two| self.ranks.get(&(two[0], two[1])).map(|rank| (rank, (two[0], two[1]))))
            .min()
        {
            merge(&mut tokens, pair, (SPECIAL.len() + 256) as u32 + rank);
        }
        self.known.borrow_mut().insert(word.to_owned(), tokens.clone());
        tokens
    }

    pub fn decode(&self, tokens: &[u32]) -> String {
        let bytes: Vec<u8> = tokens.iter().flat_map(|&token| &self.pieces[token as usize]).copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// How `tokenizer.json` spells a token.
    pub fn spelled(&self, token: u32) -> String {
        match SPECIAL.get(token as usize) {
            Some(special) => (*special).to_owned(),
            None => self.pieces[token as usize].iter().map(|&byte| byte_letter(byte)).collect(),
        }
    }
}

fn byte_token(byte: u8) -> u32 {
    SPECIAL.len() as u32 + u32::from(byte)
}

/// The letter that stands for a byte: itself where it prints, else one of a row of unused letters.
fn byte_letter(byte: u8) -> char {
    let prints = |byte: u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    if prints(byte) {
        return char::from(byte);
    }
    let earlier = (0..byte).filter(|&byte| !prints(byte)).count() as u32;
    char::from_u32(256 + earlier).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The most frequent pair (the lowest of equals) whose joint spelling is not a token yet.
fn most_frequent(words: &[(Vec<u32>, usize)], spelling: &[Vec<u8>], seen: &BTreeSet<Vec<u8>>) -> Option<(u32, u32)> {
    let mut counts: HashMap<(u32, u32), usize> = HashMap::new();
    for (word, count) in words {
        word.windows(2).for_each(|two| *counts.entry((two[0], two[1])).or_default() += count);
    }
    let mut best: Vec<((u32, u32), usize)> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
    best.sort_unstable_by_key(|&(pair, count)| (std::cmp::Reverse(count), pair));
    let is_new = |pair: &(u32, u32)| {
        !seen.contains(&[spelling[pair.0 as usize].as_slice(), &spelling[pair.1 as usize]].concat())
    };
    best.into_iter().map(|(pair, _)| pair).find(is_new)
}

fn merge(word: &mut Vec<u32>, pair: (u32, u32), token: u32) {
    let mut read = 0;
    let mut written = 0;
    while read < word.len() {
        let joins = read + 1 < word.len() && (word[read], word[read + 1]) == pair;
        word[written] = if joins { token } else { word[read] };
        read += if joins { 2 } else { 1 };
        written += 1;
    }
    word.truncate(written);
}

/// Cuts text as the pre-tokenizer in `tokenizer.json` does: single digits, then GPT-2's pattern on what lies between.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let length = if first.is_numeric() {
            first.len_utf8()
        } else {
            let end = rest.find(char::is_numeric).unwrap_or(rest.len());
            first_word(&rest[..end])
        };
        let (word, left) = rest.split_at(length);
        rest = left;
        Some(word)
    })
}

/// Length of the first word of a text without digits.
fn first_word(text: &str) -> usize {
    if let Some(ending) = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].iter().find(|ending| text.starts_with(**ending))
    {
        return ending.len();
    }
    let after_space = text.strip_prefix(' ').unwrap_or(text);
    let lead = text.len() - after_space.len();
    let run = |belongs: fn(char) -> bool| after_space.find(|letter| !belongs(letter)).unwrap_or(after_space.len());
    let letters = run(char::is_alphabetic);
    if letters > 0 {
        return lead + letters;
    }
    let signs = run(|letter| !letter.is_whitespace() && !letter.is_alphabetic());
    if signs > 0 {
        return lead + signs;
    }
    let blank = text.find(|letter: char| !letter.is_whitespace()).unwrap_or(text.len());
    let last = text[..blank].chars().next_back().map_or(0, char::len_utf8);
    // The last blank before a word goes with the word.
    if blank < text.len() && blank > last { blank - last } else { blank }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_words_signs_and_digits() {
        let cut: Vec<&str> = words("It's  {\"a\": 120.50}\n\nSee: no").collect();
        let wanted = [
            "It", "'s", " ", " {\"", "a", "\":", " ", "1", "2", "0", ".", "5", "0", "}", "\n", "\n", "See", ":", " no",
        ];
        assert_eq!(cut, wanted);
    }

    #[test]
    fn any_text_survives_encoding() {
        let tokenizer =
            Tokenizer::learn(["the cat and the dog and the bird", "the cat the cat the dog"].into_iter(), 267);
        assert_eq!(tokenizer.size(), 267);
        for text in ["the bird", "naïve – 5 €", "", "\r\n\t x"] {
            assert_eq!(tokenizer.decode(&tokenizer.encode(text)), text);
        }
        assert_eq!(tokenizer.encode(" the").len(), 1);
    }
}
