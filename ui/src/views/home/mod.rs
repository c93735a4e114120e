//! Home: what to open, what was found on this machine, and where work was left.

mod machine;
mod open;
mod recovered;
mod steps;

pub use machine::machine_ui;
pub use open::HomeState;

use crate::commands::{AppCommand, Call, UiCommand};
use crate::context::AppContext;
use crate::state::Route;
use crate::theme::{Tokens, icons, metrics, tokens, type_scale};
use crate::widgets::{Button, ListRow, key_caps, paint, text};
use crate::words;
use atelier_types::api::{Nothing, WorkspaceRecent};
use atelier_types::workspace::WorkspaceInfo;
use egui::{Rect, Response, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

const COLUMN: f32 = 1040.0;
const START_WIDTH: f32 = 560.0;
const MACHINE_WIDTH: f32 = 392.0;
const MACHINE_MIN_WIDTH: f32 = 280.0;
const ACTION_HEIGHT: f32 = 60.0;
const NUM_RECENT: usize = 5;

pub fn home_ui(ui: &mut Ui, ctx: &AppContext<'_>, workspace: Option<&WorkspaceInfo>, state: &mut HomeState) {
    let t = tokens(ui.ctx());
    state.take_commands(ctx);
    let screen = ui.max_rect();
    ScrollArea::vertical().id_salt("home").auto_shrink([false, false]).show(ui, |ui| {
        let width = COLUMN.min(screen.width() - 2.0 * metrics::SPACE_32);
        let top = screen.top() + (screen.height() * 0.085).clamp(metrics::SPACE_24, 96.0).floor();
        let left = (screen.center().x - width / 2.0).floor();
        let column = Rect::from_min_size(pos2(left, top), vec2(width, screen.height()));
        ui.scope_builder(UiBuilder::new().max_rect(column), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            title_ui(ui, workspace, t);
            ui.add_space(metrics::SPACE_32);
            columns_ui(ui, ctx, workspace, state, width);
            // The tour's note says where one is, and would lie over the steps.
            let is_on_tour = workspace.is_some() && ctx.session.tour_step.is_some();
            if !is_on_tour && (screen.height() > 620.0 || workspace.is_some()) {
                ui.add_space(metrics::SPACE_48);
                steps::steps_ui(ui, ctx, workspace.is_some());
            }
            ui.add_space(metrics::SPACE_32);
        });
    });
    open::dialog_ui(ui, ctx, state);
}

fn title_ui(ui: &mut Ui, workspace: Option<&WorkspaceInfo>, t: &Tokens) {
    let row = ui.available_rect_before_wrap().with_max_y(ui.available_rect_before_wrap().top() + metrics::SPACE_32);
    ui.allocate_space(row.size());
    crate::widgets::logo::logo(ui, pos2(row.left() + metrics::SPACE_16, row.center().y), 28.0);
    let title = workspace.map_or("Welcome to Atelier", |workspace| workspace.name.as_str());
    let heading = Rect::from_min_max(pos2(row.left() + 44.0, row.top()), row.max);
    ui.scope_builder(UiBuilder::new().max_rect(heading), |ui| text::elided(ui, type_scale::TITLE, title, t.ink));
    ui.add_space(metrics::SPACE_8);
    let words = match workspace {
        Some(workspace) => workspace_words(workspace),
        None => {
            "Write prompts, run them side by side, see what really got better. Everything lives in folders and git \
                 repositories of your own."
                .to_owned()
        }
    };
    text::label(ui, type_scale::READING, words, t.ink2);
}

/// `11 prompts, 4 datasets, 3 experiments. 2 files are not committed.`
fn workspace_words(workspace: &WorkspaceInfo) -> String {
    let prompts = words::counted(workspace.num_prompts.into(), "prompt", "prompts");
    let datasets = words::counted(workspace.num_datasets.into(), "dataset", "datasets");
    let experiments = words::counted(workspace.num_experiments.into(), "experiment", "experiments");
    let open = match workspace.num_uncommitted {
        0 => "Everything is committed.".to_owned(),
        1 => "1 file is not committed.".to_owned(),
        many => format!("{} files are not committed.", words::count(many.into())),
    };
    let conflicts = if workspace.has_conflicts { " A merge has conflicts." } else { "" };
    format!("{prompts}, {datasets}, {experiments}. {open}{conflicts}")
}

fn columns_ui(ui: &mut Ui, ctx: &AppContext<'_>, workspace: Option<&WorkspaceInfo>, state: &HomeState, width: f32) {
    let origin = ui.cursor().min;
    let machine_width = (width - START_WIDTH - metrics::SPACE_48).min(MACHINE_WIDTH);
    let has_machine = machine_width >= MACHINE_MIN_WIDTH;
    let start_width = if has_machine { START_WIDTH } else { width };
    let start = Rect::from_min_size(origin, vec2(start_width, 0.0));
    let left = ui.scope_builder(UiBuilder::new().max_rect(start), |ui| start_ui(ui, ctx, workspace, state));
    let mut bottom = left.response.rect.bottom();
    if has_machine {
        let machine = Rect::from_min_size(pos2(origin.x + width - machine_width, origin.y), vec2(machine_width, 0.0));
        let right = ui.scope_builder(UiBuilder::new().max_rect(machine), |ui| {
            text::caption(ui, "On this machine");
            ui.add_space(metrics::SPACE_8);
            machine_ui(ui, ctx);
        });
        bottom = bottom.max(right.response.rect.bottom());
    }
    ui.advance_cursor_after_rect(Rect::from_min_max(origin, pos2(origin.x + width, bottom)));
}

fn start_ui(ui: &mut Ui, ctx: &AppContext<'_>, workspace: Option<&WorkspaceInfo>, state: &HomeState) {
    if workspace.is_some() {
        recovered::recovered_ui(ui, ctx);
        rooms_ui(ui, ctx);
    } else {
        demo_ui(ui, ctx, state);
    }
    ui.add_space(metrics::SPACE_12);
    for (icon, command, words) in [
        (icons::FOLDER_OPEN, UiCommand::OpenFolder, "Any git repository, or a folder below the root of one"),
        (icons::FILE_PLUS, UiCommand::NewWorkspace, "Starts with one prompt and one dataset of three rows"),
        (icons::GIT_FORK, UiCommand::CloneRepository, "With your own git, keys and signing"),
    ] {
        if action_ui(ui, icon, command.info().label, words, &command.info().keys()).clicked() {
            ctx.commands.send(command);
        }
    }
    recent_ui(ui, ctx, workspace);
}

/// The one primary action of a first start.
fn demo_ui(ui: &mut Ui, ctx: &AppContext<'_>, state: &HomeState) {
    let t = tokens(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 104.0), Sense::hover());
    ui.painter().rect_filled(rect, metrics::RADIUS_PANE, t.accent_bg);
    let inner = rect.shrink(metrics::SPACE_24);
    let words = inner.with_max_x(inner.right() - 160.0);
    ui.scope_builder(UiBuilder::new().max_rect(words), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        text::label(ui, type_scale::EMPHASIS, "Try the demo workspace", t.ink);
        let words = "Prompts, datasets and experiments. Runs offline with a small built-in model.";
        text::label(ui, type_scale::BODY, words, t.ink2);
    });
    let button = Rect::from_center_size(pos2(inner.right() - 64.0, inner.center().y), vec2(128.0, 36.0));
    let why = state.is_opening().then_some("A workspace is being opened.");
    let open = Button::new("Open the demo").primary().large().min_width(128.0).disabled_because(why);
    if ui.put(button, open).clicked() || (why.is_none() && is_entered(ui)) {
        ctx.commands.send(UiCommand::OpenDemo);
    }
}

/// Enter takes the one action, as long as nothing has the focus.
fn is_entered(ui: &Ui) -> bool {
    let is_free = ui.memory(|memory| memory.focused().is_none() && memory.top_modal_layer().is_none());
    is_free && ui.input(|input| input.key_pressed(egui::Key::Enter))
}

fn rooms_ui(ui: &mut Ui, ctx: &AppContext<'_>) {
    use crate::state::route::Room;
    for (icon, room, title, words) in [
        (icons::NOTE_PENCIL, Room::Prompts, "Write", "Prompts, their versions and what they render to"),
        (icons::FLASK, Room::Experiments, "Run", "Prompts on models and rows, scored"),
        (icons::SCALES, Room::Review, "Rate", "Blind pairs and rubrics, by keyboard"),
    ] {
        if action_ui(ui, icon, title, words, &UiCommand::go(room).info().keys()).clicked() {
            ctx.commands.send(AppCommand::Enter(room));
        }
    }
}

/// An icon, a line, a second line, and its keys.
fn action_ui(ui: &mut Ui, icon: crate::theme::Icon, title: &str, words: &str, keys: &str) -> Response {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ACTION_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, title));
    if response.hovered() {
        ui.painter().rect_filled(rect, metrics::RADIUS_CONTROL, t.hover);
    }
    paint::inner_focus_ring(ui, &response, metrics::RADIUS_CONTROL);
    let middle = rect.center().y;
    paint::icon(ui.painter(), pos2(rect.left() + 34.0, middle), icon, metrics::ICON_RAIL, t.ink2);
    let left = rect.left() + 60.0;
    let room = rect.width() - 180.0;
    let galley = ui.painter().layout_job(type_scale::EMPHASIS.elided(title, t.ink, room, 1));
    paint::galley_left(ui.painter(), left, middle - 11.0, galley, t.ink);
    let galley = ui.painter().layout_job(type_scale::BODY.elided(words, t.ink2, room + 60.0, 1));
    paint::galley_left(ui.painter(), left, middle + 12.0, galley, t.ink2);
    let caps = Rect::from_min_max(pos2(rect.right() - 120.0, rect.top()), rect.max - vec2(metrics::SPACE_16, 0.0));
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(caps).layout(layout), |ui| key_caps(ui, keys));
    response
}

fn recent_ui(ui: &mut Ui, ctx: &AppContext<'_>, workspace: Option<&WorkspaceInfo>) {
    let recent = ctx.fetch::<WorkspaceRecent>(&Nothing {});
    let current = workspace.map(|workspace| workspace.path.as_str());
    let others = recent.value().into_iter().flatten().filter(|one| Some(one.path.as_str()) != current);
    let others: Vec<_> = others.take(NUM_RECENT).collect();
    if others.is_empty() {
        return;
    }
    ui.add_space(metrics::SPACE_16);
    text::caption(ui, "Opened before");
    ui.add_space(metrics::SPACE_4);
    for one in others {
        let detail = if one.exists { "" } else { "not there any more" };
        let row = ListRow::new(&one.name).second_line(&one.path).detail(detail).icon(icons::FOLDER);
        if ui.add(row).clicked() && one.exists {
            ctx.commands.send(open::open_workspace(&one.path));
        }
    }
}

/// Used by the parts of home that lead to a prompt.
fn prompt_route(name: &atelier_types::ids::PromptName) -> Route {
    Route::prompt(name.clone())
}

/// Opens what a verb answered with.
fn opened(workspace: &WorkspaceInfo) -> Vec<AppCommand> {
    vec![AppCommand::WorkspaceOpened(Box::new(workspace.clone()))]
}

/// A call that opens a workspace.
type Opening = crate::commands::Reply<WorkspaceInfo>;

fn send_opening<V>(ctx: &AppContext<'_>, request: V::Request, slot: &mut Option<Opening>)
where
    V: atelier_types::api::Verb<Response = WorkspaceInfo>,
{
    ctx.commands.send(Call::new::<V>(request).then(opened).reply_into(slot));
}
