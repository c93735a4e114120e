//! Who may ask: one bearer token, compared in constant time, and a `Host` that a page in a browser cannot forge.

use crate::error::EngineError;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HOST};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

const MIN_TOKEN_BYTES: usize = 16;

/// The secret that each request carries. It has no `Debug` and no `Display`.
pub struct Token(String);

impl Token {
    pub fn new(text: &str) -> anyhow::Result<Self> {
        if text.len() < MIN_TOKEN_BYTES {
            anyhow::bail!("The token needs at least {MIN_TOKEN_BYTES} bytes");
        }
        Ok(Self(text.to_owned()))
    }

    fn matches(&self, header: &str) -> bool {
        let Some(given) = header.strip_prefix("Bearer ") else { return false };
        given.as_bytes().ct_eq(self.0.as_bytes()).into()
    }
}

/// Which `Host` headers are accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum HostRule {
    /// Against DNS rebinding: a foreign page that resolves to this machine sends its own name.
    LoopbackOnly,
    /// For a server that others reach by a name which is not known here.
    Any,
}

pub struct Guard {
    pub token: Token,
    pub hosts: HostRule,
}

pub async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Result<Response, EngineError> {
    guard.permits(request.headers())?;
    Ok(next.run(request).await)
}

impl Guard {
    fn permits(&self, headers: &HeaderMap) -> Result<(), EngineError> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if self.hosts == HostRule::LoopbackOnly && !header(HOST).is_some_and(is_loopback_host) {
            return Err(EngineError::ForeignHost);
        }
        if !header(AUTHORIZATION).is_some_and(|value| self.token.matches(value)) {
            return Err(EngineError::Unauthorized);
        }
        Ok(())
    }
}

fn is_loopback_host(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _port)) => address,
        None => host.rsplit_once(':').map_or(host, |(name, _port)| name),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts_are_recognised_with_and_without_port() {
        for host in ["127.0.0.1", "127.0.0.1:8080", "localhost:1", "[::1]:9", "[::1]"] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in ["example.com", "127.0.0.1.example.com:80", "192.168.0.2:80", "", "localhost.example.com"] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }

    #[test]
    fn only_the_whole_token_opens() {
        let token = Token::new("0123456789abcdef").unwrap();
        assert!(token.matches("Bearer 0123456789abcdef"));
        for header in ["0123456789abcdef", "Bearer 0123456789abcde", "Bearer 0123456789abcdef0", "Basic x", ""] {
            assert!(!token.matches(header), "{header}");
        }
    }

    #[test]
    fn a_short_token_is_refused() {
        assert!(Token::new("short").is_err());
    }
}
