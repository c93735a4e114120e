//! OpenAI's chat completions, and every server that speaks them.
//!
//! A stream ends with `[DONE]`, or without it once a reason to stop was given. A server that answers with one plain
//! object is read as well: the first byte tells, since servers mislabel what they send.

use super::chat_answer::Answer;
use super::chat_body::{self, Manner};
use super::embeddings;
use super::errors::{self, failure};
use super::http::Timeouts;
use super::secrets::Key;
use super::sse::SseDecoder;
use super::{AnswerStream, Provider};
use crate::support::Clock;
use async_trait::async_trait;
use atelier_types::provider::{ChatRequest, EmbeddingRequest, Embeddings, ErrorCategory, ProviderError, StreamEvent};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A refusal's body is read so far.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// A plain object is read so far; no model writes that much.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// Once the reason to stop is known only the counts are missing, and a server that goes on holding the line is left.
const MAX_WAIT_AFTER_FINISH: Duration = Duration::from_secs(5);

/// One model server.
pub struct OpenAiChat {
    client: Client,
    clock: Arc<dyn Clock>,
    chat_url: Url,
    embeddings_url: Url,
    models_url: Url,
    host: Arc<str>,
    key: Option<Arc<Key>>,
    headers: HeaderMap,
    timeouts: Timeouts,
    manner: Mutex<Manner>,
}

impl OpenAiChat {
    /// `base_url` as in `atelier.toml`: what stands before `/chat/completions`, with or without a slash at its end.
    pub fn new(
        client: Client,
        clock: Arc<dyn Clock>,
        base_url: &str,
        key: Option<Key>,
        timeouts: Timeouts,
    ) -> Result<Self, ProviderError> {
        let base = parse_base(base_url)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
        if let Some(key) = &key {
            let not_sendable = || failure(ErrorCategory::Auth, "The key has characters that no HTTP header can carry");
            headers.insert(AUTHORIZATION, key.bearer().ok_or_else(not_sendable)?);
        }
        let host: Arc<str> = authority(&base).into();
        Ok(Self {
            client,
            clock,
            chat_url: join(&base, "chat/completions"),
            embeddings_url: join(&base, "embeddings"),
            models_url: join(&base, "models"),
            manner: Mutex::new(Manner::of_host(&host)),
            host,
            key: key.map(Arc::new),
            headers,
            timeouts,
        })
    }

    /// Sends a request until the server takes it: a refusal may only be about how the request is written.
    async fn send_chat(&self, request: &ChatRequest, deadline: Instant) -> Result<Response, ProviderError> {
        loop {
            let manner = *self.manner.lock().unwrap_or_else(PoisonError::into_inner);
            let body = chat_body::encode(request, manner)
                .map_err(|err| failure(ErrorCategory::BadRequest, format!("The request is no JSON: {err}")))?;
            let sent = self.client.post(self.chat_url.clone()).headers(self.headers.clone()).body(body).send();
            let error = match self.taken(sent, deadline).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let is_about_form = matches!(error.status, Some(400 | 422));
            let Some(better) = manner.after_refusal(&error.message).filter(|_| is_about_form) else {
                return Err(error);
            };
            *self.manner.lock().unwrap_or_else(PoisonError::into_inner) = better;
        }
    }

    /// The plain object that answers a request.
    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder, otherwise: &str) -> Result<T, ProviderError> {
        let deadline = Instant::now() + self.timeouts.total;
        let response = self.taken(request.headers(self.headers.clone()).send(), deadline).await?;
        let body = tokio::time::timeout_at(deadline, response.bytes()).await;
        let body = body
            .map_err(|_| too_late(&self.host, self.timeouts.total))?
            .map_err(|err| errors::from_transport(&err, &self.host, self.key.as_deref()))?;
        serde_json::from_slice(&body).map_err(|err| failure(ErrorCategory::Protocol, format!("{otherwise}: {err}")))
    }

    /// The response of a request, where its status is a success.
    async fn taken(
        &self,
        sent: impl Future<Output = reqwest::Result<Response>>,
        deadline: Instant,
    ) -> Result<Response, ProviderError> {
        let sent = tokio::time::timeout_at(deadline, sent).await;
        let response = sent
            .map_err(|_| too_late(&self.host, self.timeouts.total))?
            .map_err(|err| errors::from_transport(&err, &self.host, self.key.as_deref()))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = tokio::time::timeout_at(deadline, beginning(response)).await.unwrap_or_default();
        Err(errors::from_response(status, &headers, &body, self.clock.now(), self.key.as_deref()))
    }
}

#[async_trait]
impl Provider for OpenAiChat {
    async fn stream(&self, request: &ChatRequest) -> Result<AnswerStream, ProviderError> {
        let deadline = Instant::now() + self.timeouts.total;
        let response = self.send_chat(request, deadline).await?;
        let reader = Reader {
            body: response.bytes_stream().boxed(),
            form: Form::Unknown,
            answer: Some(Answer::default()),
            ready: VecDeque::new(),
            failure: None,
            event: Vec::new(),
            host: self.host.clone(),
            key: self.key.clone(),
            timeouts: self.timeouts,
            deadline,
        };
        Ok(futures_util::stream::unfold(reader, |mut reader| async move {
            reader.next().await.map(|event| (event, reader))
        })
        .boxed())
    }

    async fn embed(&self, request: &EmbeddingRequest) -> Result<Embeddings, ProviderError> {
        let body = embeddings::encode(request)
            .map_err(|err| failure(ErrorCategory::BadRequest, format!("The request is no JSON: {err}")))?;
        let post = self.client.post(self.embeddings_url.clone()).body(body);
        let answer = self.json(post, "The server sent something else than embeddings").await?;
        embeddings::decode(answer, request)
    }

    async fn list_models(&self) -> Result<Vec<String>, ProviderError> {
        let get = self.client.get(self.models_url.clone());
        Ok(model_ids(&self.json(get, "The list of models is no JSON").await?))
    }
}

/// Refuses an address that no request can go to, or that holds a secret.
pub fn check_base_url(base_url: &str) -> Result<(), ProviderError> {
    parse_base(base_url).map(|_| ())
}

fn parse_base(base_url: &str) -> Result<Url, ProviderError> {
    let bad = |reason: &str| {
        let shown = base_url.rsplit('@').next().unwrap_or_default();
        failure(ErrorCategory::BadRequest, format!("`base_url` {reason}: {shown}"))
    };
    let url = Url::parse(base_url.trim()).map_err(|err| bad(&format!("is no address ({err})")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(bad("is no http or https address"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("holds a user or password, and workspace files hold no secrets"));
    }
    Ok(url)
}

/// `path` below the base. A query stays (Azure has its version there), a path that is there already is not doubled.
fn join(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let known = url.path().trim_end_matches('/');
    let known = known.strip_suffix("/chat/completions").unwrap_or(known).to_owned();
    url.set_path(&format!("{known}/{path}"));
    url.set_fragment(None);
    url
}

/// `host` or `host:port`.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn too_late(host: &str, limit: Duration) -> ProviderError {
    failure(ErrorCategory::Timeout, format!("No answer within {} ms from `{host}`", limit.as_millis()))
}

/// The first bytes of a refusal; a connection that breaks meanwhile still leaves its status.
async fn beginning(response: Response) -> Vec<u8> {
    let mut chunks = response.bytes_stream();
    let mut body = Vec::new();
    while let Some(Ok(chunk)) = chunks.next().await {
        let room = MAX_ERROR_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() >= room {
            break;
        }
    }
    body
}

/// `{"data": [{"id": …}]}`, a bare list, or `{"models": [{"name": …}]}`.
fn model_ids(body: &Value) -> Vec<String> {
    let list = body.get("data").or_else(|| body.get("models")).unwrap_or(body);
    let id = |one: &Value| {
        let id = one.get("id").or_else(|| one.get("name")).unwrap_or(one);
        id.as_str().map(str::to_owned)
    };
    list.as_array().into_iter().flatten().filter_map(id).collect()
}

/// How a server answers.
enum Form {
    Unknown,
    Events(SseDecoder),
    Plain(Vec<u8>),
}

/// Reads one response, event by event.
struct Reader {
    body: BoxStream<'static, reqwest::Result<Bytes>>,
    form: Form,
    /// `None` once the answer has ended.
    answer: Option<Answer>,
    ready: VecDeque<StreamEvent>,
    failure: Option<ProviderError>,
    event: Vec<u8>,
    host: Arc<str>,
    key: Option<Arc<Key>>,
    timeouts: Timeouts,
    deadline: Instant,
}

impl Reader {
    async fn next(&mut self) -> Option<Result<StreamEvent, ProviderError>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(event));
            }
            if self.answer.is_none() {
                return self.failure.take().map(Err);
            }
            // Text that came in the same chunk as the failure still goes out before it.
            if let Err(error) = self.read_on().await {
                self.answer = None;
                self.failure = Some(error);
            }
        }
    }

    async fn read_on(&mut self) -> Result<(), ProviderError> {
        match self.chunk().await? {
            Some(chunk) => self.take(&chunk),
            None => self.finish(),
        }
    }

    /// The next bytes; `None` at the end.
    async fn chunk(&mut self) -> Result<Option<Bytes>, ProviderError> {
        let has_finished = self.answer.as_ref().is_some_and(Answer::has_finished);
        let idle = if has_finished { MAX_WAIT_AFTER_FINISH } else { self.timeouts.idle };
        let until = (Instant::now() + idle).min(self.deadline);
        match tokio::time::timeout_at(until, self.body.next()).await {
            Ok(None) => Ok(None),
            Ok(Some(Ok(chunk))) => Ok(Some(chunk)),
            Ok(Some(Err(_))) | Err(_) if has_finished => Ok(None),
            Ok(Some(Err(err))) => Err(errors::from_transport(&err, &self.host, self.key.as_deref())),
            Err(_) if until == self.deadline => Err(too_late(&self.host, self.timeouts.total)),
            Err(_) => Err(failure(
                ErrorCategory::Timeout,
                format!("`{}` fell silent for {} ms in the middle of its answer", self.host, idle.as_millis()),
            )),
        }
    }

    fn take(&mut self, chunk: &[u8]) -> Result<(), ProviderError> {
        if let Form::Unknown = self.form {
            let Some(first) = chunk.iter().find(|byte| !byte.is_ascii_whitespace()) else { return Ok(()) };
            self.form = match first {
                b'{' => Form::Plain(Vec::new()),
                b'<' => return Err(failure(ErrorCategory::Protocol, "The server answered with a web page")),
                _ => Form::Events(SseDecoder::default()),
            };
        }
        match &mut self.form {
            Form::Plain(body) => {
                body.extend_from_slice(chunk);
                if body.len() > MAX_ANSWER_BYTES {
                    return Err(failure(ErrorCategory::Protocol, "The answer is larger than any answer of a model"));
                }
                Ok(())
            }
            Form::Events(decoder) => {
                decoder.push(chunk).map_err(|err| failure(ErrorCategory::Protocol, err.to_string()))?;
                self.take_events()
            }
            Form::Unknown => Ok(()),
        }
    }

    fn take_events(&mut self) -> Result<(), ProviderError> {
        while let Form::Events(decoder) = &mut self.form {
            if !decoder.next_event(&mut self.event) {
                break;
            }
            if self.event == b"[DONE]" {
                self.free_connection();
                return self.end(true);
            }
            self.take_json()?;
        }
        Ok(())
    }

    fn take_json(&mut self) -> Result<(), ProviderError> {
        match &mut self.answer {
            Some(answer) => answer.take(&self.event, self.key.as_deref(), &mut self.ready),
            None => Ok(()),
        }
    }

    /// The body ended by itself.
    fn finish(&mut self) -> Result<(), ProviderError> {
        let has_rest = match &mut self.form {
            Form::Events(decoder) => decoder.finish(&mut self.event),
            Form::Plain(body) => {
                std::mem::swap(body, &mut self.event);
                true
            }
            Form::Unknown => false,
        };
        let is_done = has_rest && self.event == b"[DONE]";
        if has_rest && !is_done {
            self.take_json()?;
        }
        self.end(is_done)
    }

    fn end(&mut self, was_announced: bool) -> Result<(), ProviderError> {
        if let Some(answer) = self.answer.take() {
            self.ready.push_back(answer.end(was_announced)?);
        }
        Ok(())
    }

    /// A connection is used again only when its response was read to the end, and the end may be a moment away.
    fn free_connection(&mut self) {
        const MAX_WAIT: Duration = Duration::from_secs(1);
        let mut body = std::mem::replace(&mut self.body, futures_util::stream::empty().boxed());
        if !matches!(body.next().now_or_never(), Some(None)) {
            let drain = async move { while let Some(Ok(_)) = body.next().await {} };
            tokio::spawn(tokio::time::timeout(MAX_WAIT, drain));
        }
    }
}

#[cfg(test)]
mod tests;
