//! The words of a text as ROUGE takes them, as numbers, and the lines that they stand in.

use crate::metrics::scorers::byte_masks::{alphanumeric, each_run};
use crate::metrics::scorers::porter::stem_bytes;
use std::borrow::Cow;
use std::ops::Range;

/// Words of at most this many letters are their own stem.
const LONGEST_UNSTEMMED: usize = 3;

/// Numbers of words, line by line.
pub(super) struct Lines {
    pub words: Vec<u32>,
    /// How many words there are up to the end of each line.
    ends: Vec<usize>,
}

impl Lines {
    /// Of a text that is [`prepared`], numbered in either case; one line where `has_lines` does not ask for more.
    pub(super) fn of(text: &str, has_lines: bool, mut number: impl FnMut(&[u8], Range<usize>) -> u32) -> Self {
        let mut lines = Self { words: Vec::with_capacity(text.len() / 4), ends: Vec::new() };
        let mut add = |line| {
            each_run(line, alphanumeric, |place| lines.words.push(number(line, place)));
            lines.words.len()
        };
        let bytes = text.as_bytes();
        if has_lines {
            lines.ends = bytes.split(|byte| *byte == b'\n').map(add).collect();
        } else {
            add(bytes);
        }
        lines
    }

    /// Where each line's words are.
    pub(super) fn places(&self) -> impl Iterator<Item = Range<usize>> {
        let mut start = 0;
        self.ends.iter().map(move |end| std::mem::replace(&mut start, *end)..*end)
    }
}

/// A text whose letters are all of which ROUGE takes, or the stems of its words with what stands between them.
pub(super) fn prepared(text: &str, uses_stemmer: bool) -> Cow<'_, str> {
    match (text.is_ascii(), uses_stemmer) {
        (true, false) => Cow::Borrowed(text),
        (true, true) => Cow::Owned(stemmed(&text.to_ascii_lowercase())),
        // A few letters beyond ASCII have an ASCII letter in their lower case, such as the Kelvin sign; what stays
        // beyond it is no part of a word.
        (false, false) => Cow::Owned(text.to_lowercase()),
        (false, true) => Cow::Owned(stemmed(&text.to_lowercase())),
    }
}

fn stemmed(text: &str) -> String {
    let mut stems = String::with_capacity(text.len());
    let mut end = 0;
    each_run(text.as_bytes(), alphanumeric, |place| {
        stems.push_str(&text[end..place.start]);
        let word = &text[place.clone()];
        match word.len() {
            ..=LONGEST_UNSTEMMED => stems.push_str(word),
            _ => stems.push_str(&String::from_utf8_lossy(&stem_bytes(word.as_bytes()))),
        }
        end = place.end;
    });
    stems.push_str(&text[end..]);
    stems
}
