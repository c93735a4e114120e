//! Makes a set: draws rows, sides and order, and hides everything that would tell whose an output is.

use super::{Mapping, Result, ReviewError, files};
use crate::store::{Store, reviews as table};
use crate::support::{Random, SeededRandom, sha256_hex};
use crate::workspace::{Workspace, check_name};
use atelier_types::JsonMap;
use atelier_types::ids::{CellId, ReviewItemId, ReviewSetName, ReviewerName, RowId, RubricName, VariantId};
use atelier_types::review::{ItemMapping, ReviewItem, ReviewMode, ReviewSetHeader, ReviewSource, Rubric};
use atelier_types::time::MillisSinceEpoch;
use serde_json::Value;

const FORMAT: u32 = 1;
const NUM_ID_DIGITS: usize = 16;

/// A row with the outputs that may be shown.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub row: RowId,
    pub values: JsonMap,
    /// In the order of the set's variants.
    pub outputs: Vec<(VariantId, CellId, String)>,
}

/// What a set is made from.
pub struct NewSet {
    pub name: ReviewSetName,
    pub title: String,
    pub mode: ReviewMode,
    pub rubric_name: RubricName,
    pub rubric: Rubric,
    pub source: ReviewSource,
    pub max_items: Option<u32>,
    /// Draws rows, sides and order again; drawn itself where it is missing.
    pub seed: Option<u64>,
    pub created_at: MillisSinceEpoch,
}

/// Draws the items, keeps the mapping on this machine, and writes the set's file.
pub fn make(
    workspace: &Workspace,
    store: &Store,
    random: &dyn Random,
    new: NewSet,
    candidates: Vec<Candidate>,
) -> Result<()> {
    check_name(new.name.as_str())?;
    if new.name.as_str().contains('/') {
        return Err(crate::workspace::WorkspaceError::BadName {
            name: new.name.to_string(),
            reason: "a set lies directly in `reviews/`",
        }
        .into());
    }
    let draw = SeededRandom::new(new.seed.unwrap_or_else(|| random.next_u64()));
    let mut shown = shown(new.mode, candidates)?;
    shuffle(&mut shown, &draw);
    if let Some(max_items) = new.max_items {
        shown.truncate(max_items as usize);
    }
    // Ids come from outside the seed: whoever knows the seed must not know whose an item is.
    let drawn: Vec<(ReviewItem, ItemMapping)> =
        shown.into_iter().map(|shown| item(shown, &new.rubric, random, &draw)).collect();
    let (items, mapping): (Vec<_>, Vec<_>) = drawn.into_iter().unzip();
    let mapping = Mapping { source: new.source, items: mapping }.text(&random.hex(2 * NUM_ID_DIGITS))?;
    let header = ReviewSetHeader {
        format: FORMAT,
        set: new.name.clone(),
        title: if new.title.is_empty() { new.name.to_string() } else { new.title },
        mode: new.mode,
        rubric: new.rubric,
        rubric_name: new.rubric_name,
        created_at: new.created_at,
        num_items: items.len() as u32,
        mapping_commitment: sha256_hex(mapping.as_bytes()),
    };
    files::write_items(workspace, &header, &items)?;
    Ok(store.write(|transaction| table::keep_mapping(transaction, &new.name, &mapping))?)
}

/// A row and the outputs of one item.
struct Shown {
    row: RowId,
    values: JsonMap,
    outputs: Vec<(VariantId, CellId, String)>,
}

fn shown(mode: ReviewMode, candidates: Vec<Candidate>) -> Result<Vec<Shown>> {
    let mut shown = Vec::new();
    for candidate in candidates {
        let Candidate { row, values, outputs } = candidate;
        match mode {
            ReviewMode::Pair if outputs.len() == 2 => shown.push(Shown { row, values, outputs }),
            ReviewMode::Pair => {}
            ReviewMode::Rubric => shown.extend(outputs.into_iter().map(|output| Shown {
                row: row.clone(),
                values: values.clone(),
                outputs: vec![output],
            })),
        }
    }
    if shown.is_empty() {
        let reason = match mode {
            ReviewMode::Pair => "no row has an output of both variants",
            ReviewMode::Rubric => "it has no output of these variants",
        };
        return Err(ReviewError::NothingToReview { reason: reason.to_owned() });
    }
    Ok(shown)
}

fn item(shown: Shown, rubric: &Rubric, random: &dyn Random, draw: &SeededRandom) -> (ReviewItem, ItemMapping) {
    let Shown { row, values, mut outputs } = shown;
    if outputs.len() == 2 && draw.next_u64() & 1 == 1 {
        outputs.swap(0, 1);
    }
    let id = ReviewItemId(random.hex(NUM_ID_DIGITS));
    // A rubric serves many datasets; a column that this one lacks would be shown as if it were empty.
    let known =
        rubric.context.iter().filter_map(|field| Some((field.title.clone(), text_of(values.get(&field.column)?))));
    let context = known.collect();
    let mapping = ItemMapping {
        item: id.clone(),
        row,
        variants: outputs.iter().map(|(variant, _, _)| variant.clone()).collect(),
        cells: outputs.iter().map(|(_, cell, _)| *cell).collect(),
        extra: JsonMap::new(),
    };
    let texts = outputs.into_iter().map(|(_, _, text)| text).collect();
    (ReviewItem { id, context, texts }, mapping)
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

/// Puts the items into the order in which one reviewer sees them, today and tomorrow.
pub fn order_for(set: &ReviewSetName, reviewer: &ReviewerName, items: &mut [ReviewItem]) {
    let digest = sha256_hex(format!("{set}/{reviewer}").as_bytes());
    let seed = u64::from_str_radix(&digest[..16], 16).unwrap_or(0);
    shuffle(items, &SeededRandom::new(seed));
}

/// Fisher–Yates.
fn shuffle<T>(values: &mut [T], random: &dyn Random) {
    for last in (1..values.len()).rev() {
        // The bias of the remainder is below 2⁻⁴⁰ for any set that a person can review.
        let other = (random.next_u64() % (last as u64 + 1)) as usize;
        values.swap(last, other);
    }
}
