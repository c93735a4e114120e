//! Verbs of `runs`.

use super::experiments::checked;
use super::{EventHub, Result, Session, Studio};
use crate::experiments::{NewPlan, ReadyRun, RunOptions, RunProgress, num_rows};
use atelier_types::api::*;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::{Event, Tag};
use atelier_types::experiment::{
    ClassesReport, Comparison, GridPage, RunDetail, RunStatus, RunSummary, SliceReport, ThresholdCheck,
};
use atelier_types::ids::{ExperimentName, RunId};
use std::sync::atomic::{AtomicU32, Ordering};

/// Grids are asked for again at most at every so many ticks of progress, about twice a second.
const TICKS_A_LOOK: u32 = 15;

/// Runs, newest first.
pub async fn list(studio: &Studio, request: RunsListRequest) -> Result<Vec<RunSummary>> {
    studio.in_session(move |session| Ok(session.runs.list(request.experiment.as_ref())?)).await
}

/// Start or resume a run; progress arrives as events.
pub async fn start(studio: &Studio, request: RunStartRequest) -> Result<RunId> {
    let options = options(&request)?;
    let ready = studio.in_session(move |session| ready(session, request)).await?;
    let run = ready.id().clone();
    studio.session()?.runs.launch(ready, options, teller(studio.events().clone()));
    studio.events().stale(&[Tag::Runs]);
    Ok(run)
}

/// Stop a run; what was answered stays and it can be resumed.
pub async fn cancel(studio: &Studio, request: RunRequest) -> Result<Nothing> {
    let session = studio.session()?;
    if let Some(live) = session.runs.live(&request.run) {
        live.cancel();
        live.ended().await;
        return Ok(Nothing {});
    }
    let summary = studio.in_session(move |session| Ok(session.runs.show(&request.run)?)).await?;
    match summary.status {
        RunStatus::Running => {
            Err(ApiError::new(ErrorKind::Conflict, "run.elsewhere", "The run is run by another program")
                .with_action("Cancel it there."))
        }
        _ => Ok(Nothing {}),
    }
}

/// The head of a results grid.
pub async fn show(studio: &Studio, request: RunShowRequest) -> Result<RunDetail> {
    studio
        .in_session(move |session| {
            let detail = session.runs.detail(&request)?;
            Ok(RunDetail { notes: notes(session, &detail)?, ..detail })
        })
        .await
}

/// A window of a results grid.
pub async fn grid(studio: &Studio, request: GridRequest) -> Result<GridPage> {
    studio.in_session(move |session| Ok(session.runs.grid(&request)?)).await
}

/// Two variants, their measures, verdicts and rows.
pub async fn compare(studio: &Studio, request: CompareRequest) -> Result<Comparison> {
    studio
        .in_session(move |session| {
            let comparison = session.runs.compare(&request)?;
            let uncalibrated = super::reviews::uncalibrated(session, &request.candidate_run)?;
            Ok(Comparison { uncalibrated, ..comparison })
        })
        .await
}

/// Parts of the rows where the candidate does worst.
pub async fn slices(studio: &Studio, request: CompareRequest) -> Result<SliceReport> {
    studio.in_session(move |session| Ok(session.runs.slices(&request)?)).await
}

/// Which labels were answered for which, where rows expect one of few.
pub async fn classes(studio: &Studio, request: RunRequest) -> Result<Option<ClassesReport>> {
    studio.in_session(move |session| Ok(session.runs.classes(&request.run)?)).await
}

/// A run against the thresholds of its experiment.
pub async fn check(studio: &Studio, request: RunRequest) -> Result<Vec<ThresholdCheck>> {
    studio.in_session(move |session| Ok(session.runs.thresholds(&request.run)?)).await
}

/// Delete a run and its outputs from this machine.
pub async fn delete(studio: &Studio, request: RunRequest) -> Result<Nothing> {
    studio.in_session(move |session| Ok(session.runs.delete(&request.run)?)).await?;
    studio.events().stale(&[Tag::Runs, Tag::Outputs]);
    Ok(Nothing {})
}

fn notes(session: &Session, detail: &RunDetail) -> Result<Vec<String>> {
    let kept = session.runs.dataset_hash(&detail.summary.id)?;
    let dataset = &detail.spec.dataset;
    Ok(match session.workspace.dataset_summary(dataset) {
        Ok(now) if now.content_hash == kept => Vec::new(),
        Ok(_) => vec![format!("The dataset `{dataset}` changed since; the run keeps to the rows that it began with.")],
        Err(_) => vec![format!("The dataset `{dataset}` is gone; the run keeps to the rows that it began with.")],
    })
}

fn options(request: &RunStartRequest) -> Result<RunOptions> {
    let usual = RunOptions::default();
    if request.max_cost_usd.is_some_and(|usd| !usd.is_finite() || usd < 0.0) {
        return Err(ApiError::new(ErrorKind::Invalid, "run.bad_budget", "The cost limit is no amount of money")
            .with_action("Give it as US dollars: 2.50."));
    }
    Ok(RunOptions {
        max_cost_usd: request.max_cost_usd,
        concurrency: request.concurrency.unwrap_or(usual.concurrency).max(1),
        use_cache: request.use_cache,
        retry_failed: request.retry_failed,
    })
}

fn ready(session: &Session, request: RunStartRequest) -> Result<ReadyRun> {
    // So that the run asks the models as atelier.toml names them now.
    session.caller()?;
    if let Some(run) = request.resume {
        refuse_other_experiment(session, &run, &request.experiment)?;
        return Ok(session.runs.take_over(&run)?);
    }
    let (spec, materials) = checked(&session.workspace, session.runs.tools(), &request.experiment)?;
    let dataset = materials.dataset?;
    let prompts = materials.prompts.into_iter().collect::<Result<Vec<_>>>()?;
    let judge_prompts = materials.judge_prompts.into_iter().collect::<Result<Vec<_>>>()?;
    let num_rows = num_rows(&spec, dataset.rows.len() as u32) as usize;
    let new = NewPlan {
        experiment: &request.experiment,
        spec,
        prompts: &prompts,
        judge_prompts: &judge_prompts,
        scripts: materials.scripts,
        rows: &dataset.rows[..num_rows],
        dataset_hash: &dataset.summary.content_hash,
    };
    Ok(session.runs.create(new)?)
}

fn refuse_other_experiment(session: &Session, run: &RunId, asked: &ExperimentName) -> Result<()> {
    let known = session.runs.show(run)?.experiment;
    if known == *asked {
        return Ok(());
    }
    let message = format!("The run `{run}` is of the experiment `{known}`, and not of `{asked}`");
    Err(ApiError::new(ErrorKind::Invalid, "run.other_experiment", message)
        .with_action("Name the run's own experiment."))
}

/// Tells progress to every face, and now and then that grids have more to show.
fn teller(events: EventHub) -> std::sync::Arc<dyn Fn(RunProgress) + Send + Sync> {
    let num_ticks = AtomicU32::new(0);
    std::sync::Arc::new(move |told| {
        let RunProgress { run, status, progress, cost_usd } = told;
        let has_ended = status != RunStatus::Running;
        events.publish(Event::RunProgressed { run, status, progress, cost_usd });
        if has_ended || num_ticks.fetch_add(1, Ordering::Relaxed) % TICKS_A_LOOK == TICKS_A_LOOK - 1 {
            events.stale(&[Tag::Runs, Tag::Outputs]);
        }
    })
}
