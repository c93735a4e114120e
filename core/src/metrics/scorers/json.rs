//! `json`: the output is JSON.
//!
//! - Range: 0 or 1; higher is better.
//! - Reads: the output only.
//! - Settings: `allow_fence` (default false) also takes JSON inside one Markdown code fence.
//! - Any value is JSON, not only an object. White space around it is allowed, text is not. Values may nest to any depth,
//!   numbers may be of any size, and a name may occur twice, as the grammar has it.
//! - Source: RFC 8259, as the crate `serde_json` reads it.

use super::json_schema::without_fence;
use super::options::Options;
use super::{Method, ScoreContext, Scored};
use atelier_types::score::Score;
use serde::de::IgnoredAny;
use serde_json::Value;

pub(super) struct Json {
    allows_fence: bool,
}

impl Json {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { allows_fence: options.flag("allow_fence", false)? })
    }
}

impl Method for Json {
    fn reads_row(&self) -> bool {
        false
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        let text = if self.allows_fence { without_fence(context.output) } else { context.output };
        let fault = serde_json::from_str::<IgnoredAny>(text).err();
        (Score::check(fault.is_none()), fault.map(|err| format!("The output is not JSON: {err}")))
    }
}
