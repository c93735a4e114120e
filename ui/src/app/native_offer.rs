//! The offer of the plain native window where the webview draws slowly, and the way there.
//!
//! It is made once and its answer is remembered. The webview's window only closes when everything that it sent has been
//! answered: drafts and settings are safe before the other window opens.

use super::{App, Waiting};
use crate::commands::{AppCommand, HostAnswer, HostRequest, NativeWindow, Reply};
use crate::state::session::NativeOffer;
use crate::state::toast::Toast;
use egui::Context;

impl App {
    /// Looks at the pace of frames where the native window can be offered.
    pub(super) fn watch_pace(&mut self, ctx: &Context) {
        let settings = self.persisted.settings();
        let is_open = self.persisted.is_loaded() && !settings.prefer_native && !settings.is_native_offer_declined;
        let may_offer = is_open && self.session.native_offer == NativeOffer::NotMade;
        if may_offer && self.backend.can_reopen_natively() && self.pace.observe(ctx) {
            self.commands.send(AppCommand::NativeWindow(NativeWindow::Offer));
        }
    }

    pub(super) fn take_native_window(&mut self, step: NativeWindow) {
        match step {
            NativeWindow::Offer => self.session.native_offer = NativeOffer::Made,
            NativeWindow::Decline => {
                self.session.native_offer = NativeOffer::Answered;
                self.persisted.change(|settings| settings.is_native_offer_declined = true);
            }
            NativeWindow::Accept => {
                self.session.native_offer = NativeOffer::Accepted;
                self.keep_drafts();
                self.persisted.change(|settings| settings.prefer_native = true);
            }
        }
    }

    /// Asks the host for the other window as soon as nothing is on its way any more.
    pub(super) fn reopen_natively(&mut self, ctx: &Context) {
        // Where it did not fail, this window is about to close.
        if let Some(Ok(HostAnswer::Failed(error)) | Err(error)) = Reply::take_from(&mut self.reopening) {
            self.persisted.change(|settings| settings.prefer_native = false);
            self.commands.send(Toast::problem(error));
        }
        let is_on_its_way = self.waiting.values().any(|waiting| matches!(waiting, Waiting::Call(_)));
        if self.session.native_offer != NativeOffer::Accepted || is_on_its_way {
            return;
        }
        self.session.native_offer = NativeOffer::Answered;
        let reply = Reply::default();
        self.reopening = Some(reply.clone());
        self.ask_host(HostRequest::ReopenNatively, reply, ctx);
    }
}
