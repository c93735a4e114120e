//! Pasting fragments: `{% include "fragments/name.md" %}` becomes the fragment's text, and every byte of the result
//! knows the file, line and column where it was written.

use super::bundle::{Bundle, unix_lines};
use super::tokens::{Kind, Token, tokens};
use super::{file_of, is_fragment};
use atelier_types::error::{Diagnostic, Location, Severity};
use atelier_types::ids::PromptName;
use std::ops::Range;

/// Fragments that include others twice at each level grow without bound.
const MAX_EXPANDED_BYTES: usize = 8 << 20;
const MAX_PASTES: usize = 10_000;
const MAX_DEPTH: usize = 32;

/// A body with its fragments pasted in.
#[derive(Debug)]
pub(super) struct Expanded {
    pub text: String,
    sources: Vec<Source>,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Source {
    name: PromptName,
    text: String,
}

/// From `start` on, the expanded text is a copy of a source from `offset` on.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: usize,
    source: usize,
    offset: usize,
}

impl Expanded {
    /// Every fragment that was pasted, once each, by name.
    pub fn fragments(&self) -> Vec<PromptName> {
        let mut names: Vec<PromptName> = self.sources.iter().skip(1).map(|source| source.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Where a byte of the expanded text was written.
    pub fn location(&self, at: usize) -> Location {
        let Some(piece) = self.piece_at(at) else { return start_of(&self.name()) };
        let source = &self.sources[piece.source];
        location_in(&source.name, &source.text, piece.offset + (at - piece.start))
    }

    /// Cuts a range of the expanded text where the file changes: the fragment's name, or `None` for the prompt itself.
    pub fn origins(&self, range: Range<usize>) -> Vec<(Range<usize>, Option<&PromptName>)> {
        let mut parts = Vec::new();
        let mut start = range.start;
        let first = self.pieces.partition_point(|piece| piece.start <= start).saturating_sub(1);
        for (index, piece) in self.pieces.iter().enumerate().skip(first) {
            let end = self.pieces.get(index + 1).map_or(self.text.len(), |next| next.start).min(range.end);
            if start < end {
                let is_fragment = piece.source > 0;
                parts.push((start..end, is_fragment.then(|| &self.sources[piece.source].name)));
                start = end;
            }
            if start >= range.end {
                break;
            }
        }
        parts
    }

    fn name(&self) -> PromptName {
        self.sources.first().map(|source| source.name.clone()).unwrap_or_default()
    }

    fn piece_at(&self, at: usize) -> Option<Piece> {
        let index = self.pieces.partition_point(|piece| piece.start <= at).checked_sub(1)?;
        self.pieces.get(index).copied()
    }
}

/// Line and column of a byte.
pub(super) fn location_in(name: &PromptName, text: &str, at: usize) -> Location {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Location {
        file: file_of(name),
        line: Some(count(before.bytes().filter(|byte| *byte == b'\n').count())),
        column: Some(count(before[line_start..].chars().count())),
    }
}

pub(super) fn start_of(name: &PromptName) -> Location {
    Location { file: file_of(name), line: Some(1), column: Some(1) }
}

/// From a count of what is before to a number from 1.
fn count(num_before: usize) -> u32 {
    u32::try_from(num_before).map_or(u32::MAX, |num| num.saturating_add(1))
}

/// One `include` statement, or another statement that would load a template.
#[derive(Debug, PartialEq)]
pub(super) struct Include {
    /// The whole statement with its delimiters.
    range: Range<usize>,
    /// `None` where the name is no single literal, or the statement is no include.
    name: Option<PromptName>,
    /// The name with its quotes.
    literal: Range<usize>,
}

impl Include {
    pub fn into_name(self) -> Option<PromptName> {
        self.name
    }
}

/// The statements of a text that load another one, in order.
pub(super) fn includes(text: &str) -> Vec<Include> {
    let tokens = tokens(text);
    let starts = tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::BlockStart);
    starts.filter_map(|(index, _)| include_at(&tokens[index..])).collect()
}

fn include_at(statement: &[Token]) -> Option<Include> {
    let word = statement.get(1)?;
    if !["include", "import", "from", "extends"].iter().any(|known| word.is(known)) {
        return None;
    }
    let end = statement.iter().find(|token| token.kind == Kind::BlockEnd)?;
    let name = match (statement.get(2).map(|token| &token.kind), statement.get(3).map(|token| &token.kind)) {
        (Some(Kind::Text(name)), Some(Kind::BlockEnd)) if word.is("include") => Some(name.as_str().into()),
        _ => None,
    };
    let literal = statement.get(2).map_or(end.range.clone(), |literal| literal.range.clone());
    Some(Include { range: statement[0].range.start..end.range.end, name, literal })
}

/// The file with every include of `from` naming `to` instead; `None` where it includes no such fragment.
pub fn with_include_renamed(name: &PromptName, text: &str, from: &PromptName, to: &PromptName) -> Option<String> {
    let body_start = super::front_matter::split(name, text).body_start;
    let mut renamed = text.to_owned();
    for include in includes(&text[body_start..]).iter().rev().filter(|include| include.name.as_ref() == Some(from)) {
        let literal = body_start + include.literal.start..body_start + include.literal.end;
        renamed.replace_range(literal, &format!("\"{to}\""));
    }
    (renamed != text).then_some(renamed)
}

/// Pastes the fragments of `bundle` into its body, which starts at `body_start` of `text`.
pub(super) fn expand(bundle: &Bundle, text: &str, body_start: usize) -> Result<Expanded, Diagnostic> {
    let mut paste = Paste {
        bundle,
        expanded: Expanded { text: String::with_capacity(text.len()), sources: Vec::new(), pieces: Vec::new() },
        open: Vec::new(),
    };
    paste.source(&bundle.name, text.to_owned(), body_start)?;
    Ok(paste.expanded)
}

struct Paste<'a> {
    bundle: &'a Bundle,
    expanded: Expanded,
    /// The files that are being pasted, outermost first.
    open: Vec<PromptName>,
}

impl Paste<'_> {
    fn source(&mut self, name: &PromptName, text: String, start: usize) -> Result<(), Diagnostic> {
        let found = includes(&text[start..]);
        let source = self.expanded.sources.len();
        self.expanded.sources.push(Source { name: name.clone(), text: text.clone() });
        self.open.push(name.clone());
        let mut written = start;
        for include in found {
            let statement = start + include.range.start..start + include.range.end;
            let before = &text[written..statement.start];
            let trims_before = text[statement.clone()].starts_with("{%-");
            self.copy(source, written, if trims_before { before.trim_end() } else { before });
            self.include(&include, name, &text, statement.start)?;
            let after = &text[statement.end..];
            let trims_after = text[statement.clone()].ends_with("-%}");
            written = statement.end + if trims_after { after.len() - after.trim_start().len() } else { 0 };
        }
        self.copy(source, written, &text[written..]);
        self.open.pop();
        Ok(())
    }

    fn copy(&mut self, source: usize, offset: usize, text: &str) {
        if !text.is_empty() {
            self.expanded.pieces.push(Piece { start: self.expanded.text.len(), source, offset });
            self.expanded.text.push_str(text);
        }
    }

    fn include(&mut self, include: &Include, from: &PromptName, text: &str, at: usize) -> Result<(), Diagnostic> {
        let problem = |code: &str, message: String, action: &str| Diagnostic {
            severity: Severity::Error,
            code: code.to_owned(),
            message,
            location: location_in(from, text, at),
            action: Some(action.to_owned()),
        };
        let Some(name) = include.name.as_ref().filter(|name| is_fragment(name)) else {
            let message = "Only a fragment can be included, by a name in quotes".to_owned();
            return Err(problem("prompt.syntax", message, "Write {% include \"fragments/name.md\" %}."));
        };
        if self.open.contains(name) {
            let message = format!("`{name}` is included by itself: {} → {name}", self.open_names());
            return Err(problem("prompt.include_cycle", message, "Remove one of the includes."));
        }
        let Some(fragment) = self.bundle.fragments.get(name) else {
            let message = format!("There is no fragment `{name}`");
            return Err(problem("prompt.missing_fragment", message, "Create the fragment or correct its name."));
        };
        if self.is_full(fragment) {
            let message = format!("With `{name}` pasted in, the prompt is too large");
            return Err(problem("prompt.too_large", message, "Include fewer or smaller fragments."));
        }
        // A text file ends in a line end that nobody means to paste.
        let fragment = unix_lines(fragment);
        let fragment = fragment.strip_suffix('\n').unwrap_or(&fragment).to_owned();
        self.source(name, fragment, 0)
    }

    fn open_names(&self) -> String {
        let names: Vec<&str> = self.open.iter().map(PromptName::as_str).collect();
        names.join(" → ")
    }

    fn is_full(&self, next: &str) -> bool {
        self.expanded.text.len() + next.len() > MAX_EXPANDED_BYTES
            || self.expanded.sources.len() > MAX_PASTES
            || self.open.len() > MAX_DEPTH
    }
}
