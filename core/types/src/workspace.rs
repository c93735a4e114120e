//! A workspace and the machine it is opened on.

use crate::ids::WorkspaceId;
use serde::{Deserialize, Serialize};

/// The open workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkspaceInfo {
    pub id: WorkspaceId,
    pub name: String,
    /// Folder that holds `atelier.toml`.
    pub path: String,
    /// Root of the git repository, at or above `path`.
    pub repository: String,
    /// `None` with a detached head or before the first commit of an empty repository.
    pub branch: Option<String>,
    pub num_prompts: u32,
    pub num_datasets: u32,
    pub num_experiments: u32,
    pub num_review_sets: u32,
    /// Files of the workspace that differ from the newest commit.
    pub num_uncommitted: u32,
    /// A merge or rebase is under way and has conflicts in the workspace.
    pub has_conflicts: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecentWorkspace {
    pub path: String,
    pub name: String,
    /// It is still there.
    pub exists: bool,
}

/// One line of `atelier doctor` and of "On this machine".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachineCheck {
    /// Stable key: `engine`, `git`, `keychain`, `environment_keys`, `network`.
    pub key: String,
    pub state: CheckState,
    pub title: String,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    Good,
    /// Worth knowing, nothing to do.
    Note,
    Problem,
}

/// One hit of find everywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchHit {
    pub kind: SearchKind,
    /// Name of the prompt, dataset, experiment or review set; for outputs the run.
    pub name: String,
    /// The line with the match.
    pub excerpt: String,
    pub line: Option<u32>,
    pub cell: Option<crate::ids::CellId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    Prompt,
    Dataset,
    Experiment,
    Review,
    Output,
}
