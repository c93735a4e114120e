//! The screens. Each is a folder: `mod.rs` draws, `data.rs` computes what is drawn, `state.rs` holds what only this
//! screen knows. A view reads a borrowed context and sends commands; it knows neither the application nor a transport.

pub mod compare;
pub mod datasets;
pub mod experiments;
pub mod export;
pub mod history;
pub mod home;
pub mod measures;
pub mod models;
pub mod palette;
pub mod prompt_editor;
pub mod results;
pub mod review;
pub mod settings;
pub mod tour;

use crate::commands::{AppCommand, CommandSender};
use crate::state::Cache;

/// What each screen remembers while the workspace is open.
#[derive(Default)]
pub struct ViewStates {
    pub home: home::HomeState,
    pub prompts: prompt_editor::PromptsState,
    pub experiments: experiments::ExperimentsState,
    pub compare: compare::CompareState,
    pub review: review::ReviewState,
    pub datasets: datasets::DatasetsState,
    pub models: models::ModelsState,
    pub settings: settings::SettingsState,
    pub palette: palette::PaletteState,
}

impl ViewStates {
    /// Runs in every frame, also while the window is hidden: what must not wait for its screen to be drawn.
    pub fn tick(&mut self, cache: &Cache, commands: &CommandSender, ctx: &egui::Context) {
        self.prompts.tick(cache, commands, ctx);
    }

    /// Commands that keep what was typed and not yet kept.
    pub fn take_unkept_drafts(&mut self) -> Vec<AppCommand> {
        self.prompts.take_unkept_drafts()
    }
}
