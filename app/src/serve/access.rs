//! Who may do what: bearer tokens and the roles that go with them.

use atelier_core::support::Random;
use atelier_types::api::AccessRole;
use atelier_types::error::{ApiError, ErrorKind};
use axum::http::{HeaderMap, header};
use std::path::Path;
use subtle::ConstantTimeEq as _;

/// 256 bits.
const NUM_TOKEN_DIGITS: usize = 64;

/// A token with a name, so that it can be taken back, and a role.
#[derive(Clone)]
pub struct NamedToken {
    pub name: String,
    pub role: AccessRole,
    pub token: String,
}

/// All tokens that open this server.
#[derive(Clone)]
pub struct Access {
    tokens: Vec<NamedToken>,
}

impl Access {
    /// One token, drawn now, for the user who started the server.
    pub fn owner(random: &dyn Random) -> Self {
        let token = random.hex(NUM_TOKEN_DIGITS);
        Self { tokens: vec![NamedToken { name: "owner".to_owned(), role: AccessRole::Owner, token }] }
    }

    /// Reads `NAME ROLE TOKEN` lines; empty lines and lines that start with `#` are left out.
    pub fn from_file(path: &Path) -> Result<Self, ApiError> {
        let invalid = |message: String| {
            ApiError::new(ErrorKind::Invalid, "serve.bad_tokens", message)
                .with_action("Write one `NAME ROLE TOKEN` a line; roles are reader, reviewer, editor and owner.")
        };
        let text = std::fs::read_to_string(path)
            .map_err(|err| invalid(format!("Failed to read the tokens: {}", path.display())).with_cause(err))?;
        let mut tokens = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let token = named_token(line).ok_or_else(|| {
                invalid(format!("Line {} of {} is no token of at least 32 letters", index + 1, path.display()))
            })?;
            tokens.push(token);
        }
        if tokens.is_empty() {
            return Err(invalid(format!("There is no token in {}", path.display())));
        }
        Ok(Self { tokens })
    }

    /// The first token: what the printed address carries.
    pub fn first(&self) -> &str {
        self.tokens.first().map(|token| token.token.as_str()).unwrap_or_default()
    }

    /// The role of a request's bearer token. All tokens are compared, so the time says nothing about them.
    pub(super) fn role(&self, headers: &HeaderMap) -> Result<AccessRole, ApiError> {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        let given = given.unwrap_or_default();
        let mut role = None;
        for token in &self.tokens {
            if bool::from(token.token.as_bytes().ct_eq(given)) {
                role = Some(token.role);
            }
        }
        role.ok_or_else(|| {
            ApiError::new(ErrorKind::Forbidden, "serve.no_token", "The request carries no token of this server")
                .with_action("Open the address that `atelier serve` printed.")
        })
    }
}

fn named_token(line: &str) -> Option<NamedToken> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let &[name, role, token] = words.as_slice() else { return None };
    let role = match role {
        "reader" => AccessRole::Reader,
        "reviewer" => AccessRole::Reviewer,
        "editor" => AccessRole::Editor,
        "owner" => AccessRole::Owner,
        _ => return None,
    };
    (token.len() >= 32).then(|| NamedToken { name: name.to_owned(), role, token: token.to_owned() })
}
