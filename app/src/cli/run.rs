//! `atelier run`: an experiment from the command line, with its exit status as the answer to "is it good enough".

use super::Outcome;
use super::answers::{print_json, print_json_line, print_line};
use super::context::Context;
use super::junit;
use super::runs::print_detail;
use crate::statuses;
use atelier_core::api::{self, Subscription};
use atelier_types::api::{
    CellRequest, GridRequest, OutputsShow, RunRequest, RunShowRequest, RunStartRequest, RunsCancel, RunsCheck,
    RunsGrid, RunsShow, RunsStart,
};
use atelier_types::error::ApiError;
use atelier_types::event::Event;
use atelier_types::experiment::{CellDetail, Progress, RowFilter, RunDetail, RunStatus, ThresholdCheck};
use atelier_types::ids::RunId;
use serde::Serialize;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Progress lines where standard error is no terminal.
const LOG_GAP: Duration = Duration::from_secs(5);
/// Rows of a grid that are fetched at once for `--jsonl` and `--junit`.
const PAGE_ROWS: u32 = 200;

#[derive(clap::Args)]
pub(super) struct Options {
    experiment: String,
    /// Go on with this run (`latest` for the newest) instead of starting one
    #[arg(long, value_name = "RUN")]
    resume: Option<String>,
    /// Stop before more than so many US dollars are spent
    #[arg(long, value_name = "USD")]
    max_cost: Option<f64>,
    /// Calls in flight at once
    #[arg(long, value_name = "N")]
    concurrency: Option<u32>,
    /// Ask again even where an equal request was answered before
    #[arg(long)]
    no_cache: bool,
    /// With --resume, ask failed cells again even where that can hardly help
    #[arg(long, requires = "resume")]
    retry_failed: bool,
    /// Print one JSON line an output
    #[arg(long, conflicts_with = "json")]
    jsonl: bool,
    /// Also write the run as a JUnit report, for build servers
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    detail: RunDetail,
    checks: Vec<ThresholdCheck>,
}

pub(super) async fn run(context: &Context, options: Options) -> Outcome {
    let resume = match &options.resume {
        Some(run) => Some(context.run_id(run).await?),
        None => None,
    };
    context.open_workspace().await?;
    let events = context.studio.events().subscribe();
    let request = RunStartRequest {
        experiment: options.experiment.into(),
        resume,
        max_cost_usd: options.max_cost,
        concurrency: options.concurrency,
        use_cache: !options.no_cache,
        retry_failed: options.retry_failed,
    };
    let run = context.call::<RunsStart>(request).await?;
    eprintln!("Run {run}");
    let was_interrupted = follow(context, &run, events).await?;
    let detail = context.call::<RunsShow>(RunShowRequest { run: run.clone(), baseline: None }).await?;
    let checks = context.call::<RunsCheck>(RunRequest { run: run.clone() }).await?;
    let status = exit_status(&detail, &checks, was_interrupted);
    if let Some(path) = &options.junit {
        junit::write(path, &detail, &checks, &junit::cells(context, &run).await?)?;
    }
    if options.jsonl {
        for_each_cell(context, &run, |cell| print_json_line(&cell)).await?;
    } else if context.is_json {
        print_json(&Report { detail, checks })?;
    } else {
        print_detail(&detail);
        checks.iter().for_each(print_check);
        if status == statuses::INTERRUPTED {
            eprintln!("Stopped. Go on with `atelier run {} --resume {run}`.", detail.summary.experiment);
        }
    }
    Ok(status)
}

/// Waits for the end of the run; an interrupt cancels it. Answers whether there was one.
async fn follow(context: &Context, run: &RunId, mut events: Subscription) -> Result<bool, ApiError> {
    let mut was_interrupted = false;
    let mut shown = ProgressLine::new();
    // The run may have ended before its first event reached us.
    if !is_running(context, run).await? {
        return Ok(false);
    }
    loop {
        tokio::select! {
            batch = events.next_batch() => {
                for event in batch {
                    if let Event::RunProgressed { run: about, status, progress, .. } = event && about == *run {
                        shown.show(progress);
                        if status != RunStatus::Running {
                            shown.end();
                            return Ok(was_interrupted);
                        }
                    }
                }
            }
            // A dead run tells nobody: asking now and then costs nothing and ends the wait.
            () = tokio::time::sleep(LOG_GAP) => {
                if !is_running(context, run).await? {
                    return Ok(was_interrupted);
                }
            }
            signal = tokio::signal::ctrl_c(), if !was_interrupted => {
                was_interrupted = signal.is_ok();
                api::call::<RunsCancel>(&context.studio, RunRequest { run: run.clone() }).await?;
            }
        }
    }
}

async fn is_running(context: &Context, run: &RunId) -> Result<bool, ApiError> {
    let detail = context.call::<RunsShow>(RunShowRequest { run: run.clone(), baseline: None }).await?;
    Ok(detail.summary.status == RunStatus::Running)
}

fn exit_status(detail: &RunDetail, checks: &[ThresholdCheck], was_interrupted: bool) -> u8 {
    match detail.summary.status {
        RunStatus::Cancelled | RunStatus::Interrupted => statuses::INTERRUPTED,
        _ if was_interrupted => statuses::INTERRUPTED,
        RunStatus::Failed | RunStatus::Running => statuses::FAILED,
        RunStatus::Done if detail.summary.progress.failed > 0 => statuses::FAILED,
        RunStatus::Done if checks.iter().any(|check| !check.passed) => statuses::CHECK_FAILED,
        RunStatus::Done => statuses::DONE,
    }
}

fn print_check(check: &ThresholdCheck) {
    let mean = check.mean.map(|mean| format!("{mean:.3}")).unwrap_or_else(|| "unscored".to_owned());
    let word = if check.passed { "passed" } else { "NOT MET" };
    print_line(&format!("{word}: {} of {} is {mean}, at least {} wanted", check.scorer, check.variant, check.min_mean));
}

/// Hands out every stored output with its scores and receipt.
pub(super) async fn for_each_cell(
    context: &Context,
    run: &RunId,
    mut take: impl FnMut(CellDetail) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let mut offset = 0;
    loop {
        let page = context.call::<RunsGrid>(GridRequest {
            run: run.clone(),
            baseline: None,
            filter: RowFilter::All,
            find: String::new(),
            offset,
            limit: PAGE_ROWS,
        });
        let page = page.await?;
        if page.rows.is_empty() {
            return Ok(());
        }
        offset += page.rows.len() as u32;
        let cells = page.rows.iter().flat_map(|row| row.cells.iter().flatten()).filter_map(|cell| cell.id);
        for cell in cells {
            take(context.call::<OutputsShow>(CellRequest { cell }).await?)?;
        }
    }
}

/// One line that is drawn over on a terminal, and a line now and then elsewhere.
struct ProgressLine {
    is_terminal: bool,
    last: Option<Instant>,
}

impl ProgressLine {
    fn new() -> Self {
        Self { is_terminal: std::io::stderr().is_terminal(), last: None }
    }

    fn show(&mut self, progress: Progress) {
        let line = format!(
            "{} of {}: {} new, {} stored, {} failed, {} running",
            progress.finished(),
            progress.total,
            progress.new,
            progress.stored,
            progress.failed,
            progress.running
        );
        if self.is_terminal {
            eprint!("\r\x1b[2K{line}");
        } else if self.last.is_none_or(|last| last.elapsed() >= LOG_GAP) {
            eprintln!("{line}");
            self.last = Some(Instant::now());
        }
    }

    fn end(&self) {
        if self.is_terminal {
            eprintln!();
        }
    }
}
