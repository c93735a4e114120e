//! Datasets: rows with an id.

use crate::JsonMap;
use crate::ids::{DatasetName, RowId};
use serde::{Deserialize, Serialize};

/// Format of a dataset file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatasetFormat {
    Jsonl,
    Csv,
}

/// One line of the list of datasets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetSummary {
    pub name: DatasetName,
    pub format: DatasetFormat,
    pub num_rows: u32,
    pub columns: Vec<String>,
    /// SHA-256 in hex of the file.
    pub content_hash: String,
    pub problem: Option<crate::error::ApiError>,
}

/// One row. `values` holds every column but `id`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub id: RowId,
    pub values: JsonMap,
}

/// A window of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetPage {
    pub summary: DatasetSummary,
    pub offset: u32,
    pub rows: Vec<Row>,
}
