//! Keys of endpoints. A key is read where the workspace file points, goes into one header, and shows nowhere else:
//! it has no `Display`, no `Serialize`, its `Debug` hides it, and every text of a server passes through
//! [`Key::redact`] before it becomes an error.

use crate::support::{KeyStore, Variables};
use atelier_types::ids::EndpointName;
use atelier_types::model::{EndpointConfig, KeySource};
use atelier_types::provider::{ErrorCategory, ProviderError};
use regex::Regex;
use reqwest::header::HeaderValue;
use std::sync::LazyLock;

/// Code of the provider's that says that no key was found, as against a key that was turned down.
pub const MISSING_KEY: &str = "missing_key";

const HIDDEN: &str = "(secret)";

/// Servers like to quote a key's beginning; a shorter one may be an ordinary word.
const MIN_QUOTED_CHARS: usize = 6;

/// An endpoint's key.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Key {
    /// `None` for a text of white space only.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// `Bearer …`, marked so that HTTP logs hide it. `None` where the key cannot stand in a header.
    pub(super) fn bearer(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// `text` without this key, also where only its beginning is quoted.
    pub fn redact(&self, text: &str) -> String {
        let text = text.replace(&self.0, HIDDEN);
        let beginning: String = self.0.chars().take(MIN_QUOTED_CHARS.max(self.0.chars().count() / 4)).collect();
        if beginning.chars().count() < MIN_QUOTED_CHARS || !text.contains(&beginning) {
            return text;
        }
        let hide_word = |word: &str| match word.find(&beginning) {
            Some(start) => format!("{}{HIDDEN}{}", &word[..start], tail_after_key(&word[start..])),
            None => word.to_owned(),
        };
        text.split_inclusive(char::is_whitespace).map(hide_word).collect()
    }
}

/// What follows a quoted key: closing marks and white space.
fn tail_after_key(text: &str) -> &str {
    text.find(|letter: char| letter.is_whitespace() || "\"'`,;)]}".contains(letter)).map_or("", |end| &text[end..])
}

/// Hides what looks like anybody's key.
pub fn redact_any(text: &str) -> String {
    static KEY_LIKE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\b(?:sk|pk|rk|gsk|xai|hf|Bearer)[-_ ][-_A-Za-z0-9*.…]{8,}|\bAIza[-_A-Za-z0-9]{20,}").ok()
    });
    match &*KEY_LIKE {
        Some(pattern) => pattern.replace_all(text, HIDDEN).into_owned(),
        None => HIDDEN.to_owned(),
    }
}

/// Name under which the keychain holds an endpoint's key. The address is part of it: a workspace file that was changed
/// to point elsewhere does not get the key.
pub fn keychain_account(endpoint: &EndpointName, config: &EndpointConfig) -> String {
    format!("{endpoint} {}", config.base_url.trim_end_matches('/'))
}

/// Reads an endpoint's key. Blocks while the keychain is asked.
pub fn read_key(
    endpoint: &EndpointName,
    config: &EndpointConfig,
    keys: &dyn KeyStore,
    variables: &Variables,
) -> Result<Option<Key>, ProviderError> {
    let found = match &config.key {
        KeySource::None => return Ok(None),
        KeySource::Env(name) => variables(name),
        KeySource::Keychain => {
            keys.get(&keychain_account(endpoint, config)).map_err(|reason| unreadable(endpoint, &reason))?
        }
    };
    found.as_deref().and_then(Key::new).map(Some).ok_or_else(|| missing(endpoint, &config.key))
}

fn missing(endpoint: &EndpointName, source: &KeySource) -> ProviderError {
    let message = match source {
        KeySource::Env(name) => {
            format!("No key for the endpoint `{endpoint}`: the environment variable `{name}` is not set")
        }
        KeySource::Keychain | KeySource::None => {
            format!("No key for the endpoint `{endpoint}`: the keychain has none for this endpoint and address")
        }
    };
    ProviderError { category: ErrorCategory::Auth, status: None, provider_code: Some(MISSING_KEY.to_owned()), message }
}

fn unreadable(endpoint: &EndpointName, reason: &str) -> ProviderError {
    ProviderError {
        category: ErrorCategory::Auth,
        status: None,
        provider_code: Some(MISSING_KEY.to_owned()),
        message: format!("The keychain could not be asked for the key of the endpoint `{endpoint}`: {reason}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    struct Keychain(Result<Option<String>, String>);

    impl KeyStore for Keychain {
        fn get(&self, account: &str) -> Result<Option<String>, String> {
            assert_eq!(account, "cloud https://api.example.com/v1");
            self.0.clone()
        }

        fn set(&self, _account: &str, _key: Option<&str>) -> Result<(), String> {
            Ok(())
        }
    }

    fn read(key: KeySource, keychain: Result<Option<String>, String>) -> Result<Option<Key>, ProviderError> {
        let config = EndpointConfig {
            dialect: Default::default(),
            base_url: "https://api.example.com/v1/".to_owned(),
            key,
            max_concurrency: None,
            requests_per_minute: None,
            tokens_per_minute: None,
            timeout_millis: None,
        };
        let variables: Variables = Arc::new(|name| (name == "SET").then(|| " from-variable \n".to_owned()));
        read_key(&"cloud".into(), &config, &Keychain(keychain), &variables)
    }

    #[test]
    fn key_comes_from_where_the_file_points() {
        assert_eq!(read(KeySource::None, Ok(None)).unwrap(), None);
        assert_eq!(read(KeySource::Env("SET".to_owned()), Ok(None)).unwrap(), Key::new("from-variable"));
        assert_eq!(read(KeySource::Keychain, Ok(Some("stored".to_owned()))).unwrap(), Key::new("stored"));
    }

    #[test]
    fn missing_key_says_where_to_put_it() {
        let cases = [
            (KeySource::Env("UNSET".to_owned()), Ok(None), "`UNSET` is not set"),
            (KeySource::Keychain, Ok(None), "the keychain has none"),
            (KeySource::Keychain, Ok(Some(" ".to_owned())), "the keychain has none"),
            (KeySource::Keychain, Err("no service answers".to_owned()), "no service answers"),
        ];
        for (source, keychain, expected) in cases {
            let error = read(source, keychain).unwrap_err();
            assert_eq!(error.category.code(), "provider.auth");
            assert_eq!(error.provider_code.as_deref(), Some(MISSING_KEY));
            assert!(error.message.contains(expected), "{}", error.message);
        }
    }

    #[test]
    fn key_never_shows() {
        let key = Key::new("abcdef-0123456789-ghijkl").unwrap();
        assert_eq!(format!("{key:?}"), "(secret)");
        assert_eq!(format!("{:?}", key.bearer().unwrap()), "Sensitive");
        assert_eq!(key.redact("wrong: abcdef-0123456789-ghijkl!"), "wrong: (secret)!");
        assert_eq!(key.redact("wrong: \"abcdef-0***kl\", try again"), "wrong: \"(secret)\", try again");
        assert_eq!(key.redact("nothing of it"), "nothing of it");
    }

    #[test]
    fn what_looks_like_a_key_is_hidden() {
        let text = "Incorrect API key provided: sk-proj-abcd****wxyz. See the page.";
        assert_eq!(redact_any(text), "Incorrect API key provided: (secret) See the page.");
        assert_eq!(redact_any("a skilled task-force"), "a skilled task-force");
    }
}
