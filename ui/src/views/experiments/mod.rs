//! Experiments: what is run, and what came out.

use crate::context::WorkspaceContext;
use crate::theme::icons;
use crate::widgets::states::empty;
use atelier_types::ids::{CellId, ExperimentName, RunId};
use egui::Ui;

#[derive(Default)]
pub struct ExperimentsState {}

pub fn experiments_ui(
    ui: &mut Ui,
    _ctx: &WorkspaceContext<'_>,
    _state: &mut ExperimentsState,
    _name: Option<&ExperimentName>,
    _run: Option<&RunId>,
    _cell: Option<CellId>,
) {
    empty(
        ui,
        icons::FLASK,
        "Nothing was run yet",
        "Pick prompts, models and rows. The number of cells, the cost and the time are shown before anything is sent.",
        |_| {},
    );
}
