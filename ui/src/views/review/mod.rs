//! Review: people rate outputs, blind and by keyboard.
//!
//! While rating, nothing on the screen names a model or a prompt, and nothing hints at a side: equal sizes, no colour on
//! the choices, no counts of words.

mod context_card;
mod data;
mod judges;
mod list;
mod new_set;
mod pair;
mod results;
mod rubric;
mod session;

pub use new_set::{NewSetState, new_set_dialog};

use crate::commands::UiCommand;
use crate::context::WorkspaceContext;
use crate::views::export::{ExportState, export_dialog};
use atelier_types::ids::ReviewSetName;
use atelier_types::review::ReviewMode;
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

impl ReviewState {
    fn rating(&self, set: &ReviewSetName) -> Option<&Session> {
        self.session.as_ref().filter(|session| session.set == *set && !self.is_result_shown)
    }

    /// Whether items of a set are on the screen: then nothing else leads away but Leave and Esc.
    pub fn is_rating(&self, set: &ReviewSetName) -> bool {
        self.rating(set).is_some()
    }

    /// Whether a command of this room does something on the screen that is shown.
    pub fn is_of_use(&self, set: Option<&ReviewSetName>, command: UiCommand) -> bool {
        let Some(session) = set.and_then(|set| self.rating(set)) else { return false };
        match command {
            UiCommand::UndoRating => !session.standing.given.is_empty(),
            UiCommand::CommentItem | UiCommand::SkipItem => session.at.is_some(),
            _ => session.at.is_some() && session.data.header.mode == ReviewMode::Pair,
        }
    }
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
