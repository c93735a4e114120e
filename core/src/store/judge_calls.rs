//! The calls that judges made for a cell, each an output with its receipt. Written with the cell, see
//! [`super::cells::record`].

use super::outputs::{self, Answer};
use atelier_types::ids::CellId;
use atelier_types::output::Output;
use rusqlite::{Connection, Transaction, params};

pub(super) const MIGRATION: &str = "
CREATE TABLE judge_calls (
    cell INTEGER NOT NULL,
    -- place in the experiment, counted from 0
    scorer INTEGER NOT NULL,
    -- place among all calls for this cell, counted from 0
    number INTEGER NOT NULL,
    output INTEGER NOT NULL REFERENCES outputs (id),
    PRIMARY KEY (cell, scorer, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX judge_calls_by_output ON judge_calls (output);
";

/// One call of a judge: the scorer's place and what was answered.
#[derive(Clone, Copy)]
pub struct JudgeCall<'a> {
    pub scorer: u32,
    pub answer: Answer<'a>,
}

/// Stores the calls of a cell in their order, in place of those of an earlier record.
pub fn replace(transaction: &Transaction<'_>, cell: CellId, calls: &[JudgeCall<'_>]) -> rusqlite::Result<()> {
    transaction.prepare_cached("DELETE FROM judge_calls WHERE cell = ?1")?.execute([cell.0])?;
    let mut statement = transaction.prepare_cached("INSERT INTO judge_calls VALUES (?1, ?2, ?3, ?4)")?;
    for (number, call) in (0_u32..).zip(calls) {
        let output = outputs::insert_or_known(transaction, call.answer)?;
        statement.execute(params![cell.0, call.scorer, number, output])?;
    }
    Ok(())
}

/// The calls of a cell with the places of their scorers, in their order.
pub fn of_cell(connection: &Connection, cell: CellId) -> rusqlite::Result<Vec<(u32, Output)>> {
    let mut statement =
        connection.prepare_cached("SELECT scorer, output FROM judge_calls WHERE cell = ?1 ORDER BY number")?;
    let found = statement.query_map([cell.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let found: Vec<(u32, i64)> = found.collect::<rusqlite::Result<_>>()?;
    let calls = found.into_iter().filter_map(|(scorer, id)| {
        outputs::get(connection, id).map(|output| output.map(|output| (scorer, output))).transpose()
    });
    calls.collect()
}
