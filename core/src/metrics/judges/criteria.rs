//! What a rubric asks for: one question, or several criteria with weights.

use super::columns::Column;
use crate::metrics::scorers::options::Options;
use atelier_types::JsonMap;
use serde_json::Value;

/// One thing that is looked at.
pub(super) struct Criterion {
    pub name: String,
    pub question: String,
    /// Positive.
    pub weight: f64,
}

/// The setting `criteria`, a list of objects with `name`, `question` and `weight` (1 where it is missing), or `question`
/// for a single one.
pub(super) fn criteria(options: &mut Options<'_>) -> Result<Vec<Criterion>, String> {
    let criteria = match (options.text("question")?, options.value("criteria")) {
        (Some(question), None) => {
            vec![Criterion { name: "question".to_owned(), question: question.to_owned(), weight: 1.0 }]
        }
        (None, Some(Value::Array(list))) => list.iter().map(criterion).collect::<Result<Vec<_>, _>>()?,
        (None, Some(other)) => return Err(format!("`criteria` must be a list of objects, not {other}")),
        (None, None) => return Err("Give `question`, or `criteria` for several of them".to_owned()),
        (Some(_), Some(_)) => return Err("Give either `question` or `criteria`, not both".to_owned()),
    };
    if criteria.is_empty() {
        return Err("`criteria` must have at least one criterion".to_owned());
    }
    if let Some(empty) = criteria.iter().find(|criterion| criterion.question.trim().is_empty()) {
        return Err(format!("The criterion `{}` has an empty question", empty.name));
    }
    let is_named_before =
        |(place, one): &(usize, &Criterion)| criteria.iter().take(*place).any(|other| other.name == one.name);
    match criteria.iter().enumerate().find(is_named_before) {
        Some((_, twice)) => Err(format!("Two criteria are named `{}`", twice.name)),
        None => Ok(criteria),
    }
}

fn criterion(value: &Value) -> Result<Criterion, String> {
    let fields: &JsonMap =
        value.as_object().ok_or_else(|| format!("A criterion must be an object with `question`, not {value}"))?;
    let mut options = Options::new(fields);
    let question = options.text("question")?.ok_or_else(|| format!("A criterion has no `question`: {value}"))?;
    let name = options.text("name")?.unwrap_or(question);
    let weight = options.number("weight", 1.0, f64::MIN_POSITIVE..=1e6)?;
    options.refuse_unknown("criteria")?;
    Ok(Criterion { name: name.to_owned(), question: question.to_owned(), weight })
}

/// Σ weight · value / Σ weight of one value a criterion; weights are positive.
pub(super) fn weighted_mean(criteria: &[Criterion], values: &[f64]) -> f64 {
    let weights: f64 = criteria.iter().map(|criterion| criterion.weight).sum();
    criteria.iter().zip(values).map(|(criterion, value)| criterion.weight * value).sum::<f64>() / weights
}

/// The expected column where the setting `reference` is true.
pub(super) fn reference(options: &mut Options<'_>, expected: Option<&str>) -> Result<Option<Column>, String> {
    match (options.flag("reference", false)?, expected) {
        (true, expected) => Ok(Some(Column::expected(expected))),
        (false, Some(_)) => Err("`expected` is only read where `reference` is true".to_owned()),
        (false, None) => Ok(None),
    }
}
