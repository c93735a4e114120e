//! Values as Python prints them: what Jinja2 writes for `{{ value }}`.

use indexmap::IndexMap;
use minijinja::value::{ObjectRepr, ValueKind};
use minijinja::{AutoEscape, Error, Output, State, Value};
use serde_json::Value as Json;
use std::fmt::Write as _;

/// A JSON value as the template sees it. Objects keep their order.
pub(super) fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(yes) => Value::from(*yes),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::from(number),
            (None, Some(number)) => Value::from(number),
            (None, None) => Value::from(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => items.iter().map(value).collect(),
        Json::Object(fields) => {
            let fields: IndexMap<Value, Value> =
                fields.iter().map(|(name, field)| (Value::from(name.as_str()), value(field))).collect();
            Value::from_object(fields)
        }
    }
}

/// Prints a value where the template outputs it.
pub(super) fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let is_escaped = !matches!(state.auto_escape(), AutoEscape::None) && !value.is_safe();
    match value.as_str() {
        Some(text) if !is_escaped => out.write_str(text)?,
        None if !is_escaped => out.write_str(&display(value))?,
        _ => out.write_str(&escaped(&display(value)))?,
    }
    Ok(())
}

/// HTML escapes as MarkupSafe writes them.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// Python's `str(value)`.
pub(super) fn display(value: &Value) -> String {
    let mut text = String::new();
    match value.as_str() {
        Some(string) => text.push_str(string),
        None => write_repr(&mut text, value),
    }
    text
}

/// Python's `repr(value)`.
fn write_repr(out: &mut String, value: &Value) {
    match value.kind() {
        ValueKind::Number if !value.is_integer() => out.push_str(&float(value)),
        ValueKind::String => write_string(out, value.as_str().unwrap_or_default()),
        ValueKind::Seq | ValueKind::Iterable if value.len().is_some() => write_list(out, value),
        ValueKind::Map if is_plain_map(value) => write_map(out, value),
        _ => out.push_str(&value.to_string()),
    }
}

/// Objects such as namespaces print in a way of their own.
fn is_plain_map(value: &Value) -> bool {
    value.as_object().is_some_and(|object| object.repr() == ObjectRepr::Map)
}

fn write_list(out: &mut String, value: &Value) {
    let (open, close) = if value.is_tuple() { ('(', ')') } else { ('[', ']') };
    out.push(open);
    for (index, item) in value.try_iter().into_iter().flatten().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        write_repr(out, &item);
    }
    if value.is_tuple() && value.len() == Some(1) {
        out.push(',');
    }
    out.push(close);
}

fn write_map(out: &mut String, value: &Value) {
    out.push('{');
    for (index, (key, item)) in pairs(value).into_iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        write_repr(out, &key);
        out.push_str(": ");
        write_repr(out, &item);
    }
    out.push('}');
}

pub(super) fn pairs(value: &Value) -> Vec<(Value, Value)> {
    value.as_object().and_then(|object| object.try_iter_pairs()).into_iter().flatten().collect()
}

/// Shortest digits that read back as the number; scientific from 1e16 and below 1e-4, as Python does.
pub(super) fn float(value: &Value) -> String {
    let Ok(number) = f64::try_from(value.clone()) else { return value.to_string() };
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = shortest(number);
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if number != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.unsigned_abs());
    }
    plain(digits, exponent)
}

/// Digits with their decimal point moved to where the exponent says.
fn plain(digits: &str, exponent: i32) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let digits = digits.replace('.', "");
    let Ok(num_whole) = usize::try_from(exponent + 1) else {
        return format!("{sign}0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1));
    };
    if num_whole == 0 {
        return format!("{sign}0.{digits}");
    }
    let whole = digits.get(..num_whole).map_or_else(|| format!("{digits:0<num_whole$}"), str::to_owned);
    let decimals = digits.get(num_whole..).filter(|decimals| !decimals.is_empty()).unwrap_or("0");
    format!("{sign}{whole}.{decimals}")
}

/// The shortest digits that read back as the number, in scientific form. Where two are as near, Python takes the even
/// one and Rust the larger.
fn shortest(number: f64) -> String {
    let ours = format!("{number:e}");
    let Some((digits, exponent)) = ours.split_once('e') else { return ours };
    let num_digits = digits.bytes().filter(u8::is_ascii_digit).count();
    // Formatting with a precision rounds exact ties to the even digit.
    let even = format!("{number:.0$e}", num_digits.saturating_sub(1));
    let is_same_scale = even.split_once('e').is_some_and(|(_, other)| other == exponent);
    if is_same_scale && even.parse() == Ok(number) { even } else { ours }
}

/// A string in quotes with Python's escapes.
fn write_string(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if letter == quote => {
                out.push('\\');
                out.push(letter);
            }
            _ if is_printable(letter) => out.push(letter),
            _ => write_escape(out, letter as u32),
        }
    }
    out.push(quote);
}

fn write_escape(out: &mut String, code: u32) {
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Python's `str.isprintable` follows the same categories as Rust's debug escapes, apart from marks that Rust escapes
/// only at the start of a text.
fn is_printable(letter: char) -> bool {
    if letter.is_ascii() {
        return !letter.is_ascii_control();
    }
    let mut text = String::from("a");
    text.push(letter);
    text.escape_debug().nth(1) == Some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_python() {
        for (number, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-12.5, "-12.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (0.0001, "0.0001"),
            (0.012, "0.012"),
            (0.00001, "1e-05"),
            (123_456.789, "123456.789"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e300, "1.5e+300"),
            (8_000_000_000_000_001.0 / 4.0, "2000000000000000.2"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(float(&Value::from(number)), text);
        }
    }

    #[test]
    fn strings_in_containers_have_the_quotes_and_escapes_of_python() {
        let json = serde_json::json!(["it's", "a \"b\" 'c'", "\t\u{0}\u{a0}\u{200b}\u{1f389}e\u{301}", null, true]);
        let expected = r#"["it's", 'a "b" \'c\'', '\t\x00\xa0\u200b"#.to_owned() + "\u{1f389}e\u{301}', None, True]";
        assert_eq!(display(&value(&json)), expected);
    }
}
