//! Cells: one repeat of one row for one variant, once it was answered or has failed. A cell that waits has no row.
//!
//! A row is small: what a grid and its sums need is copied here, so that they never touch an output's text. A record,
//! its scores and the run's counts are one write, so they agree whenever they are read.

use super::judge_calls::{self, JudgeCall};
use super::outputs::{self, Answer};
use super::runs::{self, Change, RunKey, RunShape};
use super::scores::{self, ScoreRecord};
use atelier_types::ids::CellId;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::collections::HashMap;
use std::ops::{ControlFlow, Range};

pub(super) const MIGRATION: &str = "
CREATE TABLE cells (
    -- the run and the place in its plan, see RunShape
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    -- the run's revision that this record made
    revision INTEGER NOT NULL,
    -- new, stored, failed
    status TEXT NOT NULL,
    output INTEGER REFERENCES outputs (id),
    -- first characters of the output
    preview TEXT NOT NULL,
    error_code TEXT,
    error_message TEXT,
    -- 1 where the same request may succeed when it is sent again
    is_retryable INTEGER NOT NULL,
    latency_millis REAL,
    num_prompt_tokens INTEGER,
    num_completion_tokens INTEGER,
    cost_usd REAL
) STRICT;
CREATE INDEX cells_by_revision ON cells (run, revision);
CREATE INDEX cells_by_output ON cells (output);
";

const MAX_PREVIEW_CHARS: usize = 160;

/// How a cell ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellEnd {
    /// Answered by a call of this run.
    New,
    /// Answered by an output that was stored before.
    Stored,
    Failed {
        code: String,
        message: String,
        is_retryable: bool,
    },
}

impl CellEnd {
    fn word(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Stored => "stored",
            Self::Failed { .. } => "failed",
        }
    }
}

/// What an answer took, copied from its receipt.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Effort {
    pub latency_millis: Option<f64>,
    pub num_prompt_tokens: Option<u32>,
    pub num_completion_tokens: Option<u32>,
    pub cost_usd: Option<f64>,
}

/// A cell as it is recorded, without its scores.
#[derive(Clone, Debug, PartialEq)]
pub struct CellRecord {
    pub end: CellEnd,
    /// Row in `outputs`; a failure before the call has none.
    pub output: Option<i64>,
    pub preview: String,
    pub effort: Effort,
}

/// What scoring a cell's output gave, and what the cell cost.
#[derive(Clone, Copy, Default)]
pub struct Scoring<'a> {
    pub scores: &'a [ScoreRecord],
    pub judge_calls: &'a [JudgeCall<'a>],
    /// Of the answer and its scores, as far as this run paid for them; `None` where no price is known.
    pub cost_usd: Option<f64>,
}

/// The first characters of an output, as a grid shows them.
pub fn preview(text: &str) -> String {
    text.chars().take(MAX_PREVIEW_CHARS).collect()
}

/// Records a cell with its scores and counts it. A second record of the same cell replaces the first; the output that
/// the first pointed at stays.
pub fn record(
    transaction: &Transaction<'_>,
    cell: CellId,
    record: &CellRecord,
    scoring: Scoring<'_>,
) -> rusqlite::Result<()> {
    let run = runs::run_of(cell);
    let before = end_word(transaction, cell)?;
    let revision =
        runs::count(transaction, run, Change { cost_usd: scoring.cost_usd, ..change(before.as_deref(), record) })?;
    let (code, message, is_retryable) = match &record.end {
        CellEnd::Failed { code, message, is_retryable } => (Some(code), Some(message), *is_retryable),
        CellEnd::New | CellEnd::Stored => (None, None, false),
    };
    transaction
        .prepare_cached("INSERT OR REPLACE INTO cells VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")?
        .execute(params![
            cell.0,
            run.0,
            revision,
            record.end.word(),
            record.output,
            record.preview,
            code,
            message,
            is_retryable,
            record.effort.latency_millis,
            record.effort.num_prompt_tokens,
            record.effort.num_completion_tokens,
            record.effort.cost_usd,
        ])?;
    if before.is_some() {
        scores::delete(transaction, cell)?;
    }
    scores::insert(transaction, cell, scoring.scores)?;
    match (&before, scoring.judge_calls) {
        (None, []) => Ok(()),
        (_, calls) => judge_calls::replace(transaction, cell, calls),
    }
}

/// Stores an answer and records its cell with its scores and what judges were asked, in one write.
pub fn record_answer(
    transaction: &Transaction<'_>,
    cell: CellId,
    answer: Answer<'_>,
    mut cell_record: CellRecord,
    scoring: Scoring<'_>,
) -> rusqlite::Result<()> {
    cell_record.output = Some(outputs::insert_or_known(transaction, answer)?);
    record(transaction, cell, &cell_record, scoring)
}

fn end_word(connection: &Connection, cell: CellId) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT status FROM cells WHERE id = ?1")?
        .query_row([cell.0], |row| row.get(0))
        .optional()
}

fn change(before: Option<&str>, record: &CellRecord) -> Change {
    let mut change = Change::default();
    for (word, step) in [(before, -1), (Some(record.end.word()), 1)] {
        match word {
            Some("new") => change.num_new += step,
            Some("stored") => change.num_stored += step,
            Some(_) => change.num_failed += step,
            None => {}
        }
    }
    change
}

/// A recorded cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellRow {
    pub id: CellId,
    pub record: CellRecord,
}

const COLUMNS: &str = "id, status, output, preview, error_code, error_message, is_retryable, latency_millis,
    num_prompt_tokens, num_completion_tokens, cost_usd";

pub fn get(connection: &Connection, cell: CellId) -> rusqlite::Result<Option<CellRow>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM cells WHERE id = ?1"))?
        .query_row([cell.0], read)
        .optional()
}

/// The recorded cells of some rows, in the order of the plan.
pub fn window(connection: &Connection, shape: &RunShape, rows: Range<u32>) -> rusqlite::Result<Vec<CellRow>> {
    let ids = shape.ids(rows);
    let sql = format!("SELECT {COLUMNS} FROM cells WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
    let mut statement = connection.prepare_cached(&sql)?;
    let cells = statement.query_map([ids.start(), ids.end()], read)?;
    cells.collect()
}

/// How a cell was recorded, as far as it matters to whether it is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    Answered {
        /// Counted as new, else as stored.
        is_new: bool,
        /// A score could not be given, and may be when it is asked for again.
        is_score_missing: bool,
    },
    Failed {
        is_retryable: bool,
    },
}

/// The recorded cells of some rows, without anything else about them.
pub fn settled(
    connection: &Connection,
    shape: &RunShape,
    rows: Range<u32>,
) -> rusqlite::Result<HashMap<CellId, Settled>> {
    let ids = shape.ids(rows);
    let mut statement = connection.prepare_cached(
        "SELECT id, status, is_retryable,
             EXISTS (SELECT 1 FROM scores WHERE scores.cell = cells.id AND scores.is_retryable)
         FROM cells WHERE id BETWEEN ?1 AND ?2",
    )?;
    let cells = statement.query_map([ids.start(), ids.end()], |row| {
        let settled = match row.get_ref(1)?.as_str()? {
            "failed" => Settled::Failed { is_retryable: row.get(2)? },
            word => Settled::Answered { is_new: word == "new", is_score_missing: row.get(3)? },
        };
        Ok((CellId(row.get(0)?), settled))
    })?;
    cells.collect()
}

/// What sums and filters need of one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellNumbers {
    pub cell: CellId,
    pub is_failed: bool,
    pub effort: Effort,
}

/// Something that was recorded after a revision.
#[derive(Clone, Debug, PartialEq)]
pub enum Changed {
    Cell(CellNumbers),
    /// `scorer` is its place in the experiment; a score that could not be given has no number.
    Score {
        cell: CellId,
        scorer: u32,
        number: Option<f64>,
    },
}

/// Tells `each` what was recorded after a revision: the cells, then their scores.
pub fn changed_since(
    connection: &Connection,
    run: RunKey,
    revision: i64,
    mut each: impl FnMut(Changed),
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT id, status = 'failed', latency_millis, num_prompt_tokens, num_completion_tokens, cost_usd
         FROM cells WHERE run = ?1 AND revision > ?2",
    )?;
    let mut rows = statement.query([run.0, revision])?;
    while let Some(row) = rows.next()? {
        let numbers = CellNumbers { cell: CellId(row.get(0)?), is_failed: row.get(1)?, effort: read_effort(row, 2)? };
        each(Changed::Cell(numbers));
    }
    let mut statement = connection.prepare_cached(
        "SELECT cell, scorer, number FROM cells JOIN scores ON scores.cell = cells.id
         WHERE run = ?1 AND revision > ?2",
    )?;
    let mut rows = statement.query([run.0, revision])?;
    while let Some(row) = rows.next()? {
        each(Changed::Score { cell: CellId(row.get(0)?), scorer: row.get(1)?, number: row.get(2)? });
    }
    Ok(())
}

/// Tells `each` the texts of a run's outputs, in the order of the plan.
pub fn each_text(
    connection: &Connection,
    shape: &RunShape,
    mut each: impl FnMut(CellId, &str),
) -> rusqlite::Result<()> {
    let ids = shape.ids(0..shape.num_rows);
    let mut statement = connection.prepare_cached(
        "SELECT cells.id, outputs.text FROM cells JOIN outputs ON outputs.id = cells.output
         WHERE cells.id BETWEEN ?1 AND ?2 ORDER BY cells.id",
    )?;
    let mut rows = statement.query([ids.start(), ids.end()])?;
    while let Some(row) = rows.next()? {
        each(CellId(row.get(0)?), row.get_ref(1)?.as_str()?);
    }
    Ok(())
}

/// Tells `each` the texts of outputs, newest cells first, with the id of their run, until it says that it has enough.
pub fn newest_texts(
    connection: &Connection,
    mut each: impl FnMut(CellId, &str, &str) -> ControlFlow<()>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT cells.id, runs.id, outputs.text FROM cells JOIN outputs ON outputs.id = cells.output
         JOIN runs ON runs.key = cells.run ORDER BY cells.id DESC",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if each(CellId(row.get(0)?), row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?).is_break() {
            break;
        }
    }
    Ok(())
}

/// Deletes a run's cells and scores. Gives the outputs that no other cell points at.
pub fn delete_of_run(transaction: &Transaction<'_>, shape: &RunShape) -> rusqlite::Result<Vec<i64>> {
    let ids = shape.ids(0..shape.num_rows);
    let range = [ids.start(), ids.end()];
    let outputs = transaction
        .prepare(
            "WITH used AS (
                SELECT output FROM cells WHERE id BETWEEN ?1 AND ?2 AND output IS NOT NULL
                UNION SELECT output FROM judge_calls WHERE cell BETWEEN ?1 AND ?2
             )
             SELECT output FROM used WHERE
             NOT EXISTS (SELECT 1 FROM cells AS other WHERE other.output = used.output AND other.id NOT BETWEEN ?1 AND ?2)
             AND NOT EXISTS
             (SELECT 1 FROM judge_calls AS other WHERE other.output = used.output AND other.cell NOT BETWEEN ?1 AND ?2)",
        )?
        .query_map(range, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    transaction.execute("DELETE FROM scores WHERE cell BETWEEN ?1 AND ?2", range)?;
    transaction.execute("DELETE FROM judge_calls WHERE cell BETWEEN ?1 AND ?2", range)?;
    transaction.execute("DELETE FROM cells WHERE id BETWEEN ?1 AND ?2", range)?;
    Ok(outputs)
}

fn read(row: &Row<'_>) -> rusqlite::Result<CellRow> {
    let end = match row.get_ref(1)?.as_str()? {
        "new" => CellEnd::New,
        "stored" => CellEnd::Stored,
        _ => CellEnd::Failed {
            code: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
            message: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
            is_retryable: row.get(6)?,
        },
    };
    let record = CellRecord { end, output: row.get(2)?, preview: row.get(3)?, effort: read_effort(row, 7)? };
    Ok(CellRow { id: CellId(row.get(0)?), record })
}

fn read_effort(row: &Row<'_>, first: usize) -> rusqlite::Result<Effort> {
    Ok(Effort {
        latency_millis: row.get(first)?,
        num_prompt_tokens: row.get(first + 1)?,
        num_completion_tokens: row.get(first + 2)?,
        cost_usd: row.get(first + 3)?,
    })
}
