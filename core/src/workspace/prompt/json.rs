//! Jinja2's `tojson`: sorted keys, ASCII only, nothing that HTML could read as markup.

use super::python::{display, float, pairs};
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, ErrorKind, Value};
use std::fmt::Write as _;

/// The filter. `indent` may be given by place or by name.
pub(super) fn tojson(value: &Value, indent: Option<usize>, options: Kwargs) -> Result<Value, Error> {
    let indent = match indent {
        Some(indent) => Some(indent),
        None => options.get("indent")?,
    };
    options.assert_all_used()?;
    let mut json = Writer { out: String::new(), indent, depth: 0 };
    json.value(value)?;
    Ok(Value::from_safe_string(json.out))
}

struct Writer {
    out: String,
    indent: Option<usize>,
    depth: usize,
}

impl Writer {
    fn value(&mut self, value: &Value) -> Result<(), Error> {
        match value.kind() {
            ValueKind::None => self.out.push_str("null"),
            ValueKind::Bool => self.out.push_str(if value.is_true() { "true" } else { "false" }),
            ValueKind::Number if value.is_integer() => self.out.push_str(&value.to_string()),
            ValueKind::Number => self.out.push_str(&json_float(&float(value))),
            ValueKind::String => self.string(value.as_str().unwrap_or_default()),
            ValueKind::Seq | ValueKind::Iterable => self.list(value)?,
            ValueKind::Map => self.object(value)?,
            kind => {
                return Err(Error::new(ErrorKind::InvalidOperation, format!("a value of the kind {kind} is no JSON")));
            }
        }
        Ok(())
    }

    fn list(&mut self, value: &Value) -> Result<(), Error> {
        let items: Vec<Value> = value.try_iter()?.collect();
        self.container('[', ']', items.len(), |json, index| json.value(&items[index]))
    }

    fn object(&mut self, value: &Value) -> Result<(), Error> {
        let mut fields: Vec<(String, Value)> =
            pairs(value).into_iter().map(|(key, field)| (json_key(&key), field)).collect();
        fields.sort_by(|one, other| one.0.cmp(&other.0));
        self.container('{', '}', fields.len(), |json, index| {
            json.string(&fields[index].0);
            json.out.push_str(": ");
            json.value(&fields[index].1)
        })
    }

    fn container(
        &mut self,
        open: char,
        close: char,
        num_items: usize,
        mut item: impl FnMut(&mut Self, usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.out.push(open);
        self.depth += 1;
        for index in 0..num_items {
            self.out.push_str(match (index, self.indent) {
                (0, _) => "",
                (_, None) => ", ",
                (_, Some(_)) => ",",
            });
            self.line();
            item(self, index)?;
        }
        self.depth -= 1;
        if num_items > 0 {
            self.line();
        }
        self.out.push(close);
        Ok(())
    }

    fn line(&mut self) {
        if let Some(indent) = self.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', indent * self.depth));
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for letter in text.chars() {
            match letter {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '<' | '>' | '&' | '\'' => self.escape(letter),
                ' '..='~' => self.out.push(letter),
                _ => self.escape(letter),
            }
        }
        self.out.push('"');
    }

    fn escape(&mut self, letter: char) {
        let mut units = [0; 2];
        for unit in letter.encode_utf16(&mut units) {
            let _ = write!(self.out, "\\u{unit:04x}");
        }
    }
}

/// Python's JSON writes what JSON has no word for.
fn json_float(text: &str) -> String {
    match text {
        "nan" => "NaN".to_owned(),
        "inf" => "Infinity".to_owned(),
        "-inf" => "-Infinity".to_owned(),
        number => number.to_owned(),
    }
}

fn json_key(key: &Value) -> String {
    match key.kind() {
        ValueKind::Bool => key.is_true().to_string(),
        ValueKind::None => "null".to_owned(),
        _ => display(key),
    }
}
