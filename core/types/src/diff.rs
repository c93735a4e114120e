//! Differences between two texts, ready to draw.

use serde::{Deserialize, Serialize};

/// Whether a piece is in both texts or in one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Equal,
    Inserted,
    Deleted,
}

/// A run of text with one change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub change: Change,
    pub text: String,
}

/// One line of a side-by-side diff. A side is `None` where the other has an extra line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffRow {
    pub left: Option<DiffLine>,
    pub right: Option<DiffLine>,
}

/// One line of one side: its number from 1 and its pieces, without the line end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    pub number: u32,
    pub pieces: Vec<Piece>,
}

/// The difference of two texts, by words, in both layouts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextDiff {
    /// One running text: deleted before inserted.
    pub unified: Vec<Piece>,
    pub rows: Vec<DiffRow>,
    pub num_inserted_words: u32,
    pub num_deleted_words: u32,
}

/// A part of a versions' diff: the template, or one rendered message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffSection {
    /// `template`, or the role of the message: `system`, `user`.
    pub title: String,
    pub diff: TextDiff,
    pub num_tokens_before: Option<u32>,
    pub num_tokens_after: Option<u32>,
}
