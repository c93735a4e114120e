//! What a script gave back, as the JSON that the host reads: a number, true or false, `()` for unscored, or a map with
//! `score` and `reason`.

use rhai::{Dynamic, Map};
use serde_json::{Value, json};

pub fn unscored(reason: &str) -> String {
    json!({"score": null, "reason": reason}).to_string()
}

pub fn text_or_null(text: Option<String>) -> String {
    Value::from(text).to_string()
}

pub fn of_result(result: Dynamic) -> Result<String, String> {
    let Some(map) = result.read_lock::<Map>() else { return Ok(json!({"score": score(&result)?}).to_string()) };
    let stranger = map.keys().find(|key| !matches!(key.as_str(), "score" | "reason"));
    if let Some(key) = stranger {
        return Err(format!("The script's answer has `{key}`, and knows only `score` and `reason`"));
    }
    let given = map.get("score").ok_or("The script's answer has no `score`")?;
    let reason = map.get("reason").filter(|reason| !reason.is_unit()).map(Dynamic::to_string);
    Ok(json!({"score": score(given)?, "reason": reason}).to_string())
}

fn score(given: &Dynamic) -> Result<Value, String> {
    if given.is_unit() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = given.as_bool() {
        return Ok(flag.into());
    }
    let whole = given.as_int().map(|number| number as f64);
    let number = whole.or_else(|_| given.as_float());
    let number = number.map_err(|name| format!("The script's score is no number but of the type `{name}`"))?;
    if !number.is_finite() {
        return Err(format!("The script's score is no finite number: {number}"));
    }
    Ok(number.into())
}
