//! What only the experiments screen knows.

use super::setup::SetupState;
use crate::state::Reply;
use crate::views::export::ExportState;
use crate::views::results::ResultsState;
use crate::views::review::NewSetState;
use atelier_types::api::Nothing;
use atelier_types::ids::{ExperimentName, RunId};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Results,
    Charts,
    Runs,
    Setup,
}

#[derive(Default)]
pub struct ExperimentsState {
    pub tab: Tab,
    /// The experiment that the tab belongs to.
    pub shown: Option<ExperimentName>,
    pub filter: String,
    pub setup: SetupState,
    pub results: ResultsState,
    pub naming: Option<Naming>,
    pub starting: Option<Reply<RunId>>,
    pub export: Option<ExportState>,
    pub new_set: Option<NewSetState>,
    pub deleting: Option<Deleting>,
}

/// The dialog that names a new experiment.
#[derive(Default)]
pub struct Naming {
    pub name: String,
    pub saving: Option<Reply<Nothing>>,
    pub error: Option<String>,
}

/// What a question about deleting is about.
pub enum Deleting {
    Experiment(ExperimentName),
    Run(RunId),
}

impl ExperimentsState {
    /// Another experiment begins with its results where it has some.
    pub fn enter(&mut self, name: &ExperimentName, has_runs: bool) {
        if self.shown.as_ref() != Some(name) {
            self.shown = Some(name.clone());
            self.tab = if has_runs { Tab::Results } else { Tab::Setup };
        }
    }
}
