//! sacreBLEU's tokenizers, by hand instead of by regular expression, rule for rule.
//!
//! What they separate is only ever parted by spaces; the words are what white space parts afterwards.

use crate::metrics::scorers::byte_masks::{alphanumeric, each_unlike, equal};
use crate::metrics::scorers::unicode::{Class, class_of, is_space, words};
use std::borrow::Cow;
use std::ops::Range;

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
            Self::Zh => Cow::Owned(separate_chinese(&text)),
            Self::Char | Self::None => text,
        }
    }

    /// Calls `each` with every word of a prepared text: with a text and where the word is in it.
    pub(super) fn each_word<'a>(self, text: &'a str, mut each: impl FnMut(&'a str, Range<usize>)) {
        match self {
            Self::V13a => each_western_word(text, true, |place| each(text, place)),
            Self::Zh => each_western_word(text, false, |place| each(text, place)),
            Self::Intl | Self::None => words(text).for_each(|word| each(word, 0..word.len())),
            Self::Char => {
                let letters = text.char_indices().filter(|(_, letter)| !is_space(*letter));
                letters.for_each(|(at, letter)| each(text, at..at + letter.len_utf8()));
            }
        }
    }
}

fn unescaped(mut text: Cow<'_, str>) -> Cow<'_, str> {
    // Looks at all bytes, which is quicker than to stop at the first.
    if !text.bytes().fold(false, |found, byte| found | matches!(byte, b'<' | b'-' | b'&')) {
        return text;
    }
    for (from, to) in [("<skipped>", ""), ("-\n", ""), ("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
        if text.contains(from) {
            text = Cow::Owned(text.replace(from, to));
        }
    }
    text
}

/// Calls `each` with the place of every word: ASCII marks stand alone, full stops and commas unless they stand between digits or
/// before one, and hyphens after a digit. With `is_padded` there is a space before and after the text.
///
/// mteval says this in substitutions from left to right, each of which passes over the pairs that it has found. What
/// they come to for a stop: it stands alone if no digit is before it, unless a stop is there that does so for the same
/// reason; or else if something other than a digit follows.
pub(in super::super) fn each_western_word(text: &str, is_padded: bool, mut each: impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let mut stops = Stops { bytes, is_padded, end_of_loose: usize::MAX };
    let (mut start, mut seen) = (0, 0);
    // Letters, digits and apostrophes are always within a word.
    let is_plain = |bytes| alphanumeric(bytes) | equal(bytes, b'\'');
    each_unlike(bytes, is_plain, |at| {
        let byte = bytes[at];
        // By far the most common, and the rest of a character of several bytes.
        if byte == b' ' {
            if start < at {
                each(start..at);
            }
            start = at + 1;
            return;
        } else if at < seen {
            return;
        }
        seen = at + if byte < 128 { 1 } else { text[at..].chars().next().map_or(1, char::len_utf8) };
        let role = match (ROLES[usize::from(byte)], byte) {
            (Role::Asks, b'.' | b',') => stops.role(at),
            (Role::Asks, b'-') if at > 0 && bytes[at - 1].is_ascii_digit() => Role::Alone,
            (Role::Asks, 128..) if text[at..seen].starts_with(is_space) => Role::Space,
            (Role::Asks, _) => Role::Within,
            (role, _) => role,
        };
        if role != Role::Within {
            if start < at {
                each(start..at);
            }
            start = if role == Role::First { at } else { seen };
        }
        if role == Role::Alone {
            each(at..seen);
        }
    });
    if start < bytes.len() {
        each(start..bytes.len());
    }
}

/// What full stops and commas are, one after the other.
struct Stops<'a> {
    bytes: &'a [u8],
    is_padded: bool,
    /// The end of one that stands alone because no digit is before it.
    end_of_loose: usize,
}

impl Stops<'_> {
    fn role(&mut self, at: usize) -> Role {
        let is_digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
        let space = self.is_padded.then_some(b' ');
        let before = if at > 0 { self.bytes.get(at - 1).copied() } else { space };
        let after = self.bytes.get(at + 1).copied().or(space);
        let was_loose = self.end_of_loose == at;
        let is_loose = before.is_some() && !is_digit(before) && !was_loose;
        if is_loose {
            self.end_of_loose = at + 1;
        }
        match is_loose || (after.is_some() && !is_digit(after)) {
            true => Role::Alone,
            false if was_loose => Role::First,
            false => Role::Within,
        }
    }
}

/// What a character is to the words around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Within,
    /// A word begins with it.
    First,
    /// It is a word.
    Alone,
    Space,
    /// That depends on its neighbours, or on the rest of its bytes.
    Asks,
}

const ROLES: [Role; 256] = {
    let mut roles = [Role::Asks; 256];
    let mut byte = 0;
    while byte < 128 {
        roles[byte] = match byte as u8 {
            b'\t'..=b'\r' | 0x1c..=0x20 => Role::Space,
            b'{'..=b'~' | b'['..=b'`' | b'!'..=b'&' | b'('..=b'+' | b':'..=b'@' | b'/' => Role::Alone,
            b'.' | b',' | b'-' => Role::Asks,
            _ => Role::Within,
        };
        byte += 1;
    }
    roles
};

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

fn separate_chinese(text: &str) -> String {
    separate(text.trim_matches(is_space), is_chinese)
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
