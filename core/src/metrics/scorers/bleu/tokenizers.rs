//! sacreBLEU's tokenizers, by hand instead of by regular expression, rule for rule.
//!
//! What they separate is only ever parted by spaces; the words are what white space parts afterwards.

use crate::metrics::scorers::byte_masks::{Block, NUM_TOGETHER, Parts, alphanumeric, between, each_part, equal, space};
use crate::metrics::scorers::unicode::{Class, class_of, is_space};
use std::borrow::Cow;
use std::ops::Range;
use wide::u8x16;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tokenizer {
    /// mteval-v13a.
    V13a,
    /// mteval-v14's international one: punctuation and symbols of all scripts.
    Intl,
    /// Every character is a word.
    Char,
    /// Every Chinese character is a word, the rest as `13a`.
    Zh,
    None,
}

pub(super) const NAMES: [(&str, Tokenizer); 5] = [
    ("13a", Tokenizer::V13a),
    ("intl", Tokenizer::Intl),
    ("char", Tokenizer::Char),
    ("zh", Tokenizer::Zh),
    ("none", Tokenizer::None),
];

impl Tokenizer {
    pub(super) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, tokenizer)| *tokenizer == self).map_or("", |(name, _)| name)
    }

    /// The text that the words are taken from.
    pub(super) fn prepared(self, text: Cow<'_, str>) -> Cow<'_, str> {
        match self {
            Self::V13a => unescaped(text),
            Self::Intl => Cow::Owned(intl(&text)),
            Self::Zh => Cow::Owned(separate(text.trim_matches(is_space), is_chinese)),
            Self::Char => Cow::Owned(separate(&text, |_| true)),
            Self::None => text,
        }
    }

    /// Calls `each` with the place of every word of a prepared text.
    #[inline]
    pub(super) fn each_word(self, text: &str, each: impl FnMut(Range<usize>)) {
        let marks = match self {
            Self::V13a => Marks::ApartBetween(Ends::Spaces),
            Self::Zh => Marks::ApartBetween(Ends::Nothing),
            Self::Intl | Self::Char | Self::None => Marks::Joined,
        };
        each_word(text, marks, each);
    }
}

fn unescaped(mut text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr3(b'<', b'-', b'&', text.as_bytes()).is_none() {
        return text;
    }
    for (from, to) in [("<skipped>", ""), ("-\n", ""), ("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
        if text.contains(from) {
            text = Cow::Owned(text.replace(from, to));
        }
    }
    text
}

/// What becomes of ASCII marks.
#[derive(Clone, Copy)]
pub(in super::super) enum Marks {
    /// Only white space parts words.
    Joined,
    /// Marks are words, but for apostrophes, for full stops and commas between digits, and for hyphens unless a digit is
    /// before them. mteval says this in substitutions from left to right, each of which passes over the pairs that it
    /// has found, which makes a difference to rows of stops only.
    ApartBetween(Ends),
}

/// What is before and after a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Ends {
    Spaces,
    Nothing,
}

/// Calls `each` with the place of every word.
#[inline]
pub(in super::super) fn each_word(text: &str, marks: Marks, each: impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let mut wide_spaces = 0_u128;
    let parts = |base, block: &Block| {
        if block.mask(|bytes| bytes) != 0 {
            each_bit(block.mask(may_begin_space), |at| wide_spaces |= wide_space(text, base + at) << at);
        }
        let spaces = block.mask(space) | wide_spaces as u64;
        wide_spaces >>= NUM_TOGETHER;
        let mut alone = 0;
        if let Marks::ApartBetween(ends) = marks {
            each_bit(block.mask(mark), |at| alone |= u64::from(is_alone(bytes, base + at, ends)) << at);
        }
        Parts { joined: !(alone | spaces), alone }
    };
    each_part(bytes, parts, each);
}

/// Whether the ASCII mark there is a word.
#[inline]
fn is_alone(bytes: &[u8], at: usize, ends: Ends) -> bool {
    match bytes[at] {
        b'-' => at > 0 && bytes[at - 1].is_ascii_digit(),
        b'.' | b',' => is_other(bytes.get(at + 1), ends) || has_other_before(bytes, at, ends),
        _ => true,
    }
}

/// Whether something other than a digit is before a stop that is no stop which is a word for this reason.
#[cold]
fn has_other_before(bytes: &[u8], at: usize, ends: Ends) -> bool {
    let first = bytes[..at].iter().rposition(|byte| !matches!(byte, b'.' | b',')).map_or(0, |before| before + 1);
    let is_odd = (at - first) % 2 == 1;
    is_other(bytes[..first].last(), ends) != is_odd
}

#[inline]
fn is_other(byte: Option<&u8>, ends: Ends) -> bool {
    byte.map_or(ends == Ends::Spaces, |byte| !byte.is_ascii_digit())
}

/// Bits for the bytes of the character there, if it is white space.
fn wide_space(text: &str, at: usize) -> u128 {
    let letter = text.get(at..).and_then(|rest| rest.chars().next());
    letter.filter(|letter| is_space(*letter)).map_or(0, |letter| (1 << letter.len_utf8()) - 1)
}

/// ASCII marks but the apostrophe.
fn mark(bytes: u8x16) -> u8x16 {
    between(bytes, b'!', b'~') & !(alphanumeric(bytes) | equal(bytes, b'\''))
}

/// The first bytes that white space beyond ASCII has in UTF-8.
fn may_begin_space(bytes: u8x16) -> u8x16 {
    equal(bytes, 0xc2) | between(bytes, 0xe1, 0xe3)
}

fn each_bit(mut bits: u64, mut each: impl FnMut(usize)) {
    while bits != 0 {
        each(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}
/// A space before and after each ASCII mark but the apostrophe, the comma, the hyphen and the full stop. Spaces get
/// more spaces, which is the same to all that follows.
pub(in super::super) fn separate_ascii(text: &str) -> String {
    let mut separated = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        let is_mark = matches!(letter, '{'..='~' | '['..='`' | ' '..='&' | '('..='+' | ':'..='@' | '/');
        if is_mark {
            separated.push(' ');
        }
        separated.push(letter);
        if is_mark {
            separated.push(' ');
        }
    }
    separated
}

/// Rewrites the pairs of neighbours that fit, none overlapping another.
fn pass(text: &str, fits: impl Fn(char, char) -> bool, rewrite: impl Fn(&mut String, char, char)) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut letters = text.chars();
    let mut held = letters.next();
    while let Some(first) = held {
        held = letters.next();
        match held {
            Some(second) if fits(first, second) => {
                rewrite(&mut out, first, second);
                held = letters.next();
            }
            _ => out.push(first),
        }
    }
    out
}

fn intl(text: &str) -> String {
    let is_mark = |letter| class_of(letter) == Class::Punctuation;
    let is_number = |letter| class_of(letter) == Class::Number;
    let after = pass(text, |a, b| is_mark(b) && !is_number(a), |out, a, b| out.extend([a, ' ', b, ' ']));
    let before = pass(&after, |a, b| is_mark(a) && !is_number(b), |out, a, b| out.extend([' ', a, ' ', b]));
    separate(&before, |letter| class_of(letter) == Class::Symbol)
}

fn separate(text: &str, is_apart: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for letter in text.chars() {
        match is_apart(letter) {
            true => out.extend([' ', letter, ' ']),
            false => out.push(letter),
        }
    }
    out
}

/// The ranges of sacreBLEU. Its two ranges beyond the basic plane are written with four hexadecimal digits too few and
/// so are U+2001 to U+2A6D and U+2F81 to U+2FA1; to give its values, ours are too.
fn is_chinese(letter: char) -> bool {
    matches!(u32::from(letter),
        0x2001..=0x2a6d
        | 0x2e80..=0x2eff
        | 0x2f00..=0x2fdf
        | 0x2ff0..=0x303f
        | 0x3100..=0x312f
        | 0x31a0..=0x31bf
        | 0x31c0..=0x31ef
        | 0x3200..=0x33ff
        | 0x3400..=0x4db5
        | 0x4e00..=0x9fbb
        | 0xf900..=0xfa2d
        | 0xfa30..=0xfa6a
        | 0xfa70..=0xfad9
        | 0xfe10..=0xfe1f
        | 0xfe30..=0xfe4f
        | 0xff00..=0xffef)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::scorers::unicode::words;
    use crate::metrics::statistics::Draws;
    use regex::Regex;

    /// mteval-v13a's rules as the substitutions that it does one after the other.
    fn substituted(text: &str, ends: Ends) -> String {
        let rules = [
            (r"([!-&(-+/:-@\[-`{-~])", " $1 "),
            ("([^0-9])([.,])", "$1 $2 "),
            ("([.,])([^0-9])", " $1 $2"),
            ("([0-9])-", "$1 - "),
        ];
        let text = if ends == Ends::Spaces { format!(" {text} ") } else { text.to_owned() };
        rules.iter().fold(text, |text, (from, to)| Regex::new(from).unwrap().replace_all(&text, *to).into_owned())
    }

    #[test]
    fn words_are_those_of_one_substitution_after_the_other() {
        let pieces =
            [".", ",", "-", "1", "23", "a", "Word", "'", " ", "\n", "\u{a0}", "\u{3000}", "é", "漢", "(", "~", "\u{1}"];
        let mut draws = Draws::new(13);
        for _ in 0..4_000 {
            let num_kinds = 1 + draws.below(pieces.len());
            let text: String = (0..draws.below(150)).map(|_| pieces[draws.below(num_kinds)]).collect();
            for ends in [Ends::Spaces, Ends::Nothing] {
                let mut found = Vec::new();
                each_word(&text, Marks::ApartBetween(ends), |place| found.push(&text[place]));
                let expected = substituted(&text, ends);
                assert_eq!(found, words(&expected).collect::<Vec<_>>(), "{text:?}");
            }
        }
    }

    #[test]
    fn marks_stay_in_words_where_only_white_space_parts_them() {
        for length in 0..140 {
            let text = format!("{}\u{2003}b.c, \u{3000}漢-1\u{a0}", "x".repeat(length));
            let mut found = Vec::new();
            each_word(&text, Marks::Joined, |place| found.push(&text[place]));
            assert_eq!(found, words(&text).collect::<Vec<_>>());
        }
    }
}
