//! The work of a run: cells are asked with bounded concurrency, one lane for each remote model, and one for all local
//! models, which take turns so that no model is loaded twice.
//!
//! Each lane walks the rows in order and holds a few of them at a time, so memory does not grow with the dataset. A
//! lane stops by itself when its model answers nothing at all; the others go on.

use super::asking::Asking;
use super::budget::{Admission, Budget};
use super::job::{Attempt, Job};
use super::live::{CellTally, LiveRun};
use super::models::Models;
use super::runs::RunOptions;
use super::{ExperimentError, Result};
use crate::store::cells::{self, Settled};
use crate::store::runs::CellPlace;
use crate::store::{Store, StoreError, run_rows};
use atelier_types::JsonMap;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::experiment::RunStatus;
use atelier_types::ids::{CellId, ModelName};
use atelier_types::provider::{ErrorCategory, ProviderError};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// Rows that a lane holds at a time.
const ROWS_AT_ONCE: u32 = 64;
/// So many failures and no answer say that a model cannot be called at all.
const MAX_FIRST_FAILURES: u32 = 8;

/// Everything that the lanes of a run share.
pub(super) struct Work {
    pub job: Arc<Job>,
    pub store: Arc<Store>,
    pub models: Arc<dyn Models>,
    pub live: Arc<LiveRun>,
    pub options: RunOptions,
    budget: Mutex<Budget>,
    /// A cell ended, so the budget may have room.
    settled: Notify,
    permits: Arc<Semaphore>,
    /// Ends what is in flight: cancelled by the user, or nothing can be stored any more.
    halt: CancellationToken,
    problem: Mutex<Option<ApiError>>,
}

/// A cell that is to be asked.
struct Task {
    place: CellPlace,
    before: Option<Settled>,
    inputs: Arc<JsonMap>,
}

/// What a lane learns from a cell.
enum Outcome {
    Answered,
    /// Said nothing about the model.
    Neutral,
    Failed(ProviderError),
}

impl Work {
    pub fn new(
        job: Arc<Job>,
        store: Arc<Store>,
        models: Arc<dyn Models>,
        live: Arc<LiveRun>,
        options: RunOptions,
    ) -> Self {
        let spent_usd = live.progress().cost_usd.unwrap_or(0.0);
        Self {
            budget: Mutex::new(Budget::new(options.max_cost_usd, spent_usd)),
            settled: Notify::new(),
            permits: Arc::new(Semaphore::new(options.concurrency.max(1) as usize)),
            halt: live.cancelled().child_token(),
            problem: Mutex::default(),
            job,
            store,
            models,
            live,
            options,
        }
    }

    /// Works until everything is asked or the run has to stop, and says how it ended.
    pub async fn run(self: Arc<Self>) -> (RunStatus, Option<ApiError>) {
        if self.job.reads_baseline()
            && let Some(baseline) = self.job.variants.first()
        {
            let model = baseline.variant.model.clone();
            self.run_model(&model, &[0]).await;
        }
        let mut lanes = JoinSet::new();
        for lane in self.lanes() {
            let work = self.clone();
            lanes.spawn(async move {
                for (model, variants) in lane {
                    work.run_model(&model, &variants).await;
                }
            });
        }
        while let Some(lane) = lanes.join_next().await {
            if let Err(err) = lane {
                self.stop(defect(err));
            }
        }
        let problem = lock(&self.problem).take();
        let status = match &problem {
            Some(_) => RunStatus::Failed,
            None if self.live.cancelled().is_cancelled() => RunStatus::Cancelled,
            None => RunStatus::Done,
        };
        (status, problem)
    }

    /// The models of each lane with their variants, in the order of the experiment.
    fn lanes(&self) -> Vec<Vec<(ModelName, Vec<u32>)>> {
        let mut by_model: Vec<(ModelName, Vec<u32>)> = Vec::new();
        for (number, variant) in (0_u32..).zip(&self.job.variants) {
            let model = &variant.variant.model;
            match by_model.iter_mut().find(|(known, _)| known == model) {
                Some((_, variants)) => variants.push(number),
                None => by_model.push((model.clone(), vec![number])),
            }
        }
        let (local, remote): (Vec<_>, Vec<_>) =
            by_model.into_iter().partition(|(model, _)| self.models.is_local(model));
        let mut lanes: Vec<_> = remote.into_iter().map(|model| vec![model]).collect();
        lanes.push(local);
        lanes
    }

    /// Asks all cells of one model. What goes wrong as a whole is kept as the run's problem.
    async fn run_model(self: &Arc<Self>, model: &ModelName, variants: &[u32]) {
        let limit = self.models.max_concurrency(model).min(self.options.concurrency as usize).max(1);
        let (in_flight, health) = (JoinSet::new(), Health::default());
        let mut flights = Flights { work: self, model, limit, in_flight, health };
        let num_rows = self.job.shape.num_rows;
        let mut first = 0;
        'rows: while first < num_rows {
            let rows = first..num_rows.min(first + ROWS_AT_ONCE);
            first = rows.end;
            let tasks = match self.clone().tasks(rows, variants.to_vec()).await {
                Ok(tasks) => tasks,
                Err(err) => {
                    self.stop(err.into());
                    break;
                }
            };
            for task in tasks {
                if !flights.start(task).await {
                    break 'rows;
                }
            }
        }
        while flights.land().await {}
    }

    /// The cells of some rows that are to be asked, in the order of the plan.
    async fn tasks(self: Arc<Self>, rows: Range<u32>, variants: Vec<u32>) -> Result<Vec<Task>> {
        let read = tokio::task::spawn_blocking(move || self.read_tasks(rows, &variants));
        // It only fails where the runtime is shutting down.
        read.await.unwrap_or_else(|_| Ok(Vec::new()))
    }

    fn read_tasks(&self, rows: Range<u32>, variants: &[u32]) -> Result<Vec<Task>> {
        let shape = &self.job.shape;
        let settled = self.store.read(|connection| cells::settled(connection, shape, rows.clone()))?;
        let places = rows.clone().flat_map(|row| {
            let of_variant = move |variant: &u32| {
                (0..shape.num_repeats).map(move |repeat| (row, *variant, repeat)).collect::<Vec<_>>()
            };
            variants.iter().flat_map(of_variant)
        });
        let places = places.map(|(row, variant, repeat)| CellPlace { row, variant, repeat });
        let open: Vec<_> = places.filter_map(|place| Some((place, self.is_open(place, &settled)?))).collect();
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let values = self.store.read(|connection| run_rows::window(connection, shape.key, rows.clone()))?;
        let inputs: Vec<_> = values.into_iter().map(|row| Arc::new(self.job.inputs(row.values))).collect();
        let task = |(place, before): (CellPlace, Option<Settled>)| {
            let inputs = inputs.get((place.row - rows.start) as usize)?.clone();
            Some(Task { place, before, inputs })
        };
        Ok(open.into_iter().filter_map(task).collect())
    }

    /// `None` for a cell that needs no call; else how it was recorded before.
    fn is_open(&self, place: CellPlace, settled: &HashMap<CellId, Settled>) -> Option<Option<Settled>> {
        let before = settled.get(&self.job.shape.cell(place)).copied();
        let is_open = match before {
            None => true,
            Some(Settled::Failed { is_retryable }) => is_retryable || self.options.retry_failed,
            // Its answer comes from the store, and what it lacks is asked for again.
            Some(Settled::Answered { is_score_missing, .. }) => is_score_missing && self.options.use_cache,
        };
        is_open.then_some(before)
    }

    /// Asks one cell and records it.
    async fn ask(self: Arc<Self>, task: Task, permit: OwnedSemaphorePermit) -> Outcome {
        let cell = self.job.shape.cell(task.place);
        self.live.begin_cell(cell, task.before);
        let (models, store) = (&*self.models, &*self.store);
        let asking = Asking { models, store, use_cache: self.options.use_cache, cancel: &self.halt };
        let attempt = self.job.attempt(&asking, task.place, &task.inputs).await;
        // The model is free for the next cell while this one is being stored.
        drop(permit);
        let (tally, outcome) = match self.record(task.place, attempt).await {
            Ok(ended) => ended,
            Err(err) => {
                self.stop(ExperimentError::from(err).into());
                (CellTally::Dropped { cost_usd: None }, Outcome::Neutral)
            }
        };
        lock(&self.budget).settle(match tally {
            CellTally::New { cost_usd } | CellTally::Failed { cost_usd } => Some(cost_usd.unwrap_or(0.0)),
            CellTally::Stored { cost_usd } | CellTally::Dropped { cost_usd } => cost_usd,
        });
        self.live.end_cell(cell, tally);
        self.settled.notify_waiters();
        outcome
    }

    async fn record(
        &self,
        place: CellPlace,
        attempt: Attempt,
    ) -> std::result::Result<(CellTally, Outcome), StoreError> {
        let ended = match &attempt {
            Attempt::Cancelled { cost_usd } => (CellTally::Dropped { cost_usd: *cost_usd }, Outcome::Neutral),
            Attempt::Unrendered { .. } => (CellTally::Failed { cost_usd: None }, Outcome::Neutral),
            Attempt::Called(called) => {
                let (cost_usd, finished) = (called.cost_usd(), &called.answer.finished);
                match (&finished.output.error, finished.stored) {
                    (Some(error), _) => (CellTally::Failed { cost_usd }, Outcome::Failed(error.clone())),
                    (None, Some(_)) => (CellTally::Stored { cost_usd }, Outcome::Neutral),
                    (None, None) => (CellTally::New { cost_usd }, Outcome::Answered),
                }
            }
        };
        self.job.record(&self.store, place, attempt).await?;
        Ok(ended)
    }

    /// Ends the run with a problem; the first one is kept.
    fn stop(&self, problem: ApiError) {
        self.keep_problem(problem);
        self.halt.cancel();
    }

    fn keep_problem(&self, problem: ApiError) {
        lock(&self.problem).get_or_insert(problem);
    }
}

/// The cells of one model that are in flight.
struct Flights<'a> {
    work: &'a Arc<Work>,
    model: &'a ModelName,
    limit: usize,
    in_flight: JoinSet<Outcome>,
    health: Health,
}

impl Flights<'_> {
    /// Starts a cell as soon as the limits allow it. `false` where the lane has to end.
    async fn start(&mut self, task: Task) -> bool {
        while self.in_flight.len() >= self.limit {
            self.land().await;
        }
        while let Some(landed) = self.in_flight.try_join_next() {
            self.note(landed);
        }
        if self.is_over() || !self.admit().await {
            return false;
        }
        let permit = self.work.halt.run_until_cancelled(self.work.permits.clone().acquire_owned()).await;
        let Some(Ok(permit)) = permit else {
            lock(&self.work.budget).settle(None);
            return false;
        };
        self.in_flight.spawn(self.work.clone().ask(task, permit));
        true
    }

    fn is_over(&self) -> bool {
        if let Some(error) = self.health.verdict() {
            self.work.keep_problem(not_callable(self.model, error));
            return true;
        }
        self.work.halt.is_cancelled()
    }

    /// Waits for room in the budget. `false` where it is used up.
    async fn admit(&self) -> bool {
        loop {
            let settled = self.work.settled.notified();
            tokio::pin!(settled);
            settled.as_mut().enable();
            let admission = lock(&self.work.budget).admit();
            match admission {
                Admission::Go => return true,
                Admission::Stop => {
                    self.work.keep_problem(over_budget(self.work.options.max_cost_usd));
                    return false;
                }
                Admission::Wait => {
                    if self.work.halt.run_until_cancelled(settled).await.is_none() {
                        return false;
                    }
                }
            }
        }
    }

    /// Waits for one cell to end. `false` where none is in flight.
    async fn land(&mut self) -> bool {
        let Some(landed) = self.in_flight.join_next().await else { return false };
        self.note(landed);
        true
    }

    fn note(&mut self, landed: std::result::Result<Outcome, JoinError>) {
        match landed {
            Ok(Outcome::Answered) => self.health.has_answered = true,
            Ok(Outcome::Failed(error)) => self.health.failed(error),
            Ok(Outcome::Neutral) => {}
            Err(err) => self.work.stop(defect(err)),
        }
    }
}

/// Whether a model can be called at all.
#[derive(Default)]
struct Health {
    has_answered: bool,
    num_failures: u32,
    last_failure: Option<ProviderError>,
}

impl Health {
    fn failed(&mut self, error: ProviderError) {
        self.num_failures += 1;
        self.last_failure = Some(error);
    }

    /// The reason why it is of no use to go on, where there is one.
    fn verdict(&self) -> Option<&ProviderError> {
        let error = self.last_failure.as_ref().filter(|_| !self.has_answered)?;
        let is_hopeless = error.category == ErrorCategory::Auth || self.num_failures >= MAX_FIRST_FAILURES;
        is_hopeless.then_some(error)
    }
}

fn not_callable(model: &ModelName, error: &ProviderError) -> ApiError {
    let message = format!("The model `{model}` could not be called, so its outputs are missing");
    ApiError::new(ErrorKind::Unavailable, error.category.code(), message)
        .with_cause(error)
        .with_action("Mend it and resume the run.")
}

fn over_budget(max_cost_usd: Option<f64>) -> ApiError {
    let message = format!("The run stopped before it would cost more than {} USD", max_cost_usd.unwrap_or(0.0));
    ApiError::new(ErrorKind::CheckFailed, "run.over_budget", message).with_action("Resume it with a higher limit.")
}

fn defect(err: JoinError) -> ApiError {
    ApiError::new(ErrorKind::Internal, "internal.panic", "A part of the run failed in a way it should not")
        .with_cause(err)
        .with_action("Report it with what you did, and resume the run.")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
