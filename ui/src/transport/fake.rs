//! A backend without a studio: answers come from a table of verbs, events are pushed by the test.
//!
//! It is stricter than a real one: a verb without an answer fails with `test.no_answer`, and a request that does not
//! parse as the verb's request type is refused.

use super::{Backend, HostAnswer, HostRequest, Message, RequestId, RequestIds, Waker};
use atelier_types::api::Verb;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::Event;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Answer = Box<dyn FnMut(Value) -> Result<Value, ApiError> + Send>;

#[derive(Default)]
struct Shared {
    answers: HashMap<&'static str, Answer>,
    /// Verbs whose answers wait until [`Studio::release`].
    held: Vec<&'static str>,
    waiting: Vec<(&'static str, RequestId, Value)>,
    host_answers: VecDeque<HostAnswer>,
    host_requests: Vec<HostRequest>,
    can_reopen_natively: bool,
    inbox: VecDeque<Message>,
    calls: Vec<(&'static str, Value)>,
    waker: Option<Waker>,
}

/// The test's hands on a fake backend: what is answered, what was asked.
#[derive(Clone, Default)]
pub struct Studio(Arc<Mutex<Shared>>);

impl Studio {
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A backend that is answered by this studio.
    pub fn backend(&self) -> Box<dyn Backend> {
        Box::new(FakeBackend { studio: self.clone(), ids: RequestIds::default() })
    }

    /// From now on this verb is answered by the closure.
    pub fn on<V: Verb>(
        &self,
        mut answer: impl FnMut(V::Request) -> Result<V::Response, ApiError> + Send + 'static,
    ) -> &Self {
        let answer = move |request: Value| {
            let request = serde_json::from_value(request).map_err(|error| refused(V::INFO.name, &error))?;
            serde_json::to_value(answer(request)?).map_err(|error| refused(V::INFO.name, &error))
        };
        self.lock().answers.insert(V::INFO.name, Box::new(answer));
        self
    }

    /// From now on this verb is answered with this value.
    pub fn answer<V: Verb>(&self, value: V::Response) -> &Self
    where
        V::Response: Clone,
    {
        self.on::<V>(move |_| Ok(value.clone()))
    }

    /// From now on this verb fails.
    pub fn fail<V: Verb>(&self, error: ApiError) -> &Self {
        self.on::<V>(move |_| Err(error.clone()))
    }

    /// Keeps this verb's answers back.
    pub fn hold<V: Verb>(&self) -> &Self {
        self.lock().held.push(V::INFO.name);
        self
    }

    /// Answers what was kept back.
    pub fn release<V: Verb>(&self) {
        let ready: Vec<_> = {
            let mut shared = self.lock();
            shared.held.retain(|verb| *verb != V::INFO.name);
            let (ready, rest) =
                std::mem::take(&mut shared.waiting).into_iter().partition(|(verb, ..)| *verb == V::INFO.name);
            shared.waiting = rest;
            ready
        };
        for (verb, id, request) in ready {
            self.reply(verb, id, request);
        }
    }

    /// The next wish to the host is answered with this.
    pub fn answer_host(&self, answer: HostAnswer) {
        self.lock().host_answers.push_back(answer);
    }

    /// The host has a native window to offer.
    pub fn allow_native_window(&self) {
        self.lock().can_reopen_natively = true;
    }

    pub fn host_requests(&self) -> Vec<HostRequest> {
        self.lock().host_requests.clone()
    }

    pub fn push_event(&self, event: Event) {
        self.push(Message::Events(vec![event]));
    }

    pub fn push(&self, message: Message) {
        let waker = {
            let mut shared = self.lock();
            shared.inbox.push_back(message);
            shared.waker.clone()
        };
        if let Some(waker) = waker {
            waker();
        }
    }

    /// Requests of this verb so far, oldest first.
    pub fn calls<V: Verb>(&self) -> Vec<V::Request> {
        let shared = self.lock();
        let calls = shared.calls.iter().filter(|(verb, _)| *verb == V::INFO.name);
        calls.filter_map(|(_, request)| serde_json::from_value(request.clone()).ok()).collect()
    }

    fn reply(&self, verb: &'static str, request: RequestId, body: Value) {
        let answer = self.lock().answers.remove(verb);
        let result = match answer {
            Some(mut answer) => {
                let result = answer(body);
                self.lock().answers.entry(verb).or_insert(answer);
                result
            }
            None => Err(ApiError::new(ErrorKind::Internal, "test.no_answer", format!("`{verb}` has no answer"))),
        };
        self.push(Message::Answer { request, result });
    }
}

fn refused(verb: &str, error: &serde_json::Error) -> ApiError {
    ApiError::new(ErrorKind::Invalid, "test.bad_json", format!("`{verb}` got JSON of another shape")).with_cause(error)
}

struct FakeBackend {
    studio: Studio,
    ids: RequestIds,
}

impl Backend for FakeBackend {
    fn connect(&mut self, waker: Waker) {
        self.studio.lock().waker = Some(waker);
    }

    fn send(&mut self, verb: &'static str, request: Value) -> RequestId {
        let id = self.ids.next_id();
        let is_held = {
            let mut shared = self.studio.lock();
            shared.calls.push((verb, request.clone()));
            let is_held = shared.held.contains(&verb);
            if is_held {
                shared.waiting.push((verb, id, request.clone()));
            }
            is_held
        };
        if !is_held {
            self.studio.reply(verb, id, request);
        }
        id
    }

    fn ask_host(&mut self, request: HostRequest) -> Option<RequestId> {
        let answer = {
            let mut shared = self.studio.lock();
            shared.host_requests.push(request);
            shared.host_answers.pop_front()?
        };
        let id = self.ids.next_id();
        self.studio.push(Message::Host { request: id, answer });
        Some(id)
    }

    fn can_reopen_natively(&self) -> bool {
        self.studio.lock().can_reopen_natively
    }

    fn try_recv(&mut self) -> Option<Message> {
        self.studio.lock().inbox.pop_front()
    }
}
