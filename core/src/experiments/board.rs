//! Runs that are looked at: their plan and numbers in memory, brought up to date at each look.

use super::gauge::Gauge;
use super::grid;
use super::numbers::Numbers;
use super::runs::lock;
use super::summary::Reading;
use super::{ExperimentError, Result};
use crate::store::Store;
use crate::store::runs::{self as table, RunPlan, RunRecord};
use atelier_types::experiment::{FilterCounts, ScorerInfo, Variant, VariantSummary};
use atelier_types::ids::{RunId, VariantId};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Runs that are kept in memory; a run of 100,000 cells with three scorers takes 5 MB.
const MAX_KEPT: usize = 4;

/// One run in memory.
pub(super) struct Board {
    pub record: RunRecord,
    pub plan: RunPlan,
    pub scorers: Vec<ScorerInfo>,
    pub numbers: Numbers,
    /// What was said last, and at which revision and baseline.
    said: Option<(i64, u32, Heads)>,
    /// What was looked for last, at which revision, and the rows that have it.
    found: Option<(i64, String, Arc<BTreeSet<u32>>)>,
}

/// What stands above the rows of a grid.
#[derive(Clone)]
pub(super) struct Heads {
    pub variants: Vec<VariantSummary>,
    pub filter_counts: FilterCounts,
}

impl Board {
    fn open(store: &Store, run: &RunId) -> Result<Self> {
        let found = store.read(|connection| {
            let Some(record) = table::get(connection, run)? else { return Ok(None) };
            let plan = table::plan(connection, record.shape.key)?;
            Ok(Some((record, plan)))
        })?;
        let (record, plan) = found.ok_or_else(|| ExperimentError::NoRun { run: run.clone() })?;
        let scorers = plan.spec.scorers.iter().map(|spec| Ok(Gauge::new(spec)?.info().clone()));
        let scorers: Vec<_> = scorers
            .collect::<std::result::Result<_, String>>()
            .map_err(|reason| ExperimentError::BadPlan { reason })?;
        let numbers = Numbers::new(record.shape, scorers.len());
        Ok(Self { record, plan, scorers, numbers, said: None, found: None })
    }

    fn refresh(&mut self, store: &Store) -> Result<()> {
        match self.numbers.refresh(store)? {
            Some(record) => self.record = record,
            None => return Err(ExperimentError::NoRun { run: self.record.summary.id.clone() }),
        }
        Ok(())
    }

    pub fn variant(&self, place: u32) -> Option<&Variant> {
        self.plan.variants.get(place as usize)
    }

    /// The place of a variant; the first one's where none is named.
    pub fn place_of(&self, variant: Option<&VariantId>) -> Result<u32> {
        let Some(id) = variant else { return Ok(0) };
        let place = self.plan.variants.iter().position(|variant| variant.id == *id);
        place
            .map(|place| place as u32)
            .ok_or_else(|| ExperimentError::NoVariant { run: self.record.summary.id.clone(), variant: id.clone() })
    }

    pub fn reading(&self, baseline: u32) -> Reading<'_> {
        Reading { numbers: &self.numbers, spec: &self.plan.spec, scorers: &self.scorers, baseline }
    }

    pub fn heads(&mut self, baseline: u32) -> Heads {
        if let Some((revision, known, heads)) = &self.said
            && (*revision, *known) == (self.numbers.revision, baseline)
        {
            return heads.clone();
        }
        let reading = self.reading(baseline);
        let heads =
            Heads { variants: reading.variant_summaries(&self.plan.variants), filter_counts: reading.filter_counts() };
        self.said = Some((self.numbers.revision, baseline, heads.clone()));
        heads
    }

    /// Rows with an output that contains `needle`.
    pub fn rows_with_text(&mut self, store: &Store, needle: &str) -> Result<Arc<BTreeSet<u32>>> {
        if let Some((revision, known, rows)) = &self.found
            && *revision == self.numbers.revision
            && known == needle
        {
            return Ok(rows.clone());
        }
        let rows = Arc::new(grid::rows_with_text(store, &self.numbers.shape, needle)?);
        self.found = Some((self.numbers.revision, needle.to_owned(), rows.clone()));
        Ok(rows)
    }
}

type Kept = Arc<Mutex<Board>>;

/// The runs that were looked at last, the newest look last.
#[derive(Default)]
pub(super) struct Boards(Mutex<Vec<(RunId, Kept)>>);

impl Boards {
    /// Runs `work` on a run as it stands now.
    pub fn with<T>(&self, store: &Store, run: &RunId, work: impl FnOnce(&mut Board) -> Result<T>) -> Result<T> {
        let kept = self.kept(store, run)?;
        let mut board = lock(&kept);
        board.refresh(store)?;
        work(&mut board)
    }

    /// Runs `work` on two different runs as they stand now.
    pub fn with_both<T>(
        &self,
        store: &Store,
        runs: [&RunId; 2],
        work: impl FnOnce(&Board, &Board) -> Result<T>,
    ) -> Result<T> {
        let [first, second] = [self.kept(store, runs[0])?, self.kept(store, runs[1])?];
        // Always locked in the order of their ids, so that two looks never wait for each other.
        let (mut first, mut second) = if runs[0] < runs[1] {
            let first = lock(&first);
            (first, lock(&second))
        } else {
            let second = lock(&second);
            (lock(&first), second)
        };
        first.refresh(store)?;
        second.refresh(store)?;
        work(&first, &second)
    }

    pub fn forget(&self, run: &RunId) {
        lock(&self.0).retain(|(known, _)| known != run);
    }

    fn kept(&self, store: &Store, run: &RunId) -> Result<Kept> {
        if let Some(kept) = self.known(run) {
            return Ok(kept);
        }
        let kept = Arc::new(Mutex::new(Board::open(store, run)?));
        let mut boards = lock(&self.0);
        if boards.len() >= MAX_KEPT {
            boards.remove(0);
        }
        boards.push((run.clone(), kept.clone()));
        Ok(kept)
    }

    fn known(&self, run: &RunId) -> Option<Kept> {
        let mut boards = lock(&self.0);
        let at = boards.iter().position(|(known, _)| known == run)?;
        let entry = boards.remove(at);
        let kept = entry.1.clone();
        boards.push(entry);
        Some(kept)
    }
}
