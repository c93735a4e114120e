//! What every command needs: the studio, the workspace to open, and how to answer.

use super::answers;
use atelier_core::api::{self, Handle, Result, Studio};
use atelier_types::api::{PathRequest, RunsList, RunsListRequest, WorkspaceOpen};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::experiment::PromptChoice;
use atelier_types::ids::RunId;
use atelier_types::prompt::VersionRef;
use std::path::{Path, PathBuf};

const MANIFEST: &str = "atelier.toml";

pub(super) struct Context {
    pub studio: Studio,
    pub is_json: bool,
    workspace: Option<PathBuf>,
}

impl Context {
    pub(super) fn new(workspace: Option<PathBuf>, is_json: bool) -> Result<Self> {
        Ok(Self { studio: Studio::new(crate::environment::environment()?), is_json, workspace })
    }

    /// The folder that `--workspace` names, or the nearest one upward with an `atelier.toml`, or the current one.
    pub(super) fn folder(&self) -> PathBuf {
        let here = std::env::current_dir().unwrap_or_default();
        match &self.workspace {
            Some(folder) => here.join(folder),
            None => nearest_workspace(&here).map(Path::to_owned).unwrap_or(here),
        }
    }

    /// The workspace that `--workspace` names.
    pub(super) fn named_workspace(&self) -> Option<PathBuf> {
        self.workspace.clone()
    }

    /// Calls a verb on the workspace, which is opened first.
    pub(super) async fn call<V: Handle>(&self, request: V::Request) -> Result<V::Response> {
        self.open_workspace().await?;
        api::call::<V>(&self.studio, request).await
    }

    pub(super) async fn open_workspace(&self) -> Result<()> {
        if self.studio.try_session().is_none() {
            let path = self.folder().display().to_string();
            api::call::<WorkspaceOpen>(&self.studio, PathRequest { path }).await?;
        }
        Ok(())
    }

    /// Prints JSON where it was asked for, else what `human` prints.
    pub(super) fn answer<T: serde::Serialize>(&self, value: &T, human: impl FnOnce(&T)) -> super::Outcome {
        if self.is_json {
            answers::print_json(value)?;
        } else {
            human(value);
        }
        Ok(crate::statuses::DONE)
    }

    /// A run by its id, or the newest for `latest`.
    pub(super) async fn run_id(&self, text: &str) -> Result<RunId> {
        if text != "latest" {
            return Ok(text.into());
        }
        let runs = self.call::<RunsList>(RunsListRequest { experiment: None }).await?;
        runs.into_iter().next().map(|run| run.id).ok_or_else(|| {
            ApiError::new(ErrorKind::NotFound, "run.not_found", "There is no run yet")
                .with_action("Start one with `atelier run EXPERIMENT`.")
        })
    }
}

fn nearest_workspace(from: &Path) -> Option<&Path> {
    from.ancestors().find(|folder| folder.join(MANIFEST).is_file())
}

/// `v12`, a version hash, a label, `committed` or `working`; the working file without it.
pub(super) fn version_ref(at: Option<String>) -> VersionRef {
    PromptChoice { prompt: Default::default(), at }.version_ref()
}

/// An argument that does not fit, in the shape of every other failure.
pub(super) fn bad_argument(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::Invalid, "cli.bad_argument", message).with_action("Run the command with `--help`.")
}

/// Reads a file, or standard input for `-`.
pub(super) fn read_text(path: &Path) -> Result<String> {
    let result =
        if path == Path::new("-") { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(path) };
    result.map_err(|err| {
        ApiError::new(ErrorKind::Unavailable, "cli.unreadable_file", format!("Failed to read {}", path.display()))
            .with_cause(err)
    })
}
