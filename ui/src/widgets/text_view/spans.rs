//! How parts of a text are shown: what a diff says, where a value came from, what JSON is made of.

use crate::theme::{Tokens, Type, metrics::SPACE_4, metrics::STROKE};
use atelier_types::diff::{Change, Piece};
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Stroke};
use std::ops::Range;

/// How a span differs from plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Inserted,
    Deleted,
    /// Brought along by an input.
    Value,
    /// Pasted from a fragment.
    Fragment,
    /// Found by a search.
    Found,
    Key,
    Str,
    Number,
    Muted,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub range: Range<usize>,
    pub look: Look,
}

impl Look {
    pub fn apply(self, t: &Tokens, format: &mut TextFormat) {
        match self {
            Self::Inserted => {
                format.background = t.ins_bg;
                format.color = t.ink;
                format.underline = Stroke::new(STROKE, t.better);
            }
            Self::Deleted => {
                format.background = t.del_bg;
                format.color = t.ink;
                format.strikethrough = Stroke::new(STROKE, t.worse);
            }
            Self::Value => format.background = t.tie_bg,
            Self::Fragment => format.underline = Stroke::new(STROKE, t.edge),
            Self::Found => format.background = t.warn_bg,
            Self::Key => format.color = t.s_key,
            Self::Str => format.color = t.s_str,
            Self::Number => format.color = t.s_num,
            Self::Muted => format.color = t.ink3,
        }
    }
}

/// The part of `text` in `row` as a layout job. `spans` are in order and may overlap the row's ends.
pub fn row_job(text: &str, row: Range<usize>, spans: &[Span], step: Type, ink: Color32, t: &Tokens) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = f32::INFINITY;
    let mut at = row.start;
    let mut previous = None;
    let first = spans.partition_point(|span| span.range.end <= row.start);
    for span in &spans[first..] {
        if span.range.start >= row.end {
            break;
        }
        let (start, end) = (span.range.start.max(at), span.range.end.min(row.end));
        if start > at {
            job.append(&text[at..start], 0.0, step.format(ink));
        }
        if end > start {
            let mut format = step.format(ink);
            span.look.apply(t, &mut format);
            // What replaces a deletion stands a little apart from it.
            let is_pair = span.look == Look::Inserted && previous == Some(start) && start > row.start;
            job.append(&text[start..end], if is_pair { SPACE_4 } else { 0.0 }, format);
            previous = (span.look == Look::Deleted).then_some(end);
        }
        at = at.max(end);
    }
    if at < row.end || job.sections.is_empty() {
        job.append(&text[at..row.end], 0.0, step.format(ink));
    }
    job
}

/// Text of a unified diff, its spans, and the places of its differences (a deletion with its insertion is one).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiffText {
    pub text: String,
    pub spans: Vec<Span>,
    pub differences: Vec<Range<usize>>,
}

impl DiffText {
    pub fn new(pieces: &[Piece]) -> Self {
        let mut whole = Self::default();
        let mut is_in_difference = false;
        for piece in pieces {
            let start = whole.text.len();
            whole.text.push_str(&piece.text);
            let range = start..whole.text.len();
            let look = match piece.change {
                Change::Equal => {
                    is_in_difference = false;
                    continue;
                }
                Change::Inserted => Look::Inserted,
                Change::Deleted => Look::Deleted,
            };
            match whole.differences.last_mut().filter(|_| is_in_difference) {
                Some(last) => last.end = range.end,
                None => whole.differences.push(range.clone()),
            }
            is_in_difference = true;
            whole.spans.push(Span { range, look });
        }
        whole
    }
}

/// Keys, strings and numbers of one line of JSON. Strings of JSON do not run over line ends, so a line is enough.
pub fn json_spans(line: &str, offset: usize) -> Vec<Span> {
    let bytes = line.as_bytes();
    let mut spans = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let look = match bytes[at] {
            b'"' => {
                at = string_end(bytes, at + 1);
                let rest = line[at..].trim_start();
                if rest.starts_with(':') { Look::Key } else { Look::Str }
            }
            b'-' | b'0'..=b'9' => {
                at += 1;
                while at < bytes.len() && matches!(bytes[at], b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-') {
                    at += 1;
                }
                Look::Number
            }
            _ => {
                at += 1;
                continue;
            }
        };
        spans.push(Span { range: offset + start..offset + at, look });
    }
    spans
}

/// End of a string whose opening quote stands before `at`, after its closing quote.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(change: Change, text: &str) -> Piece {
        Piece { change, text: text.into() }
    }

    #[test]
    fn a_deletion_and_its_insertion_are_one_difference() {
        let diff = DiffText::new(&[
            piece(Change::Equal, "a "),
            piece(Change::Deleted, "b"),
            piece(Change::Inserted, "c"),
            piece(Change::Equal, " d "),
            piece(Change::Inserted, "e"),
        ]);
        assert_eq!((diff.text.as_str(), diff.differences), ("a bc d e", vec![2..4, 7..8]));
    }

    #[test]
    fn json_tells_keys_from_strings() {
        let line = r#"  "a": "b \" c", "n": -1.5"#;
        let looks: Vec<_> = json_spans(line, 0).into_iter().map(|span| (&line[span.range], span.look)).collect();
        assert_eq!(
            looks,
            [("\"a\"", Look::Key), (r#""b \" c""#, Look::Str), ("\"n\"", Look::Key), ("-1.5", Look::Number),]
        );
    }

    #[test]
    fn unfinished_json_ends_with_the_line() {
        assert_eq!(json_spans("\"ab\\", 0), [Span { range: 0..4, look: Look::Str }]);
    }

    #[test]
    fn a_row_shows_only_its_part_of_a_span() {
        let t = Tokens::of(egui::Theme::Light);
        let spans = [Span { range: 2..6, look: Look::Inserted }];
        let job = row_job("abcdefgh", 4..8, &spans, crate::theme::type_scale::CODE_READ, t.ink, t);
        let parts: Vec<_> = job.sections.iter().map(|section| section.format.background == t.ins_bg).collect();
        assert_eq!((job.text.as_str(), parts), ("efgh", vec![true, false]));
    }
}
