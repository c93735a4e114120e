//! The columns of a row that judges read.

use super::dialogue::{Pause, unscored};
use crate::metrics::scorers::options::Options;
use crate::metrics::scorers::{DEFAULT_EXPECTED_COLUMN, text_of};
use atelier_types::JsonMap;
use serde_json::Value;

/// A dataset column that must be there, or may be.
pub(super) struct Column {
    name: String,
    is_required: bool,
}

impl Column {
    /// What is expected: the entry's own field `expected`.
    pub fn expected(name: Option<&str>) -> Self {
        Self { name: name.unwrap_or(DEFAULT_EXPECTED_COLUMN).to_owned(), is_required: true }
    }

    /// `question`, unless `question_column` names another one.
    pub fn question(options: &mut Options<'_>) -> Result<Self, String> {
        let name = options.text("question_column")?.unwrap_or("question");
        Ok(Self { name: name.to_owned(), is_required: true })
    }

    /// As [`Self::question`], and rows without one are judged without unless the setting names the column.
    pub fn optional_question(options: &mut Options<'_>) -> Result<Self, String> {
        let name = options.text("question_column")?;
        Ok(Self { name: name.unwrap_or("question").to_owned(), is_required: name.is_some() })
    }

    /// `context`, unless `context_column` names another one.
    pub fn context(options: &mut Options<'_>) -> Result<Self, String> {
        let name = options.text("context_column")?.unwrap_or("context");
        Ok(Self { name: name.to_owned(), is_required: true })
    }

    /// Its name where it must be there.
    pub fn required(&self) -> Option<&str> {
        self.is_required.then_some(self.name.as_str())
    }

    /// Texts of a list stand below each other. A column that need not be there gives an empty text without one.
    pub fn text(&self, row: &JsonMap) -> Result<String, Pause> {
        Ok(self.passages(row)?.join("\n"))
    }

    /// The texts of a list in their order, or the one text. Empty ones among others stay, since their place counts.
    pub fn passages(&self, row: &JsonMap) -> Result<Vec<String>, Pause> {
        let texts = match row.get(&self.name) {
            None if self.is_required => return Err(unscored(format!("The row has no column `{}`", self.name))),
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => items.iter().map(text_of).collect(),
            Some(value) => vec![text_of(value)],
        };
        if self.is_required && texts.iter().all(|text| text.trim().is_empty()) {
            return Err(unscored(format!("The row's column `{}` is empty", self.name)));
        }
        Ok(texts)
    }
}
