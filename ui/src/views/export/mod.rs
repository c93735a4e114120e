//! The export dialog: a format, what goes in, a look at the beginning, a file.

use crate::commands::{AppCommand, Call, HostAnswer, HostRequest, Reply};
use crate::context::WorkspaceContext;
use crate::state::toast::Toast;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::widgets::field::{Choice, check, menu_row};
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::{Button, Field, TextView, states, text};
use crate::words;
use atelier_types::api::{
    ExportRequest, ExportSource, Exported, ExportsFreeze, ExportsPreview, ExportsWrite, FreezeRequest,
};
use atelier_types::error::ApiError;
use atelier_types::export::ExportFormat;
use egui::{ScrollArea, Ui};

const WIDTH: f32 = 640.0;
const PREVIEW_HEIGHT: f32 = 200.0;

/// An open dialog.
pub struct ExportState {
    source: ExportSource,
    /// What is exported, in words.
    title: String,
    format: ExportFormat,
    rated_only: bool,
    path: String,
    picked: Option<Reply<HostAnswer>>,
    writing: Option<Reply<Exported>>,
    error: Option<ApiError>,
    is_done: bool,
}

impl ExportState {
    pub fn new(source: ExportSource, title: impl Into<String>) -> Self {
        let title = title.into();
        let rated_only = matches!(source, ExportSource::Review(_));
        let mut state = Self {
            source,
            title,
            format: ExportFormat::Jsonl,
            rated_only,
            path: String::new(),
            picked: None,
            writing: None,
            error: None,
            is_done: false,
        };
        state.path = state.default_path();
        state
    }

    fn file_stem(&self) -> String {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
        self.title.chars().map(|character| if is_plain(character) { character } else { '-' }).collect()
    }

    fn default_path(&self) -> String {
        format!("exports/{}.{}", self.file_stem(), self.format.extension())
    }

    fn set_format(&mut self, format: ExportFormat) {
        let was_default = self.path == self.default_path();
        self.format = format;
        if was_default {
            self.path = self.default_path();
        }
    }

    fn request(&self) -> ExportRequest {
        ExportRequest {
            source: self.source.clone(),
            format: self.format,
            rated_only: self.rated_only,
            variants: Vec::new(),
            path: String::new(),
        }
    }
}

/// Draws the dialog while there is one.
pub fn export_dialog(ui: &Ui, ctx: &WorkspaceContext<'_>, slot: &mut Option<ExportState>) {
    let Some(state) = slot else { return };
    take_answers(state);
    if state.error.is_none() && state.path.is_empty() {
        state.path = state.default_path();
    }
    let title = format!("Export {}", state.title);
    let shown = dialog(ui.ctx(), "export", &title, WIDTH, |ui| form_ui(ui, ctx, state));
    if shown.inner || shown.is_left || state.is_done {
        *slot = None;
    }
}

fn take_answers(state: &mut ExportState) {
    match Reply::take_from(&mut state.picked) {
        Some(Ok(HostAnswer::Path(path))) => state.path = path,
        Some(Ok(HostAnswer::Failed(error)) | Err(error)) => state.error = Some(error),
        _ => {}
    }
    match Reply::take_from(&mut state.writing) {
        Some(Ok(_)) => state.is_done = true,
        Some(Err(error)) => state.error = Some(error),
        None => {}
    }
}

/// The dialog's content; true when it is done with.
fn form_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ExportState) -> bool {
    let t = tokens(ui.ctx());
    ui.horizontal(|ui| {
        let mut chosen = None;
        Choice::new("Format", state.format.title()).width(240.0).show(ui, |ui| {
            for format in ExportFormat::ALL {
                if menu_row(ui, None, format.title(), "", format == state.format).clicked() {
                    chosen = Some(format);
                }
            }
        });
        if let Some(format) = chosen {
            state.set_format(format);
        }
        check(ui, &mut state.rated_only, "Only outputs that a person rated");
    });
    text::label(ui, scale::DENSE, format_words(state.format), t.ink2);
    ui.add_space(SPACE_8);
    let count = preview_ui(ui, ctx, state);
    ui.add_space(SPACE_8);
    path_ui(ui, ctx, state);
    if let Some(error) = &state.error {
        states::failure_banner(ui, error, None);
    }
    let is_empty = count == Some(0);
    buttons(ui, |ui| {
        let why = match (is_empty, state.writing.is_some(), state.path.trim().is_empty()) {
            (true, ..) => Some("Nothing would be exported."),
            (_, true, _) => Some("The file is written."),
            (.., true) => Some("Name a file first."),
            _ => None,
        };
        if ui.add(Button::new("Export").primary().disabled_because(why)).clicked() {
            ctx.commands.send(write(state));
        }
        if ui.add(Button::new("Freeze as eval set").disabled_because(why).hover(FREEZE_WORDS)).clicked() {
            ctx.commands.send(freeze(state));
        }
        ui.add(Button::new("Cancel").quiet()).clicked()
    })
}

const FREEZE_WORDS: &str = "Writes it to evalsets/ in the workspace, where git keeps it.";

fn format_words(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Jsonl => "One JSON object a line: inputs, messages, output, scores, receipt.",
        ExportFormat::Csv => "One row an output, for spreadsheets.",
        ExportFormat::OpenaiEvals => "Samples with input and ideal answer for OpenAI's evals.",
        ExportFormat::Promptfoo => "A promptfoo configuration with one test a row.",
        ExportFormat::TrlDpo => "Pairs of chosen and rejected answers for preference training; made of ratings.",
    }
}

/// The beginning of what would be written, and how many records there are.
fn preview_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &ExportState) -> Option<u32> {
    let t = tokens(ui.ctx());
    let request = state.request();
    let fetched = ctx.fetch::<ExportsPreview>(&request);
    let count = fetched.value().map(|preview| preview.num_records);
    let caption = count.map_or_else(
        || "Preview".to_owned(),
        |count| format!("Preview of {}", words::counted(count.into(), "record", "records")),
    );
    text::caption(ui, caption);
    let frame = egui::Frame::new().fill(t.sunken).corner_radius(RADIUS_CONTROL).inner_margin(egui::Margin::same(12));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.set_height(PREVIEW_HEIGHT);
        ScrollArea::vertical().id_salt("preview").auto_shrink([false, false]).show(ui, |ui| {
            match (fetched.value(), fetched.error()) {
                (_, Some(error)) => {
                    if states::failed(ui, error, Some("Try again")) {
                        ctx.retry::<ExportsPreview>(&request);
                    }
                }
                (Some(preview), _) if preview.num_records == 0 => {
                    text::label(ui, scale::BODY, "Nothing fits: no output, or none that was rated.", t.ink2);
                }
                (Some(preview), _) => {
                    TextView::new("Preview", &preview.head).step(scale::CODE_SKIM).show(ui);
                }
                (None, None) => {
                    states::loading(ui, "Reading the outputs", 1, LIST_ROW, false);
                }
            }
        });
    });
    count
}

fn path_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ExportState) {
    text::caption(ui, "File");
    ui.horizontal(|ui| {
        let width = ui.available_width() - 112.0;
        ui.add(Field::new("File", &mut state.path).width(width).mono());
        if ui.add(Button::new("Choose…").min_width(104.0)).clicked() {
            let reply = Reply::default();
            state.picked = Some(reply.clone());
            let file_name = format!("{}.{}", state.file_stem(), state.format.extension());
            let request = HostRequest::SavePath { title: "Export".to_owned(), file_name };
            ctx.commands.send(AppCommand::AskHost(request, reply));
        }
    });
    text::hint(ui, "A path without a folder of its own starts at the workspace.");
}

fn write(state: &mut ExportState) -> AppCommand {
    let request = ExportRequest { path: state.path.trim().to_owned(), ..state.request() };
    Call::new::<ExportsWrite>(request).then(|exported| vec![done(exported)]).reply_into(&mut state.writing).into()
}

fn freeze(state: &mut ExportState) -> AppCommand {
    let request = FreezeRequest { name: state.file_stem(), source: state.source.clone(), rated_only: state.rated_only };
    Call::new::<ExportsFreeze>(request).then(|exported| vec![done(exported)]).reply_into(&mut state.writing).into()
}

fn done(exported: &Exported) -> AppCommand {
    let records = words::counted(exported.num_records.into(), "record", "records");
    Toast::done(format!("{records}, {}, written to {}", words::bytes(exported.num_bytes), exported.path)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_follows_the_format_until_it_is_named_by_hand() {
        let mut state = ExportState::new(ExportSource::Run("r1".into()), "ticket triage/2");
        assert_eq!(state.path, "exports/ticket-triage-2.jsonl");
        state.set_format(ExportFormat::Promptfoo);
        assert_eq!(state.path, "exports/ticket-triage-2.yaml");
        state.path = "mine.txt".into();
        state.set_format(ExportFormat::Csv);
        assert_eq!(state.path, "mine.txt");
    }
}
