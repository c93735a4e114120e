//! What Python calls white space, word characters, punctuation and symbols, so that texts fall apart where the
//! references' texts do. Classes come from the Unicode tables of the crate `regex`, a page of 256 at a time on first
//! use; a character that is newer than one of the two tables may differ.

use regex::Regex;
use std::sync::{LazyLock, OnceLock};

/// General category, as far as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Letter,
    Number,
    Punctuation,
    Symbol,
    Other,
}

const PAGE: usize = 256;
const NUM_PAGES: usize = 0x11_0000 / PAGE;

static PAGES: [OnceLock<Box<[Class; PAGE]>>; NUM_PAGES] = [const { OnceLock::new() }; NUM_PAGES];
static PATTERNS: LazyLock<Vec<(Class, Regex)>> = LazyLock::new(|| {
    let classes = [
        (Class::Letter, r"\p{L}"),
        (Class::Number, r"\p{N}"),
        (Class::Punctuation, r"\p{P}"),
        (Class::Symbol, r"\p{S}"),
    ];
    // A pattern that did not compile would leave its class empty, which the tests would see.
    classes.into_iter().filter_map(|(class, pattern)| Some((class, Regex::new(pattern).ok()?))).collect()
});

pub(super) fn class_of(letter: char) -> Class {
    let number = letter as usize;
    PAGES[number / PAGE].get_or_init(|| page(number / PAGE))[number % PAGE]
}

fn page(index: usize) -> Box<[Class; PAGE]> {
    let mut classes = Box::new([Class::Other; PAGE]);
    let mut buffer = [0; 4];
    for (offset, class) in classes.iter_mut().enumerate() {
        let Some(letter) = char::from_u32((index * PAGE + offset) as u32) else { continue };
        let text: &str = letter.encode_utf8(&mut buffer);
        if let Some((found, _)) = PATTERNS.iter().find(|(_, pattern)| pattern.is_match(text)) {
            *class = *found;
        }
    }
    classes
}

/// `\w` of Python's `re`: letters, numbers and the underscore.
pub(super) fn is_word(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_alphanumeric() || letter == '_';
    }
    matches!(class_of(letter), Class::Letter | Class::Number)
}

/// `str.isspace` of Python: Unicode's white space and the four separators of ASCII.
pub(super) fn is_space(letter: char) -> bool {
    letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter)
}

/// `str.split()` of Python.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// `str.rstrip()` of Python.
#[inline]
pub(super) fn without_end_space(text: &str) -> &str {
    match text.as_bytes().last() {
        Some(b'!'..=b'~') => text,
        _ => text.trim_end_matches(is_space),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_unicode() {
        let classes: Vec<Class> =
            ['é', '漢', '٣', '½', '。', '€', '🎉', '\u{301}', '\u{10ffff}'].map(class_of).to_vec();
        use Class::{Letter, Number, Other, Punctuation, Symbol};
        assert_eq!(classes, [Letter, Letter, Number, Number, Punctuation, Symbol, Symbol, Other, Other]);
    }

    #[test]
    fn words_fall_apart_at_every_white_space_of_python() {
        let text = "a\u{a0}b\u{3000}c\u{1f}d\r\n e\u{200b}f";
        assert_eq!(words(text).collect::<Vec<_>>(), ["a", "b", "c", "d", "e\u{200b}f"]);
    }
}
