//! Results on their way out, one file a format. Pure: what is exported is handed in, and text comes out.
//!
//! Formats are those of other tools, so a format's file says which fields it fills and which it cannot.

mod csv;
mod dpo;
mod error;
mod jsonl;
mod openai_evals;
mod promptfoo;

pub use error::ExportError;

use atelier_types::experiment::CellDetail;
use atelier_types::export::ExportFormat;
use atelier_types::ids::{ReviewerName, RowId, VariantId};
use atelier_types::prompt::Message;
use atelier_types::score::ScorerSpec;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

pub type Result<T> = std::result::Result<T, ExportError>;

/// Everything that is exported.
#[derive(Clone, Debug)]
pub struct Material {
    /// What it is called where a format has a place for that.
    pub title: String,
    pub records: Vec<Record>,
    pub preferences: Vec<Preference>,
    pub scorers: Vec<ScorerSpec>,
}

/// One output with what people said about it.
#[derive(Clone, Debug)]
pub struct Record {
    pub cell: CellDetail,
    pub ratings: Vec<Opinion>,
}

/// One reviewer's counting answer about one output.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Opinion {
    pub reviewer: ReviewerName,
    #[serde(flatten)]
    pub said: Said,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Said {
    /// `preferred` is `None` for a tie.
    Pair { against: VariantId, preferred: Option<bool> },
    /// 1 to 5 by criterion.
    Rubric { values: BTreeMap<String, u8> },
}

/// Of two answers to a row, the better one.
#[derive(Clone, Debug, PartialEq)]
pub struct Preference {
    pub row: RowId,
    /// What the better answer answered; two prompts may have asked differently.
    pub messages: Vec<Message>,
    pub chosen: String,
    pub rejected: String,
}

/// A finished text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub text: String,
    pub num_records: u32,
}

/// Writes the material in a format.
pub fn write(format: ExportFormat, material: &Material) -> Result<Written> {
    match format {
        ExportFormat::Jsonl => jsonl::write(material),
        ExportFormat::Csv => csv::write(material),
        ExportFormat::OpenaiEvals => openai_evals::write(material),
        ExportFormat::Promptfoo => promptfoo::write(material),
        ExportFormat::TrlDpo => dpo::write(material),
    }
}

/// One JSON value a line.
fn lines<T: Serialize>(values: impl IntoIterator<Item = T>) -> Result<Written> {
    let mut written = Written { text: String::new(), num_records: 0 };
    for value in values {
        written.text.push_str(&serde_json::to_string(&value)?);
        written.text.push('\n');
        written.num_records += 1;
    }
    Ok(written)
}

/// A value as the text that a model is expected to give.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
