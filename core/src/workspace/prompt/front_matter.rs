//! The YAML at the head of a prompt file. It is read into what Atelier uses; the text itself is never written anew.

use super::declared::{Input, WrittenInputs};
use super::expand::start_of;
use super::{file_of, is_fragment};
use atelier_types::error::{Diagnostic, Location, Severity};
use atelier_types::ids::PromptName;
use atelier_types::prompt::{InputSpec, PromptModel};
use atelier_types::provider::Params;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor, value::MapAccessDeserializer};
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

const FENCE: &str = "---";

/// Where the parts of a file are. A fragment, and a file without a fence, is all body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split<'a> {
    yaml: &'a str,
    /// Lines before the YAML.
    num_lines_before: u32,
    pub body_start: usize,
    /// The fence that opens the front matter is never closed.
    is_open: bool,
}

/// Finds the front matter. Blank lines before the body are no part of it, as in the reference.
pub(super) fn split<'a>(name: &PromptName, text: &'a str) -> Split<'a> {
    let all_body = Split { yaml: "", num_lines_before: 0, body_start: 0, is_open: false };
    if is_fragment(name) {
        return all_body;
    }
    let start = text.len() - text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).len();
    let Some(first_line) = text[start..].lines().next().filter(|line| line.trim_end() == FENCE) else {
        return all_body;
    };
    let yaml_start = (start + first_line.len() + 1).min(text.len());
    let num_lines_before = text[..yaml_start].matches('\n').count() as u32;
    let mut at = yaml_start;
    for line in text[yaml_start..].split_inclusive('\n') {
        if line.trim_end() == FENCE {
            let body = &text[at + line.len()..];
            let body_start = text.len() - body.trim_start().len();
            return Split { yaml: &text[yaml_start..at], num_lines_before, body_start, is_open: false };
        }
        at += line.len();
    }
    Split { yaml: &text[yaml_start..], num_lines_before, body_start: text.len(), is_open: true }
}

/// What Atelier reads from the front matter.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    pub description: String,
    pub model: PromptModel,
    pub inputs: Vec<Input>,
    /// What is wrong with single entries.
    pub problems: Vec<Diagnostic>,
}

impl FrontMatter {
    pub fn specs(&self) -> Vec<InputSpec> {
        self.inputs.iter().map(|input| input.spec.clone()).collect()
    }

    pub fn parse(name: &PromptName, split: &Split<'_>) -> Result<Self, Diagnostic> {
        let problem = |location: Location, message: String, action: &str| Diagnostic {
            severity: Severity::Error,
            code: "prompt.bad_yaml".to_owned(),
            message,
            location,
            action: Some(action.to_owned()),
        };
        if split.is_open {
            let message = "The front matter is not closed".to_owned();
            return Err(problem(start_of(name), message, "Put a line with `---` after it."));
        }
        let written = read(split.yaml).map_err(|err| {
            let location = err.location().map(|location| place(name, split, location));
            let message = format!("The front matter is no valid YAML: {}", first_line(&err));
            problem(location.unwrap_or_else(|| start_of(name)), message, "Correct the front matter.")
        })?;
        Ok(written.into_front_matter(&|location| place(name, split, location)))
    }
}

/// Moves a place in the YAML to its place in the file.
fn place(name: &PromptName, split: &Split<'_>, location: serde_saphyr::Location) -> Location {
    let line = u32::try_from(location.line()).unwrap_or(u32::MAX);
    Location {
        file: file_of(name),
        line: Some(line.saturating_add(split.num_lines_before)),
        column: Some(u32::try_from(location.column()).unwrap_or(u32::MAX)),
    }
}

fn read(yaml: &str) -> Result<Written, serde_saphyr::Error> {
    if yaml.trim().is_empty() {
        return Ok(Written::default());
    }
    serde_saphyr::from_str::<Option<Written>>(yaml).map(Option::unwrap_or_default)
}

/// The parser's own words without its picture of the source.
fn first_line(err: &serde_saphyr::Error) -> String {
    let text = err.without_snippet().to_string();
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// The file with another `name:`, where it has one; all other bytes stay as they are.
pub fn renamed(name: &PromptName, text: &str, title: &str) -> String {
    let split = split(name, text);
    let Some(span) = read(split.yaml).ok().and_then(|written| written.name).map(|name| name.referenced.span()) else {
        return text.to_owned();
    };
    let (Some(start), Some(len)) = (span.byte_offset(), span.byte_len()) else { return text.to_owned() };
    let (start, len) = (start as usize, len as usize);
    let yaml_start = split.yaml.as_ptr() as usize - text.as_ptr() as usize;
    let (Some(before), Some(after)) = (text.get(..yaml_start + start), text.get(yaml_start + start + len..)) else {
        return text.to_owned();
    };
    format!("{before}{}{after}", yaml_text(title))
}

/// A text as YAML reads it back: in quotes where it could be taken for something else.
pub fn yaml_text(text: &str) -> String {
    const WORDS: &[&str] = &["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_plain = text.starts_with(char::is_alphabetic)
        && text.chars().all(|letter| letter.is_alphanumeric() || letter == '-' || letter == '_')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// The keys that are read. Every other key is somebody else's and stays.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Written {
    name: Option<Spanned<String>>,
    description: Option<String>,
    model: Option<WrittenModel>,
    inputs: WrittenInputs,
    outputs: WrittenInputs,
    output_schema: Option<Value>,
    template: Option<Spanned<Value>>,
    metadata: Option<WrittenMetadata>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WrittenMetadata {
    atelier: Option<WrittenAtelier>,
}

/// What only Atelier knows, so that other tools read the same file.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WrittenAtelier {
    output_schema: Option<Value>,
}

impl Written {
    fn into_front_matter(self, place: &dyn Fn(serde_saphyr::Location) -> Location) -> FrontMatter {
        let mut problems = Vec::new();
        let inputs = self.inputs.into_inputs(place, &mut problems);
        let outputs = self.outputs.into_schema();
        let atelier = self.metadata.and_then(|metadata| metadata.atelier).unwrap_or_default();
        let mut model = self.model.map(WrittenModel::into_model).unwrap_or_default();
        model.output_schema = self.output_schema.or(atelier.output_schema).or(outputs);
        problems.extend(self.template.and_then(|template| template_problem(&template, place)));
        FrontMatter { description: self.description.unwrap_or_default(), model, inputs, problems }
    }
}

/// Only Jinja2 bodies are rendered; any other format would be read wrongly.
fn template_problem(
    template: &Spanned<Value>,
    place: &dyn Fn(serde_saphyr::Location) -> Location,
) -> Option<Diagnostic> {
    let format = template.value.get("format")?;
    let kind = format.get("kind").unwrap_or(format).as_str()?;
    (!matches!(kind, "jinja2" | "" | "*")).then(|| Diagnostic {
        severity: Severity::Error,
        code: "prompt.unknown_format".to_owned(),
        message: format!("Templates of the format `{kind}` are not supported"),
        location: place(template.referenced),
        action: Some("Use Jinja2, and leave `template` out.".to_owned()),
    })
}

/// `model: id`, or an object with id and options.
#[derive(Default)]
struct WrittenModel {
    id: Option<String>,
    options: WrittenOptions,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WrittenModelObject {
    id: Option<String>,
    options: Option<WrittenOptions>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WrittenOptions {
    temperature: Option<f64>,
    top_p: Option<f64>,
    top_k: Option<u32>,
    max_output_tokens: Option<u32>,
    seed: Option<u64>,
    stop_sequences: Option<Vec<String>>,
    frequency_penalty: Option<f64>,
    presence_penalty: Option<f64>,
    additional_properties: Option<Map<String, Value>>,
}

impl<'de> Deserialize<'de> for WrittenModel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = WrittenModel;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a model's name, or an object with `id` and `options`")
            }

            fn visit_str<E: serde::de::Error>(self, id: &str) -> Result<Self::Value, E> {
                Ok(WrittenModel { id: Some(id.to_owned()), options: WrittenOptions::default() })
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
                Ok(WrittenModel::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let object = WrittenModelObject::deserialize(MapAccessDeserializer::new(map))
                    .map_err(|err| A::Error::custom(err.to_string()))?;
                Ok(WrittenModel { id: object.id, options: object.options.unwrap_or_default() })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl WrittenModel {
    fn into_model(self) -> PromptModel {
        let options = self.options;
        let min_p = |more: &Map<String, Value>| more.get("minP").or_else(|| more.get("min_p")).and_then(Value::as_f64);
        PromptModel {
            id: self.id.filter(|id| !id.is_empty()).map(Into::into),
            options: Params {
                temperature: options.temperature,
                top_p: options.top_p,
                top_k: options.top_k,
                min_p: options.additional_properties.as_ref().and_then(min_p),
                max_tokens: options.max_output_tokens,
                seed: options.seed,
                stop: options.stop_sequences.unwrap_or_default(),
                frequency_penalty: options.frequency_penalty,
                presence_penalty: options.presence_penalty,
                json_schema: None,
                top_logprobs: None,
            },
            output_schema: None,
        }
    }
}
