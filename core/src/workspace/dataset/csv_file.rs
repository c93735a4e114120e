//! CSV with a header. Cells are texts exactly as they were typed: `007`, `1.50` and ` x ` stay what they are.

use super::{RawRow, RowFault, WorkspaceError};
use crate::workspace::Result;
use atelier_types::JsonMap;
use csv::{ErrorKind, Position, StringRecord};
use serde_json::Value;

pub(super) fn rows(file: &str, body: &str) -> Result<Vec<RawRow>> {
    let (header, records) = records(file, body)?;
    let to_row = |(line, record): (u32, StringRecord)| {
        let cells = record.iter().map(|cell| Value::String(cell.to_owned()));
        RawRow { line, values: header.iter().map(str::to_owned).zip(cells).collect::<JsonMap>() }
    };
    Ok(records.into_iter().map(to_row).collect())
}

/// The header and each record with the line on which it starts.
pub(super) fn records(file: &str, body: &str) -> Result<(StringRecord, Vec<(u32, StringRecord)>)> {
    let mut reader = csv::Reader::from_reader(body.as_bytes());
    let header = reader.headers().map_err(|err| fault(file, &err))?.clone();
    check_header(file, &header)?;
    let mut records = Vec::new();
    for record in reader.into_records() {
        let record = record.map_err(|err| fault(file, &err))?;
        records.push((record.position().map_or(1, line), record));
    }
    Ok((header, records))
}

fn check_header(file: &str, header: &StringRecord) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    let reason = if header.is_empty() {
        "the file has no header line".to_owned()
    } else if header.iter().any(str::is_empty) {
        "a column of the header has no name".to_owned()
    } else if let Some(twice) = header.iter().find(|name| !seen.insert(*name)) {
        format!("the header names the column `{twice}` twice")
    } else {
        return Ok(());
    };
    Err(WorkspaceError::BadRow { file: file.to_owned(), line: 1, column: None, reason, code: RowFault::Malformed })
}

fn fault(file: &str, err: &csv::Error) -> WorkspaceError {
    let (at, reason) = match err.kind() {
        ErrorKind::UnequalLengths { pos, expected_len, len } => {
            (pos.as_ref().map_or(1, line), format!("the row has {len} cells, and the header {expected_len}"))
        }
        _ => (err.position().map_or(1, line), err.to_string()),
    };
    WorkspaceError::BadRow { file: file.to_owned(), line: at, column: None, reason, code: RowFault::Malformed }
}

fn line(position: &Position) -> u32 {
    u32::try_from(position.line()).unwrap_or(u32::MAX)
}
