//! The reference texts of a row: a text, or a list of texts that are all right.
//!
//! - Any other value counts as its compact JSON. Nulls in a list are left out.
//! - Without a reference there is nothing to compare with, so the row is unscored.

use super::{Corpus, Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use serde_json::Value;
use std::borrow::Cow;
use std::ops::AddAssign;

/// A scorer that compares the output with reference texts.
pub(super) trait AgainstTexts: Send + Sync {
    /// References are never empty.
    fn compare(&self, output: &str, references: &[&str]) -> f64;

    fn signature(&self, _num_references: Option<usize>) -> Option<String> {
        None
    }

    fn corpus(&self) -> Option<Box<dyn Corpus + '_>> {
        None
    }
}

/// A scorer whose corpus score comes from the sum of its sentences' statistics.
pub(super) trait Additive {
    type Statistics: AddAssign + Default;

    fn statistics(&self, output: &str, references: &[&str]) -> Self::Statistics;

    fn score_of(&self, statistics: &Self::Statistics) -> f64;
}

/// Statistics of a corpus so far.
pub(super) struct Sum<'a, A: Additive> {
    scorer: &'a A,
    statistics: A::Statistics,
}

impl<'a, A: Additive> Sum<'a, A> {
    pub(super) fn new(scorer: &'a A) -> Self {
        Self { scorer, statistics: A::Statistics::default() }
    }
}

impl<A: Additive> Corpus for Sum<'_, A> {
    fn add(&mut self, output: &str, references: &[&str]) {
        if !references.is_empty() {
            self.statistics += self.scorer.statistics(output, references);
        }
    }

    fn score(&self) -> f64 {
        self.scorer.score_of(&self.statistics)
    }
}

impl<T: AgainstTexts> Method for T {
    fn signature(&self, num_references: Option<usize>) -> Option<String> {
        AgainstTexts::signature(self, num_references)
    }

    fn corpus(&self) -> Option<Box<dyn Corpus + '_>> {
        AgainstTexts::corpus(self)
    }

    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        // One text is by far the most common.
        if let Some(Value::String(reference)) = expected {
            return (Score::Number(self.compare(context.output, &[reference])), None);
        }
        let texts = texts_of(expected);
        let references: Vec<&str> = texts.iter().map(Cow::as_ref).collect();
        match references.as_slice() {
            [] => unscored("There is no reference to compare with"),
            references => (Score::Number(self.compare(context.output, references)), None),
        }
    }
}

/// The texts that a row's value names.
pub(in crate::metrics) fn texts_of(expected: Option<&Value>) -> Vec<Cow<'_, str>> {
    match expected {
        Some(Value::Array(values)) => values.iter().filter(|value| !value.is_null()).map(text).collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(other) => vec![text(other)],
    }
}

/// The values that a row's value names: the elements of a list, else the value itself.
pub(super) fn values_of(expected: &Value) -> &[Value] {
    match expected {
        Value::Array(values) => values,
        other => std::slice::from_ref(other),
    }
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// The largest of what each reference gives.
pub(super) fn best(references: &[&str], compare: impl FnMut(&str) -> f64) -> f64 {
    references.iter().copied().map(compare).fold(f64::NEG_INFINITY, f64::max)
}
