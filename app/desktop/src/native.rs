//! The plain native window: the interface reaches the studio in this process directly.

use crate::dialogs;
use anyhow::anyhow;
use atelier_core::api::{self, Studio};
use atelier_types::api::AccessRole;
use atelier_types::settings::Settings;
use atelier_ui::native::{NativeOptions, run_native};
use atelier_ui::transport::{Backend, HostAnswer, HostRequest, Message, RequestId, RequestIds, Waker};
use serde_json::Value;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::runtime::{Handle, Runtime};

pub fn run(studio: Studio, runtime: &Runtime, settings: &Settings) -> anyhow::Result<()> {
    let backend = InProcess::new(studio, runtime.handle().clone());
    run_native(Box::new(backend), NativeOptions { window: settings.window }).map_err(|err| anyhow!("{err}"))
}

/// Answers arrive on a channel that the interface drains each frame.
struct InProcess {
    studio: Studio,
    runtime: Handle,
    ids: RequestIds,
    arrived: Receiver<Message>,
    inbox: Inbox,
}

/// Where tasks put what they have; it wakes the interface up.
#[derive(Clone)]
struct Inbox {
    messages: Sender<Message>,
    waker: Waker,
}

impl Inbox {
    fn push(&self, message: Message) {
        // A closed window reads no more.
        if self.messages.send(message).is_ok() {
            (self.waker)();
        }
    }
}

impl InProcess {
    fn new(studio: Studio, runtime: Handle) -> Self {
        let (messages, arrived) = channel();
        let inbox = Inbox { messages, waker: Arc::new(|| {}) };
        Self { studio, runtime, ids: RequestIds::default(), arrived, inbox }
    }
}

impl Backend for InProcess {
    fn connect(&mut self, waker: Waker) {
        self.inbox.waker = waker;
        let mut subscription = self.studio.events().subscribe();
        let inbox = self.inbox.clone();
        self.runtime.spawn(async move {
            loop {
                inbox.push(Message::Events(subscription.next_batch().await));
            }
        });
    }

    fn send(&mut self, verb: &'static str, request: Value) -> RequestId {
        let id = self.ids.next_id();
        let (studio, inbox) = (self.studio.clone(), self.inbox.clone());
        self.runtime.spawn(async move {
            let result = api::dispatch(&studio, AccessRole::Owner, verb, request).await;
            inbox.push(Message::Answer { request: id, result });
        });
        id
    }

    fn ask_host(&mut self, request: HostRequest) -> Option<RequestId> {
        let id = self.ids.next_id();
        let inbox = self.inbox.clone();
        self.runtime.spawn(async move {
            let answer = answer(request).await;
            inbox.push(Message::Host { request: id, answer });
        });
        Some(id)
    }

    fn can_reopen_natively(&self) -> bool {
        false
    }

    fn try_recv(&mut self) -> Option<Message> {
        self.arrived.try_recv().ok()
    }
}

async fn answer(request: HostRequest) -> HostAnswer {
    let path = |path: Option<std::path::PathBuf>| match path {
        Some(path) => HostAnswer::Path(path.display().to_string()),
        None => HostAnswer::Cancelled,
    };
    match request {
        HostRequest::PickFolder { title } => path(dialogs::pick_folder(&title).await),
        HostRequest::SavePath { title, file_name } => path(dialogs::save_path(&title, &file_name).await),
        HostRequest::PickFile { title, extensions } => match dialogs::pick_file(&title, &extensions).await {
            Ok(Some((name, content))) => HostAnswer::File { name, content },
            Ok(None) => HostAnswer::Cancelled,
            Err(err) => HostAnswer::Failed(err),
        },
        HostRequest::OpenUrl { url } => match dialogs::open_url(&url) {
            Ok(()) => HostAnswer::Done,
            Err(err) => HostAnswer::Failed(err),
        },
        HostRequest::ReopenNatively => HostAnswer::Unsupported,
    }
}
