//! The same edits side by side: lines that share something stand in one row, and changed lines between two such rows are
//! paired in order.

use super::edits::Edit;
use super::words::{Words, is_line_end};
use atelier_types::diff::{Change, DiffLine, DiffRow, Piece};
use std::ops::Range;

pub(super) fn rows(edits: &[Edit], before: &Words<'_>, after: &Words<'_>) -> Vec<DiffRow> {
    let mut left = Side::new(before, Change::Deleted);
    let mut right = Side::new(after, Change::Inserted);
    let mut rows = Vec::new();
    for edit in edits {
        match edit {
            Edit::Replaced { before, after } => {
                left.changed(before);
                right.changed(after);
            }
            Edit::Equal { before, after } => {
                for (index, other) in before.clone().zip(after.clone()) {
                    // Lines that share a token stand beside each other, so whatever ended before them goes out first.
                    pair(&mut left, &mut right, &mut rows);
                    left.equal(index);
                    right.equal(other);
                }
            }
        }
    }
    left.end_text();
    right.end_text();
    pair(&mut left, &mut right, &mut rows);
    rows
}

fn pair(left: &mut Side<'_>, right: &mut Side<'_>, rows: &mut Vec<DiffRow>) {
    if left.waiting.is_empty() && right.waiting.is_empty() {
        return;
    }
    let mut lefts = std::mem::take(&mut left.waiting).into_iter();
    let mut rights = std::mem::take(&mut right.waiting).into_iter();
    while lefts.len() + rights.len() > 0 {
        rows.push(DiffRow { left: lefts.next(), right: rights.next() });
    }
}

struct Side<'a> {
    words: &'a Words<'a>,
    change: Change,
    line: Vec<Piece>,
    num_lines: u32,
    /// Ended lines that wait for their partners.
    waiting: Vec<DiffLine>,
}

impl<'a> Side<'a> {
    fn new(words: &'a Words<'a>, change: Change) -> Self {
        Self { words, change, line: Vec::new(), num_lines: 0, waiting: Vec::new() }
    }

    fn changed(&mut self, range: &Range<usize>) {
        let mut start = range.start;
        for index in range.clone().filter(|index| is_line_end(self.words.text_of(*index))) {
            self.push(self.change, self.words.join(&(start..index)));
            self.end_line();
            start = index + 1;
        }
        self.push(self.change, self.words.join(&(start..range.end)));
    }

    fn equal(&mut self, index: usize) {
        let token = self.words.text_of(index);
        if is_line_end(token) {
            self.end_line();
        } else {
            self.push(Change::Equal, token);
        }
    }

    fn push(&mut self, change: Change, text: &str) {
        match self.line.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.change == change => last.text.push_str(text),
            _ => self.line.push(Piece { change, text: text.to_owned() }),
        }
    }

    fn end_line(&mut self) {
        self.num_lines = self.num_lines.saturating_add(1);
        self.waiting.push(DiffLine { number: self.num_lines, pieces: std::mem::take(&mut self.line) });
    }

    /// A last line without an end is a line; nothing after a last line end is none.
    fn end_text(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
    }
}
