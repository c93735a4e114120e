//! The labels of one version: set one, or take one off.

use crate::commands::{Call, Reply};
use crate::context::WorkspaceContext;
use crate::theme::{icons, metrics, tokens, type_scale};
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::{Button, Field, text};
use atelier_types::api::{HistoryRemoveLabel, HistorySetLabel, LabelRemoveRequest, LabelRequest, Nothing};
use atelier_types::error::ApiError;
use atelier_types::ids::{LabelName, PromptName};
use atelier_types::prompt::{Version, VersionRef};
use egui::Ui;

const WIDTH: f32 = 400.0;

pub struct LabelDialog {
    name: PromptName,
    number: u32,
    labels: Vec<LabelName>,
    input: String,
    setting: Option<Reply<Nothing>>,
    error: Option<ApiError>,
}

impl LabelDialog {
    pub fn new(name: &PromptName, version: &Version) -> Self {
        Self {
            name: name.clone(),
            number: version.number,
            labels: version.labels.clone(),
            input: String::new(),
            setting: None,
            error: None,
        }
    }

    fn set(&mut self, ctx: &WorkspaceContext<'_>) {
        let label = LabelName::new(self.input.trim());
        let toast = format!("{label} is v{} now", self.number);
        let request = LabelRequest { name: self.name.clone(), label, version: VersionRef::Number(self.number) };
        ctx.commands.send(Call::new::<HistorySetLabel>(request).toast(toast).reply_into(&mut self.setting));
        self.error = None;
    }

    fn remove(&mut self, ctx: &WorkspaceContext<'_>, label: &LabelName) {
        let request = LabelRemoveRequest { name: self.name.clone(), label: label.clone() };
        ctx.commands.send(Call::new::<HistoryRemoveLabel>(request).toast(format!("{label} was removed")));
        self.labels.retain(|known| known != label);
    }
}

pub fn dialog_ui(ui: &Ui, ctx: &WorkspaceContext<'_>, slot: &mut Option<LabelDialog>) {
    let Some(open) = slot else { return };
    match Reply::take_from(&mut open.setting) {
        Some(Ok(_)) => {
            *slot = None;
            return;
        }
        Some(Err(error)) => open.error = Some(error),
        None => {}
    }
    let title = format!("Label v{}", open.number);
    let shown = dialog(ui.ctx(), "label dialog", &title, WIDTH, |ui| contents_ui(ui, ctx, open));
    if shown.is_left || shown.inner {
        *slot = None;
    }
}

/// True when it is to be closed.
fn contents_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, open: &mut LabelDialog) -> bool {
    let t = tokens(ui.ctx());
    for label in open.labels.clone() {
        ui.horizontal(|ui| {
            text::icon(ui, icons::TAG, metrics::ICON_SMALL, t.ink2);
            text::line(ui, type_scale::BODY, label.as_str(), t.ink);
            if ui.add(Button::icon_only(icons::X, &format!("Remove {label}"))).clicked() {
                open.remove(ctx, &label);
            }
        });
    }
    let error = open.error.as_ref().map(ToString::to_string);
    let width = ui.available_width();
    let field = Field::new("Label", &mut open.input).captioned().hint("production").width(width);
    ui.add(field.error(error.as_deref()));
    text::label(ui, type_scale::DENSE, "A label points at one version; setting it again moves it.", t.ink2);
    buttons(ui, |ui| {
        let why = open.input.trim().is_empty().then_some("A label needs a name.");
        if ui.add(Button::new("Set label").primary().disabled_because(why)).clicked() {
            open.set(ctx);
        }
        ui.add(Button::new("Close")).clicked()
    })
}
