//! The way to a studio over HTTP: `POST /api/<noun>.<verb>` with JSON in and out, and `GET /api/events`, which stays
//! open and sends a JSON array of events a line.
//!
//! The token comes in the address's fragment, which browsers send nowhere; it is taken out of the address at once and
//! kept in memory only.

use super::inbox::Inbox;
use super::{Backend, HostRequest, Message, RequestId, RequestIds, Waker, browser_files};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::Event;
use serde_json::Value;
use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Headers, ReadableStreamDefaultReader, RequestInit, Response, Window};

/// Pause before the event stream is opened again; it doubles up to the longest.
const FIRST_PAUSE_MILLIS: i32 = 250;
const LONGEST_PAUSE_MILLIS: i32 = 8_000;

pub struct Http {
    connection: Rc<Connection>,
    ids: RequestIds,
}

struct Connection {
    window: Window,
    token: String,
    inbox: Inbox,
}

impl Http {
    /// Takes the token out of the page's address.
    pub fn from_location(window: &Window) -> Result<Self, JsValue> {
        let location = window.location();
        let token = token_of(&location.hash()?);
        if !token.is_empty() {
            let address = format!("{}{}", location.pathname()?, location.search()?);
            window.history()?.replace_state_with_url(&JsValue::NULL, "", Some(&address))?;
        }
        let connection = Rc::new(Connection { window: window.clone(), token, inbox: Inbox::default() });
        Ok(Self { connection, ids: RequestIds::default() })
    }
}

fn token_of(hash: &str) -> String {
    let fragment = hash.strip_prefix('#').unwrap_or(hash);
    let token = fragment.split('&').find_map(|pair| pair.strip_prefix("token="));
    token.unwrap_or_default().to_owned()
}

impl Backend for Http {
    fn connect(&mut self, waker: Waker) {
        self.connection.inbox.connect(waker);
        let connection = Rc::clone(&self.connection);
        spawn_local(async move { connection.listen().await });
    }

    fn send(&mut self, verb: &'static str, request: Value) -> RequestId {
        let id = self.ids.next_id();
        let connection = Rc::clone(&self.connection);
        spawn_local(async move {
            let result = connection.call(verb, &request).await;
            connection.inbox.push(Message::Answer { request: id, result });
        });
        id
    }

    /// A browser has no dialogs for the machine that the studio runs on, but it can bring a file along.
    fn ask_host(&mut self, request: HostRequest) -> Option<RequestId> {
        let HostRequest::PickFile { extensions, .. } = request else { return None };
        let id = self.ids.next_id();
        let inbox = self.connection.inbox.clone();
        browser_files::pick(&extensions, move |answer| inbox.push(Message::Host { request: id, answer }));
        Some(id)
    }

    fn can_reopen_natively(&self) -> bool {
        false
    }

    fn try_recv(&mut self) -> Option<Message> {
        self.connection.inbox.pop()
    }
}

impl Connection {
    async fn call(&self, verb: &str, request: &Value) -> Result<Value, ApiError> {
        let response = self.post(verb, request).await.map_err(|error| unreachable_studio(&error))?;
        let body = text(&response).await.map_err(|error| unreachable_studio(&error))?;
        if response.ok() {
            return serde_json::from_str(&body).map_err(|error| crate::state::cache::malformed(verb, &error));
        }
        Err(serde_json::from_str(&body).unwrap_or_else(|_| refused(verb, response.status())))
    }

    async fn post(&self, verb: &str, request: &Value) -> Result<Response, JsValue> {
        let init = RequestInit::new();
        init.set_method("POST");
        let headers = self.headers()?;
        headers.set("Content-Type", "application/json")?;
        init.set_headers(&headers);
        init.set_body(&JsValue::from_str(&request.to_string()));
        self.fetch(&format!("api/{verb}"), &init).await
    }

    fn headers(&self) -> Result<Headers, JsValue> {
        let headers = Headers::new()?;
        headers.set("Authorization", &format!("Bearer {}", self.token))?;
        Ok(headers)
    }

    async fn fetch(&self, address: &str, init: &RequestInit) -> Result<Response, JsValue> {
        JsFuture::from(self.window.fetch_with_str_and_init(address, init)).await?.dyn_into()
    }

    /// Reads events for as long as the page lives; a lost stream is opened again.
    async fn listen(&self) {
        let mut pause_millis = FIRST_PAUSE_MILLIS;
        let mut was_lost = false;
        loop {
            let failure = match self.open_events().await {
                Ok(reader) => {
                    if std::mem::take(&mut was_lost) {
                        self.inbox.push(Message::ConnectionRegained);
                    }
                    pause_millis = FIRST_PAUSE_MILLIS;
                    self.read_events(&reader).await.err()
                }
                Err(error) => Some(error),
            };
            if !std::mem::replace(&mut was_lost, true) {
                let error = failure.unwrap_or_else(|| JsValue::from_str("the stream of events ended"));
                self.inbox.push(Message::ConnectionLost(unreachable_studio(&error)));
            }
            if self.pause(pause_millis).await.is_err() {
                return;
            }
            pause_millis = (pause_millis * 2).min(LONGEST_PAUSE_MILLIS);
        }
    }

    async fn open_events(&self) -> Result<ReadableStreamDefaultReader, JsValue> {
        let init = RequestInit::new();
        let headers = self.headers()?;
        init.set_headers(&headers);
        let response = self.fetch("api/events", &init).await?;
        if !response.ok() {
            return Err(JsValue::from_str(&format!("HTTP {}", response.status())));
        }
        let body = response.body().ok_or("the answer has no body")?;
        body.get_reader().dyn_into().map_err(JsValue::from)
    }

    async fn read_events(&self, reader: &ReadableStreamDefaultReader) -> Result<(), JsValue> {
        let mut lines = Lines::default();
        loop {
            let chunk = JsFuture::from(reader.read()).await?;
            if js_sys::Reflect::get(&chunk, &"done".into())?.is_truthy() {
                return Ok(());
            }
            let bytes: js_sys::Uint8Array = js_sys::Reflect::get(&chunk, &"value".into())?.dyn_into()?;
            for line in lines.push(&bytes.to_vec()) {
                if let Ok(events) = serde_json::from_str::<Vec<Event>>(&line) {
                    self.inbox.push(Message::Events(events));
                }
            }
        }
    }

    async fn pause(&self, millis: i32) -> Result<(), JsValue> {
        let window = self.window.clone();
        let promise = js_sys::Promise::new(&mut move |resolve, _| {
            // Without a timer the page is going away, and nobody waits.
            window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis).ok();
        });
        JsFuture::from(promise).await.map(|_| ())
    }
}

/// Lines out of chunks that may end anywhere, also within a character.
#[derive(Default)]
struct Lines(Vec<u8>);

impl Lines {
    fn push(&mut self, chunk: &[u8]) -> Vec<String> {
        self.0.extend_from_slice(chunk);
        let mut lines = Vec::new();
        while let Some(end) = self.0.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.0.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            if !line.trim().is_empty() {
                lines.push(line.trim().to_owned());
            }
        }
        lines
    }
}

async fn text(response: &Response) -> Result<String, JsValue> {
    let text = JsFuture::from(response.text()?).await?;
    text.as_string().ok_or_else(|| JsValue::from_str("the answer is no text"))
}

fn unreachable_studio(error: &JsValue) -> ApiError {
    let reason = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    let reason = reason.or_else(|| error.as_string()).unwrap_or_else(|| "the connection broke".to_owned());
    ApiError::new(ErrorKind::Unavailable, "interface.connection", "Atelier does not answer")
        .with_cause(reason)
        .with_action("Check that `atelier serve` still runs; this page connects again by itself.")
}

fn refused(verb: &str, status: u16) -> ApiError {
    let (kind, action) = match status {
        401 | 403 => (ErrorKind::Forbidden, "Open the address that `atelier serve` printed, with its token."),
        _ => (ErrorKind::Internal, "Restart `atelier serve`."),
    };
    ApiError::new(kind, "interface.refused", format!("`{verb}` was refused with HTTP {status}")).with_action(action)
}
