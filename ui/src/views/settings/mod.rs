//! Settings of this machine.

use crate::context::AppContext;
use crate::theme::{tokens, type_scale};
use egui::Ui;

#[derive(Default)]
pub struct SettingsState {}

pub fn settings_ui(ui: &mut Ui, _ctx: &AppContext<'_>, _state: &mut SettingsState) {
    let t = tokens(ui.ctx());
    ui.label(type_scale::HEADING.text("Settings", t.ink));
}
