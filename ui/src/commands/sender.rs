//! The one way from a view to a change. Commands are applied at the start of the next frame.

use super::app_command::AppCommand;
use std::cell::RefCell;
use std::panic::Location;

/// A command and the line of code that sent it.
#[derive(Debug)]
pub struct Sent {
    pub command: AppCommand,
    pub from: &'static Location<'static>,
}

pub struct CommandSender {
    queue: RefCell<Vec<Sent>>,
    ctx: egui::Context,
}

impl CommandSender {
    pub fn new(ctx: egui::Context) -> Self {
        Self { queue: RefCell::default(), ctx }
    }

    #[track_caller]
    pub fn send(&self, command: impl Into<AppCommand>) {
        self.queue.borrow_mut().push(Sent { command: command.into(), from: Location::caller() });
        self.ctx.request_repaint();
    }

    /// All that was sent so far, in order.
    pub fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut self.queue.borrow_mut())
    }
}
