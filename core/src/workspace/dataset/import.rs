//! Giving each row of an imported file an id.
//!
//! Ids are written into the text that is there, so that numbers, quotes and key order stay as they were typed.

use super::{RowFault, csv_file, fault, id_text, jsonl, without_bom};
use crate::workspace::Result;
use atelier_types::dataset::DatasetFormat;
use std::collections::HashSet;

/// The file as it is stored: without a byte order mark, and with an id in each row.
pub(in crate::workspace) fn with_ids(file: &str, format: DatasetFormat, content: &str) -> Result<String> {
    let body = without_bom(content);
    match format {
        DatasetFormat::Jsonl => jsonl_with_ids(file, body),
        DatasetFormat::Csv => csv_with_ids(file, body),
    }
}

/// Counts through ids that the file does not use: `r1`, `r2` …
struct FreshIds {
    taken: HashSet<String>,
    last: usize,
}

impl FreshIds {
    fn next(&mut self) -> String {
        loop {
            self.last += 1;
            let id = format!("r{}", self.last);
            if !self.taken.contains(&id) {
                return id;
            }
        }
    }
}

fn jsonl_with_ids(file: &str, body: &str) -> Result<String> {
    let mut rows = Vec::new();
    for (line, text) in jsonl::lines(body) {
        let values = jsonl::object(file, line, text)?;
        let id = values.get("id").and_then(id_text);
        if id.is_none() && values.contains_key("id") {
            let reason = "`id` must be a text or a whole number".to_owned();
            return Err(fault(file, line, RowFault::MissingId, reason));
        }
        rows.push((text.trim(), id, values.is_empty()));
    }
    let taken = rows.iter().filter_map(|(_, id, _)| id.clone()).collect();
    let mut fresh = FreshIds { taken, last: 0 };
    let mut stored = String::with_capacity(body.len() + rows.len() * 16);
    for (text, id, is_empty) in rows {
        match (id, text.strip_prefix('{')) {
            (None, Some(rest)) => {
                let comma = if is_empty { "" } else { ", " };
                stored.push_str(&format!("{{\"id\": \"{}\"{comma}{}", fresh.next(), rest.trim_start()));
            }
            _ => stored.push_str(text),
        }
        stored.push('\n');
    }
    Ok(stored)
}

/// A file without an `id` column gets one in front; cells of a column that is there are filled where they are empty.
fn csv_with_ids(file: &str, body: &str) -> Result<String> {
    let mut records = Vec::new();
    let header = csv_file::each_record(file, body, |_, _, record| records.push(record.clone()))?;
    let Some(column) = header.iter().position(|name| name == "id") else {
        return Ok(with_id_column(body, records.iter()));
    };
    let is_complete = records.iter().all(|record| record.get(column).is_some_and(|id| !id.trim().is_empty()));
    if is_complete {
        return Ok(body.to_owned());
    }
    let taken = records.iter().filter_map(|record| record.get(column).map(str::to_owned)).collect();
    let mut fresh = FreshIds { taken, last: 0 };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let write_failed = |err: csv::Error| fault(file, 1, RowFault::Malformed, err.to_string());
    writer.write_record(&header).map_err(write_failed)?;
    for record in &records {
        let filled = record.iter().enumerate().map(|(index, cell)| match (index == column, cell.trim().is_empty()) {
            (true, true) => fresh.next(),
            _ => cell.to_owned(),
        });
        writer.write_record(filled.collect::<Vec<_>>()).map_err(write_failed)?;
    }
    let bytes = writer.into_inner().map_err(|err| fault(file, 1, RowFault::Malformed, err.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn with_id_column<'a>(body: &str, records: impl Iterator<Item = &'a csv::StringRecord>) -> String {
    let mut stored = String::with_capacity(body.len() + body.len() / 8 + 16);
    // The header may stand below empty lines, which CSV skips.
    let header_start = body.len() - body.trim_start_matches(['\r', '\n']).len();
    stored.push_str("id,");
    let mut copied = header_start;
    for (index, record) in records.enumerate() {
        let start = record.position().map_or(copied, |position| position.byte() as usize);
        // A record's position may still be before the line end of the one above.
        let start = start + (body[start..].len() - body[start..].trim_start_matches(['\r', '\n']).len());
        stored.push_str(&body[copied..start]);
        stored.push_str(&format!("r{},", index + 1));
        copied = start;
    }
    stored.push_str(&body[copied..]);
    stored
}
