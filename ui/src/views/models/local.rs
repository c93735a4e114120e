//! The models on this machine.

use super::data::{fits, format_words, speed_words, used_words};
use super::said_ui;
use super::state::ModelsState;
use crate::context::WorkspaceContext;
use crate::theme::{icons, metrics, tokens, type_scale};
use crate::widgets::table::{Column, Table, TableRow};
use crate::widgets::{Button, states};
use crate::words;
use atelier_types::model::{LoadState, LocalModel, ModelsOverview};
use egui::Ui;

pub fn local_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, models: &ModelsOverview, state: &mut ModelsState) {
    if models.local.is_empty() {
        let words = "Add weights: a GGUF file or a folder with safetensors.";
        states::empty(ui, icons::HARD_DRIVES, "No models on this machine", words, |_| {});
        return;
    }
    let columns = columns(ui.available_width(), models.local.len());
    let selected = models.local.iter().position(|model| Some(&model.name) == state.selected.as_ref());
    let mut toggled = None;
    let output = Table::new("Local models", &columns, models.local.len()).selected(selected).show(ui, |ui, row| {
        let Some(model) = models.local.get(row.index) else { return String::new() };
        row_ui(ui, ctx, models, model, row, columns.len() - 1, &mut toggled)
    });
    if let Some(chosen) = output.selected.and_then(|index| models.local.get(index)) {
        state.selected = Some(chosen.name.clone());
    }
    if let Some(model) = toggled {
        state.toggle_loaded(ctx, model);
    }
}

/// On a narrow screen format and last use go first.
fn columns(width: f32, count: usize) -> Vec<Column> {
    let is_wide = width > 1200.0;
    let mut columns = vec![Column::flexible(format!("Local library, {count}"), 160.0)];
    if is_wide {
        columns.push(Column::fixed("Format", 96.0));
    }
    columns.extend([
        Column::fixed("Quantisation", 96.0),
        Column::fixed("On disk", 80.0).number(),
        Column::fixed("Context", 88.0).number(),
        Column::fixed("Needs", 80.0).number(),
        Column::flexible("   Fits in memory now", 200.0),
        Column::fixed("Tokens a second", 120.0).number(),
    ]);
    if is_wide {
        columns.push(Column::fixed("Last used", 112.0).number());
    }
    columns.push(Column::fixed("", 96.0).number());
    columns
}

fn row_ui<'m>(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    models: &ModelsOverview,
    model: &'m LocalModel,
    row: &TableRow<'_>,
    last: usize,
    toggled: &mut Option<&'m LocalModel>,
) -> String {
    let t = tokens(ui.ctx());
    let is_wide = last == 9;
    let or_unknown = |value: Option<String>| value.unwrap_or_else(|| "unknown".to_owned());
    row.text(ui, 0, type_scale::BODY_MEDIUM, model.name.as_str(), t.ink);
    let mut column = 1;
    if is_wide {
        row.text(ui, column, type_scale::BODY, format_words(model.format), t.ink2);
        column += 1;
    }
    let quantisation = model.quantisation.clone();
    row.text(ui, column, type_scale::CODE_SKIM, &or_unknown(quantisation), t.ink);
    row.text(ui, column + 1, type_scale::BODY, &or_unknown(model.disk_bytes.map(words::bytes)), t.ink2);
    let context = model.context_tokens.map(|tokens| words::count(tokens.into()));
    row.text(ui, column + 2, type_scale::BODY, &or_unknown(context), t.ink2);
    row.text(ui, column + 3, type_scale::BODY_MEDIUM, &or_unknown(model.needed_bytes.map(words::bytes)), t.ink);
    let said = fits(model, models);
    let cell = row.cell(column + 4);
    said_ui(ui, cell.with_min_x(cell.left() + metrics::SPACE_12), &said);
    match speed_words(model.speed.as_ref()) {
        Some((mean, interval)) => row.estimate(ui, column + 5, &mean, &interval),
        None => row.text(ui, column + 5, type_scale::BODY, "not measured", t.ink3),
    }
    if is_wide {
        row.text(ui, column + 6, type_scale::BODY, &used_words(model.last_used_at, ctx.now), t.ink2);
    }
    row.add(ui, last, |ui| {
        let (label, why) = action(model);
        let name = format!("{label} {}", model.name);
        if ui.add(Button::new(label).name(&name).disabled_because(why)).clicked() {
            *toggled = Some(model);
        }
    });
    format!("{}, {}", model.name, said.words)
}

fn action(model: &LocalModel) -> (&'static str, Option<&'static str>) {
    match (&model.load_state, &model.problem) {
        (LoadState::Loaded { .. }, _) => ("Unload", None),
        (LoadState::Loading, _) => ("Load", Some("It is being loaded.")),
        (_, Some(_)) => ("Load", Some("It cannot be used as it is.")),
        (LoadState::Unloaded | LoadState::Failed { .. }, None) => ("Load", None),
    }
}
