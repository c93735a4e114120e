//! Where a candidate does worst: the rows' columns as features, the differences as values, and the parts that are worse
//! than the rest in words.

use super::Result;
use super::compare::{self, Side};
use crate::metrics::statistics::{
    CONFIDENCE, FeatureValue, Slice, SliceCondition, SliceRow, SliceValues, worst_slices,
};
use atelier_types::JsonMap;
use atelier_types::dataset::Row;
use atelier_types::experiment::{RowSlice, SliceReport};
use atelier_types::ids::ScorerName;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Longer texts are no categories; of them only length and words are looked at.
const MAX_CATEGORY_CHARS: usize = 48;
/// Most words that are looked for in a column.
const NUM_WORDS: usize = 12;
/// Shorter words say little of a topic.
const MIN_WORD_CHARS: usize = 4;

/// A row's features under their names.
type Features = BTreeMap<String, Feature>;

enum Feature {
    Text(String),
    Number(f64),
}

/// `rows` are the baseline's, in the order of its plan.
pub(super) fn slices(
    baseline: &Side<'_>,
    candidate: &Side<'_>,
    measure: Option<&ScorerName>,
    rows: &[Row],
) -> Result<SliceReport> {
    let (info, differences) = compare::differences(baseline, candidate, measure)?;
    let words = frequent_words(rows);
    let values: Vec<(Features, f64)> = differences
        .iter()
        .filter_map(|(place, difference)| {
            rows.get(*place as usize).map(|row| (features(&row.values, &words), *difference))
        })
        .collect();
    let slice_rows: Vec<SliceRow<'_>> = values.iter().map(|(features, value)| slice_row(features, *value)).collect();
    let search = worst_slices(&slice_rows, info.direction, CONFIDENCE);
    let slices = search.slices.into_iter().map(row_slice).collect();
    Ok(SliceReport { measure: info.name, unit: info.unit, num_tested: search.num_tested, slices })
}

fn slice_row(features: &Features, value: f64) -> SliceRow<'_> {
    let features = features.iter().map(|(name, feature)| {
        let feature = match feature {
            Feature::Text(text) => FeatureValue::Text(text),
            Feature::Number(number) => FeatureValue::Number(*number),
        };
        (name.as_str(), feature)
    });
    SliceRow { features: features.collect(), value }
}

/// Short texts, flags and numbers as they are; of texts also the length, and which frequent words are in them.
fn features(row: &JsonMap, words: &BTreeMap<String, Vec<String>>) -> Features {
    let mut features = Features::new();
    for (column, value) in row {
        match value {
            Value::Number(number) => {
                features.extend(number.as_f64().map(|number| (column.clone(), Feature::Number(number))));
            }
            Value::Bool(flag) => {
                features.insert(column.clone(), Feature::Text(flag.to_string()));
            }
            Value::String(text) => {
                let num_chars = text.chars().count();
                if num_chars <= MAX_CATEGORY_CHARS {
                    features.insert(column.clone(), Feature::Text(text.clone()));
                }
                features.insert(format!("length of {column}"), Feature::Number(num_chars as f64));
                let there = words_of(text);
                for word in words.get(column).into_iter().flatten().filter(|word| there.contains(*word)) {
                    features.insert(format!("{column} with “{word}”"), Feature::Text("yes".to_owned()));
                }
            }
            Value::Null | Value::Array(_) | Value::Object(_) => {}
        }
    }
    features
}

/// Of each column the words that are in most rows, without those in more than half of them.
fn frequent_words(rows: &[Row]) -> BTreeMap<String, Vec<String>> {
    let mut counts: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for row in rows {
        for (column, value) in &row.values {
            if let Value::String(text) = value {
                let of_column = counts.entry(column).or_default();
                for word in words_of(text) {
                    *of_column.entry(word).or_default() += 1;
                }
            }
        }
    }
    let most = |words: BTreeMap<String, usize>| {
        let mut words: Vec<(String, usize)> = words.into_iter().filter(|(_, count)| count * 2 <= rows.len()).collect();
        words.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        words.into_iter().take(NUM_WORDS).map(|(word, _)| word).collect()
    };
    counts.into_iter().map(|(column, words)| (column.to_owned(), most(words))).collect()
}

fn words_of(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| word.chars().count() >= MIN_WORD_CHARS).map(str::to_lowercase).collect()
}

fn row_slice(slice: Slice) -> RowSlice {
    let words: Vec<String> = slice.conditions.iter().map(words_of_condition).collect();
    RowSlice {
        words: words.join(" and "),
        num_rows: slice.num_rows,
        difference: slice.mean,
        difference_of_rest: slice.mean_of_rest,
        interval: slice.interval,
        adjusted_p_value: slice.adjusted_p_value,
    }
}

fn words_of_condition(condition: &SliceCondition) -> String {
    let column = &condition.column;
    match &condition.values {
        SliceValues::Text(text) if text == "yes" && column.ends_with('”') => column.clone(),
        SliceValues::Text(text) => format!("{column} is {text}"),
        SliceValues::Range { low, high } if low == high => format!("{column} is {low}"),
        SliceValues::Range { low, high } => format!("{column} is {low} to {high}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_is_known_by_its_columns_their_length_and_frequent_words() {
        let rows: Vec<Row> = (0..4)
            .map(|number| {
                let text = if number < 2 { "The payment failed twice" } else { "A question about the booking itself" };
                let values = json!({"text": text, "plan": "Family", "seats": number, "paid": true});
                Row { id: number.to_string().into(), values: values.as_object().unwrap().clone() }
            })
            .collect();
        let words = frequent_words(&rows);
        assert!(words["text"].contains(&"payment".to_owned()) && words["plan"].is_empty());
        let found: Vec<String> = features(&rows[0].values, &words).into_keys().collect();
        assert!(found.contains(&"length of text".to_owned()) && found.contains(&"text with “payment”".to_owned()));
        assert!(found.contains(&"paid".to_owned()) && found.contains(&"seats".to_owned()));
    }

    #[test]
    fn conditions_are_said_in_words() {
        let words = |column: &str, values| words_of_condition(&SliceCondition { column: column.to_owned(), values });
        assert_eq!(words("plan", SliceValues::Text("Family".to_owned())), "plan is Family");
        assert_eq!(words("text with “payment”", SliceValues::Text("yes".to_owned())), "text with “payment”");
        assert_eq!(words("length of text", SliceValues::Range { low: 3.0, high: 40.0 }), "length of text is 3 to 40");
    }
}
