//! Claims of a text and what passages say about each: the two questions that faithfulness, hallucination and context
//! recall share. They are the same questions word for word, so what one of these judges was answered holds for the others.

use super::Judged;
use super::dialogue::{Dialogue, Pause, unscored};
use super::verdicts::{self, Verdict};
use atelier_types::score::Score;
use serde_json::json;

const CLAIMS_PROMPT: &str = "judges/claims";
const VERDICTS_PROMPT: &str = "judges/claim-verdicts";
pub(super) const PROMPTS: &[&str] = &[CLAIMS_PROMPT, VERDICTS_PROMPT];

pub(super) const SUPPORTED: &str = "supported";
pub(super) const CONTRADICTED: &str = "contradicted";
const NOT_MENTIONED: &str = "not_mentioned";

/// Asks for the claims of `text`, an answer to `question` (which may be empty), and then for a verdict on each.
pub(super) fn judged(
    dialogue: &mut Dialogue<'_>,
    question: &str,
    text: &str,
    passages: &[String],
) -> Result<Vec<Verdict>, Pause> {
    let inputs = [("question", json!(question)), ("text", json!(text))];
    let list = ("claims", json!({"type": "array", "items": {"type": "string"}}));
    let claims = dialogue.ask_one(dialogue.question(CLAIMS_PROMPT, inputs, [list]))?;
    let claims = verdicts::lines(claims.list("claims"));
    if claims.is_empty() {
        return Err(unscored("The judge found no claim"));
    }
    let inputs = [("passages", json!(passages)), ("claims", json!(claims))];
    let words = verdicts::property(&[SUPPORTED, CONTRADICTED, NOT_MENTIONED]);
    let reading = dialogue.ask_one(dialogue.question(VERDICTS_PROMPT, inputs, [words]))?;
    verdicts::of(&reading, claims)
}

/// The share of the claims that `counts`, and the first one that speaks against the text.
pub(super) fn share(verdicts: &[Verdict], counts: impl Fn(&Verdict) -> bool) -> Judged {
    let Some(share) = verdicts::share(verdicts, counts) else { return Judged::unscored("The judge found no claim") };
    let num_supported = verdicts.iter().filter(|verdict| verdict.verdict == SUPPORTED).count();
    let num_contradicted = verdicts.iter().filter(|verdict| verdict.verdict == CONTRADICTED).count();
    let against = verdicts.iter().find(|verdict| verdict.verdict != SUPPORTED);
    let example = against.map(|claim| format!(" Not supported: {} ({})", claim.item, claim.reason)).unwrap_or_default();
    let counts = format!("{num_supported} of {} claims supported, {num_contradicted} contradicted.", verdicts.len());
    Judged {
        score: Score::Number(share),
        explanation: Some(format!("{counts}{example}")),
        detail: json!({ "claims": verdicts }),
    }
}
