//! Tercom's normalisation of a text before its words are taken, in sacreBLEU's reading.

use crate::metrics::scorers::bleu::{Ends, Marks, each_word, separate_ascii};
use crate::metrics::scorers::options::Options;
use crate::metrics::scorers::unicode::{without_end_space, words};

pub(super) struct Normaliser {
    pub is_case_sensitive: bool,
    pub parts_punctuation: bool,
    pub drops_punctuation: bool,
    pub handles_asian: bool,
}

impl Normaliser {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self {
            is_case_sensitive: options.flag("case_sensitive", false)?,
            parts_punctuation: options.flag("normalized", false)?,
            drops_punctuation: options.flag("no_punct", false)?,
            handles_asian: options.flag("asian_support", false)?,
        })
    }

    /// What the reference implementation makes of references. Only the parting of punctuation can go on when repeated.
    pub(super) fn normalised_twice(&self, text: &str) -> String {
        let once = self.normalised(text);
        if !self.parts_punctuation {
            return once;
        }
        self.normalised(&words(&once).collect::<Vec<_>>().join(" "))
    }

    /// The text with its words parted by white space.
    pub(super) fn normalised(&self, text: &str) -> String {
        let text = without_end_space(text);
        let mut text = if self.is_case_sensitive { text.to_owned() } else { text.to_lowercase() };
        if text.is_empty() {
            return text;
        }
        if self.parts_punctuation {
            text = western(&text);
            if self.handles_asian {
                text = asian_apart(&text);
            }
        }
        if self.drops_punctuation {
            let is_dropped = |letter| {
                matches!(letter, '.' | ',' | '?' | ':' | ';' | '!' | '"' | '(' | ')')
                    || (self.handles_asian && is_asian_mark(letter))
            };
            text.retain(|letter| !is_dropped(letter));
        }
        text
    }
}

fn western(text: &str) -> String {
    let joined = text.replace("\n-", "").replace('\n', " ");
    let unescaped = joined.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    let parted = separate_ascii(&format!(" {unescaped} "));
    let parted = parted.replace("'s ", " 's ");
    let mut separated = String::with_capacity(parted.len());
    each_word(&parted, Marks::ApartBetween(Ends::Spaces), |place| separated.extend([&parted[place], " "]));
    separated
}

/// Chinese characters, marks and forms of the east stand alone. The reference also has rules for runs of kana, which
/// can only hold for a text that begins with one; its own step before has put a space there.
fn asian_apart(text: &str) -> String {
    let mut apart = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        match is_asian(letter) || is_asian_mark(letter) {
            true => apart.extend([' ', letter, ' ']),
            false => apart.push(letter),
        }
    }
    apart
}

/// The reference's ranges; U+3200 to U+3F22 is its reading of the block U+3200 to U+32FF.
fn is_asian(letter: char) -> bool {
    matches!(u32::from(letter),
        0x2e80..=0x2eff
        | 0x31c0..=0x31ef
        | 0x3200..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe4f)
}

fn is_asian_mark(letter: char) -> bool {
    matches!(u32::from(letter),
        0x3001..=0x3002
        | 0x3008..=0x3011
        | 0x3014..=0x301f
        | 0x30fb
        | 0xff01..=0xff02
        | 0xff08..=0xff09
        | 0xff0c
        | 0xff0e
        | 0xff1a..=0xff1b
        | 0xff1f
        | 0xff61..=0xff65)
}
