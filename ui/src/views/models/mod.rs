//! Models: local weights, endpoints, keys, memory.

use crate::context::WorkspaceContext;
use crate::theme::icons;
use crate::widgets::states::empty;
use egui::Ui;

#[derive(Default)]
pub struct ModelsState {}

pub fn models_ui(ui: &mut Ui, _ctx: &WorkspaceContext<'_>, _state: &mut ModelsState) {
    empty(ui, icons::CUBE, "No models yet", "Name a model of an endpoint, or weights on this machine.", |_| {});
}
