//! Cutting text into words, blanks, line ends and signs, each with a number that is equal where the text is.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation as _;

/// A text in tokens.
pub(super) struct Words<'a> {
    text: &'a str,
    /// Where each token starts, and the end of the text.
    starts: Vec<u32>,
    /// Equal in both texts where the tokens are equal.
    pub ids: Vec<u32>,
}

impl<'a> Words<'a> {
    pub fn text_of(&self, index: usize) -> &'a str {
        self.join(&(index..index + 1))
    }

    /// The text of a range of tokens.
    pub fn join(&self, range: &Range<usize>) -> &'a str {
        let at = |index: usize| self.starts.get(index).map_or(self.text.len(), |start| *start as usize);
        self.text.get(at(range.start)..at(range.end)).unwrap_or_default()
    }
}

/// Texts beyond 4 GB are cut; nothing that is shown to a person comes near.
const MAX_BYTES: usize = u32::MAX as usize;

pub(super) fn split_both<'a>(before: &'a str, after: &'a str) -> (Words<'a>, Words<'a>) {
    let mut numbers = Numbers::default();
    (split(before, &mut numbers), split(after, &mut numbers))
}

type Numbers<'a> = HashMap<&'a str, u32, BuildHasherDefault<TextHasher>>;

fn split<'a>(text: &'a str, numbers: &mut Numbers<'a>) -> Words<'a> {
    let text = if text.len() <= MAX_BYTES { text } else { "" };
    let mut words = Words { text, starts: Vec::with_capacity(text.len() / 3), ids: Vec::with_capacity(text.len() / 3) };
    let mut at = 0;
    while at < text.len() {
        let length = run_length(&text.as_bytes()[at..]);
        let run = &text[at..at + length];
        if run.is_ascii() {
            words.push(at, run, numbers);
        } else {
            for (offset, word) in run.split_word_bound_indices() {
                words.push(at + offset, word, numbers);
            }
        }
        at += length;
    }
    words.starts.push(text.len() as u32);
    words
}

impl<'a> Words<'a> {
    fn push(&mut self, start: usize, word: &'a str, numbers: &mut Numbers<'a>) {
        let next = numbers.len() as u32;
        self.starts.push(start as u32);
        self.ids.push(*numbers.entry(word).or_insert(next));
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Word,
    Blank,
    Sign,
}

/// Bytes of the run that starts here. Anything beyond ASCII counts as a word here and is cut by Unicode's rules after.
fn run_length(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        [first, rest @ ..] => {
            let class = class(*first);
            let more = rest.iter().take_while(|byte| class != Class::Sign && self::class(**byte) == class).count();
            1 + more
        }
        [] => 0,
    }
}

fn class(byte: u8) -> Class {
    match byte {
        b'\n' | b'\r' => Class::Sign,
        b' ' | b'\t' => Class::Blank,
        b'_' | 0x80.. => Class::Word,
        _ if byte.is_ascii_alphanumeric() => Class::Word,
        _ => Class::Sign,
    }
}

pub(super) fn is_word(token: &str) -> bool {
    token.chars().any(char::is_alphanumeric)
}

pub(super) fn is_line_end(token: &str) -> bool {
    matches!(token, "\n" | "\r\n" | "\r")
}

/// Multiplies and rotates eight bytes at a time. Tokens come from the person's own texts, so there is nobody to guard
/// against, and equal hashes are compared anyway.
#[derive(Default)]
struct TextHasher(u64);

const MULTIPLIER: u64 = 0xF135_7AEA_2E62_A9C5;

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(MULTIPLIER);
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(byte)).wrapping_mul(MULTIPLIER);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
