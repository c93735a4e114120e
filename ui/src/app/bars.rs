//! The top bar (where one is, find everywhere, what runs) and the status bar (keys, engine, connections).

use super::App;
use crate::commands::{AppCommand, Call, CommandInfo, Scope, UiCommand};
use crate::state::route::{Room, Route};
use crate::theme::{Icon, icons, metrics, tokens, type_scale};
use crate::widgets::{key_caps, key_hint};
use crate::words;
use atelier_types::api::{ModelsList, Nothing, PathRequest, RunsList, RunsListRequest, WorkspaceOpen, WorkspaceRecent};
use atelier_types::experiment::Progress;
use atelier_types::model::{EngineState, LoadState, ModelsOverview};
use atelier_types::workspace::WorkspaceInfo;
use egui::{Align, Align2, Color32, Layout, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

const SEARCH_WIDTH: f32 = 400.0;
const SEARCH_WIDTH_NARROW: f32 = 280.0;

impl App {
    pub(super) fn top_bar_ui(&self, ui: &mut Ui, workspace: Option<&WorkspaceInfo>) {
        let bar = ui.max_rect();
        let rail = super::layout::rail_width(ui);
        crate::widgets::logo::logo(ui, pos2(bar.left() + rail / 2.0, bar.center().y), 20.0);
        let left = bar.with_min_x(bar.left() + rail).with_max_x(bar.center().x - 212.0);
        ui.scope_builder(UiBuilder::new().max_rect(left).layout(Layout::left_to_right(Align::Center)), |ui| {
            self.workspace_menu_ui(ui, workspace);
        });
        let is_narrow = bar.width() <= metrics::NARROW_WINDOW;
        let width = if is_narrow { SEARCH_WIDTH_NARROW } else { SEARCH_WIDTH };
        let field = Rect::from_center_size(bar.center(), vec2(width, metrics::CONTROL));
        if search_field(ui, field).clicked() {
            self.commands.send(AppCommand::OpenPalette);
        }
        let right = bar.with_min_x(field.right() + metrics::SPACE_16).with_max_x(bar.right() - metrics::SPACE_12);
        ui.scope_builder(UiBuilder::new().max_rect(right).layout(Layout::right_to_left(Align::Center)), |ui| {
            self.running_ui(ui);
        });
    }

    fn workspace_menu_ui(&self, ui: &mut Ui, workspace: Option<&WorkspaceInfo>) {
        let t = tokens(ui.ctx());
        let name = workspace.map_or("No workspace", |workspace| workspace.name.as_str());
        let button = workspace_button(ui, name);
        egui::Popup::menu(&button).width(metrics::MENU_WIDTH).show(|ui| {
            self.recent_ui(ui);
            ui.separator();
            for command in [UiCommand::OpenFolder, UiCommand::NewWorkspace, UiCommand::CloneRepository] {
                if ui.button(command.info().label).clicked() {
                    self.commands.send(command);
                }
            }
        });
        if let Some(branch) = workspace.and_then(|workspace| workspace.branch.as_deref()) {
            ui.add_space(metrics::SPACE_4);
            ui.label(icons::GIT_BRANCH.text(metrics::ICON_SMALL).color(t.ink2));
            ui.add_space(-metrics::SPACE_4);
            ui.label(type_scale::BODY.text(branch, t.ink2)).on_hover_text("The branch that is checked out");
        }
    }

    fn recent_ui(&self, ui: &mut Ui) {
        let recent = self.cache.fetch::<WorkspaceRecent>(&Nothing {});
        for one in recent.value().into_iter().flatten().filter(|one| one.exists).take(8) {
            if ui.button(&one.name).on_hover_text(&one.path).clicked() {
                self.commands.send(open_workspace(&one.path));
            }
        }
    }

    /// The newest run that is under way: name, count, a thin bar.
    fn running_ui(&self, ui: &mut Ui) {
        let Some((run, live)) = self.session.running() else { return };
        let t = tokens(ui.ctx());
        let runs = self.cache.fetch::<RunsList>(&RunsListRequest { experiment: None });
        let summary = runs.value().and_then(|runs| runs.iter().find(|known| known.id == *run));
        let Progress { total, .. } = live.progress;
        let (bar, _) = ui.allocate_exact_size(vec2(96.0, metrics::SPACE_4), Sense::hover());
        let share = live.progress.finished() as f32 / total.max(1) as f32;
        ui.painter().rect_filled(bar, 2.0, t.line);
        ui.painter().rect_filled(bar.with_max_x(bar.left() + bar.width() * share), 2.0, t.ink2);
        let done = format!("{} of {}", words::count(live.progress.finished().into()), words::count(total.into()));
        ui.label(type_scale::BODY_MEDIUM.text(&done, t.ink));
        let name = summary.map_or("Run", |summary| summary.experiment.as_str());
        let label = ui.add(egui::Label::new(type_scale::BODY.text(name, t.ink2)).sense(Sense::click()));
        label.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name}, {done}")));
        ui.label(icons::FLASK.text(metrics::ICON).color(t.ink2));
        if let Some(summary) = summary.filter(|_| label.clicked()) {
            let (name, run) = (Some(summary.experiment.clone()), Some(run.clone()));
            self.commands.send(Route::Experiments { name, run, cell: None });
        }
    }

    pub(super) fn status_bar_ui(&self, ui: &mut Ui) {
        let bar = ui.max_rect().shrink2(vec2(metrics::SPACE_12, 0.0));
        let right = ui
            .scope_builder(UiBuilder::new().max_rect(bar).layout(Layout::right_to_left(Align::Center)), |ui| {
                self.connections_ui(ui);
                ui.add_space(metrics::SPACE_12);
                self.engine_ui(ui);
                ui.min_rect().left()
            })
            .inner;
        let left = bar.with_min_x(bar.left() + super::layout::rail_width(ui)).with_max_x(right - metrics::SPACE_24);
        ui.scope_builder(UiBuilder::new().max_rect(left).layout(Layout::left_to_right(Align::Center)), |ui| {
            for command in hints(self.session.room()).filter(|command| self.is_of_use(*command)) {
                if !hint_ui(ui, &command.info()) {
                    break;
                }
            }
        });
    }

    /// Whether a key is worth showing on this screen of the room.
    fn is_of_use(&self, command: UiCommand) -> bool {
        match self.session.route() {
            Route::Review { set } if command.info().scope == Scope::Room(Room::Review) => {
                self.views.review.is_of_use(set.as_ref(), command)
            }
            _ => true,
        }
    }

    fn connections_ui(&self, ui: &mut Ui) {
        let (icon, words) = match (&self.session.connection_error, self.session.connections.as_slice()) {
            (Some(_), _) => (icons::WIFI_SLASH, "Atelier does not answer".to_owned()),
            (None, []) => (icons::PLUGS, "No connections open".to_owned()),
            (None, [host]) => (icons::PLUGS_CONNECTED, format!("1 connection: {host}")),
            (None, hosts) => (icons::PLUGS_CONNECTED, format!("{} connections", hosts.len())),
        };
        let hosts = self.session.connections.join("\n");
        let response = status_ui(ui, icon, &words);
        if !hosts.is_empty() {
            response.on_hover_text(hosts);
        }
    }

    fn engine_ui(&self, ui: &mut Ui) {
        let models = self.cache.peek::<ModelsList>(&Nothing {});
        let engine = self.session.engine.as_ref().or(models.value().map(|models| &models.engine));
        status_ui(ui, icons::CPU, &engine_words(engine, models.value()));
    }
}

/// The command that opens a folder as the workspace.
pub(super) fn open_workspace(path: &str) -> AppCommand {
    Call::new::<WorkspaceOpen>(PathRequest { path: path.to_owned() })
        .then(|workspace| vec![AppCommand::WorkspaceOpened(Box::new(workspace.clone()))])
        .into()
}

/// What the engine does, in words.
fn engine_words(engine: Option<&EngineState>, models: Option<&ModelsOverview>) -> String {
    match engine {
        None | Some(EngineState::Idle) => "Engine ready".to_owned(),
        Some(EngineState::Starting) => "Engine starts".to_owned(),
        Some(EngineState::Stopped { .. }) => "Engine stopped".to_owned(),
        Some(EngineState::Missing { .. }) => "No engine".to_owned(),
        Some(EngineState::Running { resident_bytes, device, .. }) => {
            let local = models.into_iter().flat_map(|models| &models.local);
            let loaded: Vec<_> = local.filter(|model| matches!(model.load_state, LoadState::Loaded { .. })).collect();
            let size = resident_bytes.map(|bytes| format!(", {}", words::bytes(bytes))).unwrap_or_default();
            match loaded.as_slice() {
                [] => format!("Engine idle, {device}"),
                [model] => format!("{} loaded{size}", model.name),
                many => format!("{} models loaded{size}", many.len()),
            }
        }
    }
}

/// Commands whose keys are worth showing here: the room's own first.
fn hints(room: Room) -> impl Iterator<Item = UiCommand> {
    let hinted = |scope: Scope| {
        let is_hinted = move |info: CommandInfo| info.hint.is_some() && info.scope == scope;
        UiCommand::ALL.iter().copied().filter(move |command| is_hinted(command.info()))
    };
    hinted(Scope::Room(room)).chain(hinted(Scope::Everywhere))
}

/// Draws one hint if it fits whole.
fn hint_ui(ui: &mut Ui, info: &CommandInfo) -> bool {
    let Some(hint) = info.hint else { return true };
    let keys = info.keys();
    let font = type_scale::LABEL_MEDIUM.font();
    let width = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::PLACEHOLDER).size().x;
    let caps_width: f32 = keys.split(' ').map(|cap| width(cap) + metrics::SPACE_12).sum();
    let is_fitting = caps_width + width(hint) + metrics::SPACE_16 <= ui.available_width();
    if is_fitting {
        key_hint(ui, &keys, hint);
        ui.add_space(metrics::SPACE_8);
    }
    is_fitting
}

fn status_ui(ui: &mut Ui, icon: Icon, words: &str) -> Response {
    let t = tokens(ui.ctx());
    let response = ui.label(type_scale::LABEL.text(words, t.ink2));
    ui.label(icon.text(metrics::ICON_SMALL).color(t.ink2));
    response
}

fn workspace_button(ui: &mut Ui, name: &str) -> Response {
    let t = tokens(ui.ctx());
    let galley = ui.painter().layout_no_wrap(name.to_owned(), type_scale::BODY_SEMIBOLD.font(), t.ink);
    let width = galley.size().x + metrics::SPACE_8 + metrics::ICON_SMALL + metrics::SPACE_8;
    let (rect, response) = ui.allocate_exact_size(vec2(width, metrics::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Workspace {name}")));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect.expand2(vec2(metrics::SPACE_4, 0.0)), metrics::RADIUS_CONTROL, t.hover);
    }
    let middle = rect.center().y;
    ui.painter().galley(pos2(rect.left(), middle - galley.size().y / 2.0), galley, t.ink);
    let caret = crate::theme::fonts::icon(metrics::ICON_SMALL);
    ui.painter().text(pos2(rect.right(), middle), Align2::RIGHT_CENTER, icons::CARET_DOWN.0, caret, t.ink2);
    response
}

/// Looks like a field and opens the palette.
fn search_field(ui: &mut Ui, rect: Rect) -> Response {
    let t = tokens(ui.ctx());
    let response = ui.allocate_rect(rect, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Search prompts, outputs, commands"));
    let stroke = if response.has_focus() {
        egui::Stroke::new(metrics::STROKE_STRONG, t.accent)
    } else {
        egui::Stroke::new(metrics::STROKE, t.line)
    };
    ui.painter().rect(rect, metrics::RADIUS_CONTROL, t.surface, stroke, egui::StrokeKind::Inside);
    let middle = rect.center().y;
    let icon = crate::theme::fonts::icon(metrics::ICON);
    let glass = icons::MAGNIFYING_GLASS.0;
    ui.painter().text(pos2(rect.left() + metrics::SPACE_8, middle), Align2::LEFT_CENTER, glass, icon, t.ink2);
    let caps = Rect::from_min_max(pos2(rect.right() - 80.0, rect.top()), rect.max - vec2(metrics::SPACE_8, 0.0));
    let left = rect.left() + 30.0;
    let words = "Search prompts, outputs, commands";
    let galley = ui.painter().layout_job(type_scale::BODY.elided(words, t.ink3, caps.left() - left, 1));
    ui.painter().galley(pos2(left, middle - galley.size().y / 2.0), galley, t.ink3);
    ui.scope_builder(UiBuilder::new().max_rect(caps).layout(Layout::right_to_left(Align::Center)), |ui| {
        key_caps(ui, &UiCommand::OpenPalette.info().keys());
    });
    response
}
