//! The words of a text as ROUGE takes them, in one buffer, and the lines that they stand in.

use crate::metrics::scorers::numbering::Numbering;
use crate::metrics::scorers::porter::stem_bytes;
use std::borrow::Cow;
use std::ops::Range;

/// Words of at most this many letters are their own stem.
const LONGEST_UNSTEMMED: usize = 3;

/// A text's words, line by line.
pub(super) struct Unit {
    /// The text in lower case, or its stems one after the other.
    buffer: String,
    /// Where the words are in the buffer.
    words: Vec<Range<usize>>,
    /// How many words there are up to the end of each line.
    line_ends: Vec<usize>,
}

impl Unit {
    pub(super) fn numbers<'a>(&'a self, numbering: &mut Numbering<'a>) -> Lines<'a> {
        let words = self.words.iter().map(|place| numbering.number(&self.buffer[place.clone()]));
        Lines { words: words.collect(), ends: &self.line_ends }
    }
}

/// Numbers of words, line by line.
pub(super) struct Lines<'a> {
    pub words: Vec<u32>,
    ends: &'a [usize],
}

impl Lines<'_> {
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let mut start = 0;
        self.ends.iter().map(move |end| &self.words[std::mem::replace(&mut start, *end)..*end])
    }
}

/// The words of a text; in lines where `has_lines` says so, else in one.
pub(super) fn words_of(text: &str, has_lines: bool, uses_stemmer: bool) -> Unit {
    let text = lower_ascii(text);
    let bytes = text.as_bytes();
    let is_word = |byte: &&u8| IS_WORD[usize::from(**byte)];
    let mut unit = Unit { buffer: String::new(), words: Vec::with_capacity(bytes.len() / 4), line_ends: Vec::new() };
    let mut at = 0;
    loop {
        let end = at + bytes[at..].iter().take_while(is_word).count();
        if at < end {
            unit.words.push(at..end);
        }
        let Some(byte) = bytes.get(end) else { break };
        if *byte == b'\n' && has_lines {
            unit.line_ends.push(unit.words.len());
        }
        at = end + 1;
    }
    unit.line_ends.push(unit.words.len());
    unit.buffer = text;
    if uses_stemmer { stemmed(&unit) } else { unit }
}

const IS_WORD: [bool; 256] = {
    let mut is_word = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        is_word[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    is_word
};

/// In lower case as far as that is ASCII. A few letters beyond it have an ASCII letter in their lower case, such as
/// the Kelvin sign; what stays beyond it is no part of a word, in whatever case.
fn lower_ascii(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

/// The same words with their stems in their place.
fn stemmed(unit: &Unit) -> Unit {
    let mut buffer = Vec::with_capacity(unit.buffer.len());
    let words = unit.words.iter().map(|place| {
        let word = &unit.buffer.as_bytes()[place.clone()];
        let start = buffer.len();
        let stem = if word.len() > LONGEST_UNSTEMMED { Cow::Owned(stem_bytes(word)) } else { Cow::Borrowed(word) };
        buffer.extend_from_slice(&stem);
        start..buffer.len()
    });
    let words = words.collect();
    Unit { buffer: String::from_utf8(buffer).unwrap_or_default(), words, line_ends: unit.line_ends.clone() }
}
