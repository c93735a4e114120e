//! The head of an open prompt: name, labels, state, actions; and the line of its versions.

use super::data::{Dot, saved_state, timeline, timeline_words};
use super::dialogs::Dialog;
use super::document::Document;
use super::playground;
use crate::commands::UiCommand;
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::state::route::PromptMode;
use crate::theme::{Tokens, icons, metrics, tokens, type_scale};
use crate::widgets::field::menu_row;
use crate::widgets::{Button, Chip, paint, text};
use atelier_types::api::{HistoryList, PromptRequest};
use atelier_types::prompt::{PromptSource, Version, VersionRef};
use egui::{Align, Layout, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Gives back the dialog that was asked for.
pub fn head_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    document: &mut Document,
    source: &PromptSource,
) -> Option<Dialog> {
    let t = tokens(ui.ctx());
    let name = document.name.as_str();
    let short = name.rsplit('/').next().unwrap_or(name).to_owned();
    let mut dialog = None;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = metrics::SPACE_8;
        run_button_ui(ui, ctx, document);
        dialog = actions_ui(ui, ctx, document, source);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = metrics::SPACE_12;
            text::elided(ui, type_scale::HEADING, short, t.ink).on_hover_text(document.name.as_str());
            labels_ui(ui, ctx, document);
            let state = saved_state(document, source);
            if state.is_open {
                ui.add(Chip::new(&state.words).warning().bare());
            } else {
                text::elided(ui, type_scale::DENSE, state.words, t.ink3);
            }
        });
    });
    dialog
}

fn run_button_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, document: &mut Document) {
    if document.playground.is_running(ctx) {
        if ui.add(Button::new("Stop").icon_filled(icons::STOP).keys("Esc").primary()).clicked() {
            playground::stop(ctx, document);
        }
        return;
    }
    let why = (document.playground.num_models() == 0).then_some("Choose a model in the playground first.");
    if ui.add(Button::new("Run").icon_filled(icons::PLAY).primary().disabled_because(why)).clicked() {
        playground::run(ctx, document);
    }
}

fn actions_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    document: &mut Document,
    source: &PromptSource,
) -> Option<Dialog> {
    let mut dialog = None;
    if document.is_dirty() {
        if ui.add(Button::new("Save").icon(icons::FLOPPY_DISK)).clicked() {
            document.save(ctx.commands);
        }
    } else {
        let why = (!source.is_uncommitted).then_some("Everything is committed.");
        if ui.add(Button::new("Commit…").icon(icons::GIT_COMMIT).disabled_because(why)).clicked() {
            dialog = Some(Dialog::commit(&document.name));
        }
    }
    let is_narrow = ui.ctx().content_rect().width() <= metrics::NARROW_WINDOW;
    let button =
        |icon, words| if is_narrow { Button::icon_only(icon, words) } else { Button::new(words).icon(icon).quiet() };
    if ui.add(button(icons::CLOCK_COUNTER_CLOCKWISE, "History")).clicked() {
        ctx.commands.send(Route::history(document.name.clone()));
    }
    if ui.add(button(icons::GIT_DIFF, "Diff")).clicked() {
        ctx.commands.send(diff_with_committed(document));
    }
    let more = ui.add(Button::icon_only(icons::DOTS_THREE, "More"));
    egui::Popup::menu(&more).width(metrics::MENU_WIDTH).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (icon, command) in [
            (icons::MAGNIFYING_GLASS, UiCommand::FindInPrompt),
            (icons::PENCIL_SIMPLE, UiCommand::RenamePrompt),
            (icons::COPY, UiCommand::DuplicatePrompt),
            (icons::TRASH, UiCommand::DeletePrompt),
        ] {
            let info = command.info();
            if menu_row(ui, Some(icon), info.label, &info.keys(), false).clicked() {
                ctx.commands.send(command);
            }
        }
    });
    dialog
}

/// From the newest commit to the file.
pub fn diff_with_committed(document: &Document) -> Route {
    let mode = PromptMode::Diff { from: VersionRef::Committed, to: VersionRef::Working };
    Route::Prompts { name: Some(document.name.clone()), mode }
}

fn labels_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, document: &Document) {
    let versions = ctx.fetch::<HistoryList>(&PromptRequest { name: document.name.clone() });
    let labelled = versions.value().into_iter().flatten().rev().filter(|version| !version.labels.is_empty());
    for version in labelled.take(1) {
        for label in &version.labels {
            ui.add(Chip::new(&format!("{label} v{}", version.number)).icon(icons::TAG));
        }
    }
}

/// One thin line, labels under the dots; a click compares that version with the file.
pub fn timeline_ui(ui: &Ui, ctx: &WorkspaceContext<'_>, document: &Document, source: &PromptSource) {
    let t = tokens(ui.ctx());
    let row = ui.max_rect();
    let versions = ctx.fetch::<HistoryList>(&PromptRequest { name: document.name.clone() });
    let versions: &[Version] = versions.value().map_or(&[], Vec::as_slice);
    let words = timeline_words(versions, ctx.now);
    let galley = ui.painter().layout_job(type_scale::LABEL.job(words, t.ink2, f32::INFINITY));
    let end = paint::galley_left(ui.painter(), row.left(), row.center().y, galley, t.ink2);
    let dots = timeline(versions, document.is_dirty() || source.is_uncommitted, ctx.now);
    let line = Rect::from_min_max(pos2(end + metrics::SPACE_32, row.top()), row.max - vec2(metrics::SPACE_32, 0.0));
    if dots.is_empty() || line.width() < 120.0 {
        return;
    }
    let y = row.top() + metrics::SPACE_8;
    let step = if dots.len() > 1 { line.width() / (dots.len() - 1) as f32 } else { 0.0 };
    let x_of = |at: usize| line.left() + step * at as f32;
    paint_line(ui, &dots, y, x_of, t);
    let mut free_from = f32::NEG_INFINITY;
    for (at, dot) in dots.iter().enumerate() {
        dot_ui(ui, ctx, document, dot, pos2(x_of(at), y), step.max(12.0), t);
        free_from = paint_label(ui, dot, pos2(x_of(at), y + 14.0), free_from, t);
    }
}

fn paint_line(ui: &Ui, dots: &[Dot], y: f32, x_of: impl Fn(usize) -> f32, t: &Tokens) {
    for (at, dot) in dots.iter().enumerate().skip(1) {
        let ends = [pos2(x_of(at - 1), y), pos2(x_of(at), y)];
        if dot.number.is_some() {
            ui.painter().line_segment(ends, Stroke::new(metrics::STROKE, t.edge));
        } else {
            let stroke = Stroke::new(metrics::STROKE, t.warn);
            ui.painter().extend(egui::Shape::dashed_line(&ends, stroke, 4.0, 3.0));
        }
    }
}

fn dot_ui(ui: &Ui, ctx: &WorkspaceContext<'_>, document: &Document, dot: &Dot, at: egui::Pos2, width: f32, t: &Tokens) {
    let target = Rect::from_center_size(at, vec2(width.min(metrics::MIN_TARGET), metrics::MIN_TARGET));
    let response = ui.interact(target, ui.scope_id().with(("version", dot.number)), Sense::click());
    let name = dot.number.map_or_else(|| "Draft".to_owned(), |number| format!("Version {number}"));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let is_lit = response.hovered() || response.has_focus();
    match dot.number {
        None => {
            ui.painter().circle(at, 4.0, t.surface, Stroke::new(metrics::STROKE_STRONG, t.warn));
        }
        Some(_) => {
            let color = if is_lit { t.accent } else { t.ink2 };
            ui.painter().circle_filled(at, if dot.is_strong || is_lit { 4.0 } else { 3.0 }, color);
        }
    }
    if response.clicked() {
        let from = dot.number.map_or(VersionRef::Committed, VersionRef::Number);
        let mode = PromptMode::Diff { from, to: VersionRef::Working };
        ctx.commands.send(Route::Prompts { name: Some(document.name.clone()), mode });
    }
    response.on_hover_text(&dot.tooltip);
}

/// Labels that would run into the one before are left out. Gives back where the next may start.
fn paint_label(ui: &Ui, dot: &Dot, at: egui::Pos2, free_from: f32, t: &Tokens) -> f32 {
    if dot.label.is_empty() {
        return free_from;
    }
    let color = if dot.number.is_some() { t.ink2 } else { t.warn };
    let galley = ui.painter().layout_job(type_scale::LABEL.job(&dot.label, color, f32::INFINITY));
    let left = at.x - galley.size().x / 2.0;
    if left < free_from {
        return free_from;
    }
    let end = left + galley.size().x;
    paint::galley_left(ui.painter(), left, at.y, galley, color);
    end + metrics::SPACE_8
}
