//! `atelier.toml`: who the workspace is, and its models and endpoints by name.
//!
//! Reading is strict, with file, line and column. Editing changes what was asked for and keeps comments, order and
//! everything else as a person wrote it. No secret is ever in this file.

use super::error::line_and_column;
use super::{Result, WorkspaceError};
use atelier_types::ids::{EndpointName, ModelName, WorkspaceId};
use atelier_types::model::{EndpointConfig, ModelConfig};
use atelier_types::provider::Params;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use toml_edit::{DocumentMut, Item, Table};

pub(super) const FILE: &str = "atelier.toml";
/// Newest layout of a workspace that this program understands.
pub const FORMAT: u32 = 1;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub id: WorkspaceId,
    pub name: String,
    pub format: u32,
    #[serde(default, rename = "defaults")]
    pub params: Params,
    #[serde(default)]
    pub endpoints: IndexMap<EndpointName, EndpointConfig>,
    #[serde(default)]
    pub models: IndexMap<ModelName, ModelConfig>,
}

/// What is read first, since a newer format may have keys that this program does not know.
#[derive(Deserialize)]
struct Head {
    format: Option<i64>,
}

/// A change of `atelier.toml`.
#[derive(Clone, Debug)]
pub enum ManifestEdit {
    PutModel(ModelName, ModelConfig),
    RemoveModel(ModelName),
    PutEndpoint(EndpointName, EndpointConfig),
    RemoveEndpoint(EndpointName),
}

pub(super) fn parse(text: &str) -> Result<Manifest> {
    let head: Head = toml::from_str(text).map_err(|err| bad(text, &err))?;
    match head.format {
        Some(found) if found > i64::from(FORMAT) => return Err(WorkspaceError::NewerFormat { found, known: FORMAT }),
        Some(found) if found < 1 => return Err(bad_key(text, "format", "`format` counts from 1")),
        _ => {}
    }
    if let Some((key, reason)) = model_fault(text) {
        return Err(bad_key(text, &key, &reason));
    }
    let manifest: Manifest = toml::from_str(text).map_err(|err| bad(text, &err))?;
    if manifest.id.as_str().trim().is_empty() {
        return Err(bad_key(text, "id", "`id` is empty"));
    }
    let unknown = manifest.models.iter().find_map(|(name, model)| unknown_endpoint(&manifest, name, model));
    match unknown {
        Some((name, reason)) => Err(bad_key(text, &format!("models.{name}"), &reason)),
        None => Ok(manifest),
    }
}

/// What is wrong with a `[models.*]` table, said in words that help: a model is either at an endpoint or on this
/// machine, and its table has no other keys. Faults of TOML itself are left to the parser.
fn model_fault(text: &str) -> Option<(String, String)> {
    const KEYS: &[&str] = &["endpoint", "id", "path", "params", "price"];
    let file: toml::Table = toml::from_str(text).ok()?;
    for (name, model) in file.get("models")?.as_table()? {
        let Some(model) = model.as_table() else { continue };
        let has = |key: &str| model.contains_key(key);
        let key = format!("models.{name}");
        if let Some(unknown) = model.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Some((format!("{key}.{unknown}"), format!("a model has no key `{unknown}`")));
        }
        if has("path") == has("endpoint") {
            return Some((key, format!("the model `{name}` needs either a `path`, or an `endpoint` and an `id`")));
        }
        if has("endpoint") && !has("id") {
            return Some((key, format!("the model `{name}` has an `endpoint` and needs the `id` that it has there")));
        }
    }
    None
}

fn unknown_endpoint<'a>(
    manifest: &Manifest,
    name: &'a ModelName,
    model: &ModelConfig,
) -> Option<(&'a ModelName, String)> {
    match &model.source {
        atelier_types::model::ModelSource::Endpoint { endpoint, .. } if !manifest.endpoints.contains_key(endpoint) => {
            Some((name, format!("the model `{name}` is at the endpoint `{endpoint}`, which is not listed")))
        }
        _ => None,
    }
}

fn bad(text: &str, err: &toml::de::Error) -> WorkspaceError {
    bad_at(text, err.span(), err.message().trim())
}

/// Points at a key by its dotted path, or at nothing where the file has no such key.
fn bad_key(text: &str, key: &str, reason: &str) -> WorkspaceError {
    bad_at(text, span_of(text, key), reason)
}

fn bad_at(text: &str, span: Option<Range<usize>>, reason: &str) -> WorkspaceError {
    let place = span.map(|span| line_and_column(text, span.start));
    let reason = reason.lines().collect::<Vec<_>>().join("; ");
    WorkspaceError::BadManifest { reason, line: place.map(|(line, _)| line), column: place.map(|(_, column)| column) }
}

fn span_of(text: &str, key: &str) -> Option<Range<usize>> {
    let document = toml_edit::Document::parse(text).ok()?;
    let (mut item, mut span) = (document.as_item(), None);
    // A name may have dots of its own: then the nearest table above is pointed at.
    for part in key.split('.') {
        let Some((key, next)) = item.as_table_like().and_then(|table| table.get_key_value(part)) else { break };
        item = next;
        span = key.span().or_else(|| item.span()).or(span);
    }
    span
}

/// The text of `atelier.toml` after an edit; everything that the edit does not name stays byte for byte.
pub(super) fn edit(text: &str, edit: &ManifestEdit) -> Result<String> {
    let mut document: DocumentMut =
        text.parse().map_err(|err: toml_edit::TomlError| bad_at(text, err.span(), err.message()))?;
    match edit {
        ManifestEdit::PutModel(name, config) => put(&mut document, "models", name.as_str(), config)?,
        ManifestEdit::RemoveModel(name) => remove(&mut document, "models", name.as_str()),
        ManifestEdit::PutEndpoint(name, config) => put(&mut document, "endpoints", name.as_str(), config)?,
        ManifestEdit::RemoveEndpoint(name) => remove(&mut document, "endpoints", name.as_str()),
    }
    let edited = document.to_string();
    // An edit never leaves a file behind that cannot be opened again.
    parse(&edited)?;
    Ok(edited)
}

fn put(document: &mut DocumentMut, section: &str, name: &str, config: &impl Serialize) -> Result<()> {
    let mut fresh = table_of(config)?;
    let tables = document.entry(section).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let Some(tables) = tables.as_table_like_mut() else {
        return Err(WorkspaceError::BadManifest {
            reason: format!("`{section}` is no table"),
            line: None,
            column: None,
        });
    };
    match tables.get_mut(name).and_then(Item::as_table_mut) {
        Some(known) => {
            known.retain(|key, _| fresh.contains_key(key));
            for (key, value) in std::mem::take(&mut fresh) {
                replace_value(known, &key, value);
            }
        }
        None => {
            tables.insert(name, Item::Table(fresh));
        }
    }
    Ok(())
}

/// Keeps the comment behind a value that stays, and leaves an equal value alone.
fn replace_value(table: &mut Table, key: &str, fresh: Item) {
    match (table.get_mut(key).and_then(Item::as_value_mut), fresh) {
        (Some(known), Item::Value(mut fresh)) => {
            let is_same = known.to_string().trim() == fresh.to_string().trim();
            if !is_same {
                *fresh.decor_mut() = known.decor().clone();
                *known = fresh;
            }
        }
        (_, fresh) => {
            table.insert(key, fresh);
        }
    }
}

fn table_of(config: &impl Serialize) -> Result<Table> {
    let refuse = |reason: String| WorkspaceError::BadManifest { reason, line: None, column: None };
    let text = toml::to_string(config).map_err(|err| refuse(err.to_string()))?;
    let mut table = text.parse::<DocumentMut>().map(DocumentMut::into_table).map_err(|err| refuse(err.to_string()))?;
    // Nested settings read best on one line: `key = { env = "NAME" }`.
    let nested: Vec<String> = table.iter().filter(|(_, item)| item.is_table()).map(|(key, _)| key.to_owned()).collect();
    for key in nested {
        if let Some(Item::Table(inner)) = table.remove(&key) {
            table.insert(&key, Item::Value(inner.into_inline_table().into()));
        }
    }
    Ok(table)
}

fn remove(document: &mut DocumentMut, section: &str, name: &str) {
    if let Some(tables) = document.get_mut(section).and_then(Item::as_table_like_mut) {
        tables.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::model::{KeySource, ModelSource};

    const TEXT: &str = r#"# Our prompts.
id = "9f2c"
name = "Help desk"
format = 1

[defaults]
temperature = 0.2 # calm

[endpoints.lab]
base_url = "http://lab:8000/v1" # the big machine
key = { env = "LAB_KEY" }

[models.large]
endpoint = "lab"
id = "qwen"
"#;

    fn place(text: &str) -> (Option<u32>, Option<u32>) {
        match parse(text) {
            Err(WorkspaceError::BadManifest { line, column, .. }) => (line, column),
            other => panic!("expected a bad manifest, got {other:?}"),
        }
    }

    #[test]
    fn every_part_is_read() {
        let manifest = parse(TEXT).unwrap();
        assert_eq!(manifest.params.temperature, Some(0.2));
        assert_eq!(manifest.endpoints[0].key, KeySource::Env("LAB_KEY".to_owned()));
        assert_eq!(manifest.models[0].source, ModelSource::Endpoint { endpoint: "lab".into(), id: "qwen".to_owned() });
    }

    #[test]
    fn fault_has_line_and_column() {
        assert_eq!(place("id = \"a\"\nname = \nformat = 1\n"), (Some(2), Some(8)));
        assert_eq!(place("id = \"a\"\nname = \"n\"\nformat = 1\ncolour = 1\n"), (Some(4), Some(1)));
        assert_eq!(place(&TEXT.replace("endpoint = \"lab\"", "endpoint = \"elsewhere\"")), (Some(13), Some(9)));
        assert_eq!(place(&TEXT.replace("id = \"qwen\"", "")), (Some(13), Some(9)));
        assert_eq!(place(&format!("{TEXT}prise = 1\n")), (Some(16), Some(1)));
        assert_eq!(place(&format!("{TEXT}params = {{ heat = 1 }}\n")).0, Some(16));
    }

    #[test]
    fn newer_format_is_named_even_with_unknown_keys() {
        let text = "id = \"a\"\nname = \"n\"\nformat = 2\nhue = 3\n";
        assert!(matches!(parse(text), Err(WorkspaceError::NewerFormat { found: 2, known: 1 })));
    }

    #[test]
    fn edit_keeps_comments_order_and_equal_values() {
        let mut config = parse(TEXT).unwrap().endpoints[0].clone();
        config.max_concurrency = Some(4);
        let edited = edit(TEXT, &ManifestEdit::PutEndpoint("lab".into(), config)).unwrap();
        assert_eq!(edited, TEXT.replace("\"LAB_KEY\" }\n", "\"LAB_KEY\" }\nmax_concurrency = 4\n"));
    }

    #[test]
    fn added_model_can_be_read_back_and_removed_again() {
        let source = ModelSource::Local { path: "builtin:demo".to_owned() };
        let params = Params { temperature: Some(0.0), ..Params::default() };
        let config = ModelConfig { source, params, price: None };
        let added = edit(TEXT, &ManifestEdit::PutModel("demo".into(), config.clone())).unwrap();
        assert_eq!(parse(&added).unwrap().models[&ModelName::from("demo")], config);
        assert!(added.starts_with(TEXT));
        assert!(added.contains("params = { temperature = 0.0 }"), "{added}");
        let removed = edit(&added, &ManifestEdit::RemoveModel("demo".into())).unwrap();
        assert_eq!(parse(&removed).unwrap(), parse(TEXT).unwrap());
    }

    #[test]
    fn endpoint_in_use_is_not_removed() {
        assert!(edit(TEXT, &ManifestEdit::RemoveEndpoint("lab".into())).is_err());
    }
}
