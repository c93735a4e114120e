//! What is true while the window is open and is never saved.

use super::playground::Rounds;
use super::route::{Room, Route, Trail};
use super::toast::Toast;
use atelier_types::error::ApiError;
use atelier_types::event::Event;
use atelier_types::experiment::{Progress, RunStatus};
use atelier_types::ids::RunId;
use atelier_types::model::EngineState;
use std::collections::BTreeMap;

/// The newest that a run's events told.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveRun {
    pub status: RunStatus,
    pub progress: Progress,
    pub cost_usd: Option<f64>,
}

/// How far the offer of the plain native window is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NativeOffer {
    #[default]
    NotMade,
    /// It is shown until it is answered.
    Made,
    /// The window closes when everything that was sent is answered.
    Accepted,
    Answered,
}

#[derive(Debug, Default)]
pub struct Session {
    pub trail: Trail,
    /// Newest last, with egui's time when it came up.
    pub toasts: Vec<(Toast, f64)>,
    /// Shown with everything that is known about it.
    pub error_panel: Option<ApiError>,
    pub is_palette_open: bool,
    /// Step of the guided tour that is shown.
    pub tour_step: Option<usize>,
    pub playground: Rounds,
    pub live_runs: BTreeMap<RunId, LiveRun>,
    /// `None` until an event told it; the models' list knows it as well.
    pub engine: Option<EngineState>,
    /// Hosts with an open connection.
    pub connections: Vec<String>,
    pub native_offer: NativeOffer,
    /// Why the studio cannot be reached.
    pub connection_error: Option<ApiError>,
}

impl Session {
    pub fn route(&self) -> &Route {
        self.trail.current()
    }

    pub fn room(&self) -> Room {
        self.trail.current().room()
    }

    /// A run that is under way, newest first.
    pub fn running(&self) -> Option<(&RunId, &LiveRun)> {
        self.live_runs.iter().rev().find(|(_, run)| run.status == RunStatus::Running)
    }

    /// Takes in an event; stale reads are the cache's business.
    pub fn accept(&mut self, event: Event, now_secs: f64) {
        match event {
            Event::CacheStale { .. } => {}
            Event::RunProgressed { run, status, progress, cost_usd } => {
                self.live_runs.insert(run, LiveRun { status, progress, cost_usd });
            }
            Event::PlaygroundDelta { playground, model, text } => {
                self.playground.append(playground, model, &text, now_secs);
            }
            Event::PlaygroundDone { playground, model, output } => {
                self.playground.finish(playground, model, *output);
            }
            Event::EngineChanged { state } => self.engine = Some(state),
            Event::Connections { hosts } => self.connections = hosts,
        }
    }
}
