//! What a view sees: borrowed, read-only parts and a sender for commands. Take the smallest that works.

use crate::commands::{CommandSender, UiCommand};
use crate::state::{Cache, Fetched, Key, Session};
use atelier_types::api::Verb;
use atelier_types::settings::Settings;
use atelier_types::time::MillisSinceEpoch;
use atelier_types::workspace::WorkspaceInfo;

/// For what works without a workspace.
pub struct AppContext<'a> {
    pub cache: &'a Cache,
    pub session: &'a Session,
    pub settings: &'a Settings,
    pub commands: &'a CommandSender,
    /// The host's clock, for "2 min ago".
    pub now: MillisSinceEpoch,
    /// Commands of this frame that a view has to carry out.
    pub invoked: &'a [UiCommand],
}

impl AppContext<'_> {
    /// What is known of a read. It is asked for, and asked again when it is stale, as long as it is looked at.
    pub fn fetch<V: Verb>(&self, request: &V::Request) -> Fetched<V::Response> {
        self.cache.fetch::<V>(request)
    }

    /// Asks a read again that has failed.
    pub fn retry<V: Verb>(&self, request: &V::Request) {
        self.commands.send(crate::commands::AppCommand::Refetch(Key::of::<V>(request)));
    }

    /// Whether a command of the table was given in this frame, by key, palette or menu.
    pub fn is_invoked(&self, command: UiCommand) -> bool {
        self.invoked.contains(&command)
    }

    /// Egui's time, which stands still between frames.
    pub fn now_secs(&self) -> f64 {
        self.cache.now_secs()
    }
}

/// For what needs an open workspace.
pub struct WorkspaceContext<'a> {
    pub app: &'a AppContext<'a>,
    pub workspace: &'a WorkspaceInfo,
}

impl<'a> std::ops::Deref for WorkspaceContext<'a> {
    type Target = AppContext<'a>;

    fn deref(&self) -> &AppContext<'a> {
        self.app
    }
}
