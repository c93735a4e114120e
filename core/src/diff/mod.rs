//! The difference of two texts by words, in both layouts: one running text, and side by side.
//!
//! Pure and without a clock: how much work is done depends on the texts alone, so the same texts always give the same
//! difference. Small changed parts get a shortest edit; between them stand runs of words that each text has once, which
//! keeps a megabyte quick; parts without anything in common are replaced whole.
//!
//! What always holds: equal and deleted pieces joined are the text before, equal and inserted pieces the text after.

mod anchors;
mod divergence;
mod edits;
mod json;
mod rows;
mod words;

pub use divergence::divergence;
pub use json::diff_json;

use atelier_types::diff::{Change, Piece, TextDiff};
use edits::Edit;
use words::{Words, is_word};

/// Compares two texts. Takes time in proportion to their length: for megabytes call it from a blocking thread.
pub fn diff(before: &str, after: &str) -> TextDiff {
    let (before, after) = words::split_both(before, after);
    let edits = edits::edits(&before.ids, &after.ids);
    let mut diff = TextDiff { rows: rows::rows(&edits, &before, &after), ..TextDiff::default() };
    for edit in &edits {
        match edit {
            Edit::Equal { before: range, .. } => push(&mut diff.unified, Change::Equal, before.join(range)),
            Edit::Replaced { before: deleted, after: inserted } => {
                diff.num_deleted_words += num_words(&before, deleted);
                diff.num_inserted_words += num_words(&after, inserted);
                push(&mut diff.unified, Change::Deleted, before.join(deleted));
                push(&mut diff.unified, Change::Inserted, after.join(inserted));
            }
        }
    }
    diff
}

/// Number of lines that differ, as a change count for lists: the larger side of each changed part.
pub fn num_changed_lines(before: &str, after: &str) -> u32 {
    if before == after {
        return 0;
    }
    let rows = diff(before, after).rows;
    let is_equal = |row: &atelier_types::diff::DiffRow| match (&row.left, &row.right) {
        (Some(left), Some(right)) => left.pieces == right.pieces,
        _ => false,
    };
    u32::try_from(rows.iter().filter(|row| !is_equal(row)).count()).unwrap_or(u32::MAX)
}

/// The places of two lists that belong together, in order: equal ones, and what only one side has.
pub fn paired(before: &[&str], after: &[&str]) -> Vec<(Option<usize>, Option<usize>)> {
    let mut pairs = Vec::new();
    for op in similar::capture_diff_slices(similar::Algorithm::RawMyers, before, after) {
        let (tag, old, new) = op.as_tag_tuple();
        if tag == similar::DiffTag::Equal {
            pairs.extend(old.zip(new).map(|(one, other)| (Some(one), Some(other))));
        } else {
            pairs.extend(old.map(|one| (Some(one), None)));
            pairs.extend(new.map(|other| (None, Some(other))));
        }
    }
    pairs
}

fn push(pieces: &mut Vec<Piece>, change: Change, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece { change, text: text.to_owned() });
    }
}

fn num_words(words: &Words<'_>, range: &std::ops::Range<usize>) -> u32 {
    let count = range.clone().filter(|index| is_word(words.text_of(*index))).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
