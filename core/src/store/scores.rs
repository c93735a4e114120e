//! Scores of cells, by the scorer's place in the run's experiment. Written with the cell, see [`super::cells::record`].

use super::runs::RunShape;
use atelier_types::ids::{CellId, ScorerName};
use atelier_types::score::{NamedScore, Score};
use rusqlite::{Connection, Row, Transaction, params};
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

pub(super) fn insert(transaction: &Transaction<'_>, cell: CellId, scores: &[NamedScore]) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached("INSERT INTO scores VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (scorer, named) in (0_u32..).zip(scores) {
        let unscored = match &named.score {
            Score::Number(_) => None,
            Score::Unscored { unscored } => Some(unscored),
        };
        statement.execute(params![cell.0, scorer, named.score.number(), unscored, named.explanation])?;
    }
    Ok(())
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
