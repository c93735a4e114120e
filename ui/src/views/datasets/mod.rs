//! Datasets: rows that prompts are run on.

use crate::context::WorkspaceContext;
use crate::theme::icons;
use crate::widgets::states::empty;
use atelier_types::ids::DatasetName;
use egui::Ui;

#[derive(Default)]
pub struct DatasetsState {}

pub fn datasets_ui(ui: &mut Ui, _ctx: &WorkspaceContext<'_>, _state: &mut DatasetsState, _name: Option<&DatasetName>) {
    empty(ui, icons::DATABASE, "No datasets yet", "Import a JSONL or CSV file; each row gets an id.", |_| {});
}
