//! Checks that every request passes first: it comes to a name of ours (DNS rebinding), from a page of ours (another
//! site's script), and over loopback where we only listen there. And the headers that every answer carries.

use super::{Refused, Shared};
use atelier_types::error::{ApiError, ErrorKind};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::SocketAddr;
use std::sync::Arc;

/// Scripts and WebAssembly of ours, connections to us, and nothing else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
    style-src 'self'; img-src 'self' data: blob:; font-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

pub(crate) struct Guard {
    /// `name:port` as it may stand in `Host`.
    hosts: Vec<String>,
    scheme: &'static str,
    is_loopback: bool,
}

impl Guard {
    pub(super) fn new(address: SocketAddr, has_tls: bool, host_names: &[String]) -> Self {
        let port = address.port();
        let mut hosts = vec![address.to_string()];
        if address.ip().is_loopback() {
            hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(|name| format!("{name}:{port}")));
        }
        hosts.extend(host_names.iter().map(|name| format!("{}:{port}", name.to_ascii_lowercase())));
        let scheme = if has_tls { "https" } else { "http" };
        Self { hosts, scheme, is_loopback: address.ip().is_loopback() }
    }

    fn refusal(&self, peer: SocketAddr, host: Option<&str>, headers: &HeaderMap) -> Option<&'static str> {
        if self.is_loopback && !peer.ip().is_loopback() {
            return Some("The request comes from another machine");
        }
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let host = host.map(str::to_ascii_lowercase);
        if !host.is_some_and(|host| self.hosts.contains(&host)) {
            return Some("The request is addressed to a name that is not this server's");
        }
        let is_ours = |origin: &str| {
            let host = origin.strip_prefix(self.scheme).and_then(|rest| rest.strip_prefix("://"));
            host.is_some_and(|host| self.hosts.contains(&host.to_ascii_lowercase()))
        };
        if text(header::ORIGIN).is_some_and(|origin| !is_ours(origin)) {
            return Some("The request comes from a page of another site");
        }
        let site = text(HeaderName::from_static("sec-fetch-site"));
        let is_navigation = text(HeaderName::from_static("sec-fetch-mode")) == Some("navigate");
        if site.is_some_and(|site| site != "same-origin" && site != "none") && !is_navigation {
            return Some("The request comes from a page of another site");
        }
        None
    }
}

/// Refuses what does not pass, and adds the security headers to every answer.
pub(super) async fn check(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    // HTTP/2 carries the host in the address of the request.
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    let refusal = match peer {
        Some(peer) => shared.guard.refusal(peer, host, request.headers()),
        None => Some("The request has no known sender"),
    };
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = match refusal {
        Some(reason) => Refused::from(ApiError::new(ErrorKind::Forbidden, "serve.refused", reason)).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    let mut add = |name, value| headers.insert(name, HeaderValue::from_static(value));
    add(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::REFERRER_POLICY, "no-referrer");
    add(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    add(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    add(header::CACHE_CONTROL, if is_api { "no-store" } else { "no-cache" });
    response
}
