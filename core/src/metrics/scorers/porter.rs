//! Porter's stemmer with nltk's extensions, as rouge-score and nltk's METEOR use it.
//!
//! Source: Porter, *An algorithm for suffix stripping*, 1980, and the behaviour of nltk 3.10's
//! `PorterStemmer.NLTK_EXTENSIONS`: a list of irregular forms, words of one or two letters left alone, other rules for
//! `-ies`, `-ied`, `-y`, `-alli`, `-bli`, `-fulli` and `-logi`, and vowel + consonant counted as an end of the form
//! consonant, vowel, consonant. A rule list stops at the first suffix that fits, whether its condition holds or not.
//!
//! Works on bytes. A letter beyond ASCII is a consonant to every rule and is only ever kept, so that it is replaced by
//! a byte that no rule names (two in turn, since equal neighbours are one of the conditions) and put back afterwards.

use std::borrow::Cow;

const IRREGULAR: [(&str, &str); 16] = [
    ("sky", "sky"),
    ("skies", "sky"),
    ("dying", "die"),
    ("lying", "lie"),
    ("tying", "tie"),
    ("news", "news"),
    ("innings", "inning"),
    ("inning", "inning"),
    ("outings", "outing"),
    ("outing", "outing"),
    ("cannings", "canning"),
    ("canning", "canning"),
    ("howe", "howe"),
    ("proceed", "proceed"),
    ("exceed", "exceed"),
    ("succeed", "succeed"),
];

/// The stem of a word in lower case.
pub(super) fn stem(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        let stemmed = stem_bytes(word.as_bytes());
        return String::from_utf8(stemmed).map_or(Cow::Borrowed(word), Cow::Owned);
    }
    let letters: Vec<char> = word.chars().collect();
    let mut bytes: Vec<u8> = Vec::with_capacity(letters.len());
    for (at, letter) in letters.iter().enumerate() {
        let is_repeated = at > 0 && letters[at - 1] == *letter;
        bytes.push(match (u8::try_from(*letter), bytes.last()) {
            (Ok(byte), _) if byte.is_ascii() => byte,
            (_, Some(0x80)) if !is_repeated => 0x81,
            (_, Some(0x81)) if is_repeated => 0x81,
            _ => 0x80,
        });
    }
    let stemmed = stem_bytes(&bytes);
    let back = |(at, byte): (usize, u8)| if byte.is_ascii() { char::from(byte) } else { letters[at] };
    stemmed.into_iter().enumerate().map(back).collect()
}

/// The stem of a word of lower-case ASCII.
pub(super) fn stem_bytes(word: &[u8]) -> Vec<u8> {
    if word.len() <= 7
        && let Some((_, irregular)) = IRREGULAR.iter().find(|(form, _)| form.as_bytes() == word)
    {
        return irregular.as_bytes().to_vec();
    }
    let mut word = word.to_vec();
    if word.len() > 2 {
        plurals(&mut word);
        past_and_gerund(&mut word);
        final_y(&mut word);
        double_suffixes(&mut word);
        apply(&mut word, STEP_3, |stem| measure(stem) > 0);
        single_suffixes(&mut word);
        final_e(&mut word);
        if word.ends_with(b"ll") && measure(&word[..word.len() - 1]) > 1 {
            word.pop();
        }
    }
    word
}

fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// A `y` is a consonant at the start and after a vowel.
fn is_consonant(word: &[u8], at: usize) -> bool {
    if word[at] != b'y' {
        return !is_vowel(word[at]);
    }
    let num_before = word[..at].iter().rev().take_while(|byte| **byte == b'y').count();
    let first = at - num_before;
    let is_first_consonant = first == 0 || is_vowel(word[first - 1]);
    is_first_consonant == (num_before % 2 == 0)
}

/// Porter's m: how often a vowel is followed by a consonant.
fn measure(stem: &[u8]) -> usize {
    let (mut num, mut was_vowel) = (0, false);
    for (at, byte) in stem.iter().enumerate() {
        let vowel = if *byte == b'y' { at > 0 && !was_vowel } else { is_vowel(*byte) };
        num += usize::from(was_vowel && !vowel);
        was_vowel = vowel;
    }
    num
}

fn has_vowel(stem: &[u8]) -> bool {
    (0..stem.len()).any(|at| is_vowel(stem[at]) || (stem[at] == b'y' && !is_consonant(stem, at)))
}

fn ends_in_double_consonant(word: &[u8]) -> bool {
    matches!(word, [.., a, b] if a == b) && is_consonant(word, word.len() - 1)
}

/// Porter's *o, and nltk's vowel + consonant of a word of two letters.
fn ends_cvc(word: &[u8]) -> bool {
    let num = word.len();
    let is_vc = |word: &[u8]| !is_consonant(word, num - 2) && is_consonant(word, num - 1);
    match num {
        0 | 1 => false,
        2 => is_vc(word),
        _ => is_consonant(word, num - 3) && is_vc(word) && !matches!(word[num - 1], b'w' | b'x' | b'y'),
    }
}

type Rules = &'static [(&'static str, &'static str)];

/// Takes the first rule whose suffix fits, and applies it if its condition holds.
fn apply(word: &mut Vec<u8>, rules: Rules, condition: impl Fn(&[u8]) -> bool) {
    let found = rules.iter().find(|(suffix, _)| word.ends_with(suffix.as_bytes()));
    if let Some((suffix, replacement)) = found {
        let length = word.len() - suffix.len();
        if condition(&word[..length]) {
            replace(word, suffix.len(), replacement);
        }
    }
}

fn replace(word: &mut Vec<u8>, num_removed: usize, replacement: &str) {
    word.truncate(word.len() - num_removed);
    word.extend_from_slice(replacement.as_bytes());
}

fn plurals(word: &mut Vec<u8>) {
    if word.ends_with(b"ies") && word.len() == 4 {
        word.pop();
        return;
    }
    apply(word, &[("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")], |_| true);
}

fn past_and_gerund(word: &mut Vec<u8>) {
    if word.ends_with(b"ied") {
        let kept = if word.len() == 4 { "ie" } else { "i" };
        return replace(word, 3, kept);
    }
    if word.ends_with(b"eed") {
        if measure(&word[..word.len() - 3]) > 0 {
            word.pop();
        }
        return;
    }
    let suffix = ["ed", "ing"].into_iter().find(|suffix| word.strip_suffix(suffix.as_bytes()).is_some_and(has_vowel));
    if let Some(suffix) = suffix {
        word.truncate(word.len() - suffix.len());
        mend_after_removal(word);
    }
}

fn mend_after_removal(word: &mut Vec<u8>) {
    if ["at", "bl", "iz"].iter().any(|end| word.ends_with(end.as_bytes())) {
        word.push(b'e');
    } else if ends_in_double_consonant(word) {
        if !matches!(word.last(), Some(b'l' | b's' | b'z')) {
            word.pop();
        }
    } else if word.ends_with(b"*d") {
        // nltk takes its mark for double consonants for a suffix too.
        replace(word, 2, "d");
    } else if measure(word) == 1 && ends_cvc(word) {
        word.push(b'e');
    }
}

/// Only after a consonant that is not the first letter.
fn final_y(word: &mut [u8]) {
    let num = word.len();
    if num > 2 && word[num - 1] == b'y' && is_consonant(word, num - 2) {
        word[num - 1] = b'i';
    }
}

fn double_suffixes(word: &mut Vec<u8>) {
    if word.ends_with(b"alli") && measure(&word[..word.len() - 4]) > 0 {
        replace(word, 4, "al");
        return double_suffixes(word);
    }
    if STEP_2.iter().any(|(suffix, _)| word.ends_with(suffix.as_bytes())) {
        return apply(word, STEP_2, |stem| measure(stem) > 0);
    }
    // The `l` counts as part of the stem.
    if word.ends_with(b"logi") && measure(&word[..word.len() - 3]) > 0 {
        word.pop();
    }
}

fn single_suffixes(word: &mut Vec<u8>) {
    let is_ion = word.ends_with(b"ion");
    apply(word, STEP_4, |stem| measure(stem) > 1 && (!is_ion || matches!(stem.last(), Some(b's' | b't'))));
}

fn final_e(word: &mut Vec<u8>) {
    if let Some(stem) = word.strip_suffix(b"e") {
        let num = measure(stem);
        if num > 1 || (num == 1 && !ends_cvc(stem)) {
            word.pop();
        }
    }
}

const STEP_2: Rules = &[
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("fulli", "ful"),
];

const STEP_3: Rules =
    &[("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

const STEP_4: Rules = &[
    ("al", ""),
    ("ance", ""),
    ("ence", ""),
    ("er", ""),
    ("ic", ""),
    ("able", ""),
    ("ible", ""),
    ("ant", ""),
    ("ement", ""),
    ("ment", ""),
    ("ent", ""),
    ("ion", ""),
    ("ou", ""),
    ("ism", ""),
    ("ate", ""),
    ("iti", ""),
    ("ous", ""),
    ("ive", ""),
    ("ize", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_paper_and_of_the_extensions() {
        let pairs = [
            ("caresses", "caress"),
            ("ponies", "poni"),
            ("dies", "die"),
            ("agreed", "agre"),
            ("hopping", "hop"),
            ("falling", "fall"),
            ("filing", "file"),
            ("enjoy", "enjoy"),
            ("happy", "happi"),
            ("relational", "relat"),
            ("vietnamization", "vietnam"),
            ("geology", "geolog"),
            ("adoption", "adopt"),
            ("controlling", "control"),
            ("skies", "sky"),
            ("as", "as"),
            ("größen", "größen"),
            ("éééing", "éééing"),
            ("naïvely", "naïv"),
        ];
        for (word, expected) in pairs {
            assert_eq!(stem(word), expected, "{word}");
        }
    }
}
