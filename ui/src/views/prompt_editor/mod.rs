//! The prompt screen: the list, the editor with its versions, the inputs, the rendered messages and the playground.
//!
//! Texts that are being edited live in [`PromptsState`] for as long as the workspace is open, so that going elsewhere
//! and back loses neither text nor undo; what was typed is kept by the studio as a draft on top of that.

mod data;
mod dialogs;
mod document;
mod editor;
mod head;
mod inputs;
mod list;
mod playground;
mod preview;
mod search;

pub use playground::host_of;

use crate::commands::{AppCommand, CommandSender, UiCommand};
use crate::context::WorkspaceContext;
use crate::state::route::PromptMode;
use crate::state::{Cache, Route};
use crate::theme::{icons, metrics, tokens};
use crate::views::history::{self, HistoryState};
use crate::widgets::{Button, pane, states, tabs};
use atelier_types::api::{DraftsList, Nothing, PromptAtRequest, PromptsList, PromptsShow};
use atelier_types::ids::PromptName;
use atelier_types::prompt::{PromptSource, SourceKind, VersionRef};
use dialogs::Dialog;
use document::Document;
use egui::{Rect, Ui};
use list::ListState;
use std::collections::BTreeMap;

const LIST_WIDTH: f32 = 216.0;
const EDITOR_MIN_WIDTH: f32 = 420.0;
const INPUTS_WIDTH: f32 = 256.0;
const MESSAGES_WIDTH: f32 = 336.0;
const PLAYGROUND_HEIGHT: f32 = 288.0;
const PLAYGROUND_SHARE: f32 = 0.36;

#[derive(Default)]
pub struct PromptsState {
    documents: BTreeMap<PromptName, Document>,
    list: ListState,
    dialog: Option<Dialog>,
    history: HistoryState,
    /// At narrow sizes: inputs and messages are two tabs, and the list flies out.
    side_tab: usize,
    is_list_open: bool,
    /// The prompt that was open last.
    last: Option<PromptName>,
}

impl PromptsState {
    /// Answers and drafts do not wait for the screen to be drawn.
    pub fn tick(&mut self, cache: &Cache, commands: &CommandSender, ctx: &egui::Context) {
        for document in self.documents.values_mut() {
            if let Some(secs) = document.tick(commands, cache.now_secs()) {
                ctx.request_repaint_after_secs(secs as f32);
            }
        }
    }

    /// Commands that keep what was typed and not yet kept.
    pub fn take_unkept_drafts(&mut self) -> Vec<AppCommand> {
        self.documents.values_mut().filter_map(Document::take_keeping).collect()
    }
}

pub fn prompts_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut PromptsState,
    name: Option<&PromptName>,
    mode: &PromptMode,
) {
    open_dialog(ctx, state, name);
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    let is_narrow = ui.ctx().content_rect().width() <= metrics::NARROW_WINDOW;
    if !is_narrow || name.is_none() || state.is_list_open {
        let list = pane::cut_left(&mut area, LIST_WIDTH);
        let asked = pane::pane(ui, "prompts list", list, t.canvas, |ui| list::list_ui(ui, ctx, &mut state.list, name));
        state.dialog = asked.or(state.dialog.take());
        pane::line_left(ui, area);
    }
    match name {
        None => nothing_open_ui(ui, ctx, state, area),
        Some(name) => pane::pane(ui, "open prompt", area, t.surface, |ui| match mode {
            PromptMode::Edit => edit_ui(ui, ctx, state, name, is_narrow),
            PromptMode::History => history::history_ui(ui, ctx, &mut state.history, name, None),
            PromptMode::Diff { from, to } => {
                history::history_ui(ui, ctx, &mut state.history, name, Some((from, to)));
            }
        }),
    }
    if let Some((from, to)) = dialogs::dialog_ui(ui, ctx, &mut state.dialog)
        && let Some(mut document) = state.documents.remove(&from)
    {
        document.renamed(&to);
        state.documents.insert(to, document);
    }
}

fn open_dialog(ctx: &WorkspaceContext<'_>, state: &mut PromptsState, name: Option<&PromptName>) {
    let of_open = |command, open: fn(&PromptName) -> Dialog| name.filter(|_| ctx.is_invoked(command)).map(open);
    let asked = of_open(UiCommand::RenamePrompt, Dialog::rename)
        .or(of_open(UiCommand::DuplicatePrompt, Dialog::duplicate))
        .or(of_open(UiCommand::DeletePrompt, Dialog::delete))
        .or(ctx.is_invoked(UiCommand::NewPrompt).then(Dialog::new_prompt))
        .or(ctx.is_invoked(UiCommand::NewFragment).then(Dialog::new_fragment));
    if asked.is_some() {
        state.dialog = asked;
    }
}

/// Without a choice, the prompt that was open last or the first one is opened.
fn nothing_open_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut PromptsState, area: Rect) {
    let prompts = ctx.fetch::<PromptsList>(&Nothing {});
    let Some(prompts) = prompts.value() else { return };
    let last = state.last.as_ref().filter(|last| prompts.iter().any(|prompt| prompt.name == **last));
    let first = prompts.iter().find(|prompt| prompt.kind == SourceKind::Prompt).or(prompts.first());
    if let Some(name) = last.or(first.map(|prompt| &prompt.name)) {
        ctx.commands.send(AppCommand::Replace(Route::prompt(name.clone())));
        return;
    }
    let t = tokens(ui.ctx());
    pane::pane(ui, "no prompts", area, t.surface, |ui| {
        let words = "A prompt is one file in prompts/. Write one here, or bring what you have.";
        states::empty(ui, icons::NOTE_PENCIL, "No prompts yet", words, |ui| {
            if ui.add(Button::new("New prompt").icon(icons::PLUS).primary()).clicked() {
                state.dialog = Some(Dialog::new_prompt());
            }
        });
    });
}

fn edit_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut PromptsState, name: &PromptName, is_narrow: bool) {
    let request = PromptAtRequest { name: name.clone(), version: VersionRef::Working };
    let source = ctx.fetch::<PromptsShow>(&request);
    let drafts = ctx.fetch::<DraftsList>(&Nothing {});
    let Some(shown) = source.shared() else {
        match source.error() {
            Some(error) if states::failed(ui, error, Some("Try again")) => ctx.retry::<PromptsShow>(&request),
            Some(_) => {}
            None => drop(states::loading(ui, "Reading the prompt", 1, metrics::LIST_ROW, false)),
        }
        return;
    };
    if !state.documents.contains_key(name) {
        // A draft must not be missed because its list came a moment later.
        if drafts.is_pending() && drafts.value().is_none() {
            return;
        }
        let draft = drafts.value().into_iter().flatten().find(|draft| draft.name == *name);
        state.documents.insert(name.clone(), Document::open(&shown, draft));
    }
    state.last = Some(name.clone());
    let PromptsState { documents, dialog, side_tab, is_list_open, .. } = state;
    let Some(document) = documents.get_mut(name) else { return };
    if source.is_done() {
        document.accept_disk(&shown);
    }
    handle_keys(ui, ctx, document, &shown, dialog);
    playground::update(ctx, document, shown.model.id.as_ref());
    let request = preview::request(document, shown.model.id.clone());
    document.preview.update(ctx, request, ui.ctx());
    panes_ui(ui, ctx, document, &shown, dialog, is_narrow.then_some((side_tab, is_list_open)));
}

fn handle_keys(
    ui: &Ui,
    ctx: &WorkspaceContext<'_>,
    document: &mut Document,
    source: &PromptSource,
    dialog: &mut Option<Dialog>,
) {
    if ctx.is_invoked(UiCommand::SavePrompt) && document.is_dirty() {
        document.save(ctx.commands);
    }
    if ctx.is_invoked(UiCommand::CommitPrompt) && source.is_uncommitted && !document.is_dirty() {
        *dialog = Some(Dialog::commit(&document.name));
    }
    if ctx.is_invoked(UiCommand::FindInPrompt) || ctx.is_invoked(UiCommand::ReplaceInPrompt) {
        document.search.open(ctx.is_invoked(UiCommand::ReplaceInPrompt));
    }
    let step = i64::from(ctx.is_invoked(UiCommand::NextRow)) - i64::from(ctx.is_invoked(UiCommand::PreviousRow));
    if step != 0 {
        editor::step_row(ctx, document, step);
    }
    if ctx.is_invoked(UiCommand::ShowHistory) {
        ctx.commands.send(Route::history(document.name.clone()));
    }
    if ctx.is_invoked(UiCommand::ShowDiff) || ctx.is_invoked(UiCommand::OlderVersion) {
        ctx.commands.send(head::diff_with_committed(document));
    }
    if ctx.is_invoked(UiCommand::NextPane) {
        focus_next_pane(ui, document, source);
    }
}

/// From the text to the inputs, and from anywhere else to the text.
fn focus_next_pane(ui: &Ui, document: &Document, source: &PromptSource) {
    let text = editor::text_id(document);
    let is_in_text = ui.memory(|memory| memory.has_focus(text));
    let first_input = source.inputs.iter().find(|spec| spec.choices.is_empty());
    let input = first_input.map(|spec| document.inputs.field_id(&spec.name));
    let next = input.filter(|_| is_in_text).unwrap_or(text);
    ui.memory_mut(|memory| memory.request_focus(next));
}

/// The panes in their widths; the narrow form turns inputs and messages into two tabs.
fn panes_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    document: &mut Document,
    source: &PromptSource,
    dialog: &mut Option<Dialog>,
    narrow: Option<(&mut usize, &mut bool)>,
) {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    let head = pane::cut_top(&mut area, metrics::PANE_HEAD);
    let mut narrow = narrow;
    pane::row(ui, "prompt head", pane::padded(head), |ui| {
        if let Some((_, is_list_open)) = &mut narrow
            && ui.add(Button::icon_only(icons::SIDEBAR_SIMPLE, "List of prompts").selected(**is_list_open)).clicked()
        {
            **is_list_open ^= true;
        }
        let asked = head::head_ui(ui, ctx, document, source);
        *dialog = asked.or(dialog.take());
    });
    let line = pane::cut_top(&mut area, metrics::SUB_HEAD);
    pane::row(ui, "timeline", pane::padded(line), |ui| head::timeline_ui(ui, ctx, document, source));
    pane::line_below(ui, line);
    let height = if document.playground.is_folded {
        metrics::SUB_HEAD
    } else {
        (area.height() * PLAYGROUND_SHARE).clamp(160.0, PLAYGROUND_HEIGHT)
    };
    let below = pane::cut_bottom(&mut area, height);
    pane::pane(ui, "playground pane", below, t.surface, |ui| playground::playground_ui(ui, ctx, document));
    match narrow {
        Some((tab, _)) => narrow_side_ui(ui, ctx, document, source, &mut area, tab),
        None => wide_side_ui(ui, ctx, document, source, &mut area),
    }
    pane::pane(ui, "editor pane", area, t.surface, |ui| editor::editor_ui(ui, ctx, document, source));
}

fn wide_side_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    document: &mut Document,
    source: &PromptSource,
    area: &mut Rect,
) {
    let t = tokens(ui.ctx());
    let room = (area.width() - EDITOR_MIN_WIDTH - INPUTS_WIDTH).max(0.0);
    // On a large screen the messages grow with the editor.
    let messages_width = (area.width() * 0.29).max(MESSAGES_WIDTH).min(room);
    let messages = pane::cut_right(area, messages_width);
    let inputs = pane::cut_right(area, INPUTS_WIDTH);
    pane::pane(ui, "inputs pane", inputs, t.canvas, |ui| inputs_ui(ui, ctx, document, source));
    pane::pane(ui, "messages pane", messages, t.surface, |ui| messages_ui(ui, document));
    pane::line_left(ui, inputs);
    pane::line_left(ui, messages);
}

fn narrow_side_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    document: &mut Document,
    source: &PromptSource,
    area: &mut Rect,
    tab: &mut usize,
) {
    let t = tokens(ui.ctx());
    let width = MESSAGES_WIDTH.min((area.width() - EDITOR_MIN_WIDTH).max(INPUTS_WIDTH));
    let side = pane::cut_right(area, width);
    let mut rest = side;
    let head = pane::cut_top(&mut rest, metrics::TAB);
    let fill = if *tab == 0 { t.canvas } else { t.surface };
    pane::pane(ui, "side pane", side, fill, |_| {});
    pane::row(ui, "side tabs", pane::padded(head), |ui| {
        if let Some(chosen) = tabs(ui, &[("Inputs", None), ("Messages", None)], *tab) {
            *tab = chosen;
        }
    });
    pane::pane(ui, "side", rest, fill, |ui| {
        if *tab == 0 { inputs_ui(ui, ctx, document, source) } else { messages_ui(ui, document) }
    });
    pane::line_left(ui, side);
}

fn inputs_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, document: &mut Document, source: &PromptSource) {
    let Document { inputs, preview, .. } = document;
    inputs::inputs_ui(ui, ctx, &source.inputs, preview.rendered(), inputs);
}

fn messages_ui(ui: &mut Ui, document: &mut Document) {
    if let Some(diagnostic) = preview::messages_ui(ui, &document.preview)
        && let Some(line) = diagnostic.location.line
    {
        document.go_to = Some(data::byte_range(&document.text, line, diagnostic.location.column));
    }
}
