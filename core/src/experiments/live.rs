//! A run while this program runs it: its counts, the cells in flight, and the way to stop it.

use crate::store::cells::Settled;
use atelier_types::experiment::{Progress, RunStatus, RunSummary};
use atelier_types::ids::{CellId, RunId};
use atelier_types::time::MillisSinceEpoch;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// Progress is told at most this often.
const TICK: Duration = Duration::from_millis(33);

/// The state of a run as it is told to whoever watches.
#[derive(Clone, Debug, PartialEq)]
pub struct RunProgress {
    pub run: RunId,
    pub status: RunStatus,
    pub progress: Progress,
    pub cost_usd: Option<f64>,
}

/// Told at most thirty times a second, and once more when the run has ended and that is stored.
pub(super) type OnProgress = Arc<dyn Fn(RunProgress) + Send + Sync>;

pub struct LiveRun {
    run: RunId,
    started_at: MillisSinceEpoch,
    cancel: CancellationToken,
    state: Mutex<State>,
    changed: Notify,
    ended: watch::Sender<bool>,
}

struct State {
    status: RunStatus,
    progress: Progress,
    cost_usd: Option<f64>,
    running: BTreeSet<CellId>,
    num_ended_here: u32,
}

/// How a cell in flight ended, for the counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum CellTally {
    New {
        cost_usd: Option<f64>,
    },
    /// What it cost is its judges' part.
    Stored {
        cost_usd: Option<f64>,
    },
    Failed {
        cost_usd: Option<f64>,
    },
    /// Nothing was recorded but what it cost.
    Dropped {
        cost_usd: Option<f64>,
    },
}

impl LiveRun {
    pub(super) fn new(summary: &RunSummary, now: MillisSinceEpoch) -> Self {
        let state = State {
            status: RunStatus::Running,
            progress: summary.progress,
            cost_usd: summary.cost_usd,
            running: BTreeSet::new(),
            num_ended_here: 0,
        };
        Self {
            run: summary.id.clone(),
            started_at: now,
            cancel: CancellationToken::new(),
            state: Mutex::new(state),
            changed: Notify::new(),
            ended: watch::Sender::new(false),
        }
    }

    pub fn id(&self) -> &RunId {
        &self.run
    }

    /// Stops the run. What was answered stays, and it can be resumed.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    pub(super) fn cancelled(&self) -> &CancellationToken {
        &self.cancel
    }

    /// Waits until the run has ended and that is stored.
    pub async fn ended(&self) {
        // The sender is part of `self`, so it cannot be gone.
        self.ended.subscribe().wait_for(|has_ended| *has_ended).await.ok();
    }

    pub fn progress(&self) -> RunProgress {
        let state = self.state();
        RunProgress {
            run: self.run.clone(),
            status: state.status,
            progress: Progress { running: state.running.len() as u32, ..state.progress },
            cost_usd: state.cost_usd,
        }
    }

    pub(super) fn is_running(&self, cell: CellId) -> bool {
        self.state().running.contains(&cell)
    }

    /// Cells a second since this program started it, and the time that the rest will take at that pace.
    pub(super) fn pace(&self, now: MillisSinceEpoch) -> (Option<f64>, Option<u64>) {
        let state = self.state();
        let seconds = (now.0 - self.started_at.0) as f64 / 1_000.0;
        if state.num_ended_here == 0 || seconds <= 0.0 {
            return (None, None);
        }
        let per_second = f64::from(state.num_ended_here) / seconds;
        let num_left = state.progress.total.saturating_sub(state.progress.finished());
        (Some(per_second), Some((f64::from(num_left) / per_second * 1_000.0) as u64))
    }

    /// `before` is how the cell was recorded, which is taken out of the counts.
    pub(super) fn begin_cell(&self, cell: CellId, before: Option<Settled>) {
        let mut state = self.state();
        state.running.insert(cell);
        let progress = &mut state.progress;
        let counted = match before {
            None => None,
            Some(Settled::Failed { .. }) => Some(&mut progress.failed),
            Some(Settled::Answered { is_new: true, .. }) => Some(&mut progress.new),
            Some(Settled::Answered { is_new: false, .. }) => Some(&mut progress.stored),
        };
        if let Some(count) = counted {
            *count = count.saturating_sub(1);
        }
        drop(state);
        self.changed.notify_one();
    }

    pub(super) fn end_cell(&self, cell: CellId, tally: CellTally) {
        let mut state = self.state();
        state.running.remove(&cell);
        let cost_usd = match tally {
            CellTally::New { cost_usd } => {
                state.progress.new += 1;
                cost_usd
            }
            CellTally::Stored { cost_usd } => {
                state.progress.stored += 1;
                cost_usd
            }
            CellTally::Failed { cost_usd } => {
                state.progress.failed += 1;
                cost_usd
            }
            CellTally::Dropped { cost_usd } => cost_usd,
        };
        if let Some(cost_usd) = cost_usd {
            *state.cost_usd.get_or_insert(0.0) += cost_usd;
        }
        state.num_ended_here += u32::from(!matches!(tally, CellTally::Dropped { .. }));
        drop(state);
        self.changed.notify_one();
    }

    pub(super) fn end(&self, status: RunStatus) {
        let mut state = self.state();
        state.status = status;
        state.running.clear();
        drop(state);
        self.ended.send_replace(true);
    }

    /// Tells the progress until the run has ended.
    pub(super) async fn tell(&self, on_progress: &OnProgress) {
        let mut ended = self.ended.subscribe();
        loop {
            tokio::select! {
                () = self.changed.notified() => on_progress(self.progress()),
                _ = ended.wait_for(|has_ended| *has_ended) => break,
            }
            tokio::time::sleep(TICK).await;
        }
        on_progress(self.progress());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
