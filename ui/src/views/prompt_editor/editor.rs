//! The editor pane: the text, what is wrong with it, what was found in it, and what happened to its file.

use super::data::{changed_lines, line_marks};
use super::document::Document;
use super::head::diff_with_committed;
use super::search::search_bar_ui;
use crate::context::WorkspaceContext;
use crate::theme::{Tokens, icons, metrics, tokens, type_scale};
use crate::widgets::code_editor::CodeEditor;
use crate::widgets::{Button, pane, states, text};
use crate::words;
use atelier_types::api::{DatasetsList, DraftsDiscard, Nothing, PromptAtRequest, PromptRequest, PromptsShow, RowRef};
use atelier_types::prompt::{PromptSource, SourceKind, VersionRef};
use egui::{Id, Ui};

const BANNER_HEIGHT: f32 = 44.0;

pub fn editor_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, document: &mut Document, source: &PromptSource) {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    banners_ui(ui, ctx, document, &mut area, t);
    if document.search.is_open {
        let bar = pane::cut_top(&mut area, document.search.height());
        pane::pane(ui, "search bar", bar, t.canvas, |ui| {
            if search_bar_ui(ui, document) {
                document.edited(ctx.now_secs());
            }
        });
    }
    if let Some(error) = document.save_error.clone() {
        let banner = pane::cut_top(&mut area, 120.0);
        pane::pane(ui, "save error", banner.shrink(metrics::SPACE_8), t.surface, |ui| {
            if states::failure_banner(ui, &error, Some("Save again")) {
                document.save(ctx.commands);
            }
        });
    }
    pane::pane(ui, "code", area, t.surface, |ui| code_ui(ui, ctx, document, source));
}

fn code_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, document: &mut Document, source: &PromptSource) {
    ui.add_space(metrics::SPACE_4);
    let committed = PromptAtRequest { name: document.name.clone(), version: VersionRef::Committed };
    let committed = ctx.fetch::<PromptsShow>(&committed);
    let lines = committed.value().map(|committed| changed_in_memory(ui, &committed.text, &document.text));
    let lines = lines.unwrap_or_default();
    let diagnostics = document.preview.rendered().map_or(&source.diagnostics, |rendered| &rendered.diagnostics);
    let marks = line_marks(diagnostics, &document.name);
    let (found, current) = document.search.found(&document.text);
    let id = text_id(document);
    let name = format!("Text of {}", document.name);
    let editor = CodeEditor::new(&name, id, &mut document.text).changed_lines(&lines).marks(&marks);
    let editor = editor.found(&found, current).go_to(document.go_to.take());
    let editor = if source.kind == SourceKind::Fragment { editor.plain() } else { editor };
    let output = editor.show(ui);
    document.caret = output.caret;
    if output.response.changed() {
        document.edited(ctx.now_secs());
    }
}

/// Undo and caret are kept under it, so each text has its own.
pub fn text_id(document: &Document) -> Id {
    Id::unique(("prompt text", document.name.as_str()))
}

/// The changed lines of one text are computed once.
fn changed_in_memory(ui: &Ui, committed: &str, text: &str) -> Vec<usize> {
    let key = egui::util::hash((committed, text));
    let id = Id::unique("changed lines");
    let known = ui.data(|data| data.get_temp::<(u64, Vec<usize>)>(id));
    if let Some((_, lines)) = known.filter(|(known, _)| *known == key) {
        return lines;
    }
    let lines = changed_lines(committed, text);
    ui.data_mut(|data| data.insert_temp(id, (key, lines.clone())));
    lines
}

/// What happened to the file or to the draft, with the choices there are.
fn banners_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, document: &mut Document, area: &mut egui::Rect, t: &Tokens) {
    if document.conflict.is_some() {
        let banner = pane::cut_top(area, BANNER_HEIGHT);
        banner_ui(ui, banner, "The file changed on disk while you were editing it.", t, |ui| {
            if ui.add(Button::new("Take the file").quiet()).on_hover_text("What you typed is given up.").clicked() {
                document.take_theirs();
            }
            let keep = ui.add(Button::new("Keep mine"));
            if keep.on_hover_text("Saving writes over the file as it is now.").clicked() {
                document.keep_mine();
            }
        });
    } else if let Some(kept_at) = document.recovered_at {
        let banner = pane::cut_top(area, BANNER_HEIGHT);
        let words = format!("A draft that was not saved, kept {}.", words::ago(kept_at, ctx.now));
        banner_ui(ui, banner, &words, t, |ui| {
            if ui.add(Button::new("Put aside").quiet()).on_hover_text("Back to the file as it is on disk.").clicked() {
                document.revert();
                let name = document.name.clone();
                ctx.commands.send(crate::commands::Call::new::<DraftsDiscard>(PromptRequest { name }));
            }
            if ui.add(Button::new("Diff").quiet()).clicked() {
                ctx.commands.send(diff_with_committed(document));
            }
            if ui.add(Button::new("Go on")).clicked() {
                document.recovered_at = None;
            }
        });
    }
}

fn banner_ui(ui: &mut Ui, rect: egui::Rect, words: &str, t: &Tokens, actions: impl FnOnce(&mut Ui)) {
    ui.painter().rect_filled(rect, 0.0, t.warn_bg);
    pane::row_from_right(ui, words, pane::padded(rect), |ui| {
        ui.spacing_mut().item_spacing.x = metrics::SPACE_8;
        actions(ui);
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            text::icon(ui, icons::WARNING_CIRCLE, metrics::ICON, t.warn);
            text::elided(ui, type_scale::BODY_MEDIUM, words, t.ink);
        });
    });
}

/// Goes to another row; the first dataset that fits is taken where none is chosen yet.
pub fn step_row(ctx: &WorkspaceContext<'_>, document: &mut Document, step: i64) {
    let datasets = ctx.fetch::<DatasetsList>(&Nothing {});
    let datasets = datasets.value().map_or(&[][..], Vec::as_slice);
    match document.inputs.row.clone() {
        Some(row) => {
            let known = datasets.iter().find(|dataset| dataset.name == row.dataset);
            document.inputs.step(known.map_or(1, |dataset| dataset.num_rows), step);
        }
        None => {
            let first = datasets.iter().find(|dataset| dataset.num_rows > 0);
            document.inputs.choose_row(first.map(|dataset| RowRef { dataset: dataset.name.clone(), index: 0 }));
        }
    }
}
