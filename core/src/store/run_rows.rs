//! The dataset's rows as a run saw them. Values are kept once for all runs that saw the same.

use super::runs::RunKey;
use super::sql_json;
use atelier_types::JsonMap;
use atelier_types::dataset::Row;
use atelier_types::ids::RowId;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest as _, Sha256};
use std::ops::Range;

pub(super) const MIGRATION: &str = "
CREATE TABLE row_values (
    id INTEGER PRIMARY KEY,
    -- SHA-256 of `json`
    hash BLOB NOT NULL UNIQUE,
    json TEXT NOT NULL
) STRICT;
CREATE TABLE run_rows (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    -- place in the plan, counted from 0
    position INTEGER NOT NULL,
    row_id TEXT NOT NULL,
    -- first words of the values
    title TEXT NOT NULL,
    value INTEGER NOT NULL REFERENCES row_values (id),
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_rows_by_row_id ON run_rows (run, row_id);
CREATE INDEX run_rows_by_value ON run_rows (value);
";

const MAX_TITLE_CHARS: usize = 80;

/// A row of a run's plan, without its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowHead {
    pub position: u32,
    pub id: RowId,
    pub title: String,
}

pub fn insert(transaction: &Transaction<'_>, run: RunKey, rows: &[Row]) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare("INSERT INTO run_rows VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut known = transaction.prepare("SELECT id FROM row_values WHERE hash = ?1")?;
    let mut keep = transaction.prepare("INSERT INTO row_values (hash, json) VALUES (?1, ?2)")?;
    for (position, row) in (0_u32..).zip(rows) {
        let json = sql_json::text(&row.values)?;
        let hash = Sha256::digest(json.as_bytes());
        let value = match known.query_row([hash.as_slice()], |row| row.get(0)).optional()? {
            Some(value) => value,
            None => keep.insert(params![hash.as_slice(), json])?,
        };
        insert.execute(params![run.0, position, row.id.as_str(), title(&row.values), value])?;
    }
    Ok(())
}

/// Rows with their values, in the order of the plan.
pub fn window(connection: &Connection, run: RunKey, positions: Range<u32>) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(
        "SELECT row_id, json FROM run_rows JOIN row_values ON row_values.id = value
         WHERE run = ?1 AND position >= ?2 AND position < ?3 ORDER BY position",
    )?;
    let rows = statement.query_map(params![run.0, positions.start, positions.end], |row| {
        Ok(Row { id: row.get::<_, String>(0)?.into(), values: sql_json::value(row, 1)? })
    })?;
    rows.collect()
}

/// Rows without their values, in the order of the plan.
pub fn heads(connection: &Connection, run: RunKey, positions: Range<u32>) -> rusqlite::Result<Vec<RowHead>> {
    let mut statement = connection.prepare_cached(
        "SELECT position, row_id, title FROM run_rows WHERE run = ?1 AND position >= ?2 AND position < ?3
         ORDER BY position",
    )?;
    let heads = statement.query_map(params![run.0, positions.start, positions.end], read_head)?;
    heads.collect()
}

pub fn position(connection: &Connection, run: RunKey, id: &RowId) -> rusqlite::Result<Option<u32>> {
    connection
        .prepare_cached("SELECT position FROM run_rows WHERE run = ?1 AND row_id = ?2")?
        .query_row(params![run.0, id.as_str()], |row| row.get(0))
        .optional()
}

/// Deletes a run's rows, and the values that no other run saw.
pub fn delete_of_run(transaction: &Transaction<'_>, run: RunKey) -> rusqlite::Result<()> {
    let values: Vec<i64> = transaction
        .prepare("SELECT DISTINCT value FROM run_rows WHERE run = ?1")?
        .query_map([run.0], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    transaction.execute("DELETE FROM run_rows WHERE run = ?1", [run.0])?;
    let mut delete = transaction
        .prepare("DELETE FROM row_values WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM run_rows WHERE value = ?1)")?;
    for value in values {
        delete.execute([value])?;
    }
    Ok(())
}

fn read_head(row: &rusqlite::Row<'_>) -> rusqlite::Result<RowHead> {
    Ok(RowHead { position: row.get(0)?, id: row.get::<_, String>(1)?.into(), title: row.get(2)? })
}

/// First words of the values, texts before anything else, since they are what a person knows a row by.
fn title(values: &JsonMap) -> String {
    let texts = values.values().filter_map(|value| value.as_str()).filter(|text| !text.trim().is_empty());
    let mut title = String::new();
    for word in texts.flat_map(str::split_whitespace) {
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(word);
        if title.len() > MAX_TITLE_CHARS * 4 {
            break;
        }
    }
    if title.is_empty() {
        title = values.values().next().map(ToString::to_string).unwrap_or_default();
    }
    title.chars().take(MAX_TITLE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn title_is_the_first_words_of_the_texts() {
        let values = json!({"count": 3, "text": "  Dear\n team, ", "more": "thanks"});
        assert_eq!(title(values.as_object().unwrap()), "Dear team, thanks");
        assert_eq!(title(json!({"count": 3}).as_object().unwrap()), "3");
        assert_eq!(title(json!({"text": "é ".repeat(1000)}).as_object().unwrap()).chars().count(), 80);
        assert_eq!(title(&JsonMap::new()), "");
    }
}
