//! What lies over the screen: toasts, the panel of an error, the palette, the tour, a lost connection.

use super::App;
use crate::commands::{AppCommand, NativeWindow};
use crate::context::AppContext;
use crate::state::session::NativeOffer;
use crate::state::toast::{Toast, ToastKind};
use crate::theme::{tokens, type_scale};
use crate::views;
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::toast::ToastAnswer;
use crate::widgets::{self, Button, Mark};
use atelier_types::error::ApiError;
use atelier_types::workspace::WorkspaceInfo;
use egui::{Context, Ui};

const ERROR_WIDTH: f32 = 560.0;

impl App {
    pub(super) fn overlays_ui(&mut self, ui: &Ui, workspace: Option<&WorkspaceInfo>) {
        let egui_ctx = ui.ctx().clone();
        self.toasts_ui(&egui_ctx);
        self.error_panel_ui(&egui_ctx);
        let Self { cache, session, persisted, commands, views, invoked, clock, .. } = self;
        let ctx = AppContext { cache, session, settings: persisted.settings(), commands, now: clock(), invoked };
        if session.is_palette_open {
            views::palette::palette_ui(&egui_ctx, &ctx, workspace.is_some(), &mut views.palette);
        }
        if let Some(step) = session.tour_step {
            views::tour::tour_ui(&egui_ctx, &ctx, workspace.is_some(), step);
        }
    }

    /// What stays until it is over or answered comes first: a lost connection, a webview that draws slowly.
    fn toasts_ui(&self, ctx: &Context) {
        let lost = self.session.connection_error.as_ref().map(|error| Toast::problem(error.clone()));
        let mut notices: Vec<Notice<'_>> = lost.iter().map(Notice::Lost).collect();
        // Another window would end what runs in this one.
        if self.session.native_offer == NativeOffer::Made && self.session.running().is_none() {
            notices.push(Notice::NativeOffer);
        }
        notices.extend(self.session.toasts.iter().enumerate().map(|(at, (toast, _))| Notice::Toast(at, toast)));
        let items: Vec<_> = notices.iter().map(Notice::shown).collect();
        match widgets::toast::toasts(ctx, &items) {
            Some(ToastAnswer::Act(at)) => self.act_on(&notices[at]),
            Some(ToastAnswer::Close(at)) => self.close(&notices[at]),
            None => {}
        }
    }

    fn act_on(&self, notice: &Notice<'_>) {
        match notice {
            Notice::NativeOffer => self.commands.send(AppCommand::NativeWindow(NativeWindow::Accept)),
            Notice::Lost(toast) | Notice::Toast(_, toast) => {
                if let Some(error) = &toast.error {
                    self.commands.send(AppCommand::ShowError(error.clone()));
                } else if let Some((_, route)) = &toast.link {
                    self.commands.send(route.clone());
                }
            }
        }
    }

    fn close(&self, notice: &Notice<'_>) {
        match notice {
            Notice::NativeOffer => self.commands.send(AppCommand::NativeWindow(NativeWindow::Decline)),
            Notice::Toast(at, _) => self.commands.send(AppCommand::CloseToast(*at)),
            Notice::Lost(_) => {}
        }
    }

    fn error_panel_ui(&self, ctx: &Context) {
        let Some(error) = &self.session.error_panel else { return };
        let shown = dialog(ctx, "error_panel", &error.message, ERROR_WIDTH, |ui| {
            error_details_ui(ui, error);
            buttons(ui, |ui| {
                let is_closed = ui.add(Button::new("Close").primary()).clicked();
                if ui.add(Button::new("Copy").hover("Copy all of this as text")).clicked() {
                    ui.ctx().copy_text(error_text(error));
                }
                is_closed
            })
        });
        if shown.is_left || shown.inner {
            self.commands.send(AppCommand::CloseError);
        }
    }
}

/// One of the messages in the corner.
enum Notice<'a> {
    Lost(&'a Toast),
    NativeOffer,
    /// With its place in the session.
    Toast(usize, &'a Toast),
}

impl Notice<'_> {
    fn shown(&self) -> widgets::toast::Toast<'_> {
        match self {
            Self::Lost(toast) | Self::Toast(_, toast) => shown(toast),
            Self::NativeOffer => widgets::toast::Toast {
                mark: Mark::Undecided,
                words: "The webview draws slowly on this machine",
                detail: "The plain native window is quicker. It takes this window's place, from now on.",
                action: Some("Open the native window"),
            },
        }
    }
}

fn shown(toast: &Toast) -> widgets::toast::Toast<'_> {
    let mark = match toast.kind {
        ToastKind::Done => Mark::Passed,
        ToastKind::Note => Mark::Undecided,
        ToastKind::Problem => Mark::Failed,
    };
    let cause = toast.error.as_ref().and_then(|error| error.causes.first());
    let action = match (&toast.error, &toast.link) {
        (Some(_), _) => Some("Details"),
        (None, link) => link.as_ref().map(|(label, _)| label.as_str()),
    };
    widgets::toast::Toast { mark, words: &toast.text, detail: cause.map_or("", String::as_str), action }
}

/// Everything that is known of a failure, the private parts last.
fn error_details_ui(ui: &mut Ui, error: &ApiError) {
    let t = tokens(ui.ctx());
    for cause in &error.causes {
        ui.label(type_scale::BODY.text(cause, t.ink2));
    }
    if let Some(action) = &error.action {
        ui.label(type_scale::BODY_MEDIUM.text(action, t.ink));
    }
    if let Some(place) = place_words(error) {
        ui.label(type_scale::CODE_LABEL.text(place, t.ink3));
    }
    ui.label(type_scale::CODE_LABEL.text(&error.code, t.ink3));
}

fn error_text(error: &ApiError) -> String {
    let mut lines = vec![error.code.clone(), error.message.clone()];
    lines.extend(error.causes.iter().cloned());
    lines.extend(error.action.clone());
    lines.extend(place_words(error));
    lines.join("\n")
}

/// `prompts/triage.prompty, line 12, column 4`
fn place_words(error: &ApiError) -> Option<String> {
    let place = error.location.as_ref()?;
    let line = place.line.map(|line| format!(", line {line}")).unwrap_or_default();
    let column = place.column.map(|column| format!(", column {column}")).unwrap_or_default();
    Some(format!("{}{line}{column}", place.file))
}
