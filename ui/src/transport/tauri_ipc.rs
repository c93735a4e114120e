//! The way to the studio of the window that this page is in: Tauri's IPC, without its JavaScript library.
//!
//! Verbs go through the one command `call`; events come through a channel that `subscribe` is given.

use super::inbox::Inbox;
use super::{Backend, HostAnswer, HostRequest, Message, RequestId, RequestIds, Waker};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::Event;
use js_sys::{Function, Object, Promise, Reflect};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[derive(Clone)]
struct Internals {
    object: JsValue,
    invoke: Function,
}

pub struct TauriIpc {
    internals: Internals,
    inbox: Inbox,
    ids: RequestIds,
    /// Lives as long as the page: the host calls it for every batch of events.
    channel: Option<Closure<dyn FnMut(JsValue)>>,
}

impl TauriIpc {
    /// `None` outside Tauri's webview.
    pub fn find() -> Option<Self> {
        let window = web_sys::window()?;
        let object = Reflect::get(&window, &"__TAURI_INTERNALS__".into()).ok()?;
        let invoke = Reflect::get(&object, &"invoke".into()).ok()?.dyn_into::<Function>().ok()?;
        let internals = Internals { object, invoke };
        Some(Self { internals, inbox: Inbox::default(), ids: RequestIds::default(), channel: None })
    }

    /// Tauri's channel is a callback's number in a string; messages carry an index, since large ones may come late.
    fn subscribe(&mut self) -> Result<(), JsValue> {
        let inbox = self.inbox.clone();
        let mut ordered = Ordered::default();
        let on_message = Closure::<dyn FnMut(JsValue)>::new(move |message: JsValue| {
            for batch in ordered.push(&message) {
                if let Ok(events) = serde_json::from_value::<Vec<Event>>(batch) {
                    inbox.push(Message::Events(events));
                }
            }
        });
        let transform: Function = Reflect::get(&self.internals.object, &"transformCallback".into())?.dyn_into()?;
        let number = transform.call1(&self.internals.object, on_message.as_ref())?;
        let number = number.as_f64().ok_or("the callback has no number")?;
        self.channel = Some(on_message);
        let arguments = json!({ "channel": format!("__CHANNEL__:{number}") });
        let (internals, inbox) = (self.internals.clone(), self.inbox.clone());
        spawn_local(async move {
            if let Err(error) = internals.invoke("subscribe", &arguments).await {
                inbox.push(Message::ConnectionLost(error));
            }
        });
        Ok(())
    }
}

impl Backend for TauriIpc {
    fn connect(&mut self, waker: Waker) {
        self.inbox.connect(waker);
        if let Err(error) = self.subscribe() {
            self.inbox.push(Message::ConnectionLost(failed(&error)));
        }
    }

    fn send(&mut self, verb: &'static str, request: Value) -> RequestId {
        let id = self.ids.next_id();
        let (internals, inbox) = (self.internals.clone(), self.inbox.clone());
        spawn_local(async move {
            let result = internals.invoke("call", &json!({ "verb": verb, "request": request })).await;
            inbox.push(Message::Answer { request: id, result });
        });
        id
    }

    fn ask_host(&mut self, request: HostRequest) -> Option<RequestId> {
        let id = self.ids.next_id();
        let (internals, inbox) = (self.internals.clone(), self.inbox.clone());
        spawn_local(async move {
            let answer = internals.ask(&request).await;
            inbox.push(Message::Host { request: id, answer });
        });
        Some(id)
    }

    fn can_reopen_natively(&self) -> bool {
        true
    }

    fn try_recv(&mut self) -> Option<Message> {
        self.inbox.pop()
    }
}

impl Internals {
    async fn invoke(&self, command: &str, arguments: &Value) -> Result<Value, ApiError> {
        let arguments = js_sys::JSON::parse(&arguments.to_string()).map_err(|error| failed(&error))?;
        let promise = self.invoke.call2(&self.object, &command.into(), &arguments).map_err(|error| failed(&error))?;
        let promise: Promise = promise.dyn_into().map_err(|error| failed(&error))?;
        match JsFuture::from(promise).await {
            Ok(answer) => value(&answer).ok_or_else(|| failed(&"the answer is no JSON".into())),
            Err(error) => Err(api_error(&error)),
        }
    }

    async fn ask(&self, request: &HostRequest) -> HostAnswer {
        let (command, arguments) = match request {
            HostRequest::PickFolder { title } => ("pick_folder", json!({ "title": title })),
            HostRequest::PickFile { title, extensions } => {
                ("pick_file", json!({ "title": title, "extensions": extensions }))
            }
            HostRequest::SavePath { title, file_name } => {
                ("save_path", json!({ "title": title, "fileName": file_name }))
            }
            HostRequest::OpenUrl { url } => ("open_url", json!({ "url": url })),
            HostRequest::ReopenNatively => ("reopen_natively", json!({})),
        };
        match self.invoke(command, &arguments).await {
            Ok(answer) => host_answer(request, answer),
            Err(error) => HostAnswer::Failed(error),
        }
    }
}

/// `null` where the user closed the dialog.
fn host_answer(request: &HostRequest, answer: Value) -> HostAnswer {
    match (request, answer) {
        (HostRequest::OpenUrl { .. } | HostRequest::ReopenNatively, _) => HostAnswer::Done,
        (_, Value::String(path)) => HostAnswer::Path(path),
        (HostRequest::PickFile { .. }, Value::Object(file)) => {
            let field = |name: &str| file.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            HostAnswer::File { name: field("name"), content: field("content") }
        }
        _ => HostAnswer::Cancelled,
    }
}

/// Puts batches into the order in which they were sent.
#[derive(Default)]
struct Ordered {
    next: u64,
    early: BTreeMap<u64, Value>,
}

impl Ordered {
    fn push(&mut self, message: &JsValue) -> Vec<Value> {
        let Some(Value::Object(mut message)) = value(message) else { return Vec::new() };
        let Some(index) = message.get("index").and_then(Value::as_u64) else { return Vec::new() };
        // The last message of a channel has an index and no content.
        if let Some(batch) = message.remove("message") {
            self.early.insert(index, batch);
        }
        let mut ready = Vec::new();
        while let Some(batch) = self.early.remove(&self.next) {
            self.next += 1;
            ready.push(batch);
        }
        ready
    }
}

fn value(answer: &JsValue) -> Option<Value> {
    if answer.is_undefined() {
        return Some(Value::Null);
    }
    let text = js_sys::JSON::stringify(answer).ok()?;
    serde_json::from_str(&String::from(text)).ok()
}

/// The host answers with an error as every face shows it; anything else comes from the IPC itself.
fn api_error(error: &JsValue) -> ApiError {
    value(error).and_then(|error| serde_json::from_value(error).ok()).unwrap_or_else(|| failed(error))
}

fn failed(error: &JsValue) -> ApiError {
    let reason = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    let reason = reason.or_else(|| error.as_string());
    let reason = reason.unwrap_or_else(|| String::from(Object::from(error.clone()).to_string()));
    ApiError::new(ErrorKind::Unavailable, "interface.ipc", "The window's studio does not answer")
        .with_cause(reason)
        .with_action("Restart Atelier; what was saved is safe.")
}
