//! The JSON object in a model's answer: alone, in a code fence, or with words before and after it.
//!
//! It is the only one or none: the first brace of the answer starts it, and no brace follows it. A key that stands twice
//! is refused, since whoever reads JSON takes the one or the other.

use atelier_types::JsonMap;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// An answer in which no object can be read.
#[derive(Debug)]
pub(super) struct Malformed {
    pub text: String,
    pub reason: String,
}

pub(super) fn object_in(text: &str) -> Result<JsonMap, Malformed> {
    let malformed = |reason: String| Malformed { text: text.to_owned(), reason };
    let Some((_before, from_brace)) = text.find('{').and_then(|start| text.split_at_checked(start)) else {
        return Err(malformed("The judge's answer holds no JSON object".to_owned()));
    };
    let mut values = serde_json::Deserializer::from_str(from_brace).into_iter::<Distinct>();
    match values.next() {
        Some(Ok(Distinct(Value::Object(_)))) if has_brace_after(from_brace, values.byte_offset()) => {
            Err(malformed("The judge's answer holds more than one JSON object".to_owned()))
        }
        Some(Ok(Distinct(Value::Object(object)))) => Ok(object),
        Some(Err(err)) => Err(malformed(format!("The judge's answer is not JSON: {err}"))),
        _ => Err(malformed("The judge's answer holds no JSON object".to_owned())),
    }
}

fn has_brace_after(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| rest.contains(['{', '}']))
}

/// Any JSON value in which no object has a key twice.
struct Distinct(Value);

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("a number is not finite"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Distinct(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = JsonMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` stands twice")));
            }
            let Distinct(value) = map.next_value()?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(text: &str) -> Option<i64> {
        object_in(text).ok()?.get("score")?.as_i64()
    }

    #[test]
    fn object_is_found_alone_fenced_and_among_words() {
        assert_eq!(score(r#"{"score": 4}"#), Some(4));
        assert_eq!(score("```json\n{\"score\": 4}\n```"), Some(4));
        assert_eq!(score("Gern – hier: {\"score\": 4, \"reason\": \"a } and a { inside\"} 完了"), Some(4));
    }

    #[test]
    fn anything_ambiguous_is_malformed() {
        for (text, reason) in [
            ("", "holds no JSON object"),
            ("4", "holds no JSON object"),
            ("[4]", "holds no JSON object"),
            ("I use {braces}: {\"score\": 4}", "is not JSON"),
            ("{\"score\": 4} or {\"score\": 5}", "more than one"),
            ("{\"score\": 4}}", "more than one"),
            ("{\"score\": 1, \"score\": 5}", "the key `score` stands twice"),
            ("{\"items\": [{\"a\": 1, \"a\": 2}]}", "the key `a` stands twice"),
            ("{\"score\": 4", "is not JSON"),
            ("{\"score\": NaN}", "is not JSON"),
        ] {
            let found = object_in(text).unwrap_err();
            assert!(found.reason.contains(reason), "{text}: {}", found.reason);
            assert_eq!(found.text, text);
        }
    }

    #[test]
    fn deep_nesting_is_refused_without_a_crash() {
        let text = format!("{{\"a\": {}", "[".repeat(100_000));
        assert!(object_in(&text).is_err());
    }
}
