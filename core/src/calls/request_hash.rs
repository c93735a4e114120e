//! The name under which an answer is kept: SHA-256 over who is asked, what, and how.
//!
//! The order of keys in a JSON schema is part of it, since servers that enforce schemas answer in that order.

use crate::support::sha256_hex;
use atelier_types::prompt::Message;
use atelier_types::provider::{ChatRequest, Params};
use serde::Serialize;

#[derive(Serialize)]
struct Request<'a> {
    provider: &'a str,
    model: &'a str,
    /// Names, sizes and times of local weights, so that new weights under an old name are asked again.
    #[serde(skip_serializing_if = "str::is_empty")]
    files: &'a str,
    messages: &'a [Message],
    params: &'a Params,
}

pub(super) fn request_hash(provider: &str, request: &ChatRequest, files: &str) -> String {
    let ChatRequest { model, messages, params } = request;
    let json = serde_json::to_vec(&Request { provider, model, files, messages, params });
    // Plain data with string keys always has a JSON form.
    sha256_hex(&json.unwrap_or_default())
}

/// The name under which a text's vector is kept.
pub(super) fn text_hash(provider: &str, model: &str, files: &str, text: &str) -> String {
    // Lengths keep the parts apart.
    let parts = [provider, model, files].map(|part| format!("{} {part}\n", part.len()));
    sha256_hex(format!("{}{text}", parts.concat()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::prompt::Role;

    fn request(content: &str, temperature: Option<f64>) -> ChatRequest {
        ChatRequest {
            model: "m".to_owned(),
            messages: vec![Message { role: Role::User, content: content.to_owned() }],
            params: Params { temperature, ..Params::default() },
        }
    }

    #[test]
    fn hash_is_stable_over_versions_of_this_program() {
        let hash = request_hash("https://api.example.com/v1", &request("Hi", Some(0.5)), "");
        let json = br#"{"provider":"https://api.example.com/v1","model":"m","messages":[{"role":"user","content":"Hi"}],"params":{"temperature":0.5}}"#;
        assert_eq!(hash, sha256_hex(json));
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn whatever_changes_the_answer_changes_the_hash() {
        let hashes = [
            request_hash("a", &request("Hi", None), ""),
            request_hash("b", &request("Hi", None), ""),
            request_hash("a", &request("Ho", None), ""),
            request_hash("a", &request("Hi", Some(0.0)), ""),
            request_hash("a", &request("Hi", None), "model.safetensors 12 7"),
        ];
        let distinct: std::collections::BTreeSet<_> = hashes.iter().collect();
        assert_eq!(distinct.len(), hashes.len());
    }
}
