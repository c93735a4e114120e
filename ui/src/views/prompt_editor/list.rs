//! The list of prompts: folders, marks for what is not committed, fragments with their uses.

use super::data::{ListLine, list_lines};
use super::dialogs::Dialog;
use crate::commands::UiCommand;
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{Tokens, icons, metrics, tokens, type_scale};
use crate::widgets::field::menu_row;
use crate::widgets::{Button, ListRow, pane, search_field, states, text};
use crate::words;
use atelier_types::api::{Nothing, PromptsList};
use atelier_types::ids::PromptName;
use atelier_types::prompt::PromptSummary;
use egui::{Align, Id, Layout, Response, ScrollArea, Ui};
use std::collections::BTreeSet;

#[derive(Default)]
pub struct ListState {
    filter: String,
    has_filter: bool,
    closed: BTreeSet<String>,
}

/// Draws the list into the pane and gives back the dialog that was asked for.
pub fn list_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut ListState,
    selected: Option<&PromptName>,
) -> Option<Dialog> {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    let mut dialog = None;
    let head = pane::cut_top(&mut area, metrics::PANE_HEAD);
    pane::row(ui, "list head", head.shrink2(egui::vec2(metrics::SPACE_12, 0.0)), |ui| {
        dialog = head_ui(ui, state, t);
    });
    filter_ui(ui, ctx, state, &mut area);
    let prompts = ctx.fetch::<PromptsList>(&Nothing {});
    pane::pane(ui, "list", area, t.canvas, |ui| match (prompts.value(), prompts.error()) {
        (Some(prompts), _) => {
            let asked = lines_ui(ui, ctx, prompts, state, selected, t);
            dialog = dialog.take().or(asked);
        }
        (None, Some(error)) => {
            if states::failed(ui, error, Some("Try again")) {
                ctx.retry::<PromptsList>(&Nothing {});
            }
        }
        (None, None) => drop(states::loading(ui, "Reading prompts", 1, metrics::LIST_ROW, false)),
    });
    dialog
}

fn head_ui(ui: &mut Ui, state: &mut ListState, t: &Tokens) -> Option<Dialog> {
    let mut dialog = None;
    text::line(ui, type_scale::EMPHASIS, "Prompts", t.ink);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = metrics::SPACE_4;
        let plus = ui.add(Button::icon_only(icons::PLUS, "New"));
        egui::Popup::menu(&plus).width(metrics::MENU_WIDTH).show(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let keys = UiCommand::NewPrompt.info().keys();
            if menu_row(ui, Some(icons::FILE_PLUS), "New prompt…", &keys, false).clicked() {
                dialog = Some(Dialog::new_prompt());
            }
            if menu_row(ui, Some(icons::FILE_PLUS), "New fragment…", "", false).clicked() {
                dialog = Some(Dialog::new_fragment());
            }
        });
        if ui.add(Button::icon_only(icons::FUNNEL_SIMPLE, "Filter").selected(state.has_filter)).clicked() {
            state.has_filter ^= true;
            state.filter.clear();
        }
    });
    dialog
}

fn filter_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ListState, area: &mut egui::Rect) {
    let id = Id::unique("filter prompts");
    if ctx.is_invoked(UiCommand::FilterList) {
        state.has_filter = true;
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    if !state.has_filter {
        return;
    }
    let row = pane::cut_top(area, metrics::SUB_HEAD).shrink2(egui::vec2(metrics::SPACE_12, 0.0));
    pane::row(ui, "list filter", row, |ui| {
        let width = ui.available_width();
        search_field(ui, "Filter prompts", &mut state.filter, width, Some(id));
    });
}

fn lines_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    prompts: &[PromptSummary],
    state: &mut ListState,
    selected: Option<&PromptName>,
    t: &Tokens,
) -> Option<Dialog> {
    let lines = list_lines(prompts, &state.filter, &state.closed);
    let mut toggled: Option<String> = None;
    let mut dialog = None;
    ScrollArea::vertical().id_salt("prompts").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        egui::Frame::NONE.inner_margin(egui::Margin::symmetric(4, 0)).show(ui, |ui| {
            for line in &lines {
                match line {
                    ListLine::Folder { path, name, depth, is_open } => {
                        let icon = if *is_open { icons::FOLDER_OPEN } else { icons::FOLDER };
                        if ui.add(ListRow::new(name).icon(icon).indent(indent(*depth))).clicked() {
                            toggled = Some((*path).to_owned());
                        }
                    }
                    ListLine::Prompt { summary, name, depth } => {
                        let detail = summary.number.map(|number| format!("v{number}")).unwrap_or_default();
                        let row = row_ui(ui, ctx, summary, name, &detail, indent(*depth), selected);
                        dialog = dialog.take().or(menu_ui(&row, summary));
                    }
                    ListLine::FragmentsHead => {
                        ui.add_space(metrics::SPACE_16);
                        ui.horizontal(|ui| {
                            ui.add_space(metrics::SPACE_8);
                            text::line(ui, type_scale::LABEL_MEDIUM, "Fragments", t.ink3);
                        });
                        ui.add_space(metrics::SPACE_4);
                    }
                    ListLine::Fragment { summary, name } => {
                        let uses = words::counted(summary.num_uses.into(), "use", "uses");
                        let row = row_ui(ui, ctx, summary, name, &uses, 0.0, selected);
                        dialog = dialog.take().or(menu_ui(&row, summary));
                    }
                }
            }
        });
    });
    if let Some(folder) = toggled
        && !state.closed.remove(&folder)
    {
        state.closed.insert(folder);
    }
    dialog
}

fn indent(depth: usize) -> f32 {
    depth as f32 * metrics::SPACE_16
}

fn row_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    summary: &PromptSummary,
    name: &str,
    detail: &str,
    indent: f32,
    selected: Option<&PromptName>,
) -> Response {
    let t = tokens(ui.ctx());
    let is_selected = selected == Some(&summary.name);
    let icon = if summary.problem.is_some() { icons::WARNING_CIRCLE } else { icons::FILE_TEXT };
    let row = ListRow::new(name).icon(icon).indent(indent).selected(is_selected);
    let is_open = summary.is_uncommitted || summary.has_draft;
    // The selected row says it all in the head, so the dot alone is enough there.
    let detail = if is_selected && is_open { "" } else { detail };
    let response = ui.add(row.detail(detail).detail_color(t.ink2).dot(is_open));
    if response.clicked() && !is_selected {
        ctx.commands.send(Route::prompt(summary.name.clone()));
    }
    match (&summary.problem, summary.has_draft, summary.is_uncommitted) {
        (Some(problem), ..) => response.on_hover_text(&problem.message),
        (None, true, _) => response.on_hover_text("A draft that was not saved is kept."),
        (None, false, true) => response.on_hover_text("Saved, not committed."),
        _ => response,
    }
}

fn menu_ui(row: &Response, summary: &PromptSummary) -> Option<Dialog> {
    let mut dialog = None;
    row.context_menu(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let name = &summary.name;
        if menu_row(ui, Some(icons::PENCIL_SIMPLE), "Rename…", "F2", false).clicked() {
            dialog = Some(Dialog::rename(name));
        }
        if menu_row(ui, Some(icons::COPY), "Duplicate…", "", false).clicked() {
            dialog = Some(Dialog::duplicate(name));
        }
        if menu_row(ui, Some(icons::TRASH), "Delete…", "", false).clicked() {
            dialog = Some(Dialog::delete(name));
        }
    });
    dialog
}
