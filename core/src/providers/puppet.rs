//! A provider whose strings a test pulls: it sees each request and gives events, errors or the end by hand, or answers
//! by itself from a function of the request.

use super::errors::failure;
use super::{AnswerStream, Provider};
use async_trait::async_trait;
use atelier_types::JsonMap;
use atelier_types::provider::{
    ChatRequest, EmbeddingRequest, Embeddings, ErrorCategory, FinishReason, ProviderError, StreamEvent, TextVectors,
    Usage,
};
use futures_util::StreamExt;
use std::sync::Mutex;
use tokio::sync::mpsc;

type Event = Result<StreamEvent, ProviderError>;
type AnswerOf = Box<dyn Fn(&ChatRequest) -> Vec<Event> + Send + Sync>;

/// See the module.
pub struct Puppet {
    answer_of: Option<AnswerOf>,
    pending: mpsc::UnboundedSender<Pending>,
    arrivals: tokio::sync::Mutex<mpsc::UnboundedReceiver<Pending>>,
    requests: Mutex<Vec<ChatRequest>>,
}

/// A request that waits for the test.
pub struct Pending {
    pub request: ChatRequest,
    events: mpsc::UnboundedSender<Event>,
}

impl Pending {
    pub fn text(&self, text: &str) {
        self.push(Ok(delta(text)));
    }

    pub fn end(&self) {
        self.push(Ok(end(3)));
    }

    pub fn fail(&self, category: ErrorCategory) {
        self.push(Err(failure(category, "the puppet says so")));
    }

    /// Nobody listens any more: the call was dropped.
    pub fn is_dropped(&self) -> bool {
        self.events.is_closed()
    }

    pub async fn dropped(&self) {
        self.events.closed().await;
    }

    fn push(&self, event: Event) {
        let _ = self.events.send(event);
    }
}

pub fn delta(text: &str) -> StreamEvent {
    StreamEvent::Delta { text: text.to_owned() }
}

pub fn end(num_completion_tokens: u32) -> StreamEvent {
    StreamEvent::End {
        finish: FinishReason::Stop,
        usage: Some(Usage { num_prompt_tokens: 10, num_completion_tokens, num_cached_tokens: 0 }),
        reported_model: Some("puppet-1".to_owned()),
        identity: JsonMap::new(),
    }
}

impl Puppet {
    /// Each request waits for [`Self::next`].
    pub fn by_hand() -> Self {
        let (pending, arrivals) = mpsc::unbounded_channel();
        Self { answer_of: None, pending, arrivals: tokio::sync::Mutex::new(arrivals), requests: Mutex::default() }
    }

    /// Each request is answered at once.
    pub fn answering(answer_of: impl Fn(&ChatRequest) -> Vec<Event> + Send + Sync + 'static) -> Self {
        Self { answer_of: Some(Box::new(answer_of)), ..Self::by_hand() }
    }

    /// The next request that is not answered yet.
    pub async fn next(&self) -> Pending {
        self.arrivals.lock().await.recv().await.unwrap()
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<ChatRequest> {
        self.requests.lock().unwrap().clone()
    }
}

#[async_trait]
impl Provider for Puppet {
    async fn stream(&self, request: &ChatRequest) -> Result<AnswerStream, ProviderError> {
        self.requests.lock().unwrap().push(request.clone());
        if let Some(answer_of) = &self.answer_of {
            return Ok(futures_util::stream::iter(answer_of(request)).boxed());
        }
        let (events, stream) = mpsc::unbounded_channel();
        let _ = self.pending.send(Pending { request: request.clone(), events });
        let next = |mut stream: mpsc::UnboundedReceiver<Event>| async move { Some((stream.recv().await?, stream)) };
        Ok(futures_util::stream::unfold(stream, next).boxed())
    }

    /// For each text one vector with its length and its number of spaces.
    async fn embed(&self, request: &EmbeddingRequest) -> Result<Embeddings, ProviderError> {
        let vectors = |text: &String| TextVectors {
            vectors: vec![vec![text.len() as f32, text.matches(' ').count() as f32]],
            ..TextVectors::default()
        };
        let num_tokens = u32::try_from(request.texts.len()).ok();
        Ok(Embeddings { texts: request.texts.iter().map(vectors).collect(), num_tokens })
    }

    async fn list_models(&self) -> Result<Vec<String>, ProviderError> {
        Ok(vec!["puppet-1".to_owned()])
    }
}
