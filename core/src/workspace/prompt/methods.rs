//! Methods of Python's values that MiniJinja's own Python support lacks, or has otherwise.

use minijinja::value::{Tuple, ValueKind, from_args};
use minijinja::{Error, ErrorKind, State, Value};

/// A padded text may be this much longer than it was.
const MAX_PADDING: usize = 10_000;

pub(super) fn call(state: &mut State<'_, '_>, value: &Value, name: &str, arguments: &[Value]) -> Result<Value, Error> {
    let ours = match (value.kind(), value.as_str()) {
        (ValueKind::String, Some(text)) => of_text(text, name, arguments)?,
        (ValueKind::Number, _) if name == "is_integer" => Some(is_whole(value)),
        _ => None,
    };
    match ours {
        Some(answer) => Ok(answer),
        None => minijinja_contrib::pycompat::unknown_method_callback(state, value, name, arguments),
    }
}

fn is_whole(value: &Value) -> Value {
    Value::from(f64::try_from(value.clone()).is_ok_and(|number| number.fract() == 0.0))
}

fn of_text(text: &str, name: &str, arguments: &[Value]) -> Result<Option<Value>, Error> {
    Ok(Some(match name {
        "title" => Value::from(title(text)),
        "swapcase" => Value::from(text.chars().map(swapped).collect::<String>()),
        "casefold" => Value::from(text.to_lowercase()),
        "ljust" | "rjust" | "center" | "zfill" => Value::from(padded(text, name, arguments)?),
        "partition" | "rpartition" => partitioned(text, name, arguments)?,
        "rsplit" => split_from_right(text, arguments)?,
        "removeprefix" => {
            let (prefix,): (&str,) = from_args(arguments)?;
            Value::from(text.strip_prefix(prefix).unwrap_or(text))
        }
        "removesuffix" => {
            let (suffix,): (&str,) = from_args(arguments)?;
            Value::from(text.strip_suffix(suffix).unwrap_or(text))
        }
        _ => return Ok(None),
    }))
}

/// Each run of letters starts large, also after an apostrophe.
fn title(text: &str) -> String {
    let mut titled = String::with_capacity(text.len());
    let mut is_inside = false;
    for letter in text.chars() {
        if is_inside {
            titled.extend(letter.to_lowercase());
        } else {
            titled.extend(letter.to_uppercase());
        }
        is_inside = letter.is_alphabetic();
    }
    titled
}

fn swapped(letter: char) -> String {
    if letter.is_lowercase() { letter.to_uppercase().collect() } else { letter.to_lowercase().collect() }
}

fn padded(text: &str, name: &str, arguments: &[Value]) -> Result<String, Error> {
    let (width, fill): (usize, Option<char>) = from_args(arguments)?;
    let fill = fill.unwrap_or(if name == "zfill" { '0' } else { ' ' });
    let num_missing = width.saturating_sub(text.chars().count());
    if num_missing > MAX_PADDING {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("cannot pad to {width} letters")));
    }
    let run = |num: usize| std::iter::repeat_n(fill, num).collect::<String>();
    Ok(match name {
        "ljust" => format!("{text}{}", run(num_missing)),
        "rjust" => format!("{}{text}", run(num_missing)),
        "zfill" => {
            let sign_end = text.len() - text.strip_prefix(['-', '+']).unwrap_or(text).len();
            format!("{}{}{}", &text[..sign_end], run(num_missing), &text[sign_end..])
        }
        _ => {
            // The odd blank goes to the left where the width is odd, as in Python.
            let num_left = num_missing / 2 + (num_missing & width & 1);
            format!("{}{text}{}", run(num_left), run(num_missing - num_left))
        }
    })
}

fn partitioned(text: &str, name: &str, arguments: &[Value]) -> Result<Value, Error> {
    let (separator,): (&str,) = from_args(arguments)?;
    let is_right = name == "rpartition";
    let parts = match if is_right { text.rsplit_once(separator) } else { text.split_once(separator) } {
        Some((before, after)) => [before, separator, after],
        None if is_right => ["", "", text],
        None => [text, "", ""],
    };
    Ok(Value::from(Tuple::from(parts.map(Value::from).to_vec())))
}

fn split_from_right(text: &str, arguments: &[Value]) -> Result<Value, Error> {
    let (separator, max_splits): (Option<&str>, Option<i64>) = from_args(arguments)?;
    let max_parts =
        max_splits.and_then(|max| usize::try_from(max).ok()).map_or(usize::MAX, |max| max.saturating_add(1));
    let mut parts: Vec<&str> = match separator {
        Some(separator) => text.rsplitn(max_parts, separator).collect(),
        None => from_right_at_blanks(text, max_parts),
    };
    parts.reverse();
    Ok(parts.into_iter().map(Value::from).collect())
}

/// Words from the right, at most so many; the last one is all that is left.
fn from_right_at_blanks(text: &str, max_parts: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        match rest.rfind(char::is_whitespace).filter(|_| parts.len() + 1 < max_parts) {
            Some(blank) => {
                let word_start = blank + rest[blank..].chars().next().map_or(1, char::len_utf8);
                parts.push(&rest[word_start..]);
                rest = rest[..blank].trim_end();
            }
            None => {
                parts.push(rest);
                break;
            }
        }
    }
    parts
}
