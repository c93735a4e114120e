//! Which values a template sees: what a person or a row gives, and defaults.

use super::declared::Input;
use super::uses::closest;
use super::{Prompt, filters, python, roles};
use atelier_types::error::{Diagnostic, Severity};
use atelier_types::prompt::{InputKind, Inputs, Message};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a template sees, and what is wrong with it.
#[derive(Default)]
pub(super) struct Values {
    pub by_name: BTreeMap<String, minijinja::Value>,
    /// The messages of each thread input.
    pub threads: BTreeMap<String, Vec<Message>>,
    pub problems: Vec<Diagnostic>,
}

impl Prompt {
    /// Inputs where they are given, defaults elsewhere. A name that is declared or tested for but has no value is
    /// silently undefined, as in the reference; any other name that the template uses is an error.
    pub(super) fn values(&self, inputs: &Inputs) -> Values {
        let mut values = Values::default();
        for (name, value) in inputs {
            values.by_name.insert(name.clone(), python::value(value));
        }
        for input in &self.front.inputs {
            declare(input, inputs.get(&input.spec.name), &mut values);
        }
        for used in self.template.uses() {
            if values.by_name.contains_key(&used.name) {
                continue;
            }
            if !used.is_guarded {
                values.problems.push(self.unknown(&used.name, used.at, inputs));
            }
            values.by_name.insert(used.name.clone(), filters::nothing());
        }
        values
    }

    fn unknown(&self, name: &str, at: usize, inputs: &Inputs) -> Diagnostic {
        let known = self.specs.iter().map(|spec| spec.name.as_str()).chain(inputs.keys().map(String::as_str));
        let action = match closest(name, known) {
            Some(meant) => format!("Did you mean `{meant}`?"),
            None => format!("Declare `{name}` under `inputs`, or correct the name."),
        };
        Diagnostic {
            severity: Severity::Error,
            code: "prompt.unknown_variable".to_owned(),
            message: format!("The variable `{name}` is unknown"),
            location: self.body.location(at),
            action: Some(action),
        }
    }
}

/// Adds the value of one declared input.
fn declare(input: &Input, given: Option<&Value>, values: &mut Values) {
    let spec = &input.spec;
    let value = given.or(spec.default.as_ref()).map(|value| typed(spec.kind, value));
    if spec.kind == InputKind::Thread {
        let value = value.unwrap_or_else(|| json!([]));
        let thread = thread(&value).unwrap_or_else(|fault| {
            values.problems.push(bad_thread(input, fault));
            Vec::new()
        });
        values.threads.insert(spec.name.clone(), thread);
        values.by_name.insert(spec.name.clone(), python::value(&value));
        return;
    }
    if value.is_none() && spec.required {
        values.problems.push(Diagnostic {
            severity: Severity::Error,
            code: "prompt.missing_input".to_owned(),
            message: format!("The input `{}` is required and has no value", spec.name),
            location: input.location.clone(),
            action: Some("Give it a value, or declare a default.".to_owned()),
        });
    }
    let value = value.map_or_else(filters::nothing, |value| python::value(&value));
    values.by_name.insert(spec.name.clone(), value);
}

/// The messages of a thread, or what is wrong with it.
fn thread(value: &Value) -> Result<Vec<Message>, String> {
    let list = value.as_array().ok_or("is no list of messages")?;
    list.iter().enumerate().map(|(index, turn)| message(turn).map_err(|fault| format!("{fault} at {index}"))).collect()
}

fn message(turn: &Value) -> Result<Message, String> {
    let role = turn.get("role").and_then(Value::as_str).unwrap_or("user");
    let role = roles::role(role).ok_or_else(|| format!("has the unknown role `{role}`"))?;
    let content = match turn.get("content") {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().map(part_text).collect::<Result<String, String>>()?,
        Some(other) => other.to_string(),
    };
    Ok(Message { role, content })
}

/// The text of one content part, as chat APIs and the reference write it.
fn part_text(part: &Value) -> Result<String, String> {
    let text = part.as_str().or_else(|| part.get("text").or_else(|| part.get("value"))?.as_str());
    text.map(str::to_owned).ok_or_else(|| "has content that is no text".to_owned())
}

fn bad_thread(input: &Input, fault: String) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: "prompt.bad_value".to_owned(),
        message: format!("The thread `{}` {fault}", input.spec.name),
        location: input.location.clone(),
        action: Some("Give it a list of objects with `role` and `content`.".to_owned()),
    }
}

/// A text cell of a table in the kind that the input declares; anything that does not read as it stays as it is.
fn typed(kind: InputKind, value: &Value) -> Value {
    let Value::String(text) = value else { return value.clone() };
    let read = || serde_json::from_str::<Value>(text.trim()).ok();
    let parsed = match kind {
        InputKind::String => None,
        InputKind::Boolean => match text.trim().to_ascii_lowercase().as_str() {
            "true" => Some(true.into()),
            "false" => Some(false.into()),
            _ => None,
        },
        InputKind::Integer => read().filter(|value| value.is_i64() || value.is_u64()),
        InputKind::Float => read().filter(Value::is_number),
        InputKind::Array | InputKind::Thread => read().filter(Value::is_array),
        InputKind::Object => read().filter(Value::is_object),
    };
    parsed.unwrap_or_else(|| value.clone())
}
