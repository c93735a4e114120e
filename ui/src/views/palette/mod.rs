//! The palette: every command and everything that can be found, by a few letters.

use crate::context::AppContext;
use egui::Context;

#[derive(Default)]
pub struct PaletteState {
    query: String,
}

impl PaletteState {
    /// It opens empty.
    pub fn open(&mut self) {
        self.query.clear();
    }
}

pub fn palette_ui(_egui_ctx: &Context, _ctx: &AppContext<'_>, _has_workspace: bool, _state: &mut PaletteState) {}
