//! The runs of one database: started, resumed, ended and deleted. What their results say is in [`super::results`].
//!
//! Functions that are not `async` block.

use super::board::Boards;
use super::job::{self, Job};
use super::lanes::Work;
use super::live::{LiveRun, OnProgress};
use super::models::Models;
use super::owner::{self, Owner};
use super::plan::{self, PreparedPrompt};
use super::tools::Tools;
use super::{ExperimentError, Result, RunProgress};
use crate::store::runs::{self as table, NewRun, RunPlan, RunRecord};
use crate::store::{Store, cells, outputs, run_rows};
use crate::support::{Clock, Random};
use atelier_types::dataset::Row;
use atelier_types::error::ApiError;
use atelier_types::experiment::{ExperimentSpec, RunStatus, RunSummary};
use atelier_types::ids::{ExperimentName, RunId};
use atelier_types::time::MillisSinceEpoch;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Calls in flight at once where nobody said how many.
const DEFAULT_CONCURRENCY: u32 = 8;

/// What runs need from outside.
#[derive(Clone)]
pub struct Parts {
    pub store: Arc<Store>,
    pub models: Arc<dyn Models>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub tools: Arc<Tools>,
}

/// How a run is worked on, this time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunOptions {
    /// For the run as a whole, with what it cost before.
    pub max_cost_usd: Option<f64>,
    pub concurrency: u32,
    pub use_cache: bool,
    /// Ask failed cells again whatever they failed of; else only those that may succeed.
    pub retry_failed: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self { max_cost_usd: None, concurrency: DEFAULT_CONCURRENCY, use_cache: true, retry_failed: false }
    }
}

/// What a new run is made of.
pub struct NewPlan<'a> {
    pub experiment: &'a ExperimentName,
    pub spec: ExperimentSpec,
    pub prompts: &'a [PreparedPrompt],
    /// What its judges ask with.
    pub judge_prompts: &'a [PreparedPrompt],
    /// Files of the scripts among its scorers, by their paths.
    pub scripts: BTreeMap<String, Vec<u8>>,
    pub rows: &'a [Row],
    pub dataset_hash: &'a str,
}

/// The runs of a database. Dropping it cancels those that this program runs.
pub struct Runs {
    pub(super) parts: Parts,
    pub(super) boards: Boards,
    live: LiveRuns,
    /// Made when this program first runs something.
    owner: Mutex<Option<Arc<Owner>>>,
    /// Held while a run goes over to this program, so that it is never taken for one that lost its program.
    handing_over: Mutex<()>,
}

type LiveRuns = Arc<Mutex<HashMap<RunId, Arc<LiveRun>>>>;

/// A run that is this program's own and ready to be worked on.
pub struct ReadyRun {
    record: RunRecord,
    job: Arc<Job>,
    live: Arc<LiveRun>,
    owner: Arc<Owner>,
}

impl ReadyRun {
    pub fn id(&self) -> &RunId {
        &self.record.summary.id
    }
}

impl Runs {
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            boards: Boards::default(),
            live: LiveRuns::default(),
            owner: Mutex::default(),
            handing_over: Mutex::default(),
        }
    }

    /// What this machine has for scorers that users wrote.
    pub fn tools(&self) -> &Tools {
        &self.parts.tools
    }

    /// Runs, newest first.
    pub fn list(&self, experiment: Option<&ExperimentName>) -> Result<Vec<RunSummary>> {
        self.settle_dead()?;
        let records = self.parts.store.read(|connection| table::list(connection, experiment))?;
        Ok(records.into_iter().map(|record| self.summary(record)).collect())
    }

    /// One run.
    pub fn show(&self, run: &RunId) -> Result<RunSummary> {
        self.settle_dead()?;
        Ok(self.summary(self.record(run)?))
    }

    /// The run that this program is working on under this id.
    pub fn live(&self, run: &RunId) -> Option<Arc<LiveRun>> {
        lock(&self.live).get(run).cloned()
    }

    /// A run as it stands, with what is in flight where this program runs it.
    pub(super) fn summary(&self, record: RunRecord) -> RunSummary {
        let mut summary = record.summary;
        if let Some(live) = self.live(&summary.id) {
            let RunProgress { run: _, status, progress, cost_usd } = live.progress();
            summary = RunSummary { status, progress, cost_usd, ..summary };
        }
        summary
    }

    /// Writes a new run with everything that it needs to be resumed.
    pub fn create(&self, new: NewPlan<'_>) -> Result<ReadyRun> {
        let _held = lock(&self.handing_over);
        let owner = self.owner()?;
        let started_at = self.parts.clock.now();
        let id = run_id(started_at, &*self.parts.random);
        let plan = RunPlan {
            variants: plan::variants(&new.spec, new.prompts),
            bundles: job::kept_bundles(new.prompts.iter().chain(new.judge_prompts))?,
            dataset_hash: new.dataset_hash.to_owned(),
            scripts: new.scripts,
            spec: new.spec,
        };
        let record = self.parts.store.write(|transaction| {
            let row = NewRun {
                id: &id,
                experiment: new.experiment,
                owner: owner.name(),
                started_at,
                num_rows: new.rows.len() as u32,
                plan: &plan,
            };
            let key = table::insert(transaction, &row)?;
            run_rows::insert(transaction, key, new.rows)?;
            table::get_by_key(transaction, key)
        })?;
        let record = record.ok_or_else(|| ExperimentError::NoRun { run: id })?;
        self.ready(record, plan, owner)
    }

    /// Takes over a run that was cancelled, failed or lost its program.
    pub fn take_over(&self, run: &RunId) -> Result<ReadyRun> {
        let _held = lock(&self.handing_over);
        if self.live(run).is_some() {
            return Err(ExperimentError::AlreadyRunning { run: run.clone() });
        }
        let record = self.record(run)?;
        if record.owner.as_deref().is_some_and(|owner| self.is_alive(owner)) {
            return Err(ExperimentError::RunElsewhere { run: run.clone() });
        }
        let owner = self.owner()?;
        let key = record.shape.key;
        let (is_ours, plan) = self.parts.store.write(|transaction| {
            let is_ours = table::claim(transaction, key, record.owner.as_deref(), owner.name())?;
            Ok((is_ours, table::plan(transaction, key)?))
        })?;
        if !is_ours {
            return Err(ExperimentError::RunElsewhere { run: run.clone() });
        }
        self.ready(record, plan, owner)
    }

    /// Makes a run of this program's ready; one whose plan is of no use ends here.
    fn ready(&self, record: RunRecord, plan: RunPlan, owner: Arc<Owner>) -> Result<ReadyRun> {
        let job = match Job::new(record.shape, plan, &self.parts.tools) {
            Ok(job) => Arc::new(job),
            Err(err) => {
                let problem = ApiError::from(err);
                self.end(&record, &owner, RunStatus::Failed, Some(&problem))?;
                return Err(ExperimentError::BadPlan { reason: problem.message });
            }
        };
        let live = Arc::new(LiveRun::new(&record.summary, self.parts.clock.now()));
        lock(&self.live).insert(record.summary.id.clone(), live.clone());
        Ok(ReadyRun { record, job, live, owner })
    }

    /// Starts the work, and answers at once.
    pub fn launch(&self, ready: ReadyRun, options: RunOptions, on_progress: OnProgress) -> Arc<LiveRun> {
        let ReadyRun { record, job, live, owner } = ready;
        let Parts { store, models, clock, .. } = self.parts.clone();
        let work = Arc::new(Work::new(job, store.clone(), models, live.clone(), options));
        let (running, all_live) = (live.clone(), self.live.clone());
        tokio::spawn(async move {
            let telling = tokio::spawn({
                let running = running.clone();
                async move { running.tell(&on_progress).await }
            });
            let (status, problem) = work.run().await;
            let (key, now) = (record.shape.key, clock.now());
            let stored = tokio::task::spawn_blocking(move || {
                let end = |transaction: &rusqlite::Transaction<'_>| {
                    table::end(transaction, key, owner.name(), status, Some(now), problem.as_ref())
                };
                store.write(end)
            });
            // An end that cannot be stored makes the run one that lost its program, which can be resumed.
            let is_stored = matches!(stored.await, Ok(Ok(())));
            lock(&all_live).remove(&record.summary.id);
            running.end(if is_stored { status } else { RunStatus::Interrupted });
            telling.await.ok();
        });
        live
    }

    /// Deletes a run with its cells, scores and rows, and the outputs that no other run shares.
    pub fn delete(&self, run: &RunId) -> Result<()> {
        self.settle_dead()?;
        let record = self.record(run)?;
        if record.owner.is_some() {
            return Err(ExperimentError::StillRunning { run: run.clone() });
        }
        self.boards.forget(run);
        Ok(self.parts.store.write(|transaction| {
            for output in cells::delete_of_run(transaction, &record.shape)? {
                outputs::delete(transaction, output)?;
            }
            run_rows::delete_of_run(transaction, record.shape.key)?;
            table::delete(transaction, record.shape.key)
        })?)
    }

    pub(super) fn record(&self, run: &RunId) -> Result<RunRecord> {
        let record = self.parts.store.read(|connection| table::get(connection, run))?;
        record.ok_or_else(|| ExperimentError::NoRun { run: run.clone() })
    }

    /// Marks the runs whose program ended while it ran them.
    pub(super) fn settle_dead(&self) -> Result<()> {
        let running = self.parts.store.read(table::running)?;
        if running.is_empty() {
            return Ok(());
        }
        let _held = lock(&self.handing_over);
        for record in running {
            let is_dead = self.live(&record.summary.id).is_none()
                && record.owner.as_deref().is_none_or(|owner| self.is_mine(owner) || !self.is_alive(owner));
            if is_dead {
                self.settle(&record)?;
            }
        }
        Ok(())
    }

    fn settle(&self, record: &RunRecord) -> Result<()> {
        let owner = record.owner.as_deref().unwrap_or_default();
        let key = record.shape.key;
        Ok(self.parts.store.write(|tx| table::end(tx, key, owner, RunStatus::Interrupted, None, None))?)
    }

    fn end(&self, record: &RunRecord, owner: &Owner, status: RunStatus, problem: Option<&ApiError>) -> Result<()> {
        let (key, now) = (record.shape.key, self.parts.clock.now());
        Ok(self.parts.store.write(|tx| table::end(tx, key, owner.name(), status, Some(now), problem))?)
    }

    fn owner(&self) -> Result<Arc<Owner>> {
        let mut owner = lock(&self.owner);
        if let Some(owner) = &*owner {
            return Ok(owner.clone());
        }
        let made = Arc::new(Owner::new(self.folder(), &*self.parts.random)?);
        *owner = Some(made.clone());
        Ok(made)
    }

    fn is_mine(&self, name: &str) -> bool {
        lock(&self.owner).as_ref().is_some_and(|owner| owner.name() == name)
    }

    fn is_alive(&self, name: &str) -> bool {
        !self.is_mine(name) && owner::is_alive(self.folder(), name)
    }

    fn folder(&self) -> &Path {
        self.parts.store.path().parent().unwrap_or_else(|| Path::new("."))
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        lock(&self.live).values().for_each(|live| live.cancel());
    }
}

/// Start in UTC and a random suffix, so that ids sort by time: `20260101T120000Z-1f2e3d`.
fn run_id(at: MillisSinceEpoch, random: &dyn Random) -> RunId {
    let time = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    RunId(format!("{}-{}", time.strftime("%Y%m%dT%H%M%SZ"), random.hex(6)))
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
