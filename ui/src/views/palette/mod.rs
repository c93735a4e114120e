//! The palette: every command, and everything that can be found, by a few letters.

mod data;

use crate::commands::{AppCommand, UiCommand};
use crate::context::AppContext;
use crate::state::Route;
use crate::theme::{Tokens, icons, metrics, shadow, tokens, type_scale};
use crate::widgets::field::menu_row;
use crate::widgets::text;
use atelier_types::api::{SearchRequest, WorkspaceSearch};
use atelier_types::workspace::{SearchHit, SearchKind};
use data::{Found, commands_for};
use egui::{Align2, Area, Context, Frame, Id, Key, Margin, Modal, ScrollArea, Stroke, TextEdit, Ui, vec2};

const WIDTH: f32 = 560.0;
const MAX_HEIGHT: f32 = 420.0;
/// A search of the workspace begins with so many letters.
const MIN_SEARCHED: usize = 2;
const MAX_HITS: u32 = 30;
const SEARCH_AFTER_SECS: f64 = 0.12;

#[derive(Default)]
pub struct PaletteState {
    query: String,
    selected: usize,
    /// What is searched for, once no key came for a moment.
    searched: String,
    typed_secs: f64,
}

impl PaletteState {
    /// It opens empty.
    pub fn open(&mut self) {
        *self = Self::default();
    }
}

pub fn palette_ui(egui_ctx: &Context, ctx: &AppContext<'_>, has_workspace: bool, state: &mut PaletteState) {
    let t = tokens(egui_ctx);
    let frame = Frame::NONE
        .fill(t.surface)
        .stroke(Stroke::new(metrics::STROKE, t.line))
        .corner_radius(metrics::RADIUS_PANE)
        .shadow(shadow(t))
        .inner_margin(Margin::same(8));
    let id = Id::unique("palette");
    let area = Area::new(id.with("area")).anchor(Align2::CENTER_TOP, vec2(0.0, metrics::TOP_BAR + metrics::SPACE_8));
    let modal = Modal::new(id).area(area).backdrop_color(t.backdrop).frame(frame);
    let shown = modal.show(egui_ctx, |ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 0.0;
        contents_ui(ui, ctx, has_workspace, state, t)
    });
    if let Some(command) = shown.inner.take_chosen() {
        ctx.commands.send(AppCommand::ClosePalette);
        ctx.commands.send(command);
    } else if shown.should_close() {
        ctx.commands.send(AppCommand::ClosePalette);
    }
}

/// What was chosen in this frame.
#[derive(Default)]
struct Chosen(std::cell::Cell<Option<AppCommand>>);

impl Chosen {
    fn take_chosen(&self) -> Option<AppCommand> {
        self.0.take()
    }
}

fn contents_ui(ui: &mut Ui, ctx: &AppContext<'_>, has_workspace: bool, state: &mut PaletteState, t: &Tokens) -> Chosen {
    let (is_down, is_up, is_entered) = ui.input_mut(|input| {
        let none = egui::Modifiers::NONE;
        let is_down = input.consume_key(none, Key::ArrowDown);
        (is_down, input.consume_key(none, Key::ArrowUp), input.consume_key(none, Key::Enter))
    });
    query_ui(ui, ctx, state, t);
    let commands = commands_for(&state.query, ctx.session.room(), has_workspace);
    let hits = hits(ui, ctx, has_workspace, state);
    let count = commands.len() + hits.len();
    let chosen = Chosen::default();
    if count == 0 {
        ui.add_space(metrics::SPACE_8);
        text::label(ui, type_scale::BODY, "Nothing was found", t.ink3);
        ui.add_space(metrics::SPACE_8);
        return chosen;
    }
    state.selected = match (is_down, is_up) {
        (true, _) => (state.selected + 1) % count,
        (_, true) => (state.selected + count - 1) % count,
        _ => state.selected.min(count - 1),
    };
    ScrollArea::vertical().id_salt("palette rows").max_height(MAX_HEIGHT).show(ui, |ui| {
        let is_moved = is_down || is_up;
        for (at, found) in commands.iter().enumerate() {
            if row_ui(ui, state.selected == at, is_moved, |ui, is_lit| command_row_ui(ui, found, is_lit)) {
                chosen.0.set(Some(found.command.into()));
            }
        }
        for (at, hit) in hits.iter().enumerate() {
            let at = commands.len() + at;
            if row_ui(ui, state.selected == at, is_moved, |ui, is_lit| hit_row_ui(ui, hit, is_lit)) {
                chosen.0.set(Some(route_of(hit).into()));
            }
        }
    });
    if is_entered {
        let command = commands.get(state.selected).map(|found| found.command.into());
        let hit = || hits.get(state.selected - commands.len()).map(|hit| route_of(hit).into());
        chosen.0.set(command.or_else(hit));
    }
    chosen
}

fn query_ui(ui: &mut Ui, ctx: &AppContext<'_>, state: &mut PaletteState, t: &Tokens) {
    ui.horizontal(|ui| {
        ui.set_min_height(metrics::CONTROL_LARGE);
        text::icon(ui, icons::MAGNIFYING_GLASS, metrics::ICON, t.ink2);
        let edit = TextEdit::singleline(&mut state.query)
            .id(Id::unique("palette query"))
            .frame(Frame::NONE)
            .font(type_scale::READING.font())
            .text_color(t.ink)
            .hint_text(type_scale::READING.text("Search prompts, outputs, commands", t.ink3))
            .desired_width(ui.available_width());
        let response = ui.add(edit).accessible_name("Search prompts, outputs, commands");
        response.request_focus();
        if response.changed() {
            state.selected = 0;
            state.typed_secs = ctx.now_secs();
        }
    });
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(line.x_range(), line.top() + 2.0, Stroke::new(metrics::STROKE, t.line));
    ui.add_space(metrics::SPACE_4);
}

fn hits(ui: &Ui, ctx: &AppContext<'_>, has_workspace: bool, state: &mut PaletteState) -> Vec<SearchHit> {
    let query = state.query.trim();
    if !has_workspace || query.chars().count() < MIN_SEARCHED {
        return Vec::new();
    }
    let waited = ctx.now_secs() - state.typed_secs;
    if waited >= SEARCH_AFTER_SECS {
        state.searched = query.to_owned();
    } else {
        ui.ctx().request_repaint_after_secs((SEARCH_AFTER_SECS - waited) as f32);
    }
    if state.searched.is_empty() {
        return Vec::new();
    }
    let request = SearchRequest { query: state.searched.clone(), limit: Some(MAX_HITS) };
    ctx.fetch::<WorkspaceSearch>(&request).value().cloned().unwrap_or_default()
}

fn row_ui(ui: &mut Ui, is_lit: bool, is_moved: bool, draw: impl FnOnce(&mut Ui, bool) -> egui::Response) -> bool {
    let response = draw(ui, is_lit);
    if is_lit && is_moved {
        response.scroll_to_me(None);
    }
    response.clicked()
}

fn command_row_ui(ui: &mut Ui, found: &Found, is_lit: bool) -> egui::Response {
    menu_row(ui, Some(icons::COMMAND), found.label, &found.keys, is_lit)
}

fn hit_row_ui(ui: &mut Ui, hit: &SearchHit, is_lit: bool) -> egui::Response {
    let icon = match hit.kind {
        SearchKind::Prompt => icons::NOTE_PENCIL,
        SearchKind::Dataset => icons::DATABASE,
        SearchKind::Experiment => icons::FLASK,
        SearchKind::Review => icons::SCALES,
        SearchKind::Output => icons::CHAT_CIRCLE_TEXT,
    };
    let excerpt: String = hit.excerpt.trim().chars().take(64).collect();
    menu_row(ui, Some(icon), &format!("{}: {excerpt}", hit.name), "", is_lit)
}

fn route_of(hit: &SearchHit) -> Route {
    let name = hit.name.as_str();
    match hit.kind {
        SearchKind::Prompt => Route::prompt(name),
        SearchKind::Dataset => Route::Datasets { name: Some(name.into()) },
        SearchKind::Experiment => Route::Experiments { name: Some(name.into()), run: None, cell: None },
        SearchKind::Review => Route::Review { set: Some(name.into()) },
        SearchKind::Output => Route::Experiments { name: None, run: Some(name.into()), cell: hit.cell },
    }
}

impl From<&Found> for UiCommand {
    fn from(found: &Found) -> Self {
        found.command
    }
}
