//! The import dialog: rows from a file or from what was pasted, under a name.

use crate::commands::{Call, Reply};
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::{Button, Field, Segment, segments, states, text};
use crate::words;
use atelier_types::api::{DatasetImportRequest, DatasetsImport};
use atelier_types::dataset::DatasetSummary;
use atelier_types::error::ApiError;
use atelier_types::ids::DatasetName;
use egui::{Frame, Margin, ScrollArea, TextEdit, Ui};

const WIDTH: f32 = 560.0;

/// An open dialog.
pub struct Importing {
    name: String,
    /// `None` for what is pasted.
    file_name: Option<String>,
    content: String,
    is_csv: bool,
    saving: Option<Reply<DatasetSummary>>,
    error: Option<ApiError>,
}

impl Importing {
    pub fn file(file_name: String, content: String) -> Self {
        let stem = file_name.rsplit_once('.').map_or(file_name.as_str(), |(stem, _)| stem);
        let is_csv = file_name.to_lowercase().ends_with(".csv");
        Self { name: stem.to_owned(), file_name: Some(file_name), content, is_csv, saving: None, error: None }
    }

    pub fn pasted() -> Self {
        Self { name: String::new(), file_name: None, content: String::new(), is_csv: false, saving: None, error: None }
    }

    fn request(&self) -> DatasetImportRequest {
        let ending = if self.is_csv { "csv" } else { "jsonl" };
        DatasetImportRequest {
            name: DatasetName::new(self.name.trim()),
            file_name: self.file_name.clone().unwrap_or_else(|| format!("{}.{ending}", self.name.trim())),
            content: self.content.clone(),
        }
    }

    fn obstacle(&self) -> Option<&'static str> {
        if self.saving.is_some() {
            Some("The rows are read.")
        } else if self.name.trim().is_empty() {
            Some("Give it a name first.")
        } else if self.content.trim().is_empty() {
            Some("There are no rows yet.")
        } else {
            None
        }
    }
}

pub fn import_dialog(ui: &Ui, ctx: &WorkspaceContext<'_>, slot: &mut Option<Importing>) {
    let Some(state) = slot else { return };
    match Reply::take_from(&mut state.saving) {
        Some(Ok(summary)) => {
            ctx.commands.send(Route::Datasets { name: Some(summary.name) });
            *slot = None;
            return;
        }
        Some(Err(error)) => state.error = Some(error),
        None => {}
    }
    let shown = dialog(ui.ctx(), "import", "Import rows", WIDTH, |ui| form_ui(ui, ctx, state));
    if shown.inner || shown.is_left {
        *slot = None;
    }
}

fn form_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut Importing) -> bool {
    let t = tokens(ui.ctx());
    if let Some(file_name) = &state.file_name {
        let lines = words::counted(state.content.lines().count() as u64, "line", "lines");
        text::label(ui, scale::BODY, format!("{file_name}, {lines}"), t.ink2);
    }
    ui.add(Field::new("Name", &mut state.name).hint("tickets").captioned());
    if state.file_name.is_none() {
        text::caption(ui, "Rows");
        let items = [Segment::new("JSON lines"), Segment::new("CSV")];
        if let Some(chosen) = segments(ui, "Format", &items, usize::from(state.is_csv)) {
            state.is_csv = chosen == 1;
        }
        paste_ui(ui, &mut state.content, state.is_csv);
    }
    text::hint(ui, "A row without an id gets one, written into the file, so that results stay with their row.");
    if let Some(error) = &state.error {
        states::failure_banner(ui, error, None);
    }
    buttons(ui, |ui| {
        let why = state.obstacle();
        if ui.add(Button::new("Import").primary().disabled_because(why)).clicked() {
            let call = Call::new::<DatasetsImport>(state.request());
            ctx.commands.send(call.toast("Imported").reply_into(&mut state.saving));
        }
        ui.add(Button::new("Cancel").quiet()).clicked()
    })
}

fn paste_ui(ui: &mut Ui, content: &mut String, is_csv: bool) {
    let t = tokens(ui.ctx());
    let hint = if is_csv {
        "question,expected\nWhere is it?,Lisbon"
    } else {
        "{\"question\": \"Where is it?\", \"expected\": \"Lisbon\"}"
    };
    let frame = Frame::new()
        .fill(t.surface)
        .stroke(egui::Stroke::new(STROKE, t.edge))
        .corner_radius(RADIUS_CONTROL)
        .inner_margin(Margin::symmetric(8, 4));
    frame.show(ui, |ui| {
        ScrollArea::vertical().id_salt("paste").max_height(200.0).auto_shrink([false, false]).show(ui, |ui| {
            let edit = TextEdit::multiline(content)
                .frame(Frame::NONE)
                .font(scale::CODE_READ.font())
                .hint_text(scale::CODE_READ.text(hint, t.ink3))
                .desired_width(f32::INFINITY)
                .desired_rows(9);
            ui.add(edit).accessible_name("Rows to import");
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_comes_from_the_file_and_the_ending_from_the_format() {
        let file = Importing::file("tickets-120.csv".into(), "a,b".into());
        assert_eq!((file.name.as_str(), file.is_csv), ("tickets-120", true));
        let mut pasted = Importing::pasted();
        pasted.name = "mine".into();
        assert_eq!(pasted.request().file_name, "mine.jsonl");
        assert_eq!(pasted.obstacle(), Some("There are no rows yet."));
    }
}
