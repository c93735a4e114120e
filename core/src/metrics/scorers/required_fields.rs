//! `required_fields`: the output is JSON in which certain fields are there and not null.
//!
//! - Range: 0 or 1; higher is better.
//! - Reads: the setting `fields` where it is given, else the row's expected column: a path, or a list of paths.
//! - Settings: `fields`; `allow_fence` (default false) also takes JSON inside one Markdown code fence.
//! - A path is names and places in lists, from 0, between full stops (`items.0.price`), or a JSON Pointer (RFC 6901:
//!   `/items/0/price`), which also reaches names with full stops in them.
//! - An output that is no JSON, or nests more than 127 deep, is wrong (0), and the explanation says so.

use super::json_schema::without_fence;
use super::options::Options;
use super::references::{texts_of, values_of};
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use serde_json::Value;
use std::borrow::Cow;

pub(super) struct RequiredFields {
    fields: Option<Vec<String>>,
    allows_fence: bool,
}

impl RequiredFields {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let fields = options.value("fields");
        if fields.is_some_and(|fields| values_of(fields).is_empty() || !values_of(fields).iter().all(Value::is_string))
        {
            return Err("`fields` must be a path or a list of paths".to_owned());
        }
        let fields = fields.map(|fields| texts_of(Some(fields)).into_iter().map(Cow::into_owned).collect());
        Ok(Self { fields, allows_fence: options.flag("allow_fence", false)? })
    }
}

impl Method for RequiredFields {
    fn reads_row(&self) -> bool {
        self.fields.is_none()
    }

    fn score(&self, context: &ScoreContext<'_>, expected: Option<&Value>) -> Scored {
        let from_row = texts_of(expected);
        let fields: Vec<&str> = match &self.fields {
            Some(fields) => fields.iter().map(String::as_str).collect(),
            None => from_row.iter().map(AsRef::as_ref).collect(),
        };
        if fields.is_empty() {
            return unscored("There is no field to look for");
        }
        let text = if self.allows_fence { without_fence(context.output) } else { context.output };
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(err) => return (Score::check(false), Some(format!("The output is not JSON: {err}"))),
        };
        let is_missing = |field: &&str| value.pointer(&pointer_of(field)).is_none_or(Value::is_null);
        let missing: Vec<&str> = fields.into_iter().filter(is_missing).collect();
        let explanation = (!missing.is_empty()).then(|| format!("Missing: {}", missing.join(", ")));
        (Score::check(missing.is_empty()), explanation)
    }
}

fn pointer_of(path: &str) -> Cow<'_, str> {
    if path.is_empty() || path.starts_with('/') {
        return Cow::Borrowed(path);
    }
    Cow::Owned(path.split('.').map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect())
}
