//! CSV for spreadsheets: one output a line; scores, opinions and inputs as columns of their own. An unscored score is an
//! empty cell. Receipts do not fit and are left out: JSON lines have them.

use super::{ExportError, Material, Record, Result, Said, Written, text_of};
use atelier_types::score::Score;
use std::collections::BTreeSet;

const HEAD: [&str; 9] = ["row", "prompt", "version", "model", "params", "repeat", "expected", "output", "error"];

pub(super) fn write(material: &Material) -> Result<Written> {
    if material.records.is_empty() {
        return Err(ExportError::Empty { reason: "no output fits" });
    }
    let columns = Columns::of(&material.records);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.head()).map_err(failed)?;
    for record in &material.records {
        writer.write_record(columns.line(record)).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|err| ExportError::Csv(err.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|err| ExportError::Csv(err.to_string()))?;
    Ok(Written { text, num_records: material.records.len() as u32 })
}

fn failed(err: csv::Error) -> ExportError {
    ExportError::Csv(err.to_string())
}

/// All columns that some record fills, in order of appearance for scores and inputs.
struct Columns {
    scores: Vec<String>,
    has_pairs: bool,
    criteria: BTreeSet<String>,
    inputs: Vec<String>,
}

impl Columns {
    fn of(records: &[Record]) -> Self {
        let mut columns = Self { scores: Vec::new(), has_pairs: false, criteria: BTreeSet::new(), inputs: Vec::new() };
        for record in records {
            add_new(&mut columns.scores, record.cell.scores.iter().map(|score| score.name.as_str()));
            add_new(&mut columns.inputs, record.cell.inputs.keys().map(String::as_str));
            for opinion in &record.ratings {
                match &opinion.said {
                    Said::Pair { .. } => columns.has_pairs = true,
                    Said::Rubric { values } => columns.criteria.extend(values.keys().cloned()),
                }
            }
        }
        columns
    }

    fn head(&self) -> Vec<String> {
        let mut head: Vec<String> = HEAD.iter().map(|name| (*name).to_owned()).collect();
        head.extend(self.scores.iter().map(|name| format!("score.{name}")));
        if self.has_pairs {
            head.extend(["preferred", "rejected", "tied"].map(str::to_owned));
        }
        head.extend(self.criteria.iter().map(|key| format!("rating.{key}")));
        head.extend(self.inputs.iter().map(|name| format!("input.{name}")));
        head
    }

    fn line(&self, record: &Record) -> Vec<String> {
        let cell = &record.cell;
        let mut line = vec![
            cell.row.to_string(),
            cell.variant.prompt.to_string(),
            cell.variant.version_title.clone(),
            cell.variant.model.to_string(),
            cell.variant.params_title.clone(),
            cell.repeat.to_string(),
            cell.expected.as_ref().map(text_of).unwrap_or_default(),
            cell.output.text.clone(),
            cell.output.error.as_ref().map(|error| error.category.code().to_owned()).unwrap_or_default(),
        ];
        line.extend(self.scores.iter().map(|name| score_text(record, name)));
        if self.has_pairs {
            line.extend([Some(true), Some(false), None].map(|wanted| num_pairs(record, wanted).to_string()));
        }
        line.extend(self.criteria.iter().map(|key| mean_text(record, key)));
        line.extend(self.inputs.iter().map(|name| cell.inputs.get(name).map(text_of).unwrap_or_default()));
        line
    }
}

fn add_new<'a>(known: &mut Vec<String>, names: impl Iterator<Item = &'a str>) {
    for name in names {
        if !known.iter().any(|one| one == name) {
            known.push(name.to_owned());
        }
    }
}

fn score_text(record: &Record, name: &str) -> String {
    let score = record.cell.scores.iter().find(|score| score.name.as_str() == name).map(|score| &score.score);
    score.and_then(Score::number).map(|number| number.to_string()).unwrap_or_default()
}

fn num_pairs(record: &Record, wanted: Option<bool>) -> usize {
    let is_wanted = |said: &Said| matches!(said, Said::Pair { preferred, .. } if *preferred == wanted);
    record.ratings.iter().filter(|opinion| is_wanted(&opinion.said)).count()
}

fn mean_text(record: &Record, key: &str) -> String {
    let values: Vec<f64> = record
        .ratings
        .iter()
        .filter_map(|opinion| match &opinion.said {
            Said::Rubric { values } => values.get(key).map(|value| f64::from(*value)),
            Said::Pair { .. } => None,
        })
        .collect();
    if values.is_empty() {
        return String::new();
    }
    (values.iter().sum::<f64>() / values.len() as f64).to_string()
}
