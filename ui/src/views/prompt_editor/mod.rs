//! The prompt editor.

use crate::commands::{Call, CommandSender};
use crate::context::WorkspaceContext;
use crate::state::Cache;
use crate::state::route::PromptMode;
use crate::theme::icons;
use crate::widgets::states::empty;
use atelier_types::ids::PromptName;
use egui::Ui;

#[derive(Default)]
pub struct PromptsState {}

impl PromptsState {
    pub fn tick(&mut self, _cache: &Cache, _commands: &CommandSender, _ctx: &egui::Context) {}

    pub fn take_unkept_drafts(&mut self) -> Vec<Call> {
        Vec::new()
    }
}

pub fn prompts_ui(
    ui: &mut Ui,
    _ctx: &WorkspaceContext<'_>,
    _state: &mut PromptsState,
    _name: Option<&PromptName>,
    _mode: &PromptMode,
) {
    let words = "A prompt is one file in prompts/. Write one here, or bring what you have.";
    empty(ui, icons::NOTE_PENCIL, "No prompts yet", words, |_| {});
}
