//! How the interface reaches the studio: a small trait that never blocks.
//!
//! A request goes out and gets an id; its answer comes back later through [`Backend::try_recv`], between events that
//! the studio sends by itself. The window's IPC, HTTP and the fake of the tests each implement it here; the host of the
//! native window brings one of its own. What a request or an answer means does not belong here.

#[cfg(target_arch = "wasm32")]
mod browser_files;
pub mod fake;
#[cfg(target_arch = "wasm32")]
pub mod http;
#[cfg(target_arch = "wasm32")]
mod inbox;
#[cfg(target_arch = "wasm32")]
pub mod tauri_ipc;

pub use crate::state::host::{HostAnswer, HostRequest};

use atelier_types::error::ApiError;
use atelier_types::event::Event;
use serde_json::Value;
use std::sync::Arc;

/// Joins a request and its answer. Unique for one backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(pub u64);

/// Wakes the interface up; may be called from any thread.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// What comes in.
#[derive(Debug)]
pub enum Message {
    Answer {
        request: RequestId,
        result: Result<Value, ApiError>,
    },
    Host {
        request: RequestId,
        answer: HostAnswer,
    },
    Events(Vec<Event>),
    /// Requests will fail until [`Message::ConnectionRegained`].
    ConnectionLost(ApiError),
    /// Events may have been missed: whatever was read is to be read again.
    ConnectionRegained,
}

/// One connection to a studio.
pub trait Backend {
    /// Called once before anything else. The backend calls the waker whenever a message waits.
    fn connect(&mut self, waker: Waker);

    /// Sends a verb by its name. Every request is answered exactly once, also where the connection is lost.
    fn send(&mut self, verb: &'static str, request: Value) -> RequestId;

    /// Asks the host for something that only a desktop can do. `None` where this host cannot.
    fn ask_host(&mut self, request: HostRequest) -> Option<RequestId>;

    /// Whether the host can open the same workspace in a plain native window instead of this one.
    fn can_reopen_natively(&self) -> bool;

    /// The next message, if one waits.
    fn try_recv(&mut self) -> Option<Message>;
}

/// Hands out request ids.
#[derive(Debug, Default)]
pub struct RequestIds(u64);

impl RequestIds {
    pub fn next_id(&mut self) -> RequestId {
        self.0 += 1;
        RequestId(self.0)
    }
}
