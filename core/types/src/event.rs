//! What the studio tells every connected face by itself. Events of one kind are coalesced to at most 30 a second
//! for each subscriber, so a subscriber that was slow gets the newest state and not a backlog.

use crate::experiment::{Progress, RunStatus};
use crate::ids::{ModelName, PlaygroundId, RunId};
use crate::model::EngineState;
use crate::output::Output;
use serde::{Deserialize, Serialize};

/// What a read was made of; a write or a change on disk makes it stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    Workspace,
    Prompts,
    Drafts,
    History,
    Datasets,
    Experiments,
    Runs,
    Outputs,
    Models,
    Reviews,
    Rubrics,
    Settings,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// Reads with one of these tags are to be asked again.
    CacheStale {
        tags: Vec<Tag>,
    },
    RunProgressed {
        run: RunId,
        status: RunStatus,
        progress: Progress,
        cost_usd: Option<f64>,
    },
    /// Text to append to one model's pane of a playground round.
    PlaygroundDelta {
        playground: PlaygroundId,
        model: ModelName,
        text: String,
    },
    PlaygroundDone {
        playground: PlaygroundId,
        model: ModelName,
        output: Box<Output>,
    },
    EngineChanged {
        state: EngineState,
    },
    /// Open connections to other machines, by host; empty when there are none.
    Connections {
        hosts: Vec<String>,
    },
}
