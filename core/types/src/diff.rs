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

/// The difference of two outputs, in each form in which it is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputDiff {
    pub text: TextDiff,
    pub json: JsonDiff,
    /// `None` where both are equal.
    pub divergence: Option<Divergence>,
}

/// Two outputs as JSON values, if they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonDiff {
    /// Over indented JSON, without `rows`. Nothing is marked where the values are equal.
    Compared(TextDiff),
    /// Why not, as a sentence.
    NotJson(String),
}

/// The first place where two texts differ. Long texts are cut to what stands around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Divergence {
    /// Place of the first word that differs, counted from 1.
    pub word: u32,
    /// What both have before it.
    pub shared: String,
    /// How each goes on; empty where it ends.
    pub before: String,
    pub after: String,
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
