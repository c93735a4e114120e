//! Runs of experiments: one small row a run that counts as it goes, and beside it the plan that a resumed run keeps to,
//! whatever happened to the files that it was made from.
//!
//! A run's cells are numbered by their place, see [`RunShape`]. What cells hold stands in [`super::cells`].

use super::sql_json;
use atelier_types::error::ApiError;
use atelier_types::experiment::{ExperimentSpec, Progress, RunStatus, RunSummary, Variant};
use atelier_types::ids::{CellId, ExperimentName, RunId};
use atelier_types::time::MillisSinceEpoch;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

pub(super) const MIGRATION: &str = "
CREATE TABLE runs (
    -- never used again after a run is deleted, since ids of cells start with it
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    experiment TEXT NOT NULL,
    -- running, cancelled, interrupted, done, failed
    status TEXT NOT NULL,
    -- the program that runs it, while it runs
    owner TEXT,
    -- milliseconds since 1970
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    num_rows INTEGER NOT NULL,
    num_variants INTEGER NOT NULL,
    num_repeats INTEGER NOT NULL,
    num_new INTEGER NOT NULL DEFAULT 0,
    num_stored INTEGER NOT NULL DEFAULT 0,
    num_failed INTEGER NOT NULL DEFAULT 0,
    -- of the calls that this run made; null while no price is known
    cost_usd REAL,
    -- counts the records of cells, so that a reader can ask what changed since
    revision INTEGER NOT NULL DEFAULT 0,
    -- JSON; why it failed
    problem TEXT
) STRICT;
CREATE INDEX runs_by_experiment ON runs (experiment, key);
CREATE TABLE run_plans (
    run INTEGER PRIMARY KEY REFERENCES runs (key) ON DELETE CASCADE,
    -- JSON
    spec TEXT NOT NULL,
    variants TEXT NOT NULL,
    -- JSON; the prompts' texts with their fragments
    bundles TEXT NOT NULL,
    dataset_hash TEXT NOT NULL
) STRICT;
";

pub(super) const SCRIPTS: &str = "
CREATE TABLE run_scripts (
    run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    -- path in the workspace
    file TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (run, file)
) STRICT, WITHOUT ROWID;
";

/// Row of a run in the local database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RunKey(pub i64);

/// How many bits of a cell's id number it inside its run. With 21 bits for runs, ids stay exact in JavaScript numbers.
const CELL_BITS: u32 = 32;

/// The sides of a run's plan. They give each cell its id: `run · 2³² + (row · variants + variant) · repeats + repeat`,
/// so that the rows of a grid lie side by side on disk and a cell that is asked again replaces itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunShape {
    pub key: RunKey,
    pub num_rows: u32,
    pub num_variants: u32,
    pub num_repeats: u32,
}

/// A cell by its place in the plan, each counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellPlace {
    pub row: u32,
    pub variant: u32,
    pub repeat: u32,
}

impl RunShape {
    pub fn num_cells(&self) -> u32 {
        self.num_rows * self.cells_per_row()
    }

    fn cells_per_row(&self) -> u32 {
        self.num_variants * self.num_repeats
    }

    /// A cell's number in the plan, counted from 0.
    pub fn index(&self, place: CellPlace) -> u32 {
        (place.row * self.num_variants + place.variant) * self.num_repeats + place.repeat
    }

    pub fn cell(&self, place: CellPlace) -> CellId {
        CellId(self.first_id() + i64::from(self.index(place)))
    }

    /// The place of a cell of this run.
    pub fn place(&self, cell: CellId) -> CellPlace {
        let index = (cell.0 - self.first_id()) as u32;
        let (row, in_row) = (index / self.cells_per_row().max(1), index % self.cells_per_row().max(1));
        CellPlace { row, variant: in_row / self.num_repeats.max(1), repeat: in_row % self.num_repeats.max(1) }
    }

    /// Ids of all cells of some rows, from the first row to one before the last.
    pub fn ids(&self, rows: std::ops::Range<u32>) -> RangeInclusive<i64> {
        let id = |row: u32| self.first_id() + i64::from(row) * i64::from(self.cells_per_row());
        id(rows.start)..=id(rows.end) - 1
    }

    /// All rows, so many at a time.
    pub fn windows(&self, num_rows_at_once: u32) -> impl Iterator<Item = std::ops::Range<u32>> + use<> {
        let num_rows = self.num_rows;
        let firsts = (0..num_rows).step_by(num_rows_at_once as usize);
        firsts.map(move |first| first..num_rows.min(first + num_rows_at_once))
    }

    fn first_id(&self) -> i64 {
        self.key.0 << CELL_BITS
    }
}

/// The run that a cell belongs to.
pub fn run_of(cell: CellId) -> RunKey {
    RunKey(cell.0 >> CELL_BITS)
}

/// One row of `runs`.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    pub shape: RunShape,
    pub summary: RunSummary,
    pub owner: Option<String>,
    pub revision: i64,
}

/// What a run was started with. A resumed run goes by this and not by the files.
#[derive(Clone, Debug, PartialEq)]
pub struct RunPlan {
    pub spec: ExperimentSpec,
    pub variants: Vec<Variant>,
    /// JSON, in the words of who made it.
    pub bundles: String,
    pub dataset_hash: String,
    /// Files of the scripts among its scorers, by their paths in the workspace.
    pub scripts: BTreeMap<String, Vec<u8>>,
}

/// What a new run is written with.
pub struct NewRun<'a> {
    pub id: &'a RunId,
    pub experiment: &'a ExperimentName,
    pub owner: &'a str,
    pub started_at: MillisSinceEpoch,
    pub num_rows: u32,
    pub plan: &'a RunPlan,
}

pub fn insert(transaction: &Transaction<'_>, run: &NewRun<'_>) -> rusqlite::Result<RunKey> {
    transaction.execute(
        "INSERT INTO runs (id, experiment, status, owner, started_at, num_rows, num_variants, num_repeats)
         VALUES (?1, ?2, 'running', ?3, ?4, ?5, ?6, ?7)",
        params![
            run.id.as_str(),
            run.experiment.as_str(),
            run.owner,
            run.started_at.0,
            run.num_rows,
            run.plan.variants.len() as u32,
            run.plan.spec.repeats
        ],
    )?;
    let key = RunKey(transaction.last_insert_rowid());
    let (spec, variants) = (sql_json::text(&run.plan.spec)?, sql_json::text(&run.plan.variants)?);
    transaction.execute(
        "INSERT INTO run_plans VALUES (?1, ?2, ?3, ?4, ?5)",
        params![key.0, spec, variants, run.plan.bundles, run.plan.dataset_hash],
    )?;
    for (file, content) in &run.plan.scripts {
        transaction.execute("INSERT INTO run_scripts VALUES (?1, ?2, ?3)", params![key.0, file, content])?;
    }
    Ok(key)
}

const COLUMNS: &str = "key, id, experiment, status, owner, started_at, ended_at, num_rows, num_variants, num_repeats,
    num_new, num_stored, num_failed, cost_usd, revision, problem";

pub fn get(connection: &Connection, id: &RunId) -> rusqlite::Result<Option<RunRecord>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM runs WHERE id = ?1"))?
        .query_row([id.as_str()], read)
        .optional()
}

pub fn get_by_key(connection: &Connection, key: RunKey) -> rusqlite::Result<Option<RunRecord>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM runs WHERE key = ?1"))?
        .query_row([key.0], read)
        .optional()
}

/// Runs, newest first; of one experiment where it is named.
pub fn list(connection: &Connection, experiment: Option<&ExperimentName>) -> rusqlite::Result<Vec<RunRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM runs WHERE ?1 IS NULL OR experiment = ?1 ORDER BY key DESC");
    let mut statement = connection.prepare_cached(&sql)?;
    let records = statement.query_map([experiment.map(ExperimentName::as_str)], read)?;
    records.collect()
}

/// Runs that somebody said they are running.
pub fn running(connection: &Connection) -> rusqlite::Result<Vec<RunRecord>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM runs WHERE status = 'running'"))?;
    let records = statement.query_map([], read)?;
    records.collect()
}

pub fn plan(connection: &Connection, key: RunKey) -> rusqlite::Result<RunPlan> {
    let scripts = connection
        .prepare_cached("SELECT file, content FROM run_scripts WHERE run = ?1")?
        .query_map([key.0], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    connection.prepare_cached("SELECT spec, variants, bundles, dataset_hash FROM run_plans WHERE run = ?1")?.query_row(
        [key.0],
        |row| {
            Ok(RunPlan {
                spec: sql_json::value(row, 0)?,
                variants: sql_json::value(row, 1)?,
                bundles: row.get(2)?,
                dataset_hash: row.get(3)?,
                scripts,
            })
        },
    )
}

/// Makes `owner` the one who runs it, unless it is done being run by somebody else than `expected`.
pub fn claim(
    transaction: &Transaction<'_>,
    key: RunKey,
    expected: Option<&str>,
    owner: &str,
) -> rusqlite::Result<bool> {
    let num_claimed = transaction.execute(
        "UPDATE runs SET status = 'running', owner = ?3, ended_at = NULL, problem = NULL
         WHERE key = ?1 AND owner IS ?2",
        params![key.0, expected, owner],
    )?;
    Ok(num_claimed == 1)
}

/// Ends what `owner` was running. Does nothing where somebody else has taken the run over.
pub fn end(
    transaction: &Transaction<'_>,
    key: RunKey,
    owner: &str,
    status: RunStatus,
    at: Option<MillisSinceEpoch>,
    problem: Option<&ApiError>,
) -> rusqlite::Result<()> {
    transaction.execute(
        "UPDATE runs SET status = ?3, owner = NULL, ended_at = ?4, problem = ?5 WHERE key = ?1 AND owner = ?2",
        params![key.0, owner, status_word(status), at.map(|at| at.0), problem.map(sql_json::text).transpose()?],
    )?;
    Ok(())
}

/// What one more cell adds to a run's counts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Change {
    pub num_new: i64,
    pub num_stored: i64,
    pub num_failed: i64,
    pub cost_usd: Option<f64>,
}

/// Counts a change and gives the run's next revision. Fails where the run was deleted.
pub fn count(transaction: &Transaction<'_>, key: RunKey, change: Change) -> rusqlite::Result<i64> {
    transaction
        .prepare_cached(
            "UPDATE runs SET revision = revision + 1, num_new = num_new + ?2, num_stored = num_stored + ?3,
             num_failed = num_failed + ?4,
             cost_usd = CASE WHEN ?5 IS NULL THEN cost_usd ELSE coalesce(cost_usd, 0) + ?5 END
             WHERE key = ?1 RETURNING revision",
        )?
        .query_row(params![key.0, change.num_new, change.num_stored, change.num_failed, change.cost_usd], |row| {
            row.get(0)
        })
}

/// Deletes a run with its plan and rows. Its cells go first, with [`super::cells::delete_of_run`].
pub fn delete(transaction: &Transaction<'_>, key: RunKey) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM runs WHERE key = ?1", [key.0])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<RunRecord> {
    let shape = RunShape {
        key: RunKey(row.get(0)?),
        num_rows: row.get(7)?,
        num_variants: row.get(8)?,
        num_repeats: row.get(9)?,
    };
    let progress = Progress {
        total: shape.num_cells(),
        new: row.get(10)?,
        stored: row.get(11)?,
        failed: row.get(12)?,
        running: 0,
    };
    let summary = RunSummary {
        id: row.get::<_, String>(1)?.into(),
        experiment: row.get::<_, String>(2)?.into(),
        status: status_of(row.get_ref(3)?.as_str()?),
        progress,
        started_at: MillisSinceEpoch(row.get(5)?),
        ended_at: row.get::<_, Option<i64>>(6)?.map(MillisSinceEpoch),
        cost_usd: row.get(13)?,
        problem: sql_json::optional(row, 15)?,
    };
    Ok(RunRecord { shape, summary, owner: row.get(4)?, revision: row.get(14)? })
}

fn status_word(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "running",
        RunStatus::Cancelled => "cancelled",
        RunStatus::Interrupted => "interrupted",
        RunStatus::Done => "done",
        RunStatus::Failed => "failed",
    }
}

/// A word that this program does not know can only be a run that it has to leave alone.
fn status_of(word: &str) -> RunStatus {
    match word {
        "running" => RunStatus::Running,
        "cancelled" => RunStatus::Cancelled,
        "done" => RunStatus::Done,
        "failed" => RunStatus::Failed,
        _ => RunStatus::Interrupted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn place_and_id_of_a_cell_say_the_same(
            key in 1_i64..2_000_000, num_variants in 1_u32..9, num_repeats in 1_u32..6,
            row in 0_u32..1000, variant in 0_u32..8, repeat in 0_u32..5,
        ) {
            let shape = RunShape { key: RunKey(key), num_rows: 1000, num_variants, num_repeats };
            let place = CellPlace { row, variant: variant % num_variants, repeat: repeat % num_repeats };
            let cell = shape.cell(place);
            prop_assert_eq!(shape.place(cell), place);
            prop_assert_eq!(run_of(cell), shape.key);
            prop_assert!(shape.ids(row..row + 1).contains(&cell.0));
            prop_assert!(!shape.ids(row + 1..row + 2).contains(&cell.0));
            prop_assert!(cell.0 < 1 << 53);
        }
    }
}
