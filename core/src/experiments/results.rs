//! What the runs of a database answer when they are looked at. Functions that are not `async` block.

use super::asking::Asking;
use super::board::Board;
use super::compare::{self, Side};
use super::gauge::{self, Gauge};
use super::grid::{self, Wanted};
use super::job::Job;
use super::runs::Runs;
use super::slices;
use super::{ExperimentError, Result};
use crate::metrics::judges::{JudgedCells, ordered_pairs, repeats_of};
use crate::store::run_rows::{self, RowHead};
use crate::store::runs::{self as table, CellPlace, RunPlan, RunRecord};
use crate::store::{cells, judge_calls, outputs, scores};
use atelier_types::api::{CompareRequest, GridRequest, RepeatsRequest, RunShowRequest};
use atelier_types::dataset::Row;
use atelier_types::experiment::{
    CellDetail, CellSummary, Comparison, GridPage, JudgeCall, RepeatSummary, RunDetail, RunStatus, ScorerInfo,
    SliceReport, ThresholdCheck, Variant,
};
use atelier_types::ids::{CellId, RunId, ScorerName};
use atelier_types::output::Output;
use atelier_types::score::NamedScore;
use std::collections::HashMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Column with what is expected, where the first scorer names none.
const EXPECTED: &str = "expected";

/// A recorded cell with what it belongs to.
struct OpenedCell {
    record: RunRecord,
    plan: RunPlan,
    place: CellPlace,
    row: Row,
}

impl Runs {
    /// The head of a results grid.
    pub fn detail(&self, request: &RunShowRequest) -> Result<RunDetail> {
        self.settle_dead()?;
        self.boards.with(&self.parts.store, &request.run, |board| {
            let baseline = board.place_of(request.baseline.as_ref())?;
            let heads = board.heads(baseline);
            let pace = self.live(&request.run).map(|live| live.pace(self.parts.clock.now()));
            let (cells_per_second, millis_left) = pace.unwrap_or_default();
            Ok(RunDetail {
                summary: self.summary(board.record.clone()),
                spec: board.plan.spec.clone(),
                scorers: board.scorers.clone(),
                variants: heads.variants,
                num_rows: board.record.shape.num_rows,
                baseline: board.variant(baseline).map(|variant| variant.id.clone()),
                filter_counts: heads.filter_counts,
                cells_per_second,
                millis_left,
                notes: Vec::new(),
            })
        })
    }

    /// Of the dataset's file as the run began.
    pub fn dataset_hash(&self, run: &RunId) -> Result<String> {
        self.boards.with(&self.parts.store, run, |board| Ok(board.plan.dataset_hash.clone()))
    }

    /// A window of a results grid.
    pub fn grid(&self, request: &GridRequest) -> Result<GridPage> {
        let store = &self.parts.store;
        self.boards.with(store, &request.run, |board| {
            let baseline = board.place_of(request.baseline.as_ref())?;
            let found = match request.find.as_str() {
                "" => None,
                needle => Some(board.rows_with_text(store, needle)?),
            };
            let (filter, offset, limit) = (request.filter, request.offset, request.limit);
            let wanted = Wanted { filter, found: found.as_deref(), offset, limit };
            grid::page(store, &board.reading(baseline), self.live(&request.run).as_deref(), &wanted)
        })
    }

    /// Two variants side by side.
    pub fn compare(&self, request: &CompareRequest) -> Result<Comparison> {
        self.with_sides(request, |baseline, candidate| self.compared(request, baseline, candidate))
    }

    /// Parts of the rows where the candidate does worst.
    pub fn slices(&self, request: &CompareRequest) -> Result<SliceReport> {
        self.with_sides(request, |baseline, candidate| self.sliced(request, baseline, candidate))
    }

    /// Both runs of a comparison, which may be one.
    fn with_sides<T>(&self, request: &CompareRequest, read: impl FnOnce(&Board, &Board) -> Result<T>) -> Result<T> {
        let store = &self.parts.store;
        let runs = [&request.baseline_run, &request.candidate_run];
        if runs[0] == runs[1] {
            self.boards.with(store, runs[0], |board| read(board, board))
        } else {
            self.boards.with_both(store, runs, read)
        }
    }

    fn sliced(&self, request: &CompareRequest, baseline: &Board, candidate: &Board) -> Result<SliceReport> {
        let places = [baseline.place_of(Some(&request.baseline))?, candidate.place_of(Some(&request.candidate))?];
        let [baseline_heads, candidate_heads] = [self.heads(baseline)?, self.heads(candidate)?];
        let shape = &baseline.record.shape;
        let rows = self.parts.store.read(|connection| run_rows::window(connection, shape.key, 0..shape.num_rows))?;
        slices::slices(
            &side(baseline, places[0], &baseline_heads),
            &side(candidate, places[1], &candidate_heads),
            request.measure.as_ref(),
            &rows,
        )
    }

    fn heads(&self, board: &Board) -> Result<Vec<RowHead>> {
        let shape = &board.record.shape;
        Ok(self.parts.store.read(|connection| run_rows::heads(connection, shape.key, 0..shape.num_rows))?)
    }

    fn compared(&self, request: &CompareRequest, baseline: &Board, candidate: &Board) -> Result<Comparison> {
        let places = [baseline.place_of(Some(&request.baseline))?, candidate.place_of(Some(&request.candidate))?];
        let [baseline_heads, candidate_heads] = [self.heads(baseline)?, self.heads(candidate)?];
        let options =
            compare::Options { spec: &baseline.plan.spec, measure: request.measure.as_ref(), margin: request.margin };
        let compared = compare::compare(
            &side(baseline, places[0], &baseline_heads),
            &side(candidate, places[1], &candidate_heads),
            &options,
        )?;
        Ok(Comparison {
            baseline: variant_at(&baseline.plan, places[0])?.clone(),
            candidate: variant_at(&candidate.plan, places[1])?.clone(),
            baseline_run: request.baseline_run.clone(),
            candidate_run: request.candidate_run.clone(),
            measures: compared.measures,
            rows: compared.rows,
            uncalibrated: Vec::new(),
        })
    }

    /// A run against the thresholds of its experiment.
    pub fn thresholds(&self, run: &RunId) -> Result<Vec<ThresholdCheck>> {
        let store = &self.parts.store;
        self.boards.with(store, run, |board| Ok(board.reading(0).thresholds(&board.plan.variants)))
    }

    /// All repeats of one row for one variant, also those that are not recorded yet.
    pub fn repeats(&self, request: &RepeatsRequest) -> Result<Vec<RepeatSummary>> {
        let RepeatsRequest { run, variant, row } = request;
        let store = &self.parts.store;
        self.boards.with(store, run, |board| {
            let column = board.place_of(Some(variant))?;
            let shape = &board.record.shape;
            let found = store.read(|connection| run_rows::position(connection, shape.key, row))?;
            let row = found.ok_or_else(|| ExperimentError::NoRow { run: run.clone(), row: row.clone() })?;
            let window = grid::read_window(store, shape, self.live(run).as_deref(), row..row + 1)?;
            let cells = window.into_iter().next().and_then(|mut row| {
                let column = column as usize;
                (column < row.cells.len()).then(|| row.cells.swap_remove(column))
            });
            Ok(cells.unwrap_or_default().into_iter().map(|cell| named(cell, &board.scorers)).collect())
        })
    }

    /// A recorded cell with its output and everything about it.
    pub fn cell_detail(&self, cell: CellId) -> Result<CellDetail> {
        let OpenedCell { record, plan, place, row } = self.open_cell(cell)?;
        let names: Vec<_> = plan.spec.scorers.iter().map(|scorer| scorer.result_name().clone()).collect();
        let (output, scores, judge_calls) = self.parts.store.read(|connection| {
            let view = connection.unchecked_transaction()?;
            let output = match cells::get(&view, cell)?.and_then(|row| row.record.output) {
                Some(output) => outputs::get(&view, output)?,
                None => None,
            };
            Ok((output, scores::of_cell(&view, cell, &names)?, judge_calls::of_cell(&view, cell)?))
        })?;
        let judge_call = |(scorer, output): (u32, Output)| {
            names.get(scorer as usize).map(|name| JudgeCall { scorer: name.clone(), output })
        };
        let column = plan.spec.scorers.first().and_then(|scorer| scorer.expected.as_deref()).unwrap_or(EXPECTED);
        let mut inputs = plan.spec.inputs.clone();
        inputs.extend(row.values);
        let expected = inputs.shift_remove(column);
        let variant = variant_at(&plan, place.variant)?.clone();
        Ok(CellDetail {
            id: cell,
            run: record.summary.id,
            row: row.id,
            variant,
            repeat: place.repeat,
            num_repeats: record.shape.num_repeats,
            inputs,
            expected,
            output: output.ok_or(ExperimentError::NoOutput)?,
            scores,
            judge_calls: judge_calls.into_iter().filter_map(judge_call).collect(),
        })
    }

    /// The judges of a run.
    pub fn judges(&self, run: &RunId) -> Result<Vec<ScorerName>> {
        let key = self.record(run)?.shape.key;
        let plan = self.parts.store.read(|connection| table::plan(connection, key))?;
        Ok(gauge::judges(&plan.spec.scorers).map(|judge| judge.info().name.clone()).collect())
    }

    /// What the judges of a run said.
    pub fn judged(&self, run: &RunId) -> Result<Vec<JudgedCells>> {
        let shape = self.record(run)?.shape;
        let plan = self.parts.store.read(|connection| table::plan(connection, shape.key))?;
        let places = (0_u32..).zip(&plan.spec.scorers).filter_map(|(place, spec)| match Gauge::new(spec) {
            Ok(Gauge::Judge(judge)) => Some((place, judge)),
            _ => None,
        });
        let (places, mut judged): (Vec<u32>, Vec<JudgedCells>) = places
            .map(|(place, judge)| {
                let (scorer, range) = (judge.info().name.clone(), judge.range());
                (
                    place,
                    JudgedCells { scorer, range, scores: HashMap::new(), repeats: HashMap::new(), pairs: Vec::new() },
                )
            })
            .unzip();
        if judged.is_empty() {
            return Ok(judged);
        }
        for (place, judge) in places.iter().zip(&mut judged) {
            let details = self.parts.store.read(|connection| scores::details(connection, &shape, *place))?;
            judge.pairs = details.iter().flat_map(|(_, detail)| ordered_pairs(detail)).collect();
            let repeats = details.iter().map(|(cell, detail)| (*cell, repeats_of(detail)));
            judge.repeats = repeats.filter(|(_, repeats)| !repeats.is_empty()).collect();
        }
        let found = self.parts.store.read(|connection| scores::window(connection, &shape, 0..shape.num_rows))?;
        let (mut last, mut place) = (None, 0);
        for (cell, score) in found {
            place = if last == Some(cell) { place + 1 } else { 0 };
            last = Some(cell);
            let judge = places.iter().position(|known| *known == place).and_then(|at| judged.get_mut(at));
            if let Some((judge, number)) = judge.zip(score.number()) {
                let variant = variant_at(&plan, shape.place(cell).variant)?.id.clone();
                judge.scores.insert(cell, (variant, number));
            }
        }
        Ok(judged)
    }

    /// The text of a recorded cell's output.
    pub fn text_of(&self, cell: CellId) -> Result<String> {
        let row = self.parts.store.read(|connection| {
            let Some(row) = cells::get(connection, cell)? else { return Ok(None) };
            match row.record.output {
                Some(output) => Ok(Some(outputs::get(connection, output)?)),
                None => Ok(Some(None)),
            }
        })?;
        let output = row.ok_or(ExperimentError::NoCell { cell })?;
        output.map(|output| output.text).ok_or(ExperimentError::NoOutput)
    }

    /// Asks again for one cell, past the cache. An answer replaces the one before, which stays stored; a failure
    /// changes nothing.
    pub async fn ask_again(self: &Arc<Self>, cell: CellId) -> Result<()> {
        let runs = self.clone();
        let opened = tokio::task::spawn_blocking(move || runs.open_cell(cell)).await;
        let OpenedCell { record, plan, place, row } = opened.unwrap_or(Err(ExperimentError::NoCell { cell }))?;
        if record.summary.status == RunStatus::Running {
            return Err(ExperimentError::StillRunning { run: record.summary.id });
        }
        let job = Arc::new(Job::new(record.shape, plan, &self.parts.tools)?);
        let inputs = Arc::new(job.inputs(row.values));
        let cancel = CancellationToken::new();
        let (models, store) = (&*self.parts.models, &*self.parts.store);
        let attempt = job.attempt(&Asking { models, store, use_cache: false, cancel: &cancel }, place, &inputs).await;
        if let Some(source) = attempt.error() {
            return Err(ExperimentError::Call { source: source.clone() });
        }
        Ok(job.record(&self.parts.store, place, attempt).await?)
    }

    fn open_cell(&self, cell: CellId) -> Result<OpenedCell> {
        let opened = self.parts.store.read(|connection| {
            let Some(record) = table::get_by_key(connection, table::run_of(cell))? else { return Ok(None) };
            if cells::get(connection, cell)?.is_none() {
                return Ok(None);
            }
            let place = record.shape.place(cell);
            let rows = run_rows::window(connection, record.shape.key, place.row..place.row + 1)?;
            let plan = table::plan(connection, record.shape.key)?;
            Ok(rows.into_iter().next().map(|row| OpenedCell { record, plan, place, row }))
        })?;
        opened.ok_or(ExperimentError::NoCell { cell })
    }
}

fn named(cell: CellSummary, scorers: &[ScorerInfo]) -> RepeatSummary {
    let CellSummary { id, repeat, status, preview, scores } = cell;
    let scores = scorers.iter().zip(scores);
    let scores = scores.map(|(info, score)| NamedScore { name: info.name.clone(), score, explanation: None }).collect();
    RepeatSummary { cell: id, repeat, status, preview, scores }
}

fn side<'a>(board: &'a Board, variant: u32, heads: &'a [RowHead]) -> Side<'a> {
    Side { numbers: &board.numbers, scorers: &board.scorers, variant, heads }
}

fn variant_at(plan: &RunPlan, place: u32) -> Result<&Variant> {
    let missing = || ExperimentError::BadPlan { reason: format!("it has no variant {place}") };
    plan.variants.get(place as usize).ok_or_else(missing)
}
