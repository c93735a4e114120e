//! The one place where commands change anything. The match only dispatches.

use super::{App, Waiting};
use crate::commands::{AppCommand, Call, HostAnswer, HostRequest, Reply, Scope, UiCommand};
use crate::state::route::Room;
use crate::state::toast::Toast;
use crate::views::ViewStates;
use atelier_types::api::{WorkspaceDemo, WorkspaceDemoRequest};
use atelier_types::settings::{Settings, ThemeChoice};
use atelier_types::workspace::WorkspaceInfo;

/// Steps of the interface's scale.
const ZOOM_STEP: f32 = 0.1;
const ZOOM_RANGE: std::ops::RangeInclusive<f32> = 0.5..=3.0;

impl App {
    pub(super) fn apply(&mut self, command: AppCommand, ctx: &egui::Context) {
        match command {
            AppCommand::Invoke(command) => self.invoke(command),
            AppCommand::Go(route) => self.session.trail.go(route),
            AppCommand::Replace(route) => self.session.trail.replace(route),
            AppCommand::Enter(room) => self.session.trail.enter(room),
            AppCommand::Back => self.session.trail.back(),
            AppCommand::Call(call) => self.send_call(call),
            AppCommand::AskHost(request, reply) => self.ask_host(request, reply, ctx),
            AppCommand::Refetch(key) => self.cache.mark_key_stale(&key),
            AppCommand::ShowToast(toast) => self.show_toast(toast, ctx),
            AppCommand::CloseToast(at) => self.close_toast(at),
            AppCommand::ShowError(error) => self.session.error_panel = Some(error),
            AppCommand::CloseError => self.session.error_panel = None,
            AppCommand::OpenPalette => self.open_palette(),
            AppCommand::ClosePalette => self.session.is_palette_open = false,
            AppCommand::Tour(step) => self.show_tour(step),
            AppCommand::ChangeSettings(change) => self.persisted.change(change),
            AppCommand::NativeWindow(step) => self.take_native_window(step),
            AppCommand::WorkspaceOpened(workspace) => self.workspace_opened(&workspace),
        }
    }

    fn invoke(&mut self, command: UiCommand) {
        match command {
            UiCommand::OpenPalette => self.open_palette(),
            UiCommand::OpenDemo => self.open_demo(),
            UiCommand::OpenFolder | UiCommand::NewWorkspace | UiCommand::CloneRepository => {
                self.session.trail.enter(Room::Home);
                self.invoked.push(command);
            }
            UiCommand::GoHome => self.session.trail.enter(Room::Home),
            UiCommand::GoPrompts => self.session.trail.enter(Room::Prompts),
            UiCommand::GoExperiments => self.session.trail.enter(Room::Experiments),
            UiCommand::GoCompare => self.session.trail.enter(Room::Compare),
            UiCommand::GoReview => self.session.trail.enter(Room::Review),
            UiCommand::GoDatasets => self.session.trail.enter(Room::Datasets),
            UiCommand::GoModels => self.session.trail.enter(Room::Models),
            UiCommand::GoSettings => self.session.trail.enter(Room::Settings),
            UiCommand::GoBack => self.session.trail.back(),
            UiCommand::ThemeLight => self.change_settings(|settings| settings.theme = ThemeChoice::Light),
            UiCommand::ThemeDark => self.change_settings(|settings| settings.theme = ThemeChoice::Dark),
            UiCommand::ThemeSystem => self.change_settings(|settings| settings.theme = ThemeChoice::System),
            UiCommand::ZoomIn => self.change_settings(|settings| zoom_by(settings, ZOOM_STEP)),
            UiCommand::ZoomOut => self.change_settings(|settings| zoom_by(settings, -ZOOM_STEP)),
            UiCommand::ZoomReset => self.change_settings(|settings| settings.zoom = None),
            UiCommand::StartTour => self.show_tour(Some(0)),
            _ => self.hand_to_view(command),
        }
    }

    /// Commands of a room are carried out by its view, in this frame.
    fn hand_to_view(&mut self, command: UiCommand) {
        if let Scope::Room(room) = command.info().scope {
            self.session.trail.enter(room);
        }
        self.invoked.push(command);
    }

    pub(super) fn send_call(&mut self, call: Call) {
        match call.request.clone() {
            Ok(request) => {
                let request = self.backend.send(call.verb, request);
                self.waiting.insert(request, Waiting::Call(call));
            }
            Err(error) => self.settle_unsent(call, error),
        }
    }

    fn settle_unsent(&self, call: Call, error: atelier_types::error::ApiError) {
        for command in call.follow_up(Err(error)) {
            self.commands.send(command);
        }
    }

    pub(super) fn ask_host(&mut self, request: HostRequest, reply: Reply<HostAnswer>, ctx: &egui::Context) {
        match self.backend.ask_host(request.clone()) {
            Some(id) => {
                self.waiting.insert(id, Waiting::Host(reply));
            }
            None => reply.put(Ok(without_host(request, ctx))),
        }
    }

    fn show_toast(&mut self, toast: Toast, ctx: &egui::Context) {
        let now_secs = ctx.input(|input| input.time);
        // The same notice twice is one notice.
        self.session.toasts.retain(|(shown, _)| *shown != toast);
        self.session.toasts.push((toast, now_secs));
    }

    fn close_toast(&mut self, at: usize) {
        if at < self.session.toasts.len() {
            self.session.toasts.remove(at);
        }
    }

    fn open_palette(&mut self) {
        self.views.palette.open();
        self.session.is_palette_open = true;
    }

    fn show_tour(&mut self, step: Option<usize>) {
        self.session.tour_step = step;
        if step.is_none() {
            self.change_settings(|settings| settings.is_tour_done = true);
        }
    }

    fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        self.persisted.change(change);
    }

    fn open_demo(&self) {
        let call = Call::new::<WorkspaceDemo>(WorkspaceDemoRequest { path: None })
            .then(|workspace| vec![AppCommand::WorkspaceOpened(Box::new(workspace.clone()))]);
        self.commands.send(call);
    }

    /// Nothing of the workspace before is left: neither answers nor places nor what views remember.
    fn workspace_opened(&mut self, workspace: &WorkspaceInfo) {
        self.keep_drafts();
        self.cache.clear();
        self.views = ViewStates::default();
        self.session.live_runs.clear();
        let room = if workspace.num_prompts == 0 { Room::Home } else { Room::Prompts };
        self.session.trail.restart(room.route());
    }

    /// Sends what was typed and not yet kept.
    pub(super) fn keep_drafts(&mut self) {
        for command in self.views.take_unkept_drafts() {
            if let AppCommand::Call(call) = command {
                self.send_call(call);
            }
        }
    }
}

fn zoom_by(settings: &mut Settings, step: f32) {
    let steps = ((settings.zoom.unwrap_or(1.0) + step) / ZOOM_STEP).round();
    let zoom = (steps * ZOOM_STEP).clamp(*ZOOM_RANGE.start(), *ZOOM_RANGE.end());
    settings.zoom = (zoom != 1.0).then_some(zoom);
}

/// What works without a host's help: egui opens addresses by itself.
fn without_host(request: HostRequest, ctx: &egui::Context) -> HostAnswer {
    match request {
        HostRequest::OpenUrl { url } => {
            ctx.open_url(egui::OpenUrl::new_tab(url));
            HostAnswer::Done
        }
        _ => HostAnswer::Unsupported,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zoom_goes_in_even_steps_and_stays_in_its_range() {
        let mut settings = Settings::default();
        zoom_by(&mut settings, ZOOM_STEP);
        assert_eq!(settings.zoom, Some(1.1));
        zoom_by(&mut settings, -ZOOM_STEP);
        assert_eq!(settings.zoom, None);
        for _ in 0..50 {
            zoom_by(&mut settings, ZOOM_STEP);
        }
        assert_eq!(settings.zoom, Some(3.0));
    }
}
