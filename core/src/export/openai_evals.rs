//! Samples for OpenAI's evals framework, as its basic templates read them: `input` (messages) and `ideal` (one text or
//! several that are all right).
//!
//! One sample for each row and wording of the prompt. `ideal` is what the dataset expects; where it expects nothing, the
//! answers that people preferred. Rows with neither are left out.

use super::{ExportError, Material, Record, Result, Said, Written, lines, text_of};
use atelier_types::prompt::Message;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct Sample<'a> {
    input: &'a [Message],
    ideal: Value,
}

pub(super) fn write(material: &Material) -> Result<Written> {
    let mut samples: Vec<Sample<'_>> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for record in &material.records {
        let input = record.cell.output.receipt.messages.as_slice();
        // A call that was never rendered has no messages to ask again.
        if input.is_empty() || !seen.insert(serde_json::to_string(input)?) {
            continue;
        }
        if let Some(ideal) = ideal(record, &material.records) {
            samples.push(Sample { input, ideal });
        }
    }
    if samples.is_empty() {
        return Err(ExportError::Empty { reason: "no row has an expected value or a preferred answer" });
    }
    lines(samples)
}

fn ideal(record: &Record, records: &[Record]) -> Option<Value> {
    match &record.cell.expected {
        Some(Value::Array(values)) => Some(values.iter().map(|value| Value::String(text_of(value))).collect()),
        Some(Value::Null) | None => {
            let preferred = records.iter().filter(|other| other.cell.row == record.cell.row && is_preferred(other));
            let mut texts: Vec<&str> = preferred.map(|other| other.cell.output.text.as_str()).collect();
            texts.dedup();
            match texts.as_slice() {
                [] => None,
                [text] => Some(Value::from(*text)),
                texts => Some(Value::from(texts.to_vec())),
            }
        }
        Some(value) => Some(Value::String(text_of(value))),
    }
}

fn is_preferred(record: &Record) -> bool {
    record.ratings.iter().any(|opinion| matches!(opinion.said, Said::Pair { preferred: Some(true), .. }))
}
