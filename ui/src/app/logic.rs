//! The part of a frame that draws nothing: messages in, commands applied, reads out.

use super::{App, Waiting};
use crate::commands::{AppCommand, Call};
use crate::transport::Message;
use atelier_types::api::{Nothing, SettingsSave, SettingsSaveRequest, SettingsShow};
use atelier_types::error::ApiError;
use atelier_types::event::Event;
use atelier_types::settings::ThemeChoice;
use egui::ThemePreference;
use serde_json::Value;

/// Messages that would take longer than this wait for the next frame.
const MAX_DRAIN_MILLIS: i64 = 10;
/// Commands may lead to commands; what is left after so many rounds waits for the next frame.
const MAX_COMMAND_ROUNDS: usize = 16;

impl App {
    pub fn run_logic(&mut self, ctx: &egui::Context) {
        let now_secs = ctx.input(|input| input.time);
        self.cache.begin_frame(now_secs);
        self.drain_messages(ctx, now_secs);
        self.run_commands(ctx);
        self.remember_window(ctx, now_secs);
        self.watch_pace(ctx);
        self.follow_settings(ctx);
        self.reopen_natively(ctx);
        self.rest_cursor(ctx, now_secs);
        self.drop_old_toasts(ctx, now_secs);
        self.views.tick(&self.cache, &self.commands, ctx);
        self.start_reads();
    }

    fn drain_messages(&mut self, ctx: &egui::Context, now_secs: f64) {
        let end = (self.clock)().0 + MAX_DRAIN_MILLIS;
        while let Some(message) = self.backend.try_recv() {
            self.accept(message, now_secs);
            if (self.clock)().0 > end {
                ctx.request_repaint();
                return;
            }
        }
    }

    fn accept(&mut self, message: Message, now_secs: f64) {
        match message {
            Message::Answer { request, result } => {
                if let Some(waiting) = self.waiting.remove(&request) {
                    self.settle(waiting, result);
                }
            }
            Message::Host { request, answer } => {
                if let Some(Waiting::Host(reply)) = self.waiting.remove(&request) {
                    reply.put(Ok(answer));
                }
            }
            Message::Events(events) => {
                for event in events {
                    self.accept_event(event, now_secs);
                }
            }
            Message::ConnectionLost(error) => self.session.connection_error = Some(error),
            Message::ConnectionRegained => {
                self.session.connection_error = None;
                self.cache.mark_all_stale();
            }
        }
    }

    fn settle(&self, waiting: Waiting, result: Result<Value, ApiError>) {
        match waiting {
            Waiting::Read(key) => self.cache.settle(&key, result),
            Waiting::Call(call) => {
                for command in call.follow_up(result) {
                    self.commands.send(command);
                }
            }
            Waiting::Host(_) => {}
        }
    }

    fn accept_event(&mut self, event: Event, now_secs: f64) {
        if let Event::CacheStale { tags } = &event {
            self.cache.mark_stale(tags);
        }
        self.session.accept(event, now_secs);
    }

    fn run_commands(&mut self, ctx: &egui::Context) {
        for _ in 0..MAX_COMMAND_ROUNDS {
            let sent = self.commands.take();
            if sent.is_empty() {
                return;
            }
            for sent in sent {
                self.apply(sent.command, ctx);
            }
        }
    }

    /// Settings are read once, shown at once when they change, and saved behind the change.
    fn follow_settings(&mut self, ctx: &egui::Context) {
        if let Some(settings) = self.cache.fetch::<SettingsShow>(&Nothing {}).value() {
            let is_first = !self.persisted.is_loaded();
            self.persisted.load(settings);
            if is_first && !self.persisted.settings().is_tour_done {
                self.session.tour_step = Some(0);
            }
        }
        if let Some(settings) = self.persisted.take_unsaved() {
            let save = Call::new::<SettingsSave>(SettingsSaveRequest { settings });
            if let AppCommand::Call(call) = save.into() {
                self.send_call(call);
            }
        }
        let settings = self.persisted.settings();
        let theme = match settings.theme {
            ThemeChoice::Light => ThemePreference::Light,
            ThemeChoice::Dark => ThemePreference::Dark,
            ThemeChoice::System => ThemePreference::System,
        };
        // Without an answer yet, the host's theme is better than a flash of another one.
        if self.persisted.is_loaded() && ctx.options(|options| options.theme_preference) != theme {
            ctx.set_theme(theme);
        }
        let zoom = settings.zoom.unwrap_or(1.0);
        if self.persisted.is_loaded() && ctx.zoom_factor() != zoom {
            ctx.set_zoom_factor(zoom);
        }
    }

    fn drop_old_toasts(&mut self, ctx: &egui::Context, now_secs: f64) {
        self.session.toasts.retain(|(toast, since_secs)| {
            let Some(shown_secs) = toast.kind.shown_secs() else { return true };
            let left_secs = since_secs + shown_secs - now_secs;
            if left_secs > 0.0 {
                ctx.request_repaint_after_secs(left_secs as f32);
            }
            left_secs > 0.0
        });
    }

    fn start_reads(&mut self) {
        for key in self.cache.take_wanted() {
            let request = self.backend.send(key.verb, key.request());
            self.waiting.insert(request, Waiting::Read(key));
        }
    }
}
