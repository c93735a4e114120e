//! Servers that can be asked, and what models cost and how fast they are.

use super::data::{dialect_words, endpoint_state, key_words, speed_words};
use super::dialogs::Dialog;
use super::said_ui;
use super::state::ModelsState;
use crate::context::WorkspaceContext;
use crate::theme::{icons, metrics, tokens, type_scale};
use crate::views::prompt_editor::host_of;
use crate::widgets::field::menu_row;
use crate::widgets::table::{Column, Table, TableRow};
use crate::widgets::{Button, pane, text};
use crate::words;
use atelier_types::model::{EndpointStatus, ModelsOverview, Price, Speed};
use egui::{Popup, Ui};

pub fn endpoints_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, models: &ModelsOverview, state: &mut ModelsState) {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    if models.endpoints.is_empty() {
        let line = pane::cut_top(&mut area, metrics::PANE_HEAD);
        pane::row(ui, "no endpoints", line.shrink2(egui::vec2(metrics::SPACE_8, 0.0)), |ui| {
            text::line(ui, type_scale::BODY, "No endpoints yet. Nothing is sent to any other machine.", t.ink2);
        });
    } else {
        let wanted = metrics::TABLE_HEAD + models.endpoints.len() as f32 * metrics::TABLE_ROW + metrics::SPACE_24;
        let height = wanted.min(area.height() * 0.5);
        let top = pane::cut_top(&mut area, height);
        pane::pane(ui, "endpoint rows", top, egui::Color32::TRANSPARENT, |ui| table_ui(ui, ctx, models, state));
    }
    let lines = lines(models);
    if !lines.is_empty() {
        super::paint_head(ui, area.expand2(egui::vec2(metrics::SPACE_8, 0.0)), t);
        pane::pane(ui, "prices", area, egui::Color32::TRANSPARENT, |ui| prices_ui(ui, &lines, state));
    }
}

fn table_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, models: &ModelsOverview, state: &mut ModelsState) {
    let columns = [
        Column::fixed(format!("Endpoints, {}", models.endpoints.len()), 112.0),
        Column::fixed("Speaks", 136.0),
        Column::fixed("Address", 176.0),
        Column::fixed("Key from", 128.0),
        Column::fixed("Limit", 80.0),
        Column::flexible("State", 152.0),
        Column::fixed("", 40.0).number(),
    ];
    let mut dialog = None;
    Table::new("Endpoints", &columns, models.endpoints.len()).show(ui, |ui, row| {
        let Some(endpoint) = models.endpoints.get(row.index) else { return String::new() };
        row_ui(ui, ctx, endpoint, row, &mut dialog)
    });
    state.dialog = dialog.or(state.dialog.take());
}

fn row_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    endpoint: &EndpointStatus,
    row: &TableRow<'_>,
    dialog: &mut Option<Dialog>,
) -> String {
    let t = tokens(ui.ctx());
    row.text(ui, 0, type_scale::BODY_MEDIUM, endpoint.name.as_str(), t.ink);
    row.text(ui, 1, type_scale::BODY, dialect_words(endpoint.config.dialect), t.ink2);
    row.text(ui, 2, type_scale::CODE_SKIM, host_of(&endpoint.config.base_url), t.ink);
    let (key, is_missing) = key_words(endpoint);
    row.text(ui, 3, type_scale::BODY, &key, if is_missing { t.warn } else { t.ink2 });
    let limit = endpoint.config.max_concurrency.map(|limit| format!("{limit} at once"));
    row.text(ui, 4, type_scale::BODY, &limit.unwrap_or_else(|| "default".to_owned()), t.ink2);
    let said = endpoint_state(&endpoint.state, ctx.now);
    said_ui(ui, row.cell(5), &said);
    row.add(ui, 6, |ui| {
        let more = ui.add(Button::icon_only(icons::DOTS_THREE, &format!("More of {}", endpoint.name)));
        Popup::menu(&more).width(metrics::MENU_WIDTH).show(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if menu_row(ui, Some(icons::KEY), "Set the key…", "", false).clicked() {
                *dialog = Some(Dialog::set_key(endpoint));
            }
            if menu_row(ui, Some(icons::TRASH), "Remove…", "", false).clicked() {
                *dialog = Some(Dialog::remove_endpoint(endpoint));
            }
        });
    });
    format!("{}, {}", endpoint.name, said.words)
}

/// One line of the lower table.
struct Line<'a> {
    name: String,
    model: &'a atelier_types::ids::ModelName,
    is_local: bool,
    price: Option<Price>,
    speed: Option<&'a Speed>,
}

fn lines(models: &ModelsOverview) -> Vec<Line<'_>> {
    let remote = models.remote.iter().map(|model| Line {
        name: format!("{}, {}", model.name, model.endpoint),
        model: &model.name,
        is_local: false,
        price: model.price,
        speed: model.speed.as_ref(),
    });
    let measured = models.local.iter().filter(|model| model.speed.is_some()).map(|model| Line {
        name: format!("{}, local", model.name),
        model: &model.name,
        is_local: true,
        price: None,
        speed: model.speed.as_ref(),
    });
    remote.chain(measured).collect()
}

fn prices_ui(ui: &mut Ui, lines: &[Line<'_>], state: &mut ModelsState) {
    let t = tokens(ui.ctx());
    let columns = [
        Column::flexible("Price and speed", 160.0),
        Column::fixed("1 M tokens in", 104.0).number(),
        Column::fixed("1 M tokens out", 104.0).number(),
        Column::fixed("First token, p50", 120.0).number(),
        Column::fixed("Tokens a second", 128.0).number(),
        Column::fixed("Calls", 72.0).number(),
    ];
    let selected = lines.iter().position(|line| Some(line.model) == state.selected.as_ref());
    let output = Table::new("Price and speed", &columns, lines.len()).selected(selected).show(ui, |ui, row| {
        let Some(line) = lines.get(row.index) else { return String::new() };
        row.text(ui, 0, type_scale::BODY_MEDIUM, &line.name, t.ink);
        let price = |of: fn(&Price) -> f64| match line.is_local {
            true => "none".to_owned(),
            false => words::usd_or_unknown(line.price.as_ref().map(of)),
        };
        let ink = if line.price.is_some() { t.ink } else { t.ink3 };
        row.text(ui, 1, type_scale::BODY, &price(|price| price.input_usd_per_mtok), ink);
        row.text(ui, 2, type_scale::BODY, &price(|price| price.output_usd_per_mtok), ink);
        match line.speed.and_then(|speed| speed.first_token_millis_p50) {
            Some(millis) => row.text(ui, 3, type_scale::BODY_MEDIUM, &words::duration(millis), t.ink),
            None => row.text(ui, 3, type_scale::BODY, "not measured", t.ink3),
        }
        match speed_words(line.speed) {
            Some((mean, interval)) => row.estimate(ui, 4, &mean, &interval),
            None => row.text(ui, 4, type_scale::BODY, "not measured", t.ink3),
        }
        let calls = line.speed.map_or(0, |speed| speed.num_calls);
        row.text(ui, 5, type_scale::BODY, &words::count(calls.into()), t.ink2);
        line.name.clone()
    });
    if let Some(line) = output.selected.and_then(|index| lines.get(index)) {
        state.selected = Some(line.model.clone());
    }
}
