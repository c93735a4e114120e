//! Reads what a script answered. What it may answer stands in the module's manual page.

use atelier_types::score::Score;
use serde_json::{Map, Value};

pub(super) type Scored = (Score, Option<String>);

/// The error is why there is no score.
pub(super) fn scored(answer: &[u8]) -> Result<Scored, String> {
    match read(answer)? {
        Value::Object(answer) => with_reason(&answer),
        Value::Null => Err("The script gave no score".to_owned()),
        value => Ok((number(&value)?, None)),
    }
}

/// What an interpreter said about a script.
pub(super) fn fault(answer: &[u8]) -> Option<String> {
    match read(answer) {
        Ok(Value::Null) => None,
        Ok(Value::String(fault)) | Err(fault) => Some(fault),
        Ok(_) => Some("The interpreter's answer is neither null nor a text".to_owned()),
    }
}

fn read(answer: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(answer).map_err(|_| "The script's answer is not UTF-8".to_owned())?;
    serde_json::from_str(text).map_err(|err| format!("The script's answer is not JSON: {err}"))
}

fn with_reason(answer: &Map<String, Value>) -> Result<Scored, String> {
    let (passed, total) = (answer.get("passed"), answer.get("total"));
    let known =
        if passed.is_some() && total.is_some() { ["passed", "total", "reason"] } else { ["score", "reason", ""] };
    if let Some(key) = answer.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!(
            "The script's answer has `{key}`, and may have `score` and `reason`, or `passed` and `total`"
        ));
    }
    let reason = match answer.get("reason") {
        None | Some(Value::Null) => None,
        Some(Value::String(reason)) => Some(reason.clone()).filter(|reason| !reason.trim().is_empty()),
        Some(_) => return Err("The script's reason is not a text".to_owned()),
    };
    if let Some((passed, total)) = passed.zip(total) {
        return Ok((pass_rate(passed, total)?, reason.or_else(|| Some(format!("{passed} of {total} passed")))));
    }
    match answer.get("score") {
        None => Err("The script's answer has no `score`".to_owned()),
        Some(Value::Null) => Err(reason.unwrap_or_else(|| "The script gave no score".to_owned())),
        Some(score) => Ok((number(score)?, reason)),
    }
}

/// Of tests that were run.
fn pass_rate(passed: &Value, total: &Value) -> Result<Score, String> {
    match (passed.as_u64(), total.as_u64()) {
        (Some(_), Some(0)) => Err("No test was run".to_owned()),
        (Some(passed), Some(total)) if passed <= total => Ok(Score::Number(passed as f64 / total as f64)),
        _ => Err(format!("{passed} of {total} is no count of tests that passed")),
    }
}

fn number(score: &Value) -> Result<Score, String> {
    match score {
        Value::Bool(passed) => Ok(Score::check(*passed)),
        Value::Number(number) => {
            let number = number.as_f64().filter(|number| number.is_finite());
            number.map(Score::Number).ok_or_else(|| "The script's score is no finite number".to_owned())
        }
        _ => Err("The script's score is neither a number nor true or false".to_owned()),
    }
}
