//! Reads a scorer's settings and refuses those that it does not know, so that a typo is not a silent default.

use atelier_types::JsonMap;
use serde_json::Value;

/// Settings of one scorer; each that is read is known from then on.
pub(super) struct Options<'a> {
    values: &'a JsonMap,
    known: Vec<&'static str>,
}

impl<'a> Options<'a> {
    pub(super) fn new(values: &'a JsonMap) -> Self {
        Self { values, known: Vec::new() }
    }

    pub(super) fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known.push(key);
        self.values.get(key)
    }

    pub(super) fn flag(&mut self, key: &'static str, default: bool) -> Result<bool, String> {
        match self.value(key) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(format!("`{key}` must be true or false, not {other}")),
        }
    }

    pub(super) fn text(&mut self, key: &'static str) -> Result<Option<&'a str>, String> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("`{key}` must be a text, not {other}")),
        }
    }

    pub(super) fn refuse_unknown(&self, scorer: &str) -> Result<(), String> {
        match self.values.keys().find(|key| !self.known.contains(&key.as_str())) {
            Some(key) => Err(format!("`{scorer}` has no setting `{key}`; it knows {}", self.known.join(", "))),
            None => Ok(()),
        }
    }
}
