//! `set_match` and `list_match`: the output names the items that were expected.
//!
//! - Items of the output: the elements of a JSON list where the output is one, else what `separator` parts; without
//!   that setting, lines, or what commas part where there is one line. Marks of Markdown lists (`-`, `*`, `1.`), white
//!   space around an item and items without text are left out. An element that is no text counts as compact JSON.
//! - `set_match`: the order and repetitions do not count. With c different items in common, o of the output and e
//!   expected: `f1` (default) is 2c / (o + e), `precision` c / o, `recall` c / e, `jaccard` c / (o + e − c).
//! - `list_match`: the share of places that have the same item, of the longer list's places.
//! - Range: 0 to 1; higher is better.
//! - Reads: the row's expected column: a list of items, a text that is taken apart like the output, or a list of
//!   lists, of which the nearest counts.
//! - Settings: `separator`; `ignore_case` (default false) compares the Unicode lower case; `measure` (`set_match`).
//! - Nothing expected and nothing given is equal (1). A fraction of which only one side is empty is 0.
//! - Source: our own definition; no package that we know has one that is agreed on.

use super::options::Options;
use super::text_case::Casing;
use super::{Method, ScoreContext, Scored, text_of, unscored};
use atelier_types::score::Score;
use serde_json::Value;
use std::collections::BTreeSet;

type Compare = fn(&[String], &[String]) -> f64;

pub(super) struct SetMatch {
    items: Items,
    compare: Compare,
}

pub(super) struct ListMatch {
    items: Items,
}

/// How texts are taken apart.
struct Items {
    separator: Option<String>,
    casing: Casing,
}

impl SetMatch {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let compare: Compare = match options.choice("measure", &["f1", "precision", "recall", "jaccard"])? {
            "precision" => |output, expected| of_sets(output, expected, |common, output, _| (common, output)),
            "recall" => |output, expected| of_sets(output, expected, |common, _, expected| (common, expected)),
            "jaccard" => |output, expected| {
                of_sets(output, expected, |common, output, expected| (common, output + expected - common))
            },
            _ => {
                |output, expected| of_sets(output, expected, |common, output, expected| (2 * common, output + expected))
            }
        };
        Ok(Self { items: Items::new(options)?, compare })
    }
}

impl ListMatch {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { items: Items::new(options)? })
    }
}

impl Method for SetMatch {
    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        self.items.score(context.output, expected, self.compare)
    }
}

impl Method for ListMatch {
    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        self.items.score(context.output, expected, of_lists)
    }
}

fn of_sets(output: &[String], expected: &[String], fraction: fn(usize, usize, usize) -> (usize, usize)) -> f64 {
    let (output, expected): (BTreeSet<&String>, BTreeSet<&String>) =
        (output.iter().collect(), expected.iter().collect());
    if output.is_empty() && expected.is_empty() {
        return 1.0;
    }
    let (part, whole) = fraction(output.intersection(&expected).count(), output.len(), expected.len());
    part as f64 / whole.max(1) as f64
}

fn of_lists(output: &[String], expected: &[String]) -> f64 {
    match output.len().max(expected.len()) {
        0 => 1.0,
        longer => output.iter().zip(expected).filter(|(a, b)| a == b).count() as f64 / longer as f64,
    }
}

impl Items {
    fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let separator = options.text("separator")?;
        if separator == Some("") {
            return Err("`separator` must not be empty".to_owned());
        }
        Ok(Self { separator: separator.map(str::to_owned), casing: Casing::new(options)? })
    }

    fn score(&self, output: &str, expected: Option<&Value>, compare: Compare) -> Scored {
        let output = self.of_text(output);
        let shares = self.alternatives(expected).into_iter().map(|expected| compare(&output, &expected));
        match shares.reduce(f64::max) {
            Some(share) => (Score::Number(share), None),
            None => unscored("There is no list to compare with"),
        }
    }

    /// The lists of which one is expected.
    fn alternatives(&self, expected: Option<&Value>) -> Vec<Vec<String>> {
        match expected {
            Some(Value::Array(lists)) if !lists.is_empty() && lists.iter().all(Value::is_array) => {
                lists.iter().filter_map(Value::as_array).map(|list| self.of_values(list)).collect()
            }
            Some(Value::Array(items)) => vec![self.of_values(items)],
            Some(other) => vec![self.of_text(&text_of(other))],
            None => Vec::new(),
        }
    }

    fn of_text(&self, text: &str) -> Vec<String> {
        if let Ok(Value::Array(values)) = serde_json::from_str(text) {
            return self.of_values(&values);
        }
        let separator = match &self.separator {
            Some(separator) => separator.as_str(),
            None if text.trim().contains('\n') => "\n",
            None => ",",
        };
        text.split(separator)
            .map(|item| self.normalised(without_mark(item.trim())))
            .filter(|item| !item.is_empty())
            .collect()
    }

    fn of_values(&self, values: &[Value]) -> Vec<String> {
        values.iter().map(|value| self.normalised(&text_of(value))).filter(|item| !item.is_empty()).collect()
    }

    fn normalised(&self, item: &str) -> String {
        self.casing.of(item.trim()).into_owned()
    }
}

/// An item without the `-`, `*`, `•`, `1.` or `1)` that a Markdown list puts before it.
fn without_mark(item: &str) -> &str {
    let number = item.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let numbered = if number.len() < item.len() { number.strip_prefix(['.', ')']) } else { None };
    match numbered.or_else(|| item.strip_prefix(['-', '*', '•'])) {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest,
        _ => item,
    }
}
