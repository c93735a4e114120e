//! Brings a database file up to the newest tables. Steps are only ever appended.

use super::{StoreError, cells, drafts, embeddings, judge_calls, outputs, reviews, run_rows, runs, scores, traces};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// The steps in order; each table's SQL stands beside its rows. `PRAGMA user_version` counts the steps that were done.
const STEPS: &[&str] = &[
    traces::MIGRATION,
    outputs::MIGRATION,
    reviews::MIGRATION,
    drafts::MIGRATION,
    runs::MIGRATION,
    run_rows::MIGRATION,
    cells::MIGRATION,
    scores::MIGRATION,
    outputs::TRACE_INDEX,
    judge_calls::MIGRATION,
    outputs::LOGPROBS_COLUMN,
    scores::DETAIL_COLUMNS,
    embeddings::MIGRATION,
    runs::SCRIPTS,
];

pub(super) fn refuse_newer(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let found = version(connection)?;
    let known = STEPS.len() as i64;
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    Ok(())
}

pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    // Two programs may open a fresh file at once: the count is read again under the write lock.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = usize::try_from(version(&transaction)?).unwrap_or(0);
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len() as i64)?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}
