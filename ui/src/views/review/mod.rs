//! Review: people rate outputs, blind and by keyboard.

use crate::context::WorkspaceContext;
use crate::theme::icons;
use crate::widgets::states::empty;
use atelier_types::ids::ReviewSetName;
use egui::Ui;

#[derive(Default)]
pub struct ReviewState {}

pub fn review_ui(ui: &mut Ui, _ctx: &WorkspaceContext<'_>, _state: &mut ReviewState, _set: Option<&ReviewSetName>) {
    empty(ui, icons::SCALES, "No review sets yet", "Make one from a run: pairs or a rubric.", |_| {});
}
