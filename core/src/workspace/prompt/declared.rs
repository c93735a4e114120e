//! Inputs and outputs as front matter declares them.

use atelier_types::error::{Diagnostic, Location, Severity};
use atelier_types::prompt::{InputKind, InputSpec};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde_json::{Map, Value, json};
use serde_saphyr::Spanned;

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
