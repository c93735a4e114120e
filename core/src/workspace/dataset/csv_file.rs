//! CSV with a header. Cells are texts exactly as they were typed: `007`, `1.50` and ` x ` stay what they are.

use super::{RawRow, RowFault, WorkspaceError};
use crate::workspace::Result;
use atelier_types::JsonMap;
use csv::{ErrorKind, Position, StringRecord};
use serde_json::Value;

pub(super) fn rows(file: &str, body: &str) -> Result<Vec<RawRow>> {
    let mut rows = Vec::new();
    each_record(file, body, |header, line, record| {
        let cells = record.iter().map(|cell| Value::String(cell.to_owned()));
        rows.push(RawRow { line, values: header.iter().map(str::to_owned).zip(cells).collect::<JsonMap>() });
    })?;
    Ok(rows)
}

/// Calls `take` with the header, the line on which a record starts, and the record; gives the header back.
pub(super) fn each_record(
    file: &str,
    body: &str,
    mut take: impl FnMut(&StringRecord, u32, &StringRecord),
) -> Result<StringRecord> {
    let mut reader = csv::Reader::from_reader(body.as_bytes());
    let header = reader.headers().map_err(|err| fault(file, &err))?.clone();
    check_header(file, &header)?;
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|err| fault(file, &err))? {
        take(&header, record.position().map_or(1, line), &record);
    }
    Ok(header)
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
