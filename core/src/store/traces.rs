//! Traces and their spans. Each model call is a span; names and attributes follow OpenTelemetry's conventions for
//! generative AI. A trace belongs to one answer, since judges, chains and retrieval put more calls behind one.
//!
//! What was said stands in the outputs' receipts and is not repeated in attributes.

use super::sql_json;
use atelier_types::JsonMap;
use atelier_types::time::MillisSinceEpoch;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

pub(super) const MIGRATION: &str = "
CREATE TABLE traces (
    id INTEGER PRIMARY KEY,
    -- 32 hex digits, as other tools know the trace
    trace_id TEXT NOT NULL
) STRICT;
CREATE TABLE spans (
    trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
    -- place in the trace, counted from 0
    number INTEGER NOT NULL,
    span_id TEXT NOT NULL,
    parent_span_id TEXT,
    name TEXT NOT NULL,
    -- milliseconds since 1970
    started_at INTEGER NOT NULL,
    duration_millis REAL NOT NULL,
    error_type TEXT,
    -- JSON object
    attributes TEXT NOT NULL,
    PRIMARY KEY (trace, number)
) STRICT, WITHOUT ROWID;
";

/// A trace that is ready to be stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceRecord {
    /// 32 hex digits; empty where nothing was called.
    pub trace_id: String,
    pub spans: Vec<SpanRecord>,
}

/// One operation of a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanRecord {
    /// 16 hex digits.
    pub span_id: String,
    pub parent_span_id: Option<String>,
    /// `chat gpt-5-mini`
    pub name: String,
    pub started_at: MillisSinceEpoch,
    pub duration_millis: f64,
    /// Stable code of what went wrong.
    pub error_type: Option<String>,
    pub attributes: JsonMap,
}

/// Stores a trace and returns its row.
pub fn insert(transaction: &Transaction<'_>, trace: &TraceRecord) -> rusqlite::Result<i64> {
    transaction.prepare_cached("INSERT INTO traces (trace_id) VALUES (?1)")?.execute([&trace.trace_id])?;
    let row = transaction.last_insert_rowid();
    let mut statement = transaction.prepare_cached("INSERT INTO spans VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    for (number, span) in (0_u32..).zip(&trace.spans) {
        statement.execute(params![
            row,
            number,
            span.span_id,
            span.parent_span_id,
            span.name,
            span.started_at.0,
            span.duration_millis,
            span.error_type,
            sql_json::text(&span.attributes)?,
        ])?;
    }
    Ok(row)
}

/// The trace in a row, spans in their order.
pub fn get(connection: &Connection, row: i64) -> rusqlite::Result<Option<TraceRecord>> {
    let trace_id = connection
        .prepare_cached("SELECT trace_id FROM traces WHERE id = ?1")?
        .query_row([row], |row| row.get(0))
        .optional()?;
    let Some(trace_id) = trace_id else { return Ok(None) };
    let mut statement = connection.prepare_cached(
        "SELECT span_id, parent_span_id, name, started_at, duration_millis, error_type, attributes
         FROM spans WHERE trace = ?1 ORDER BY number",
    )?;
    let spans = statement.query_map([row], |row| {
        Ok(SpanRecord {
            span_id: row.get(0)?,
            parent_span_id: row.get(1)?,
            name: row.get(2)?,
            started_at: MillisSinceEpoch(row.get(3)?),
            duration_millis: row.get(4)?,
            error_type: row.get(5)?,
            attributes: sql_json::value(row, 6)?,
        })
    })?;
    Ok(Some(TraceRecord { trace_id, spans: spans.collect::<rusqlite::Result<_>>()? }))
}
