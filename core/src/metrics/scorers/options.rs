//! Reads the settings of a scorer or judge and refuses those that it does not know, so that a typo is not a silent default.

use atelier_types::JsonMap;
use serde_json::Value;

/// Settings of one scorer or judge; each that is read is known from then on.
pub(in crate::metrics) struct Options<'a> {
    values: &'a JsonMap,
    known: Vec<&'static str>,
}

impl<'a> Options<'a> {
    pub(in crate::metrics) fn new(values: &'a JsonMap) -> Self {
        Self { values, known: Vec::new() }
    }

    pub(in crate::metrics) fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known.push(key);
        self.values.get(key)
    }

    pub(in crate::metrics) fn flag(&mut self, key: &'static str, default: bool) -> Result<bool, String> {
        match self.value(key) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(format!("`{key}` must be true or false, not {other}")),
        }
    }

    pub(in crate::metrics) fn text(&mut self, key: &'static str) -> Result<Option<&'a str>, String> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("`{key}` must be a text, not {other}")),
        }
    }

    /// A number within `range`.
    pub(in crate::metrics) fn number(
        &mut self,
        key: &'static str,
        default: f64,
        range: std::ops::RangeInclusive<f64>,
    ) -> Result<f64, String> {
        let Some(value) = self.value(key) else { return Ok(default) };
        match value.as_f64() {
            Some(number) if range.contains(&number) => Ok(number),
            _ if *range.end() == f64::MAX => {
                Err(format!("`{key}` must be a number from {} on, not {value}", range.start()))
            }
            _ => Err(format!("`{key}` must be a number from {} to {}, not {value}", range.start(), range.end())),
        }
    }

    /// A whole number within `range`.
    pub(in crate::metrics) fn whole(
        &mut self,
        key: &'static str,
        default: usize,
        range: std::ops::RangeInclusive<usize>,
    ) -> Result<usize, String> {
        let Some(value) = self.value(key) else { return Ok(default) };
        match value.as_u64().and_then(|number| usize::try_from(number).ok()) {
            Some(number) if range.contains(&number) => Ok(number),
            _ => Err(format!("`{key}` must be a whole number from {} to {}, not {value}", range.start(), range.end())),
        }
    }

    /// One of a few words; the first where none is given.
    pub(in crate::metrics) fn choice<'c>(
        &mut self,
        key: &'static str,
        choices: &'c [&'c str],
    ) -> Result<&'c str, String> {
        let Some(value) = self.value(key) else { return Ok(choices.first().copied().unwrap_or_default()) };
        let found = choices.iter().find(|choice| value.as_str() == Some(**choice));
        found.copied().ok_or_else(|| format!("`{key}` must be one of {}, not {value}", choices.join(", ")))
    }

    pub(in crate::metrics) fn refuse_unknown(&self, scorer: &str) -> Result<(), String> {
        match self.values.keys().find(|key| !self.known.contains(&key.as_str())) {
            Some(key) if self.known.is_empty() => Err(format!("`{scorer}` has no setting `{key}`; it has none")),
            Some(key) => Err(format!("`{scorer}` has no setting `{key}`; it knows {}", self.known.join(", "))),
            None => Ok(()),
        }
    }
}
