//! JSON lines of our own: one output a line with everything that is known about it, receipt included.

use super::{ExportError, Material, Opinion, Record, Result, Written, lines};
use atelier_types::JsonMap;
use atelier_types::output::Receipt;
use atelier_types::provider::ProviderError;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct Line<'a> {
    id: String,
    row: &'a str,
    variant: &'a str,
    repeat: u32,
    inputs: &'a JsonMap,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a Value>,
    output: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a ProviderError>,
    scores: JsonMap,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    ratings: &'a [Opinion],
    receipt: &'a Receipt,
}

pub(super) fn write(material: &Material) -> Result<Written> {
    if material.records.is_empty() {
        return Err(ExportError::Empty { reason: "no output fits" });
    }
    let lines_of = material.records.iter().map(line).collect::<Result<Vec<_>>>()?;
    lines(lines_of)
}

fn line(record: &Record) -> Result<Line<'_>> {
    let cell = &record.cell;
    let mut scores = JsonMap::new();
    for named in &cell.scores {
        scores.insert(named.name.to_string(), serde_json::to_value(&named.score)?);
    }
    Ok(Line {
        id: format!("{}/{}/{}", cell.row, cell.variant.id, cell.repeat),
        row: cell.row.as_str(),
        variant: cell.variant.id.as_str(),
        repeat: cell.repeat,
        inputs: &cell.inputs,
        expected: cell.expected.as_ref(),
        output: &cell.output.text,
        error: cell.output.error.as_ref(),
        scores,
        ratings: &record.ratings,
        receipt: &cell.output.receipt,
    })
}
