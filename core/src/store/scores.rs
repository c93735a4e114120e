//! Scores of cells, by the scorer's place in the run's experiment. Written with the cell, see [`super::cells::record`].

use super::runs::RunShape;
use super::sql_json;
use atelier_types::ids::{CellId, ScorerName};
use atelier_types::score::{NamedScore, Score};
use rusqlite::{Connection, Row, Transaction, params};
use serde_json::Value;
use std::ops::Range;

pub(super) const MIGRATION: &str = "
CREATE TABLE scores (
    cell INTEGER NOT NULL,
    -- place in the experiment, counted from 0
    scorer INTEGER NOT NULL,
    -- null where it could not be given, with the reason beside it
    number REAL,
    unscored TEXT,
    explanation TEXT,
    PRIMARY KEY (cell, scorer)
) STRICT, WITHOUT ROWID;
";

/// What the score was made of, as JSON; and 1 where there is no score now and asking again may give one.
pub(super) const DETAIL_COLUMNS: &str = "
ALTER TABLE scores ADD COLUMN detail TEXT;
ALTER TABLE scores ADD COLUMN is_retryable INTEGER NOT NULL DEFAULT 0;
";

/// A score as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreRecord {
    pub named: NamedScore,
    /// What it was made of.
    pub detail: Option<Value>,
    /// There is no score now, and asking again may give one.
    pub is_retryable: bool,
}

impl From<NamedScore> for ScoreRecord {
    fn from(named: NamedScore) -> Self {
        Self { named, detail: None, is_retryable: false }
    }
}

pub(super) fn insert(transaction: &Transaction<'_>, cell: CellId, scores: &[ScoreRecord]) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached("INSERT INTO scores VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for (scorer, ScoreRecord { named, detail, is_retryable }) in (0_u32..).zip(scores) {
        let unscored = match &named.score {
            Score::Number(_) => None,
            Score::Unscored { unscored } => Some(unscored),
        };
        let detail = detail.as_ref().map(Value::to_string);
        let number = named.score.number();
        statement.execute(params![cell.0, scorer, number, unscored, named.explanation, detail, is_retryable])?;
    }
    Ok(())
}

/// What the scores of one scorer of a run were made of, in the order of the plan.
pub fn details(connection: &Connection, shape: &RunShape, scorer: u32) -> rusqlite::Result<Vec<(CellId, Value)>> {
    let ids = shape.ids(0..shape.num_rows);
    let mut statement = connection.prepare_cached(
        "SELECT cell, detail FROM scores WHERE cell BETWEEN ?1 AND ?2 AND scorer = ?3 AND detail IS NOT NULL ORDER BY cell",
    )?;
    let details = statement.query_map(params![ids.start(), ids.end(), scorer], |row| {
        Ok((CellId(row.get(0)?), sql_json::value(row, 1)?))
    })?;
    details.collect()
}

pub(super) fn delete(transaction: &Transaction<'_>, cell: CellId) -> rusqlite::Result<()> {
    transaction.prepare_cached("DELETE FROM scores WHERE cell = ?1")?.execute([cell.0])?;
    Ok(())
}

/// The scores of one cell. `names` are those of the run's scorers, in their order.
pub fn of_cell(connection: &Connection, cell: CellId, names: &[ScorerName]) -> rusqlite::Result<Vec<NamedScore>> {
    let mut statement = connection
        .prepare_cached("SELECT number, unscored, explanation FROM scores WHERE cell = ?1 ORDER BY scorer")?;
    let scores = statement.query_map([cell.0], |row| Ok((read(row, 0)?, row.get(2)?)))?;
    names
        .iter()
        .zip(scores)
        .map(|(name, scored)| {
            let (score, explanation) = scored?;
            Ok(NamedScore { name: name.clone(), score, explanation })
        })
        .collect()
}

/// The scores of all cells of some rows, in the order of the plan and then of the scorers.
pub fn window(connection: &Connection, shape: &RunShape, rows: Range<u32>) -> rusqlite::Result<Vec<(CellId, Score)>> {
    let ids = shape.ids(rows);
    let mut statement = connection.prepare_cached(
        "SELECT cell, number, unscored FROM scores WHERE cell BETWEEN ?1 AND ?2 ORDER BY cell, scorer",
    )?;
    let scores = statement.query_map([ids.start(), ids.end()], |row| Ok((CellId(row.get(0)?), read(row, 1)?)))?;
    scores.collect()
}

fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Score> {
    Ok(match row.get(first)? {
        Some(number) => Score::Number(number),
        None => Score::unscored(row.get::<_, Option<String>>(first + 1)?.unwrap_or_default()),
    })
}
