//! `json_match`: the share of a JSON value's fields that are as expected.
//!
//! - Definition: both values are taken apart into fields, which are what stands at the ends: texts, numbers, true,
//!   false, null, empty lists and empty objects, each with its path of keys and places. The score is the number of
//!   fields that both have with the same value, divided by the number of paths that either has: a missing, a wrong
//!   and a superfluous field each cost one. Numbers are compared as numbers (1 is 1.0), the order of keys does not
//!   count.
//! - Range: 0 to 1 (equal); higher is better.
//! - Reads: the row's expected column: any JSON value, or a text that is JSON. With `alternatives`, a list of such
//!   values of which the nearest counts; `atelier score`, whose `expected` is always a list, sets it.
//! - Settings: `ignore_extra` (default false) leaves out fields that only the output has; `ignore_order` (default
//!   false) compares lists as bags, each element with the first free one that is like it in whole; `allow_fence`
//!   (default false) takes JSON inside one Markdown code fence; `alternatives` (default false).
//! - An output that is not JSON has no field that is right: 0, and the explanation says why. An expected text that is
//!   not JSON counts as that text. An empty list of alternatives leaves the row unscored.
//! - Source: our own definition; no package that we know has one that is agreed on.

use super::json_schema::without_fence;
use super::options::Options;
use super::references::values_of;
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) struct JsonMatch {
    ignores_extra: bool,
    ignores_order: bool,
    allows_fence: bool,
    takes_alternatives: bool,
}

/// Fields by their path. A key is written as JSON, a place in brackets, so that no two paths are written alike.
type Fields<'a> = BTreeMap<String, &'a Value>;

impl JsonMatch {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self {
            ignores_extra: options.flag("ignore_extra", false)?,
            ignores_order: options.flag("ignore_order", false)?,
            allows_fence: options.flag("allow_fence", false)?,
            takes_alternatives: options.flag("alternatives", false)?,
        })
    }

    fn compare(&self, output: &Value, expected: &Value) -> (f64, Option<String>) {
        let expected = parsed(expected, output);
        let output = if self.ignores_order { aligned(output, &expected) } else { output.clone() };
        let (mut ours, mut theirs) = (Fields::new(), Fields::new());
        collect(&output, String::new(), &mut ours);
        collect(&expected, String::new(), &mut theirs);
        let is_right = |path: &&String| ours.get(*path).is_some_and(|value| is_equal(value, theirs[*path]));
        let num_right = theirs.keys().filter(is_right).count();
        let num_extra = ours.keys().filter(|path| !theirs.contains_key(*path)).count();
        let num_all = theirs.len() + if self.ignores_extra { 0 } else { num_extra };
        let wrong = theirs.keys().find(|path| !is_right(path)).map(|path| format!("Not as expected: {path}"));
        let extra = || {
            let path = ours.keys().find(|path| !theirs.contains_key(*path)).filter(|_| !self.ignores_extra);
            path.map(|path| format!("Not expected: {path}"))
        };
        (num_right as f64 / num_all.max(1) as f64, wrong.or_else(extra))
    }
}

impl Method for JsonMatch {
    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        let Some(expected) = expected else { return unscored("There is nothing to compare with") };
        let alternatives = if self.takes_alternatives { values_of(expected) } else { std::slice::from_ref(expected) };
        let text = if self.allows_fence { without_fence(context.output) } else { context.output };
        if alternatives.is_empty() {
            return unscored("There is nothing to compare with");
        }
        let output: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(err) => return (Score::check(false), Some(format!("The output is not JSON: {err}"))),
        };
        let compared = alternatives.iter().map(|expected| self.compare(&output, expected));
        match compared.reduce(|best, next| if next.0 > best.0 { next } else { best }) {
            Some((share, explanation)) => (Score::Number(share), explanation),
            None => unscored("There is nothing to compare with"),
        }
    }
}

/// What is meant by an expected text: its JSON, unless the output is a JSON text too.
fn parsed(expected: &Value, output: &Value) -> Value {
    let text = expected.as_str().filter(|_| !output.is_string());
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| expected.clone())
}

fn collect<'a>(value: &'a Value, path: String, fields: &mut Fields<'a>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                collect(value, format!("{path}.{}", Value::from(key.as_str())), fields);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (place, value) in items.iter().enumerate() {
                collect(value, format!("{path}[{place}]"), fields);
            }
        }
        leaf => {
            fields.insert(if path.is_empty() { "the whole".to_owned() } else { path }, leaf);
        }
    }
}

/// `output` with the elements of its lists where `expected` has the like, as far as there are any; the rest follows in
/// its order.
fn aligned(output: &Value, expected: &Value) -> Value {
    match (output, expected) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let pair = |(key, value): (&String, &Value)| {
                let value = theirs.get(key).map_or_else(|| value.clone(), |expected| aligned(value, expected));
                (key.clone(), value)
            };
            Value::Object(ours.iter().map(pair).collect())
        }
        (Value::Array(ours), Value::Array(theirs)) => Value::Array(aligned_list(ours, theirs)),
        _ => output.clone(),
    }
}

fn aligned_list(ours: &[Value], theirs: &[Value]) -> Vec<Value> {
    let mut rest: Vec<Option<Value>> = ours.iter().cloned().map(Some).collect();
    let mut placed: Vec<Option<Value>> = Vec::with_capacity(ours.len());
    for expected in theirs {
        let fits =
            |value: &Option<Value>| value.as_ref().is_some_and(|value| is_equal(&aligned(value, expected), expected));
        let found = rest.iter().position(fits);
        placed.push(found.and_then(|at| rest[at].take()).map(|value| aligned(&value, expected)));
    }
    let mut rest = rest.into_iter().flatten();
    for (place, expected) in placed.iter_mut().zip(theirs) {
        if place.is_none() {
            *place = rest.next().map(|value| aligned(&value, expected));
        }
    }
    placed.into_iter().flatten().chain(rest).collect()
}

fn is_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| is_equal(a, b)))
        }
        _ => a == b,
    }
}
