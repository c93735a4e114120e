//! JSONL: one JSON object a line. Empty lines are skipped.

use super::{RawRow, RowFault, WorkspaceError};
use crate::workspace::Result;
use atelier_types::JsonMap;

pub(super) fn rows(file: &str, body: &str) -> Result<Vec<RawRow>> {
    lines(body).map(|(line, text)| Ok(RawRow { line, values: object(file, line, text)? })).collect()
}

/// The lines that hold something, with their numbers from 1.
pub(super) fn lines(body: &str) -> impl Iterator<Item = (u32, &str)> {
    let numbered = body.lines().enumerate().filter(|(_, text)| !text.trim().is_empty());
    numbered.map(|(index, text)| (u32::try_from(index + 1).unwrap_or(u32::MAX), text))
}

pub(super) fn object(file: &str, line: u32, text: &str) -> Result<JsonMap> {
    serde_json::from_str(text).map_err(|err| {
        // The parser's own place is of no use inside one line of many; its column is in bytes.
        let before = text.as_bytes().get(..err.column().saturating_sub(1)).map(String::from_utf8_lossy);
        let column = before.and_then(|before| u32::try_from(before.chars().count() + 1).ok());
        let message = err.to_string();
        let reason = message.split(" at line ").next().unwrap_or(&message).to_owned();
        WorkspaceError::BadRow { file: file.to_owned(), line, column, reason, code: RowFault::Malformed }
    })
}
