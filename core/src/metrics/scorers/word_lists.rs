//! `allowed_words` and `forbidden_words`: the output keeps to a list of words or phrases.
//!
//! - `forbidden_words`: right where none of the list occurs. The explanation names the first that does, and its place.
//! - `allowed_words`: right where every word of the output is of the list or within a phrase of it. Phrases are found
//!   from left to right without overlap, longer ones first. The explanation names the first other word and its place.
//!   Words are those of Unicode Standard Annex 29 that have a letter or a number in them, so that punctuation is free.
//! - Range: 0 or 1; higher is better.
//! - Reads: the setting `words` where it is given, else the row's expected column: a word or phrase, or a list.
//! - Settings: `words`; `ignore_case` (default false) compares by Unicode's simple case folding.
//! - What is looked for occurs where no letter, number or underscore comes right before or after it, so `art` is not in
//!   `start`. Between the words of a phrase any white space may stand.
//! - An empty list in a row leaves that row unscored.

use super::options::Options;
use super::places::{offset_of, place_of, shortened};
use super::references::texts_of;
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use regex::{Regex, RegexBuilder};
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Reverse;
use unicode_segmentation::UnicodeSegmentation as _;

/// Bytes of a compiled list; thousands of words need more than the default.
const MOST_BYTES: usize = 1 << 26;

pub(super) struct WordLists {
    words: Option<Regex>,
    ignores_case: bool,
    is_allowed: bool,
}

impl WordLists {
    pub(super) fn allowed(options: &mut Options<'_>) -> Result<Self, String> {
        Self::new(options, true)
    }

    pub(super) fn forbidden(options: &mut Options<'_>) -> Result<Self, String> {
        Self::new(options, false)
    }

    fn new(options: &mut Options<'_>, is_allowed: bool) -> Result<Self, String> {
        let words = options.value("words");
        let mut scorer = Self { words: None, ignores_case: options.flag("ignore_case", false)?, is_allowed };
        if let Some(words) = words {
            let compiled = scorer.compile(Some(words)).map_err(|reason| format!("`words`: {reason}"))?;
            scorer.words = Some(compiled);
        }
        Ok(scorer)
    }

    fn compile(&self, words: Option<&Value>) -> Result<Regex, String> {
        let mut phrases: Vec<String> = texts_of(words).iter().map(AsRef::as_ref).filter_map(pattern_of).collect();
        if phrases.is_empty() {
            return Err("There is no word to look for".to_owned());
        }
        phrases.sort_by_key(|phrase| Reverse(phrase.len()));
        let pattern = format!(r"\b{{start-half}}(?:{})\b{{end-half}}", phrases.join("|"));
        let mut builder = RegexBuilder::new(&pattern);
        let compiled = builder.case_insensitive(self.ignores_case).size_limit(MOST_BYTES).build();
        compiled.map_err(|err| format!("The list of words is too long: {err}"))
    }

    fn fault(&self, output: &str, words: &Regex) -> Option<String> {
        if self.is_allowed {
            let other = first_other(output, words)?;
            return Some(format!(
                "Not allowed: `{}` at {}",
                shortened(other),
                place_of(output, offset_of(output, other))
            ));
        }
        let found = words.find(output)?;
        Some(format!("Forbidden: `{}` at {}", shortened(found.as_str()), place_of(output, found.start())))
    }
}

impl Method for WordLists {
    fn reads_row(&self) -> bool {
        self.words.is_none()
    }

    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        let words = match &self.words {
            Some(words) => Ok(Cow::Borrowed(words)),
            None => self.compile(expected).map(Cow::Owned),
        };
        match words {
            Ok(words) => {
                let fault = self.fault(context.output, &words);
                (Score::check(fault.is_none()), fault)
            }
            Err(reason) => unscored(reason),
        }
    }
}

fn pattern_of(phrase: &str) -> Option<String> {
    let words: Vec<String> = phrase.split_whitespace().map(regex::escape).collect();
    (!words.is_empty()).then(|| words.join(r"\s+"))
}

/// The first word that is in none of the places where `words` matches.
fn first_other<'a>(output: &'a str, words: &Regex) -> Option<&'a str> {
    let mut found = words.find_iter(output).peekable();
    output.unicode_word_indices().map(|(start, word)| (start, start + word.len(), word)).find_map(
        |(start, end, word)| {
            while found.next_if(|found| found.end() <= start).is_some() {}
            let is_within = found.peek().is_some_and(|found| found.start() <= start && end <= found.end());
            (!is_within).then_some(word)
        },
    )
}
