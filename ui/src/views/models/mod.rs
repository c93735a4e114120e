//! Models: what lies on this machine and whether it fits, which servers can be asked, what they cost and how fast they
//! are.

mod data;
mod dialogs;
mod endpoints;
mod local;
mod selected;
mod state;

pub use state::ModelsState;

use crate::commands::UiCommand;
use crate::context::WorkspaceContext;
use crate::theme::{Tokens, icons, metrics, tokens, type_scale};
use crate::widgets::{Button, paint, pane, states, text};
use crate::words;
use atelier_types::api::{ModelsList, Nothing};
use atelier_types::model::{EngineState, ModelsOverview};
use data::{Said, Tone, memory_parts};
use dialogs::Dialog;
use egui::{Align, Color32, Layout, Rect, Sense, Ui, pos2, vec2};

const MEMORY_HEIGHT: f32 = 60.0;
const DETAIL_WIDTH: f32 = 360.0;

pub fn models_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ModelsState) {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    let head = pane::cut_top(&mut area, metrics::PANE_HEAD);
    pane::row(ui, "models head", pane::padded(head), |ui| head_ui(ui, ctx, state, t));
    let models = ctx.fetch::<ModelsList>(&Nothing {});
    let Some(known) = models.value() else {
        pane::pane(ui, "no models", area, t.surface, |ui| match models.error() {
            Some(error) => {
                if states::failed(ui, error, Some("Try again")) {
                    ctx.retry::<ModelsList>(&Nothing {});
                }
            }
            None => drop(states::loading(ui, "Looking for models", 4, metrics::TABLE_ROW, false)),
        });
        return;
    };
    state.take_answers();
    handle_keys(ctx, known, state);
    let memory = pane::cut_top(&mut area, MEMORY_HEIGHT);
    pane::pane(ui, "memory", memory, t.canvas, |ui| memory_ui(ui, known, t));
    if known.local.is_empty() && known.endpoints.is_empty() && known.remote.is_empty() {
        empty_ui(ui, area, state);
    } else {
        panes_ui(ui, ctx, known, state, area, t);
    }
    dialogs::dialog_ui(ui, ctx, known, state);
}

fn head_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ModelsState, t: &Tokens) {
    text::line(ui, type_scale::HEADING, "Models", t.ink);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = metrics::SPACE_12;
        let add = ui.add(Button::new("Add model…").icon(icons::PLUS).primary());
        if add.clicked() || ctx.is_invoked(UiCommand::AddModel) {
            state.dialog = Some(Dialog::add_model());
        }
        let add = ui.add(Button::new("Add endpoint…").icon(icons::PLUG));
        if add.clicked() || ctx.is_invoked(UiCommand::AddEndpoint) {
            state.dialog = Some(Dialog::add_endpoint());
        }
    });
}

fn empty_ui(ui: &mut Ui, area: Rect, state: &mut ModelsState) {
    let t = tokens(ui.ctx());
    pane::pane(ui, "no models", area, t.surface, |ui| {
        let words = "Name weights on this machine, or a server that can be asked.";
        states::empty(ui, icons::CUBE, "No models yet", words, |ui| {
            if ui.add(Button::new("Add a model…").icon(icons::PLUS).primary()).clicked() {
                state.dialog = Some(Dialog::add_model());
            }
        });
    });
}

fn handle_keys(ctx: &WorkspaceContext<'_>, models: &ModelsOverview, state: &mut ModelsState) {
    let Some(name) = state.selected.clone() else { return };
    let local = models.local.iter().find(|model| model.name == name);
    if ctx.is_invoked(UiCommand::ProbeModel) {
        state.probe(ctx, &name);
    }
    let Some(local) = local else { return };
    if ctx.is_invoked(UiCommand::ToggleLoaded) {
        state.toggle_loaded(ctx, local);
    }
    if ctx.is_invoked(UiCommand::VerifyModel) {
        state.verify(ctx, &name);
    }
}

fn panes_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    models: &ModelsOverview,
    state: &mut ModelsState,
    area: Rect,
    t: &Tokens,
) {
    let mut area = area;
    let rows = models.local.len().clamp(1, 9) as f32;
    let wanted = metrics::TABLE_HEAD + rows * metrics::TABLE_ROW + metrics::SPACE_12;
    let height = wanted.min(area.height() * 0.5);
    let top = pane::cut_top(&mut area, height);
    let columns = top.shrink2(vec2(metrics::SPACE_8, 0.0));
    paint_head(ui, top, t);
    pane::pane(ui, "local models", columns, Color32::TRANSPARENT, |ui| {
        local::local_ui(ui, ctx, models, state);
    });
    pane::line_below(ui, top);
    let is_narrow = area.width() <= metrics::NARROW_WINDOW - metrics::RAIL_NARROW;
    let detail = pane::cut_right(&mut area, if is_narrow { DETAIL_WIDTH - 60.0 } else { DETAIL_WIDTH });
    pane::pane(ui, "selected model", detail, t.canvas, |ui| selected::selected_ui(ui, ctx, models, state));
    pane::line_left(ui, detail);
    if !models.endpoints.is_empty() {
        paint_head(ui, area, t);
    }
    pane::pane(ui, "endpoints", area.shrink2(vec2(metrics::SPACE_8, 0.0)), Color32::TRANSPARENT, |ui| {
        endpoints::endpoints_ui(ui, ctx, models, state);
    });
}

/// The ground of a table's head, from edge to edge of its pane.
fn paint_head(ui: &Ui, pane: Rect, t: &Tokens) {
    let head = pane.with_max_y(pane.top() + metrics::TABLE_HEAD);
    let painter = ui.painter().with_clip_rect(head);
    painter.rect_filled(head, 0.0, t.canvas);
    paint::separator(&painter, head, t.line);
}

/// One bar: others, each loaded model, what is free.
fn memory_ui(ui: &mut Ui, models: &ModelsOverview, t: &Tokens) {
    let mut area = ui.max_rect().shrink2(vec2(metrics::SPACE_16, 0.0));
    let line = pane::cut_top(&mut area, 36.0);
    let parts = memory_parts(models);
    let colors = part_colors(parts.len(), t);
    pane::row(ui, "memory words", line, |ui| {
        ui.spacing_mut().item_spacing.x = metrics::SPACE_8;
        let total = format!("Memory, {}", words::bytes(models.total_memory_bytes));
        text::line(ui, type_scale::DENSE_MEDIUM, total, t.ink);
        for ((name, bytes), color) in parts.iter().zip(&colors) {
            legend_ui(ui, name, *bytes, *color, t);
        }
        legend_ui(ui, "Free", models.available_memory_bytes, t.line, t);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text::elided(ui, type_scale::DENSE, engine_words(&models.engine, models.num_threads), t.ink2);
        });
    });
    let bar = Rect::from_min_size(area.min, vec2(area.width(), metrics::SPACE_8));
    ui.painter().rect_filled(bar, 2.0, t.line);
    let mut left = bar.left();
    for ((_, bytes), color) in parts.iter().zip(&colors) {
        let width = bar.width() * (*bytes as f64 / models.total_memory_bytes.max(1) as f64) as f32;
        let part = Rect::from_min_max(pos2(left, bar.top()), pos2((left + width - 1.0).max(left), bar.bottom()));
        ui.painter().rect_filled(part.intersect(bar), 2.0, *color);
        left += width;
    }
}

/// Shades of ink: the bar says how much, not how good.
fn part_colors(count: usize, t: &Tokens) -> Vec<Color32> {
    let shades = [t.edge, t.ink2, t.ink3];
    (0..count).map(|at| if at == 0 { shades[0] } else { shades[1 + (at - 1) % 2] }).collect()
}

fn legend_ui(ui: &mut Ui, name: &str, bytes: u64, color: Color32, t: &Tokens) {
    ui.add_space(metrics::SPACE_8);
    let (square, _) = ui.allocate_exact_size(vec2(metrics::SPACE_8, metrics::SPACE_8), Sense::hover());
    ui.painter().rect_filled(square, 2.0, color);
    text::line(ui, type_scale::DENSE, name, t.ink2);
    text::line(ui, type_scale::DENSE_MEDIUM, words::bytes(bytes), t.ink);
}

fn engine_words(engine: &EngineState, num_threads: u32) -> String {
    let threads = words::counted(num_threads.into(), "thread", "threads");
    match engine {
        EngineState::Idle => format!("The engine starts with the first local call. {threads}."),
        EngineState::Starting => "The engine is starting.".to_owned(),
        EngineState::Running { device, .. } => format!("The {device} engine is running, {threads}."),
        EngineState::Stopped { error } | EngineState::Missing { error } => error.message.clone(),
    }
}

/// A sign and its words in a row of a table.
fn said_ui(ui: &Ui, rect: Rect, said: &Said) {
    let t = tokens(ui.ctx());
    let color = match said.tone {
        Tone::Strong => t.ink,
        Tone::Plain => t.ink2,
        Tone::Muted => t.ink3,
        Tone::Warning => t.warn,
    };
    let center = pos2(rect.left() + metrics::ICON / 2.0, rect.center().y);
    if said.is_filled {
        paint::icon_fill(ui.painter(), center, said.icon, metrics::ICON, color);
    } else {
        paint::icon(ui.painter(), center, said.icon, metrics::ICON, color);
    }
    let step = if said.tone == Tone::Strong { type_scale::BODY_MEDIUM } else { type_scale::BODY };
    let left = rect.left() + metrics::ICON + metrics::SPACE_8;
    let galley = ui.painter().layout_job(step.elided(&said.words, color, (rect.right() - left).max(8.0), 1));
    paint::galley_left(ui.painter(), left, rect.center().y, galley, color);
}
