//! Datasets: JSONL and CSV files whose rows carry an `id`.
//!
//! Reading is strict and says the line: a row without an id, or with one that was there before, stops it, since scores
//! and ratings are tied to ids. A parsed file is kept until it changes on disk.

mod csv_file;
mod import;
mod jsonl;

pub(super) use import::with_ids;

use super::error::RowFault;
use super::names::{DATASETS, dataset_path};
use super::{Result, Workspace, WorkspaceError, lock};
use crate::support::sha256_hex;
use crate::workspace::files::Stamp;
use atelier_types::JsonMap;
use atelier_types::dataset::{DatasetFormat, DatasetSummary, Row};
use atelier_types::error::ApiError;
use atelier_types::ids::DatasetName;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows that are kept over all datasets; with more, those that were not read last are let go. A row of ten short columns
/// takes about a kilobyte.
const MAX_KEPT_ROWS: usize = 300_000;

#[derive(Clone, Debug)]
pub struct Dataset {
    pub summary: DatasetSummary,
    pub rows: Vec<Row>,
}

/// What was read of files that have not changed since, by path.
#[derive(Default)]
pub(super) struct DatasetCache {
    summaries: HashMap<String, (Stamp, DatasetSummary)>,
    datasets: HashMap<String, (Stamp, Arc<Dataset>)>,
}

impl DatasetCache {
    fn keep(&mut self, relative: &str, stamp: Stamp, dataset: &Arc<Dataset>) {
        let num_rows: usize = self.datasets.values().map(|(_, dataset)| dataset.rows.len()).sum();
        if num_rows + dataset.rows.len() > MAX_KEPT_ROWS {
            self.datasets.clear();
        }
        self.datasets.insert(relative.to_owned(), (stamp, Arc::clone(dataset)));
        self.summaries.insert(relative.to_owned(), (stamp, dataset.summary.clone()));
    }
}

impl Workspace {
    /// A dataset with all of its rows; shared with whoever else reads it.
    pub fn dataset(&self, name: &DatasetName) -> Result<Arc<Dataset>> {
        let (relative, format) = self.dataset_file(name)?;
        let stamp = self.0.files.stamp(&relative)?;
        if let Some((known, dataset)) = lock(&self.0.datasets).datasets.get(&relative)
            && *known == stamp
        {
            return Ok(Arc::clone(dataset));
        }
        let text = self.read(&relative)?;
        let dataset = Arc::new(parse(name, format, &relative, &text)?);
        lock(&self.0.datasets).keep(&relative, stamp, &dataset);
        Ok(dataset)
    }

    /// All datasets by name. One that cannot be read is listed with its problem.
    pub fn datasets(&self) -> Result<Vec<DatasetSummary>> {
        let mut summaries: Vec<DatasetSummary> = Vec::new();
        for relative in self.list(DATASETS, "")? {
            let Some((name, format)) = name_and_format(&relative) else { continue };
            if summaries.iter().any(|summary| summary.name == name) {
                continue;
            }
            let summary = self.dataset_summary(&name);
            summaries.push(summary.unwrap_or_else(|err| broken(name, format, err.into())));
        }
        summaries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(summaries)
    }

    /// The rows need not be in memory for it.
    pub fn dataset_summary(&self, name: &DatasetName) -> Result<DatasetSummary> {
        let (relative, _) = self.dataset_file(name)?;
        let stamp = self.0.files.stamp(&relative)?;
        let known = lock(&self.0.datasets).summaries.get(&relative).filter(|(known, _)| *known == stamp).cloned();
        match known {
            Some((_, summary)) => Ok(summary),
            None => Ok(self.dataset(name)?.summary.clone()),
        }
    }

    /// Writes a file that was brought along as a dataset, giving an id to each row that has none.
    pub fn import_dataset(&self, name: &DatasetName, file_name: &str, content: &str) -> Result<Arc<Dataset>> {
        let format = format_of(file_name)?;
        if self.dataset_file(name).is_ok() {
            return Err(WorkspaceError::DatasetExists { name: name.to_string() });
        }
        let text = with_ids(file_name, format, content)?;
        parse(name, format, file_name, &text)?;
        self.write_atomic(&dataset_path(name, format)?, text.as_bytes())?;
        self.dataset(name)
    }

    pub fn delete_dataset(&self, name: &DatasetName) -> Result<()> {
        let (relative, _) = self.dataset_file(name)?;
        lock(&self.0.datasets).datasets.remove(&relative);
        self.0.files.remove(&relative)
    }

    /// The path of a dataset's file, relative to the workspace, and its format.
    pub fn dataset_file(&self, name: &DatasetName) -> Result<(String, DatasetFormat)> {
        let formats = [DatasetFormat::Jsonl, DatasetFormat::Csv];
        let mut found = Vec::new();
        for format in formats {
            let relative = dataset_path(name, format)?;
            if self.0.files.exists(&relative) {
                found.push((relative, format));
            }
        }
        match found.len() {
            0 => Err(WorkspaceError::NoDataset { name: name.to_string() }),
            1 => Ok(found.remove(0)),
            _ => Err(WorkspaceError::DatasetTwice { name: name.to_string() }),
        }
    }
}

fn name_and_format(relative: &str) -> Option<(DatasetName, DatasetFormat)> {
    let below = relative.strip_prefix("datasets/")?;
    let (stem, ending) = below.rsplit_once('.')?;
    let format = match ending {
        "jsonl" => DatasetFormat::Jsonl,
        "csv" => DatasetFormat::Csv,
        _ => return None,
    };
    Some((stem.into(), format))
}

fn broken(name: DatasetName, format: DatasetFormat, problem: ApiError) -> DatasetSummary {
    let (columns, content_hash) = (Vec::new(), String::new());
    DatasetSummary { name, format, num_rows: 0, columns, content_hash, problem: Some(problem) }
}

fn format_of(file_name: &str) -> Result<DatasetFormat> {
    let ending = file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("jsonl" | "ndjson") => Ok(DatasetFormat::Jsonl),
        Some("csv") => Ok(DatasetFormat::Csv),
        _ => Err(WorkspaceError::UnknownFormat { file_name: file_name.to_owned() }),
    }
}

fn parse(name: &DatasetName, format: DatasetFormat, file: &str, text: &str) -> Result<Dataset> {
    let body = without_bom(text);
    let raw = match format {
        DatasetFormat::Jsonl => jsonl::rows(file, body)?,
        DatasetFormat::Csv => csv_file::rows(file, body)?,
    };
    let rows = checked_rows(file, raw)?;
    let summary = DatasetSummary {
        name: name.clone(),
        format,
        num_rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        columns: columns(&rows),
        content_hash: sha256_hex(text.as_bytes()),
        problem: None,
    };
    Ok(Dataset { summary, rows })
}

/// A row as its file has it, with the line on which it starts.
struct RawRow {
    line: u32,
    values: JsonMap,
}

fn checked_rows(file: &str, raw: Vec<RawRow>) -> Result<Vec<Row>> {
    let mut lines: HashMap<String, u32> = HashMap::with_capacity(raw.len());
    let mut rows = Vec::with_capacity(raw.len());
    for RawRow { line, mut values } in raw {
        let id = values.shift_remove("id").as_ref().and_then(id_text);
        let id = id.ok_or_else(|| fault(file, line, RowFault::MissingId, "the row has no `id`".to_owned()))?;
        if let Some(first) = lines.insert(id.clone(), line) {
            let reason = format!("the id `{id}` was on line {first} already");
            return Err(fault(file, line, RowFault::DuplicateId, reason));
        }
        rows.push(Row { id: id.into(), values });
    }
    Ok(rows)
}

/// An id is a text or a whole number; an empty text is none.
fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

fn fault(file: &str, line: u32, code: RowFault, reason: String) -> WorkspaceError {
    WorkspaceError::BadRow { file: file.to_owned(), line, column: None, reason, code }
}

/// Every column but `id`, in the order in which they first appear.
fn columns(rows: &[Row]) -> Vec<String> {
    let mut columns: indexmap::IndexSet<&str> = indexmap::IndexSet::new();
    for row in rows {
        columns.extend(row.values.keys().map(String::as_str));
    }
    columns.into_iter().map(str::to_owned).collect()
}

fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

#[cfg(test)]
mod tests;
