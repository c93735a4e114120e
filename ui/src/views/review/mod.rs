//! Review: people rate outputs, blind and by keyboard.
//!
//! While rating, nothing on the screen names a model or a prompt, and nothing hints at a side: equal sizes, no colour on
//! the choices, no counts of words.

mod context_card;
mod data;
mod list;
mod new_set;
mod pair;
mod results;
mod rubric;
mod session;

pub use new_set::{NewSetState, new_set_dialog};

use crate::context::WorkspaceContext;
use crate::views::export::{ExportState, export_dialog};
use atelier_types::ids::ReviewSetName;
use egui::Ui;
use session::Session;

#[derive(Default)]
pub struct ReviewState {
    /// The set that is rated now.
    session: Option<Session>,
    /// Results are shown instead of the next item.
    is_result_shown: bool,
    reviewer: String,
    new_set: Option<NewSetState>,
    export: Option<ExportState>,
    closing: Option<ReviewSetName>,
}

pub fn review_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ReviewState, set: Option<&ReviewSetName>) {
    match set {
        None => list::list_ui(ui, ctx, state),
        Some(set) if state.is_result_shown => results::results_ui(ui, ctx, state, set),
        Some(set) => session::session_ui(ui, ctx, state, set),
    }
    new_set_dialog(ui, ctx, &mut state.new_set);
    export_dialog(ui, ctx, &mut state.export);
    results::closing_dialog(ui, ctx, state);
}
