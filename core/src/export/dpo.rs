//! Preference pairs for TRL's `DPOTrainer` in its conversational format: `prompt` (messages), `chosen` and `rejected`
//! (one assistant message each). Ties give no pair.

use super::{ExportError, Material, Result, Written, lines};
use atelier_types::prompt::{Message, Role};
use serde::Serialize;

#[derive(Serialize)]
struct Pair<'a> {
    prompt: &'a [Message],
    chosen: [Message; 1],
    rejected: [Message; 1],
}

pub(super) fn write(material: &Material) -> Result<Written> {
    if material.preferences.is_empty() {
        return Err(ExportError::Empty { reason: "no answer was preferred over another" });
    }
    let answer = |content: &str| [Message { role: Role::Assistant, content: content.to_owned() }];
    lines(material.preferences.iter().map(|preference| Pair {
        prompt: &preference.messages,
        chosen: answer(&preference.chosen),
        rejected: answer(&preference.rejected),
    }))
}
