//! Filters that Jinja2 has and MiniJinja has not, or has otherwise.

use super::{json, python};
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, Value};
use std::sync::LazyLock;

pub(super) fn add_to(environment: &mut Environment<'static>) {
    minijinja_contrib::add_to_environment(environment);
    environment.add_filter("tojson", json::tojson);
    environment.add_filter("string", |value: &Value| python::display(value));
    environment.add_filter("first", |value: &Value| minijinja::filters::first(value).map(or_nothing));
    environment.add_filter("last", |value: Value| minijinja::filters::last(value).map(or_nothing));
    environment.add_filter("wordcount", num_words);
    environment.add_filter("truncate", truncate);
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

/// Runs of letters, digits and `_`.
fn num_words(text: &str) -> usize {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty()).count()
}

/// Jinja2's `truncate(length=255, killwords=false, end='...', leeway=5)`, the last by name only.
fn truncate(
    text: &str,
    length: Option<usize>,
    cuts_words: Option<bool>,
    end: Option<String>,
    options: Kwargs,
) -> Result<String, Error> {
    let length = or_option(length, &options, "length")?.unwrap_or(255);
    let cuts_words = or_option(cuts_words, &options, "killwords")?.unwrap_or(false);
    let end = or_option(end, &options, "end")?.unwrap_or_else(|| "...".to_owned());
    let leeway = options.get::<Option<usize>>("leeway")?.unwrap_or(5);
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
