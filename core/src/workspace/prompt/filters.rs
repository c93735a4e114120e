//! Filters that Jinja2 has and MiniJinja has not, or has otherwise.

use super::{json, messages, python};
use minijinja::value::{Kwargs, Rest, ValueKind, from_args};
use minijinja::{Environment, Error, ErrorKind, Value};
use std::sync::LazyLock;

pub(super) fn add_to(environment: &mut Environment<'static>) {
    minijinja_contrib::add_to_environment(environment);
    environment.add_filter("tojson", json::tojson);
    environment.add_filter("string", |value: &Value| python::display(value));
    environment.add_filter("first", |value: &Value| minijinja::filters::first(value).map(or_nothing));
    environment.add_filter("last", |value: Value| minijinja::filters::last(value).map(or_nothing));
    environment.add_filter("join", join);
    environment.add_filter("int", int);
    environment.add_filter("float", float);
    environment.add_filter("indent", indent);
    environment.add_filter("wordcount", num_words);
    environment.add_filter("truncate", truncate);
    for name in ["e", "escape", "forceescape"] {
        environment.add_filter(name, |value: &Value| Value::from_safe_string(python::escaped(&python::display(value))));
    }
    // Its layout is another one than Python's.
    environment.remove_filter("pprint");
}

/// A value that is undefined and prints, tests and loops as Jinja2's undefined does, without an error.
pub(super) fn nothing() -> Value {
    static NOTHING: LazyLock<Value> = LazyLock::new(|| {
        let environment = Environment::new();
        let nothing = environment.compile_expression("none if false").and_then(|nothing| nothing.eval(()));
        nothing.unwrap_or(Value::UNDEFINED)
    });
    NOTHING.clone()
}

/// The end of an empty list is no mistake of the template.
fn or_nothing(value: Value) -> Value {
    if value.is_undefined() { nothing() } else { value }
}

/// `join(d='', attribute=none)`
fn join(value: &Value, separator: Option<String>, attribute: Option<String>, options: Kwargs) -> Result<String, Error> {
    let separator = or_option(separator, &options, "d")?.unwrap_or_default();
    let attribute = or_option(attribute, &options, "attribute")?;
    options.assert_all_used()?;
    let mut texts = Vec::new();
    for item in value.try_iter()? {
        let item = match &attribute {
            Some(path) => path.split('.').try_fold(item, |item, key| item.get_attr(key))?,
            None => item,
        };
        texts.push(python::display(&item));
    }
    Ok(texts.join(&separator))
}

/// `int(default=0)`: what does not read as a number is the default.
fn int(value: &Value, default: Option<Value>, options: Kwargs) -> Result<Value, Error> {
    let default = or_option(default, &options, "default")?.unwrap_or_else(|| Value::from(0));
    options.assert_all_used()?;
    if value.is_integer() {
        return Ok(value.clone());
    }
    let text = value.as_str().map(|text| text.trim().replace('_', ""));
    if let Some(whole) = text.as_ref().and_then(|text| text.parse::<i128>().ok()) {
        return Ok(Value::from(whole));
    }
    let number = number(value).map(f64::trunc).filter(|number| number.abs() < 1e38);
    Ok(number.map_or(default, |number| Value::from(number as i128)))
}

/// `float(default=0.0)`
fn float(value: &Value, default: Option<Value>, options: Kwargs) -> Result<Value, Error> {
    let default = or_option(default, &options, "default")?.unwrap_or_else(|| Value::from(0.0));
    options.assert_all_used()?;
    Ok(number(value).map_or(default, Value::from))
}

fn number(value: &Value) -> Option<f64> {
    match value.kind() {
        ValueKind::Bool => Some(f64::from(u8::from(value.is_true()))),
        ValueKind::Number => f64::try_from(value.clone()).ok(),
        ValueKind::String => value.as_str()?.trim().replace('_', "").parse().ok(),
        _ => None,
    }
}

/// `indent(width=4, first=false, blank=false)`; the width may be a text.
fn indent(
    text: &str,
    width: Option<Value>,
    first: Option<bool>,
    blank: Option<bool>,
    options: Kwargs,
) -> Result<String, Error> {
    const MAX_WIDTH: usize = 1_000;
    let width = or_option(width, &options, "width")?.unwrap_or_else(|| Value::from(4));
    let indents_first = or_option(first, &options, "first")?.unwrap_or(false);
    let indents_blank = or_option(blank, &options, "blank")?.unwrap_or(false);
    options.assert_all_used()?;
    let indention = match (width.as_str(), width.as_usize()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(width)) if width <= MAX_WIDTH => " ".repeat(width),
        _ => return Err(Error::new(ErrorKind::InvalidOperation, format!("cannot indent by {width}"))),
    };
    let mut indented = String::with_capacity(text.len());
    // A line end is added before the lines are cut, so a text that ends in one keeps it.
    let text = format!("{text}\n");
    for (index, line) in messages::lines(&text).enumerate() {
        let line = &text[line];
        let is_indented = if index == 0 { indents_first } else { indents_blank || !line.is_empty() };
        indented.push_str(if index > 0 { "\n" } else { "" });
        indented.push_str(if is_indented { &indention } else { "" });
        indented.push_str(line);
    }
    Ok(indented)
}

/// Runs of letters, digits and `_`.
fn num_words(text: &str) -> usize {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty()).count()
}

/// `truncate(length=255, killwords=false, end='...', leeway=5)`
fn truncate(text: &str, arguments: Rest<Value>) -> Result<String, Error> {
    type Arguments = (Option<usize>, Option<bool>, Option<String>, Option<usize>, Kwargs);
    let (length, cuts_words, end, leeway, options): Arguments = from_args(&arguments)?;
    let length = or_option(length, &options, "length")?.unwrap_or(255);
    let cuts_words = or_option(cuts_words, &options, "killwords")?.unwrap_or(false);
    let end = or_option(end, &options, "end")?.unwrap_or_else(|| "...".to_owned());
    let leeway = or_option(leeway, &options, "leeway")?.unwrap_or(5);
    options.assert_all_used()?;
    if text.chars().count() <= length.saturating_add(leeway) {
        return Ok(text.to_owned());
    }
    let kept: String = text.chars().take(length.saturating_sub(end.chars().count())).collect();
    let kept = if cuts_words { kept.as_str() } else { kept.rsplit_once(' ').map_or(kept.as_str(), |(words, _)| words) };
    Ok(format!("{kept}{end}"))
}

fn or_option<'a, T>(positional: Option<T>, options: &'a Kwargs, name: &'a str) -> Result<Option<T>, Error>
where
    Option<T>: minijinja::value::ArgType<'a, Output = Option<T>>,
{
    match positional {
        Some(value) => Ok(Some(value)),
        None => options.get(name),
    }
}
