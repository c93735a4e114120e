//! The application: it owns everything, and everything that changes changes here.
//!
//! A frame is `logic` (take in what arrived, run commands, start reads) and then `ui` (keys, then drawing). Views get
//! borrowed contexts and send commands.

mod bars;
mod command_handling;
mod cursor;
mod frame_pace;
mod layout;
mod logic;
mod native_offer;
mod overlays;
mod rail;
mod shortcuts;
mod window;

use crate::commands::{Call, CommandSender, HostAnswer, Reply, UiCommand};
use crate::state::persisted::Persisted;
use crate::state::{Cache, Key, Session};
use crate::theme;
use crate::transport::{Backend, RequestId};
use crate::views::ViewStates;
use atelier_types::time::MillisSinceEpoch;
use std::collections::HashMap;
use std::sync::Arc;

/// The host's clock.
pub type Clock = Box<dyn Fn() -> MillisSinceEpoch>;

/// What an answer is waited for.
enum Waiting {
    Read(Key),
    Call(Call),
    Host(Reply<HostAnswer>),
}

pub struct App {
    backend: Box<dyn Backend>,
    clock: Clock,
    cache: Cache,
    session: Session,
    persisted: Persisted,
    commands: CommandSender,
    waiting: HashMap<RequestId, Waiting>,
    views: ViewStates,
    /// Commands that the views carry out in this frame.
    invoked: Vec<UiCommand>,
    seen_window: window::Seen,
    cursor: cursor::Cursor,
    pace: frame_pace::FramePace,
    /// The native window that was asked for.
    reopening: Option<Reply<HostAnswer>>,
}

impl App {
    pub fn new(ctx: &egui::Context, mut backend: Box<dyn Backend>, clock: Clock) -> Self {
        theme::install(ctx);
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let waker = ctx.clone();
        backend.connect(Arc::new(move || waker.request_repaint()));
        Self {
            backend,
            clock,
            cache: Cache::default(),
            session: Session::default(),
            persisted: Persisted::default(),
            commands: CommandSender::new(ctx.clone()),
            waiting: HashMap::new(),
            views: ViewStates::default(),
            invoked: Vec::new(),
            seen_window: window::Seen::default(),
            cursor: cursor::Cursor::default(),
            pace: frame_pace::FramePace::default(),
            reopening: None,
        }
    }

    /// For tests and hosts that lead somewhere from outside.
    pub fn commands(&self) -> &CommandSender {
        &self.commands
    }

    pub fn session(&self) -> &Session {
        &self.session
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.run_logic(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.keep_drafts();
    }
}
