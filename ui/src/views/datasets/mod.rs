//! Datasets: rows that prompts are run on.

mod import;

use crate::commands::{AppCommand, Call, HostAnswer, HostRequest, Reply};
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::{Button, Column, ListRow, Table, pane, search_field, states, text};
use crate::words;
use atelier_types::api::{DatasetPageRequest, DatasetRequest, DatasetsDelete, DatasetsList, DatasetsShow, Nothing};
use atelier_types::dataset::{DatasetPage, DatasetSummary};
use atelier_types::ids::DatasetName;
use egui::{Rect, ScrollArea, Ui};
use import::Importing;
use serde_json::Value;
use std::collections::HashMap;
use std::rc::Rc;

const LIST: f32 = 260.0;
/// Rows of one read.
const PAGE_ROWS: u32 = 64;
const MAX_COLUMNS: usize = 8;

#[derive(Default)]
pub struct DatasetsState {
    filter: String,
    /// Rows that were drawn last; they are the ones to ask for.
    visible: std::ops::Range<usize>,
    picked: Option<Reply<HostAnswer>>,
    importing: Option<Importing>,
    deleting: Option<DatasetName>,
}

pub fn datasets_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut DatasetsState, name: Option<&DatasetName>) {
    let t = tokens(ui.ctx());
    let fetched = ctx.fetch::<DatasetsList>(&Nothing {});
    take_picked(ctx, state);
    let mut area = ui.max_rect();
    match (fetched.value(), fetched.error()) {
        (Some(list), _) if list.is_empty() => empty_ui(ui, ctx, state),
        (Some(list), _) => {
            let chosen = name.and_then(|name| list.iter().find(|known| known.name == *name)).or(list.first());
            let side = pane::cut_left(&mut area, LIST);
            list_ui(ui, ctx, state, list, chosen, side);
            if let Some(summary) = chosen {
                rows_ui(ui, ctx, state, summary, area);
            }
            pane::line_left(ui, area);
        }
        (None, Some(error)) => pane::pane(ui, "datasets failed", area.shrink(SPACE_16), t.surface, |ui| {
            if states::failed(ui, error, Some("Try again")) {
                ctx.retry::<DatasetsList>(&Nothing {});
            }
        }),
        (None, None) => {
            states::loading(ui, "Reading datasets", 3, TABLE_ROW, false);
        }
    }
    import::import_dialog(ui, ctx, &mut state.importing);
    deleting_dialog(ui, ctx, state);
}

fn empty_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut DatasetsState) {
    let words = "Import a JSONL or CSV file, or paste rows. Each row gets an id that stays.";
    states::empty(ui, icons::DATABASE, "No datasets yet", words, |ui| import_buttons_ui(ui, ctx, state, true));
}

fn import_buttons_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut DatasetsState, is_primary: bool) {
    let button = Button::new("Import…").icon(icons::DOWNLOAD_SIMPLE);
    if ui.add(if is_primary { button.primary() } else { button }).clicked() {
        let reply = Reply::default();
        state.picked = Some(reply.clone());
        let extensions = vec!["jsonl".to_owned(), "csv".to_owned()];
        let request = HostRequest::PickFile { title: "Import rows".to_owned(), extensions };
        ctx.commands.send(AppCommand::AskHost(request, reply));
    }
    if ui.add(Button::new("Paste…").icon(icons::CLIPBOARD_TEXT)).clicked() {
        state.importing = Some(Importing::pasted());
    }
}

/// A host without files leads to pasting.
fn take_picked(ctx: &WorkspaceContext<'_>, state: &mut DatasetsState) {
    match Reply::take_from(&mut state.picked) {
        Some(Ok(HostAnswer::File { name, content })) => state.importing = Some(Importing::file(name, content)),
        Some(Ok(HostAnswer::Unsupported | HostAnswer::Path(_))) => state.importing = Some(Importing::pasted()),
        Some(Ok(HostAnswer::Failed(error)) | Err(error)) => {
            ctx.commands.send(crate::state::toast::Toast::problem(error));
        }
        _ => {}
    }
}

fn list_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut DatasetsState,
    list: &[DatasetSummary],
    chosen: Option<&DatasetSummary>,
    mut side: Rect,
) {
    let t = tokens(ui.ctx());
    let head = pane::cut_top(&mut side, PANE_HEAD);
    ui.painter().rect_filled(head, 0.0, t.canvas);
    pane::row(ui, "datasets title", pane::padded(head), |ui| {
        text::line(ui, scale::EMPHASIS, "Datasets", t.ink);
    });
    pane::pane(ui, "datasets", side, t.canvas, |ui| {
        egui::Frame::new().inner_margin(egui::Margin::symmetric(8, 0)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = SPACE_8;
            search_field(ui, "Filter datasets", &mut state.filter, LIST, None);
            ui.horizontal(|ui| import_buttons_ui(ui, ctx, state, false));
            ui.spacing_mut().item_spacing.y = 0.0;
            let wanted = state.filter.to_lowercase();
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                for summary in list.iter().filter(|known| known.name.as_str().to_lowercase().contains(&wanted)) {
                    let rows = words::counted(summary.num_rows.into(), "row", "rows");
                    let second = summary.problem.as_ref().map_or(rows, |problem| problem.message.clone());
                    let icon = if summary.problem.is_some() { icons::WARNING_CIRCLE } else { icons::DATABASE };
                    let is_chosen = chosen.is_some_and(|chosen| chosen.name == summary.name);
                    let row = ListRow::new(summary.name.as_str()).second_line(&second).icon(icon).selected(is_chosen);
                    if ui.add(row).clicked() {
                        ctx.commands.send(Route::Datasets { name: Some(summary.name.clone()) });
                    }
                }
            });
        });
    });
}

fn rows_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut DatasetsState,
    summary: &DatasetSummary,
    mut area: Rect,
) {
    let t = tokens(ui.ctx());
    let head = pane::cut_top(&mut area, PANE_HEAD);
    pane::row_from_right(ui, "dataset actions", pane::padded(head), |ui| {
        if ui.add(Button::new("Delete…").quiet().icon(icons::TRASH)).clicked() {
            state.deleting = Some(summary.name.clone());
        }
    });
    pane::row(ui, "dataset title", pane::padded(head).with_max_x(head.right() - 136.0), |ui| {
        text::elided(ui, scale::HEADING, summary.name.as_str(), t.ink);
        let words = format!(
            "{}, {}, sha256 {}",
            words::counted(summary.num_rows.into(), "row", "rows"),
            words::counted(summary.columns.len() as u64, "column", "columns"),
            summary.content_hash.chars().take(8).collect::<String>()
        );
        text::elided(ui, scale::DENSE, words, t.ink3);
    });
    pane::line_below(ui, head);
    pane::pane(ui, "rows", area, t.surface, |ui| match &summary.problem {
        Some(problem) => {
            pane::pane(ui, "dataset problem", area.shrink(SPACE_16), t.surface, |ui| {
                states::failed(ui, problem, None);
            });
        }
        None if summary.num_rows == 0 => {
            states::empty(ui, icons::ROWS, "No rows", "The file is there and holds nothing.", |_| {});
        }
        None => table_ui(ui, ctx, state, summary),
    });
}

fn table_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut DatasetsState, summary: &DatasetSummary) {
    let t = tokens(ui.ctx());
    let names: Vec<&String> = summary.columns.iter().filter(|name| *name != "id").take(MAX_COLUMNS).collect();
    let mut columns = vec![Column::fixed("id", 120.0)];
    columns.extend(names.iter().map(|name| Column::flexible(name.as_str(), 168.0)));
    let pages = pages(ctx, summary, state.visible.clone());
    if let Some(error) = pages.error {
        pane::pane(ui, "rows failed", ui.max_rect().shrink(SPACE_16), t.surface, |ui| {
            states::failed(ui, &error, None);
        });
        return;
    }
    let table = Table::new("Rows", &columns, summary.num_rows as usize);
    let output = table.show(ui, |ui, row| {
        let page = pages.pages.get(&(row.index as u32 / PAGE_ROWS));
        let Some(data) = page.and_then(|page| page.rows.get(row.index % PAGE_ROWS as usize)) else {
            row.text(ui, 0, scale::DENSE, "…", t.ink3);
            return format!("Row {}", row.index + 1);
        };
        row.text(ui, 0, scale::DENSE, data.id.as_str(), t.ink2);
        for (index, name) in names.iter().enumerate() {
            let (words, ink) = match data.values.get(*name) {
                None | Some(Value::Null) => ("none".to_owned(), t.ink3),
                Some(Value::String(text)) => (one_line(text), t.ink),
                Some(value) => (value.to_string(), t.ink),
            };
            row.text(ui, index + 1, scale::DENSE, &words, ink);
        }
        format!("Row {}", data.id)
    });
    state.visible = output.visible;
}

fn one_line(text: &str) -> String {
    // The beginning is enough for a cell, and a row may hold a whole document.
    let end = text.floor_char_boundary(400.min(text.len()));
    crate::views::results::data::one_line(&text[..end])
}

struct Pages {
    pages: HashMap<u32, Rc<DatasetPage>>,
    error: Option<atelier_types::error::ApiError>,
}

fn pages(ctx: &WorkspaceContext<'_>, summary: &DatasetSummary, rows: std::ops::Range<usize>) -> Pages {
    let mut pages = Pages { pages: HashMap::new(), error: None };
    let last = rows.end.saturating_sub(1).max(rows.start) as u32 / PAGE_ROWS;
    for page in rows.start as u32 / PAGE_ROWS..=last {
        let request = DatasetPageRequest { name: summary.name.clone(), offset: page * PAGE_ROWS, limit: PAGE_ROWS };
        let fetched = ctx.fetch::<DatasetsShow>(&request);
        pages.error = pages.error.or_else(|| fetched.error().cloned());
        if let Some(value) = fetched.shared() {
            pages.pages.insert(page, value);
        }
    }
    pages
}

fn deleting_dialog(ui: &Ui, ctx: &WorkspaceContext<'_>, state: &mut DatasetsState) {
    let Some(name) = &state.deleting else { return };
    let t = tokens(ui.ctx());
    let title = format!("Delete {name}?");
    let shown = dialog(ui.ctx(), "delete dataset", &title, 440.0, |ui| {
        let words = "The file is deleted. What was committed stays in git, and outputs keep their inputs.";
        text::label(ui, scale::BODY, words, t.ink2);
        buttons(ui, |ui| {
            let is_confirmed = ui.add(Button::new("Delete dataset").destructive()).clicked();
            (is_confirmed, ui.add(Button::new("Cancel").quiet()).clicked())
        })
    });
    let (is_confirmed, is_left) = shown.inner;
    if is_confirmed {
        let call = Call::new::<DatasetsDelete>(DatasetRequest { name: name.clone() });
        ctx.commands.send(call.toast(format!("{name} was deleted")));
        ctx.commands.send(AppCommand::Replace(Route::Datasets { name: None }));
    }
    if is_confirmed || is_left || shown.is_left {
        state.deleting = None;
    }
}
