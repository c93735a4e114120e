//! Declared inputs: how they are written, and which values a row, a person or a default gives them.

use super::Prompt;
use super::uses::closest;
use super::{filters, python, roles};
use atelier_types::error::{Diagnostic, Location, Severity};
use atelier_types::prompt::{InputKind, InputSpec, Inputs, Message};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde_json::{Map, Value, json};
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

/// A declared input and where it is declared.
#[derive(Debug)]
pub(super) struct Input {
    pub spec: InputSpec,
    pub location: Location,
}

/// A list of properties with names, or an object of properties by name.
#[derive(Default)]
pub(super) struct WrittenInputs(Vec<(Option<String>, Spanned<WrittenProperty>)>);

/// One property: an object, or a scalar that shows an example.
#[derive(Default)]
pub(super) struct WrittenProperty {
    fields: Fields,
    shorthand: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Fields {
    name: Option<String>,
    kind: Option<String>,
    description: Option<String>,
    required: Option<bool>,
    default: Option<Value>,
    enum_values: Option<Vec<Value>>,
    items: Option<Box<WrittenProperty>>,
    properties: Option<WrittenInputs>,
}

impl<'de> Deserialize<'de> for WrittenInputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListOrObject;
        impl<'de> Visitor<'de> for ListOrObject {
            type Value = WrittenInputs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of properties with names, or properties by name")
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
                Ok(WrittenInputs::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut inputs = Vec::new();
                while let Some(property) = list.next_element()? {
                    inputs.push((None, property));
                }
                Ok(WrittenInputs(inputs))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut inputs = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    inputs.push((Some(name), map.next_value()?));
                }
                Ok(WrittenInputs(inputs))
            }
        }
        deserializer.deserialize_any(ListOrObject)
    }
}

impl<'de> Deserialize<'de> for WrittenProperty {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectOrScalar;
        impl<'de> Visitor<'de> for ObjectOrScalar {
            type Value = WrittenProperty;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object with `kind`")
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
                Ok(WrittenProperty::default())
            }

            fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(WrittenProperty::example(value.into()))
            }

            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
                Ok(WrittenProperty::example(value.into()))
            }

            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
                Ok(WrittenProperty::example(value.into()))
            }

            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
                Ok(WrittenProperty::example(value.into()))
            }

            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
                Ok(WrittenProperty::example(value.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let fields = Fields::deserialize(MapAccessDeserializer::new(map))
                    .map_err(|err| A::Error::custom(err.to_string()))?;
                Ok(WrittenProperty { fields, shorthand: None })
            }
        }
        deserializer.deserialize_any(ObjectOrScalar)
    }
}

impl WrittenProperty {
    fn example(value: Value) -> Self {
        Self { fields: Fields::default(), shorthand: Some(value) }
    }

    /// The kind's name; where none is written, that of the default or example.
    fn kind(&self) -> String {
        let shown = self.fields.default.as_ref().or(self.shorthand.as_ref());
        let guessed = match shown {
            Some(Value::Bool(_)) => "boolean",
            Some(Value::Number(number)) if number.is_f64() => "float",
            Some(Value::Number(_)) => "integer",
            Some(Value::Array(_)) => "array",
            Some(Value::Object(_)) => "object",
            _ => "string",
        };
        self.fields.kind.clone().unwrap_or_else(|| guessed.to_owned())
    }

    /// What the reference demands and is left out here.
    fn unportable(&self) -> Option<&'static str> {
        match self.fields.kind.as_deref() {
            None => Some("an input has no `kind`"),
            Some("array") if self.fields.items.is_none() => Some("an input of the kind `array` has no `items`"),
            Some("object") if self.fields.properties.is_none() => {
                Some("an input of the kind `object` has no `properties`")
            }
            Some(_) => None,
        }
    }

    fn schema(&self) -> Value {
        let mut schema = Map::new();
        let kind = self.kind();
        let kind = if kind == "float" { "number" } else { &kind };
        schema.insert("type".to_owned(), kind.into());
        if let Some(description) = &self.fields.description {
            schema.insert("description".to_owned(), description.as_str().into());
        }
        if let Some(values) = &self.fields.enum_values {
            schema.insert("enum".to_owned(), values.clone().into());
        }
        if let Some(items) = &self.fields.items {
            schema.insert("items".to_owned(), items.schema());
        }
        if let Some(properties) = &self.fields.properties {
            schema.extend(properties.object_schema());
        }
        Value::Object(schema)
    }
}

impl WrittenInputs {
    pub fn into_inputs(
        self,
        place: &dyn Fn(serde_saphyr::Location) -> Location,
        problems: &mut Vec<Diagnostic>,
    ) -> Vec<Input> {
        let mut inputs: Vec<Input> = Vec::new();
        for (key, property) in self.0 {
            let location = place(property.referenced);
            problems.extend(property.value.unportable().map(|fault| unportable(&location, fault)));
            match input(key, property.value, &location) {
                Ok(input) if inputs.iter().any(|known| known.spec.name == input.spec.name) => {
                    problems.push(bad_input(&location, format!("The input `{}` is declared twice", input.spec.name)));
                }
                Ok(input) => inputs.push(input),
                Err(problem) => problems.push(problem),
            }
        }
        inputs
    }

    /// The JSON Schema of an object with these properties, as the reference makes it; `None` where there are none.
    pub fn into_schema(self) -> Option<Value> {
        (!self.0.is_empty()).then(|| {
            let mut schema = Map::new();
            schema.insert("type".to_owned(), "object".into());
            schema.extend(self.object_schema());
            Value::Object(schema)
        })
    }

    fn object_schema(&self) -> Map<String, Value> {
        let mut properties = Map::new();
        let mut required: Vec<Value> = Vec::new();
        for (key, property) in &self.0 {
            let Some(name) = key.as_ref().or(property.value.fields.name.as_ref()) else { continue };
            properties.insert(name.clone(), property.value.schema());
            if property.value.fields.required.unwrap_or(true) {
                required.push(name.as_str().into());
            }
        }
        let mut schema = Map::new();
        schema.insert("properties".to_owned(), properties.into());
        schema.insert("required".to_owned(), required.into());
        schema.insert("additionalProperties".to_owned(), json!(false));
        schema
    }
}

fn input(key: Option<String>, property: WrittenProperty, location: &Location) -> Result<Input, Diagnostic> {
    let kind = property.kind();
    let Some(name) = key.or(property.fields.name) else {
        return Err(bad_input(location, "An input has no name".to_owned()));
    };
    let Some(kind) = input_kind(&kind) else {
        return Err(bad_input(location, format!("The input `{name}` has the unknown kind `{kind}`")));
    };
    let spec = InputSpec {
        name,
        kind,
        description: property.fields.description,
        default: property.fields.default,
        required: property.fields.required.unwrap_or(false),
        choices: property.fields.enum_values.unwrap_or_default(),
    };
    Ok(Input { spec, location: location.clone() })
}

fn input_kind(kind: &str) -> Option<InputKind> {
    Some(match kind {
        "string" => InputKind::String,
        "integer" => InputKind::Integer,
        "float" | "number" => InputKind::Float,
        "boolean" => InputKind::Boolean,
        "array" => InputKind::Array,
        "object" => InputKind::Object,
        "thread" => InputKind::Thread,
        _ => return None,
    })
}

fn unportable(location: &Location, fault: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        code: "prompt.not_portable".to_owned(),
        message: format!("Other Prompty tools cannot read the file: {fault}"),
        location: location.clone(),
        action: Some("Add it if the file is used by other tools.".to_owned()),
    }
}

fn bad_input(location: &Location, message: String) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: "prompt.bad_input".to_owned(),
        message,
        location: location.clone(),
        action: Some("Give each input a name of its own and a kind such as `string`.".to_owned()),
    }
}

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
