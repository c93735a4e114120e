//! Settings of this machine: looks, reviewer, window; and what was found on the machine.

use crate::commands::{AppCommand, UiCommand};
use crate::context::AppContext;
use crate::theme::{Tokens, icons, metrics, tokens, type_scale};
use crate::views::home::machine_ui;
use crate::widgets::field::check;
use crate::widgets::{Button, Field, Segment, segments, text};
use atelier_types::ids::ReviewerName;
use atelier_types::settings::ThemeChoice;
use egui::{Rect, ScrollArea, Ui, UiBuilder, vec2};

const COLUMN: f32 = 560.0;
const FIELD_WIDTH: f32 = 240.0;

#[derive(Default)]
pub struct SettingsState {
    /// What is typed as the reviewer's name, until it is one.
    reviewer: Option<String>,
}

pub fn settings_ui(ui: &mut Ui, ctx: &AppContext<'_>, state: &mut SettingsState) {
    let t = tokens(ui.ctx());
    let screen = ui.max_rect();
    ScrollArea::vertical().id_salt("settings").auto_shrink([false, false]).show(ui, |ui| {
        let width = COLUMN.min(screen.width() - metrics::SPACE_48);
        let left = screen.center().x - width / 2.0;
        let column =
            Rect::from_min_size(egui::pos2(left, screen.top() + metrics::SPACE_32), vec2(width, screen.height()));
        ui.scope_builder(UiBuilder::new().max_rect(column), |ui| {
            text::label(ui, type_scale::TITLE, "Settings", t.ink);
            text::label(ui, type_scale::BODY, "They are kept on this machine and are not shared.", t.ink2);
            theme_ui(ui, ctx, t);
            zoom_ui(ui, ctx, t);
            reviewer_ui(ui, ctx, state, t);
            window_ui(ui, ctx, t);
            group_ui(ui, "Tour", t);
            if ui.add(Button::new("Show the tour").icon(icons::COMPASS)).clicked() {
                ctx.commands.send(UiCommand::StartTour);
            }
            group_ui(ui, "On this machine", t);
            machine_ui(ui, ctx);
            ui.add_space(metrics::SPACE_48);
        });
    });
}

fn group_ui(ui: &mut Ui, title: &str, t: &Tokens) {
    ui.add_space(metrics::SPACE_24);
    text::label(ui, type_scale::EMPHASIS, title, t.ink);
}

fn theme_ui(ui: &mut Ui, ctx: &AppContext<'_>, t: &Tokens) {
    group_ui(ui, "Theme", t);
    let choices = [ThemeChoice::Light, ThemeChoice::Dark, ThemeChoice::System];
    let items = ["Light", "Dark", "As the system"].map(Segment::new);
    let selected = choices.iter().position(|choice| *choice == ctx.settings.theme).unwrap_or_default();
    if let Some(chosen) = segments(ui, "Theme", &items, selected) {
        let theme = choices[chosen];
        ctx.commands.send(AppCommand::change_settings(move |settings| settings.theme = theme));
    }
}

fn zoom_ui(ui: &mut Ui, ctx: &AppContext<'_>, t: &Tokens) {
    group_ui(ui, "Scale", t);
    ui.horizontal(|ui| {
        if ui.add(Button::icon_only(icons::MINUS, "Smaller")).clicked() {
            ctx.commands.send(UiCommand::ZoomOut);
        }
        let percent = ctx.settings.zoom.unwrap_or(1.0) * 100.0;
        text::line(ui, type_scale::BODY_MEDIUM, format!("{percent:.0} %"), t.ink);
        if ui.add(Button::icon_only(icons::PLUS, "Larger")).clicked() {
            ctx.commands.send(UiCommand::ZoomIn);
        }
        let why = ctx.settings.zoom.is_none().then_some("It is 100 % already.");
        if ui.add(Button::new("Actual size").quiet().disabled_because(why)).clicked() {
            ctx.commands.send(UiCommand::ZoomReset);
        }
    });
}

fn reviewer_ui(ui: &mut Ui, ctx: &AppContext<'_>, state: &mut SettingsState, t: &Tokens) {
    group_ui(ui, "Reviewer", t);
    let saved = ctx.settings.reviewer.as_ref().map(ReviewerName::as_str).unwrap_or_default();
    let mut typed = state.reviewer.clone().unwrap_or_else(|| saved.to_owned());
    let problem = name_problem(&typed);
    let field = Field::new("Reviewer's name", &mut typed).hint("ada").width(FIELD_WIDTH).error(problem);
    if ui.add(field).changed() {
        if name_problem(&typed).is_none() {
            let name = (!typed.is_empty()).then(|| ReviewerName::new(typed.as_str()));
            ctx.commands.send(AppCommand::change_settings(move |settings| settings.reviewer = name));
        }
        state.reviewer = Some(typed);
    }
    text::label(ui, type_scale::DENSE, "Your ratings go into files with this name.", t.ink2);
}

/// What is wrong with a reviewer's name, which goes into file names.
fn name_problem(name: &str) -> Option<&'static str> {
    let is_fine = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    (!name.chars().all(is_fine)).then_some("Lower-case letters, digits and dashes only.")
}

fn window_ui(ui: &mut Ui, ctx: &AppContext<'_>, t: &Tokens) {
    group_ui(ui, "Window", t);
    let mut prefers_native = ctx.settings.prefer_native;
    if check(ui, &mut prefers_native, "Use the plain native window").changed() {
        ctx.commands.send(AppCommand::change_settings(move |settings| settings.prefer_native = prefers_native));
    }
    let words = "Quicker where the webview draws slowly. Takes effect at the next start.";
    text::label(ui, type_scale::DENSE, words, t.ink2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_reviewers_are_names_of_files() {
        assert_eq!(name_problem("ada-2"), None);
        for name in ["Ada", "a b", "../x", "ä"] {
            assert!(name_problem(name).is_some(), "{name}");
        }
    }
}
