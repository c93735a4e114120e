//! Compare: what got better and what got worse.

use crate::context::WorkspaceContext;
use crate::theme::icons;
use crate::widgets::states::empty;
use atelier_types::ids::{RunId, VariantId};
use egui::Ui;

#[derive(Default)]
pub struct CompareState {}

pub fn compare_ui(
    ui: &mut Ui,
    _ctx: &WorkspaceContext<'_>,
    _state: &mut CompareState,
    _baseline: Option<&(RunId, VariantId)>,
    _candidate: Option<&(RunId, VariantId)>,
) {
    empty(ui, icons::GIT_DIFF, "Nothing to compare yet", "Run an experiment with two variants first.", |_| {});
}
