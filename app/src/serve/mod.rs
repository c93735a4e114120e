//! The interface in a browser: the web files, the API as `POST /api/<noun>.<verb>`, and events as one long answer.
//!
//! Loopback unless told otherwise. Every request is checked before anything else looks at it (see [`guard`]), and every
//! verb needs the role that its declaration names. There are no cookies, since all ports of a host share them.

mod access;
mod files;
mod guard;

pub use access::{Access, NamedToken};

use crate::statuses::http_status;
use atelier_core::api::{self, Studio};
use atelier_types::error::{ApiError, ErrorKind};
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A dataset is imported as one request.
const MAX_BODY_BYTES: usize = 256 * 1024 * 1024;
/// An empty batch now and then tells a dead connection from a quiet one.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Where and to whom the studio is served.
pub struct Options {
    pub address: SocketAddr,
    pub access: Access,
    /// Names besides the address under which this server may be addressed.
    pub host_names: Vec<String>,
    /// Certificate chain and key, both PEM files.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Folder of the web interface.
    pub web: PathBuf,
}

pub(crate) struct Shared {
    studio: Studio,
    access: Access,
    guard: guard::Guard,
    files: files::Files,
}

/// A server that listens and has not yet been asked anything.
pub struct Server {
    listener: std::net::TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
    tls: Option<(PathBuf, PathBuf)>,
}

impl Server {
    /// Takes the address and reads the web files.
    pub fn bind(studio: Studio, options: Options) -> Result<Self, ApiError> {
        let listener = listen(options.address)?;
        let address = listener.local_addr().map_err(|err| no_address(options.address, &err))?;
        let guard = guard::Guard::new(address, options.tls.is_some(), &options.host_names);
        let files = files::Files::read(&options.web)?;
        let shared = Arc::new(Shared { studio, access: options.access, guard, files });
        Ok(Self { listener, address, shared, tls: options.tls })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address to open in a browser. The token stands in the fragment, which a browser does not send.
    pub fn url(&self, token: &str) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/#token={token}", self.address)
    }

    /// Serves until `stop` is ready.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), ApiError> {
        let handle = axum_server::Handle::new();
        let stopping = handle.clone();
        tokio::spawn(async move {
            stop.await;
            stopping.graceful_shutdown(Some(Duration::from_millis(500)));
        });
        let service = router(self.shared).into_make_service_with_connect_info::<SocketAddr>();
        let served = match self.tls {
            None => axum_server::from_tcp(self.listener).map(|server| server.handle(handle)),
            Some((certificate, key)) => {
                let config =
                    axum_server::tls_rustls::RustlsConfig::from_pem_file(&certificate, &key).await.map_err(|err| {
                        ApiError::new(ErrorKind::Invalid, "serve.bad_certificate", "Failed to read the certificate")
                            .with_cause(err)
                            .with_action("Give a PEM certificate chain and its unencrypted PEM key.")
                    })?;
                let server = axum_server::from_tcp_rustls(self.listener, config).map_err(|err| failed(&err))?;
                return server.handle(handle).serve(service).await.map_err(|err| failed(&err));
            }
        };
        served.map_err(|err| failed(&err))?.serve(service).await.map_err(|err| failed(&err))
    }
}

fn listen(address: SocketAddr) -> Result<std::net::TcpListener, ApiError> {
    let listener = std::net::TcpListener::bind(address).map_err(|err| no_address(address, &err))?;
    listener.set_nonblocking(true).map_err(|err| no_address(address, &err))?;
    Ok(listener)
}

fn no_address(address: SocketAddr, err: &std::io::Error) -> ApiError {
    ApiError::new(ErrorKind::Unavailable, "serve.address_taken", format!("Failed to listen on {address}"))
        .with_cause(err)
        .with_action("Choose another port with `--port`, or 0 for any that is free.")
}

fn failed(err: &std::io::Error) -> ApiError {
    ApiError::new(ErrorKind::Unavailable, "serve.failed", "The server stopped").with_cause(err)
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/events", get(events))
        .route("/api/{verb}", post(call))
        .route("/", get(files::index))
        .route("/{file}", get(files::file))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(axum::middleware::from_fn_with_state(shared.clone(), guard::check))
        .with_state(shared)
}

async fn call(
    State(shared): State<Arc<Shared>>,
    Path(verb): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let role = shared.access.role(&headers)?;
    let request = if body.is_empty() { serde_json::Value::Null } else { parse(&verb, &body)? };
    let answer = api::dispatch(&shared.studio, role, &verb, request).await?;
    Ok(Json(answer).into_response())
}

fn parse(verb: &str, body: &[u8]) -> Result<serde_json::Value, ApiError> {
    serde_json::from_slice(body).map_err(|err| {
        ApiError::new(
            ErrorKind::Invalid,
            "api.bad_request",
            format!("`{verb}` was asked with something that is no JSON"),
        )
        .with_cause(err)
    })
}

/// Batches of events, one JSON array a line, for as long as the browser listens.
async fn events(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Result<Response, Refused> {
    shared.access.role(&headers)?;
    let subscription = shared.studio.events().subscribe();
    let lines = futures_util::stream::unfold(subscription, async |mut subscription| {
        let batch = tokio::time::timeout(HEARTBEAT, subscription.next_batch()).await.unwrap_or_default();
        let mut line = serde_json::to_vec(&batch).unwrap_or_else(|_| b"[]".to_vec());
        line.push(b'\n');
        Some((Ok::<_, std::convert::Infallible>(line), subscription))
    });
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response())
}

/// An error on its way to the browser.
pub(crate) struct Refused(ApiError);

impl From<ApiError> for Refused {
    fn from(err: ApiError) -> Self {
        Self(err)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match self.0.code.as_str() {
            "serve.no_token" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::from_u16(http_status(self.0.kind)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        };
        (status, Json(self.0)).into_response()
    }
}

#[cfg(test)]
mod tests;
