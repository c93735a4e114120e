//! `json_schema`: the output is JSON that follows a JSON Schema.
//!
//! - Range: 0 or 1; higher is better.
//! - Reads: the setting `schema` where it is given, else the output schema that the prompt declares. Without either,
//!   the output only has to be JSON.
//! - Settings: `schema`; `allow_fence` (default false) also takes JSON inside one Markdown code fence.
//! - Drafts 4 to 2020-12 as the schema's `$schema` says, 2020-12 without one (crate `jsonschema`). References to other
//!   documents are not fetched.

use super::options::Options;
use super::{Method, ScoreContext, Scored};
use atelier_types::score::Score;
use serde_json::Value;

/// A compiled schema.
pub struct Schema(jsonschema::Validator);

impl Schema {
    /// The error is a sentence about the schema.
    pub fn compile(schema: &Value) -> Result<Self, String> {
        jsonschema::validator_for(schema).map(Self).map_err(|err| format!("The JSON Schema is not valid: {err}"))
    }

    /// The first thing that is wrong with `value`, with its place.
    pub(in crate::metrics) fn fault(&self, value: &Value) -> Option<String> {
        self.0.iter_errors(value).next().map(|err| match err.instance_path().to_string() {
            path if path.is_empty() => err.to_string(),
            path => format!("{err} at {path}"),
        })
    }
}

pub(super) struct JsonSchema {
    schema: Option<Schema>,
    allows_fence: bool,
}

impl JsonSchema {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let schema = options.value("schema").map(Schema::compile).transpose()?;
        Ok(Self { schema, allows_fence: options.flag("allow_fence", false)? })
    }
}

impl Method for JsonSchema {
    fn reads_row(&self) -> bool {
        false
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        let text = if self.allows_fence { without_fence(context.output) } else { context.output };
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(err) => return (Score::check(false), Some(format!("The output is not JSON: {err}"))),
        };
        let fault = self.schema.as_ref().or(context.output_schema).and_then(|schema| schema.fault(&value));
        (Score::check(fault.is_none()), fault)
    }
}

/// The inside of a text that is one Markdown code fence, else the text itself.
pub fn without_fence(text: &str) -> &str {
    let trimmed = text.trim();
    let inside = trimmed.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    inside.and_then(|inside| inside.split_once('\n')).map_or(text, |(_language, body)| body)
}
