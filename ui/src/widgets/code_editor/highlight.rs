//! Highlighting of prompt files, line by line: after an edit only the lines that may have changed are parsed again, and
//! never more than a set number of bytes a frame; the rest follows in the next frames.

use std::ops::Range;
use std::sync::LazyLock;
use syntect::parsing::{ParseState, Scope, ScopeStack, ScopeStackOp, SyntaxDefinition, SyntaxSet, SyntaxSetBuilder};

/// About a millisecond of parsing.
pub const BYTES_A_FRAME: usize = 16 * 1024;
/// Lines longer than this are not parsed: a pasted document is no code.
const MAX_LINE_BYTES: usize = 4_000;

/// What a piece of a prompt file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Plain,
    Key,
    Str,
    Number,
    Jinja,
    Role,
    Comment,
}

// The definition is compiled in and a test loads it; without it text would stay plain.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(|| {
    let mut builder = SyntaxSetBuilder::new();
    let text = include_str!("../../../../assets/syntax/prompty.sublime-syntax");
    if let Ok(definition) = SyntaxDefinition::load_from_str(text, true, None) {
        builder.add(definition);
    }
    builder.build()
});

static KINDS: LazyLock<Vec<(Scope, Kind)>> = LazyLock::new(|| {
    [
        ("entity.key", Kind::Key),
        ("string", Kind::Str),
        ("constant.numeric", Kind::Number),
        ("comment", Kind::Comment),
        ("keyword.role", Kind::Role),
        ("meta.jinja", Kind::Jinja),
    ]
    .into_iter()
    .filter_map(|(name, kind)| Some((Scope::new(name).ok()?, kind)))
    .collect()
});

#[derive(Clone, PartialEq)]
struct State {
    parse: ParseState,
    scopes: ScopeStack,
}

impl State {
    fn first() -> Option<Self> {
        let syntax = SYNTAXES.find_syntax_by_extension("prompty")?;
        Some(Self { parse: ParseState::new(syntax), scopes: ScopeStack::new() })
    }
}

struct Line {
    hash: u64,
    pieces: Vec<(Range<u32>, Kind)>,
    /// State behind the line; `None` until it was parsed.
    end: Option<State>,
}

/// Keeps what is known about the lines of one text.
#[derive(Default)]
pub struct Highlighter {
    lines: Vec<Line>,
    /// The first line that waits for its turn.
    waiting_from: Option<usize>,
    /// Lines that were parsed by the last [`Highlighter::update`].
    pub num_parsed: usize,
}

impl Highlighter {
    /// Takes in the text as it is now and parses what changed, at most `max_bytes`. True when nothing waits.
    pub fn update(&mut self, text: &str, max_bytes: usize) -> bool {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let hashes: Vec<u64> = lines.iter().map(egui::util::hash).collect();
        self.splice(&hashes);
        self.parse(&lines, max_bytes);
        self.waiting_from.is_none()
    }

    /// Puts fresh lines where the text differs from what is known.
    fn splice(&mut self, hashes: &[u64]) {
        let num_same_before = self.lines.iter().zip(hashes).take_while(|(line, hash)| line.hash == **hash).count();
        if num_same_before == hashes.len() && hashes.len() == self.lines.len() {
            return;
        }
        let room = self.lines.len().min(hashes.len()) - num_same_before;
        let backward = self.lines.iter().rev().zip(hashes.iter().rev());
        let num_same_after = backward.take(room).take_while(|(line, hash)| line.hash == **hash).count();
        let fresh = &hashes[num_same_before..hashes.len() - num_same_after];
        let removed = num_same_before..self.lines.len() - num_same_after;
        // The state that the lines below were parsed from: where the edit comes out at it again, they stay as they are.
        let end_above_rest = removed.end.checked_sub(1).and_then(|line| self.lines[line].end.clone());
        let fresh = fresh.iter().map(|hash| Line { hash: *hash, pieces: Vec::new(), end: None });
        let num_fresh = fresh.len();
        self.lines.splice(removed, fresh);
        if let Some(last) = num_fresh.checked_sub(1) {
            self.lines[num_same_before + last].end = end_above_rest;
        }
        self.waiting_from = Some(self.waiting_from.map_or(num_same_before, |line| line.min(num_same_before)));
    }

    fn parse(&mut self, lines: &[&str], max_bytes: usize) {
        self.num_parsed = 0;
        let Some(first) = self.waiting_from.take() else { return };
        let before = first.checked_sub(1).and_then(|line| self.lines[line].end.clone());
        let Some(mut state) = before.or_else(State::first) else { return };
        let mut num_bytes = 0;
        for (index, text) in lines.iter().enumerate().skip(first) {
            if num_bytes >= max_bytes {
                self.waiting_from = Some(index);
                return;
            }
            num_bytes += text.len();
            self.num_parsed += 1;
            let pieces = parse_line(text, &mut state);
            let line = &mut self.lines[index];
            let is_settled = line.end.as_ref() == Some(&state);
            line.pieces = pieces;
            line.end = Some(state.clone());
            if is_settled && self.lines[index + 1..].iter().all(|line| line.end.is_some()) {
                return;
            }
        }
    }

    /// Pieces of the whole text as byte ranges, without gaps.
    pub fn pieces(&self, text: &str) -> Vec<(Range<usize>, Kind)> {
        let mut all = Vec::new();
        let mut start = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let mut at = 0;
            for (range, kind) in self.lines.get(index).map_or(&[][..], |line| &line.pieces) {
                let (from, to) = (range.start as usize, range.end as usize);
                if from > at {
                    all.push((start + at..start + from, Kind::Plain));
                }
                all.push((start + from..start + to, *kind));
                at = to;
            }
            if at < line.len() {
                all.push((start + at..start + line.len(), Kind::Plain));
            }
            start += line.len();
        }
        all
    }
}

fn parse_line(line: &str, state: &mut State) -> Vec<(Range<u32>, Kind)> {
    if line.len() > MAX_LINE_BYTES {
        return Vec::new();
    }
    let Ok(parsed) = state.parse.parse_line(line, &SYNTAXES) else { return Vec::new() };
    let mut pieces: Vec<(Range<u32>, Kind)> = Vec::new();
    let mut at = 0;
    let mut push = |range: Range<usize>, kind: Kind| {
        if range.is_empty() || kind == Kind::Plain {
            return;
        }
        match pieces.last_mut() {
            Some((last, last_kind)) if *last_kind == kind && last.end as usize == range.start => {
                last.end = range.end as u32;
            }
            _ => pieces.push((range.start as u32..range.end as u32, kind)),
        }
    };
    for (offset, op) in operations(&parsed) {
        push(at..offset, kind_of(&state.scopes));
        at = offset;
        // A definition that pops more than it pushed is a mistake in it, not in the text.
        let _ = state.scopes.apply(&op);
    }
    push(at..line.len(), kind_of(&state.scopes));
    pieces
}

fn kind_of(scopes: &ScopeStack) -> Kind {
    let innermost = scopes.scopes.iter().rev();
    innermost
        .flat_map(|scope| KINDS.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)))
        .map(|(_, kind)| *kind)
        .next()
        .unwrap_or(Kind::Plain)
}

fn operations(parsed: &[(usize, ScopeStackOp)]) -> impl Iterator<Item = (usize, ScopeStackOp)> {
    parsed.iter().cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str = "---\nname: invoice\nmodel:\n  options: { temperature: 0, top: 0.5 }\n# why\n---\nsystem:\n\
                          Follow {{ locale }} {# note #} now.\n{% include \"a.md\" %}\nuser:\n{{ text }}\n";

    fn kinds(text: &str) -> Vec<(&str, Kind)> {
        let mut highlighter = Highlighter::default();
        assert!(highlighter.update(text, usize::MAX));
        let pieces = highlighter.pieces(text);
        pieces
            .into_iter()
            .filter(|(_, kind)| *kind != Kind::Plain)
            .map(|(range, kind)| (text[range].trim(), kind))
            .collect()
    }

    #[test]
    fn parts_of_a_prompt_are_told_apart() {
        assert_eq!(
            kinds(PROMPT),
            [
                ("---", Kind::Comment),
                ("name", Kind::Key),
                ("invoice", Kind::Str),
                ("model", Kind::Key),
                ("options", Kind::Key),
                ("temperature", Kind::Key),
                ("0", Kind::Number),
                ("top", Kind::Key),
                ("0.5", Kind::Number),
                ("# why", Kind::Comment),
                ("---", Kind::Comment),
                ("system:", Kind::Role),
                ("{{ locale }}", Kind::Jinja),
                ("{# note #}", Kind::Comment),
                ("{% include", Kind::Jinja),
                ("\"a.md\"", Kind::Str),
                ("%}", Kind::Jinja),
                ("user:", Kind::Role),
                ("{{ text }}", Kind::Jinja),
            ]
        );
    }

    #[test]
    fn an_edit_parses_only_its_own_line() {
        let mut highlighter = Highlighter::default();
        let long = format!("{PROMPT}{}", "a line of text {{ x }}\n".repeat(500));
        highlighter.update(&long, usize::MAX);
        highlighter.update(&long.replacen("Follow", "Heed", 1), usize::MAX);
        assert_eq!(highlighter.num_parsed, 1);
    }

    #[test]
    fn an_opened_comment_runs_on_into_the_lines_below() {
        let mut highlighter = Highlighter::default();
        highlighter.update(PROMPT, usize::MAX);
        let edited = PROMPT.replace(" #} now.", " now.");
        highlighter.update(&edited, usize::MAX);
        let last = highlighter.pieces(&edited).pop().map(|(_, kind)| kind);
        assert_eq!(last, Some(Kind::Comment));
    }

    #[test]
    fn long_texts_are_parsed_over_several_frames() {
        let mut highlighter = Highlighter::default();
        let long = "user:\n".repeat(1_000);
        assert!(!highlighter.update(&long, 1_000));
        let mut num_frames = 1;
        while !highlighter.update(&long, 1_000) {
            num_frames += 1;
        }
        let roles = highlighter.pieces(&long).iter().filter(|(_, kind)| *kind == Kind::Role).count();
        assert_eq!((num_frames, roles), (5, 1_000));
    }

    #[test]
    fn pieces_cover_every_byte_once() {
        let mut highlighter = Highlighter::default();
        highlighter.update(PROMPT, usize::MAX);
        let joined: String = highlighter.pieces(PROMPT).into_iter().map(|(range, _)| &PROMPT[range]).collect();
        assert_eq!(joined, PROMPT);
    }
}
