//! Outputs with their receipts: what was asked, who answered, what it took. Rows are only ever added; a cache hit
//! points at the row that answered before.

use super::sql_json;
use super::traces::{self, TraceRecord};
use atelier_types::ids::ModelName;
use atelier_types::output::{Output, Receipt};
use atelier_types::provider::{FinishReason, Usage};
use atelier_types::time::MillisSinceEpoch;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

pub(super) const MIGRATION: &str = "
CREATE TABLE outputs (
    id INTEGER PRIMARY KEY,
    trace INTEGER NOT NULL REFERENCES traces (id),
    -- SHA-256 in hex of model identity, messages and parameters
    request_hash TEXT NOT NULL,
    -- number of the repeat, counted from 0: repeats are independent draws
    repeat INTEGER NOT NULL,
    text TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    -- null where the call succeeded, else its stable code and the whole error as JSON
    error_code TEXT,
    error TEXT,
    prompt TEXT,
    version TEXT,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    requested_model TEXT NOT NULL,
    reported_model TEXT,
    -- JSON
    messages TEXT NOT NULL,
    params TEXT NOT NULL,
    identity TEXT NOT NULL,
    finish TEXT,
    num_prompt_tokens INTEGER,
    num_completion_tokens INTEGER,
    num_cached_tokens INTEGER,
    -- milliseconds since 1970
    started_at INTEGER NOT NULL,
    first_token_millis REAL,
    latency_millis REAL NOT NULL,
    num_tries INTEGER NOT NULL,
    cost_usd REAL,
    atelier_version TEXT NOT NULL
) STRICT;
CREATE INDEX outputs_by_request ON outputs (request_hash, repeat) WHERE error_code IS NULL;
CREATE INDEX outputs_by_model ON outputs (model, id);
";

/// Without it each deleted trace would look through all outputs.
pub(super) const TRACE_INDEX: &str = "CREATE INDEX outputs_by_trace ON outputs (trace);";

/// The answer token by token as JSON; null where there are no log-probabilities.
pub(super) const LOGPROBS_COLUMN: &str = "ALTER TABLE outputs ADD COLUMN logprobs TEXT;";

/// What a call gave.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    pub output: &'a Output,
    pub trace: &'a TraceRecord,
    pub repeat: u32,
    /// The stored output that answered it, where one did.
    pub stored: Option<i64>,
}

const COLUMNS: &str = "text, reasoning, error, prompt, version, model, provider, requested_model, reported_model,
    messages, params, identity, finish, num_prompt_tokens, num_completion_tokens, num_cached_tokens, started_at,
    first_token_millis, latency_millis, num_tries, cost_usd, atelier_version, request_hash, logprobs";

/// Stores an output with its trace and returns its row.
pub fn insert(
    transaction: &Transaction<'_>,
    output: &Output,
    repeat: u32,
    trace: &TraceRecord,
) -> rusqlite::Result<i64> {
    let trace = traces::insert(transaction, trace)?;
    let receipt = &output.receipt;
    let error = output.error.as_ref();
    let mut statement = transaction.prepare_cached(
        "INSERT INTO outputs VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
         ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)",
    )?;
    statement.insert(params![
        trace,
        receipt.request_hash,
        repeat,
        output.text,
        output.reasoning,
        error.map(|error| error.category.code()),
        error.map(sql_json::text).transpose()?,
        receipt.prompt.as_ref().map(|name| name.as_str()),
        receipt.version.as_ref().map(|hash| hash.as_str()),
        receipt.model.as_str(),
        receipt.provider,
        receipt.requested_model,
        receipt.reported_model,
        sql_json::text(&receipt.messages)?,
        sql_json::text(&receipt.params)?,
        sql_json::text(&receipt.identity)?,
        receipt.finish.as_ref().map(finish_word),
        receipt.usage.map(|usage| usage.num_prompt_tokens),
        receipt.usage.map(|usage| usage.num_completion_tokens),
        receipt.usage.map(|usage| usage.num_cached_tokens),
        receipt.started_at.0,
        receipt.first_token_millis,
        receipt.latency_millis,
        receipt.num_tries,
        receipt.cost_usd,
        receipt.atelier_version,
        (!output.logprobs.is_empty()).then(|| sql_json::text(&output.logprobs)).transpose()?,
    ])
}

/// The row of the stored output that answered, or of a new one.
pub fn insert_or_known(transaction: &Transaction<'_>, answer: Answer<'_>) -> rusqlite::Result<i64> {
    match answer.stored {
        Some(id) if exists(transaction, id)? => Ok(id),
        // The run that it came from was deleted meanwhile.
        _ => insert(transaction, answer.output, answer.repeat, answer.trace),
    }
}

/// The newest output that answered this request without an error.
pub fn find(connection: &Connection, request_hash: &str, repeat: u32) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT id FROM outputs WHERE request_hash = ?1 AND repeat = ?2 AND error_code IS NULL
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![request_hash, repeat], |row| row.get(0))
        .optional()
}

/// The output in a row.
pub fn get(connection: &Connection, id: i64) -> rusqlite::Result<Option<Output>> {
    connection.prepare_cached(&format!("SELECT {COLUMNS} FROM outputs WHERE id = ?1"))?.query_row([id], read).optional()
}

pub fn exists(connection: &Connection, id: i64) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM outputs WHERE id = ?1")?.exists([id])
}

/// The trace behind an output.
pub fn trace(connection: &Connection, id: i64) -> rusqlite::Result<Option<TraceRecord>> {
    let trace = connection
        .prepare_cached("SELECT trace FROM outputs WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    trace.map_or(Ok(None), |trace| traces::get(connection, trace))
}

/// Deletes an output, and its trace where no other output shares it.
pub fn delete(transaction: &Transaction<'_>, id: i64) -> rusqlite::Result<()> {
    let trace: Option<i64> = transaction
        .prepare_cached("DELETE FROM outputs WHERE id = ?1 RETURNING trace")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(trace) = trace else { return Ok(()) };
    transaction
        .prepare_cached("DELETE FROM traces WHERE id = ?1 AND id NOT IN (SELECT trace FROM outputs WHERE trace = ?1)")?
        .execute([trace])?;
    Ok(())
}

/// When a model was asked last.
pub fn last_used_at(connection: &Connection, model: &ModelName) -> rusqlite::Result<Option<MillisSinceEpoch>> {
    connection
        .prepare_cached("SELECT started_at FROM outputs WHERE model = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([model.as_str()], |row| row.get(0).map(MillisSinceEpoch))
        .optional()
}

/// What one stored call says about a model's speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeedSample {
    pub num_completion_tokens: u32,
    pub first_token_millis: f64,
    pub latency_millis: f64,
}

/// The newest calls of a model that streamed and were counted, newest first.
pub fn speed_samples(
    connection: &Connection,
    model: &ModelName,
    max_samples: u32,
) -> rusqlite::Result<Vec<SpeedSample>> {
    let mut statement = connection.prepare_cached(
        "SELECT num_completion_tokens, first_token_millis, latency_millis FROM outputs
         WHERE model = ?1 AND error_code IS NULL AND num_completion_tokens IS NOT NULL
         AND first_token_millis IS NOT NULL ORDER BY id DESC LIMIT ?2",
    )?;
    let samples = statement.query_map(params![model.as_str(), max_samples], |row| {
        Ok(SpeedSample {
            num_completion_tokens: row.get(0)?,
            first_token_millis: row.get(1)?,
            latency_millis: row.get(2)?,
        })
    })?;
    samples.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Output> {
    let num_prompt_tokens: Option<u32> = row.get(13)?;
    let usage = match num_prompt_tokens {
        Some(num_prompt_tokens) => {
            Some(Usage { num_prompt_tokens, num_completion_tokens: row.get(14)?, num_cached_tokens: row.get(15)? })
        }
        None => None,
    };
    let receipt = Receipt {
        prompt: row.get::<_, Option<String>>(3)?.map(Into::into),
        version: row.get::<_, Option<String>>(4)?.map(Into::into),
        messages: sql_json::value(row, 9)?,
        model: row.get::<_, String>(5)?.into(),
        provider: row.get(6)?,
        requested_model: row.get(7)?,
        reported_model: row.get(8)?,
        params: sql_json::value(row, 10)?,
        request_hash: row.get(22)?,
        identity: sql_json::value(row, 11)?,
        finish: row.get::<_, Option<String>>(12)?.map(finish_of),
        usage,
        started_at: MillisSinceEpoch(row.get(16)?),
        first_token_millis: row.get(17)?,
        latency_millis: row.get(18)?,
        num_tries: row.get(19)?,
        cost_usd: row.get(20)?,
        atelier_version: row.get(21)?,
    };
    Ok(Output {
        text: row.get(0)?,
        reasoning: row.get(1)?,
        logprobs: sql_json::optional(row, 23)?.unwrap_or_default(),
        error: sql_json::optional(row, 2)?,
        receipt,
    })
}

fn finish_word(finish: &FinishReason) -> &str {
    match finish {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ContentFilter => "content_filter",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::Other(word) => word,
    }
}

fn finish_of(word: String) -> FinishReason {
    match word.as_str() {
        "stop" => FinishReason::Stop,
        "length" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        "tool_calls" => FinishReason::ToolCalls,
        _ => FinishReason::Other(word),
    }
}

#[cfg(test)]
mod tests;
