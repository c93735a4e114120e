//! `url_in_context`: every web address of the output occurs in what the model was given.
//!
//! - Range: 0 or 1; higher is better.
//! - Reads: the row's column that the experiment names as `expected`, such as `context`: a text, or a list of them; any
//!   other value counts as its JSON.
//! - Settings: none.
//! - An address starts with `http://` or `https://` and ends before white space, quotation marks, `<`, `>`, `|`, `\`,
//!   `^`, backticks, braces, or a bracket that it does not open; punctuation at its end belongs to the sentence. It has
//!   to occur in the context as a whole and letter for letter.
//! - An output without an address is right. A context without text is unscored. The explanation names the first address
//!   that is not there.

use super::places::{place_of, shortened};
use super::references::texts_of;
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use regex::Regex;
use serde_json::Value;
use std::collections::HashSet;

const ADDRESS: &str = "(?i)https?://[^\\s<>\"'“”‘’`{}|\\\\^]+";
const ENDS: [char; 10] = ['.', ',', ';', ':', '!', '?', '*', '_', '~', '…'];

pub(super) struct UrlInContext {
    pattern: Regex,
}

impl UrlInContext {
    pub(super) fn new() -> Result<Self, String> {
        Ok(Self { pattern: Regex::new(ADDRESS).map_err(|err| err.to_string())? })
    }

    /// Addresses with their places.
    fn addresses<'a>(&self, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        self.pattern.find_iter(text).map(|found| (found.start(), trimmed(found.as_str())))
    }
}

impl Method for UrlInContext {
    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        let sources = texts_of(expected);
        if sources.iter().all(|text| text.trim().is_empty()) {
            return unscored("There is no context to look in");
        }
        let known: HashSet<&str> = sources.iter().flat_map(|text| self.addresses(text)).map(|(_, url)| url).collect();
        let unknown = self.addresses(context.output).find(|(_, url)| !known.contains(url));
        let explanation = unknown.map(|(start, url)| {
            format!("Not in the context: {} at {}", shortened(url), place_of(context.output, start))
        });
        (Score::check(unknown.is_none()), explanation)
    }
}

/// An address up to the first bracket that closes none of its own, without punctuation at the end.
fn trimmed(address: &str) -> &str {
    let (mut round, mut square) = (0_usize, 0_usize);
    let end = address.char_indices().find_map(|(place, letter)| {
        let (open, is_closing) = match letter {
            '(' | ')' => (&mut round, letter == ')'),
            '[' | ']' => (&mut square, letter == ']'),
            _ => return None,
        };
        if is_closing && *open == 0 {
            return Some(place);
        }
        *open = if is_closing { *open - 1 } else { *open + 1 };
        None
    });
    address.get(..end.unwrap_or(address.len())).unwrap_or(address).trim_end_matches(ENDS)
}
