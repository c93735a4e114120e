//! The HTTP client that all endpoints share, and how long they may take.

use std::time::Duration;

/// A machine that is there takes the connection long before.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A call's default limit, see `EndpointConfig::timeout_millis`.
const DEFAULT_TOTAL: Duration = Duration::from_secs(120);

/// Once bytes flow, a longer silence is a dead connection: servers that think send keep-alives.
const MAX_IDLE: Duration = Duration::from_secs(90);

/// How long a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From sending to the end of the answer.
    pub total: Duration,
    /// Between two chunks of the answer.
    pub idle: Duration,
}

impl Timeouts {
    /// With `timeout_millis` as it stands in `atelier.toml`.
    pub fn of(timeout_millis: Option<u64>) -> Self {
        Self { total: timeout_millis.map_or(DEFAULT_TOTAL, Duration::from_millis), idle: MAX_IDLE }
    }
}

/// The client that programs hand in as `Env::http`. It follows no redirect: reqwest strips `Authorization` across
/// hosts and no other header that may hold a key.
pub fn client() -> reqwest::Result<reqwest::Client> {
    build(builder)
}

/// The client for servers on this machine. A proxy that the system names would see their tokens, and could not reach
/// them.
pub fn loopback_client() -> reqwest::Result<reqwest::Client> {
    build(|| builder().no_proxy())
}

/// With the certificates that the system trusts. A bare container has none, and then there is no client at all: Mozilla's
/// list, which most systems take theirs from, stands in.
fn build(builder: impl Fn() -> reqwest::ClientBuilder) -> reqwest::Result<reqwest::Client> {
    builder().build().or_else(|_none_trusted| builder().tls_certs_only(bundled_certificates()).build())
}

fn bundled_certificates() -> impl Iterator<Item = reqwest::Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|certificate| reqwest::Certificate::from_der(certificate).ok())
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("atelier/", env!("CARGO_PKG_VERSION")))
}

/// The other machine behind an address, as `host` or `host:port`. `None` for this machine, and for what is no address.
pub fn remote_host(address: &str) -> Option<String> {
    let url = reqwest::Url::parse(address).ok()?;
    let host = url.host_str()?;
    let bare = host.trim_matches(['[', ']']);
    let is_here = bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if is_here {
        return None;
    }
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// An address as receipts and messages show it: without user, query and slash at the end.
pub fn shown_address(address: &str) -> String {
    let plain = address.trim().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let Some((scheme, rest)) = plain.split_once("://") else { return plain.to_owned() };
    let authority_end = rest.find('/').unwrap_or(rest.len());
    let user_end = rest[..authority_end].rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}://{}", &rest[user_end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundled_certificates_make_a_client_of_their_own() {
        assert!(bundled_certificates().count() > 100);
        assert!(builder().tls_certs_only(bundled_certificates()).build().is_ok());
    }

    #[test]
    fn this_machine_is_no_other_machine() {
        for here in ["http://localhost:8000/v1", "http://127.0.0.2/v1", "http://[::1]:80/", "not an address"] {
            assert_eq!(remote_host(here), None, "{here}");
        }
        assert_eq!(remote_host("https://api.example.com/v1").as_deref(), Some("api.example.com"));
        assert_eq!(remote_host("http://10.0.0.7:8000/v1").as_deref(), Some("10.0.0.7:8000"));
    }

    #[test]
    fn address_is_shown_without_what_may_be_secret() {
        assert_eq!(shown_address("https://me:pass@api.example.com/v1/?key=x"), "https://api.example.com/v1");
        assert_eq!(shown_address("http://localhost:1/a@b/"), "http://localhost:1/a@b");
    }
}
