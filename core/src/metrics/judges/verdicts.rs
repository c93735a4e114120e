//! Verdicts on numbered items. A model gives one for each item and for nothing else, or there is no score.

use super::dialogue::{Pause, Reading, object_schema, unscored};
use serde::Serialize;
use serde_json::{Value, json};

/// What a model said about one item.
#[derive(Debug, Serialize)]
pub(super) struct Verdict {
    pub item: String,
    pub verdict: String,
    pub reason: String,
}

/// The property `verdicts` of an answer: a list with the number, a reason and one of these words for each item.
pub(super) fn property(words: &[&str]) -> (&'static str, Value) {
    let verdict = object_schema([
        ("number", json!({"type": "integer"})),
        ("reason", json!({"type": "string"})),
        ("verdict", json!({"type": "string", "enum": words})),
    ]);
    ("verdicts", json!({"type": "array", "items": verdict}))
}

/// The verdicts in the order of the items, which are numbered from 1.
pub(super) fn of(reading: &Reading, items: Vec<String>) -> Result<Vec<Verdict>, Pause> {
    let mut found: Vec<Option<&Value>> = vec![None; items.len()];
    for verdict in reading.list("verdicts") {
        let number = verdict.get("number").map(Value::to_string).unwrap_or_default();
        let place = verdict.get("number").and_then(Value::as_f64).map(|number| number - 1.0);
        let slot = place.filter(|place| *place >= 0.0).and_then(|place| found.get_mut(place as usize));
        let Some(slot) = slot else {
            return Err(unscored(format!("The judge gave a verdict for item {number}, which it was not asked about")));
        };
        if slot.replace(verdict).is_some() {
            return Err(unscored(format!("The judge gave two verdicts for item {number}")));
        }
    }
    let text = |verdict: &Value, key: &str| verdict.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let verdicts = items.into_iter().zip(found).enumerate().map(|(place, (item, found))| {
        let found = found.ok_or_else(|| unscored(format!("The judge gave no verdict for item {}", place + 1)))?;
        Ok(Verdict { item, verdict: text(found, "verdict"), reason: text(found, "reason") })
    });
    verdicts.collect()
}

/// The share of the verdicts that `counts`; `None` without any.
pub(super) fn share(verdicts: &[Verdict], counts: impl Fn(&Verdict) -> bool) -> Option<f64> {
    let num_counted = verdicts.iter().filter(|verdict| counts(verdict)).count();
    (!verdicts.is_empty()).then(|| num_counted as f64 / verdicts.len() as f64)
}

/// Texts that a model listed: each on one line, so that numbers before them are the only ones; without empty ones.
pub(super) fn lines(list: &[Value]) -> Vec<String> {
    let texts = list.iter().filter_map(Value::as_str);
    let lines = texts.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}
