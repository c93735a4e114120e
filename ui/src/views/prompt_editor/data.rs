//! What the prompt screen shows, computed from what the studio told. Draws nothing.

use super::document::Document;
use crate::words;
use atelier_types::error::{Diagnostic, Severity};
use atelier_types::ids::PromptName;
use atelier_types::prompt::{PromptSource, PromptSummary, SourceKind, Version};
use atelier_types::time::MillisSinceEpoch;
use std::collections::BTreeSet;

/// A text longer than this is not compared by lines in every change.
const MAX_COMPARED_BYTES: usize = 256 * 1024;

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub enum ListLine<'a> {
    Folder { path: &'a str, name: &'a str, depth: usize, is_open: bool },
    Prompt { summary: &'a PromptSummary, name: &'a str, depth: usize },
    FragmentsHead,
    Fragment { summary: &'a PromptSummary, name: &'a str },
}

/// Folders first opened, prompts below them, prompts without a folder, then fragments.
pub fn list_lines<'a>(prompts: &'a [PromptSummary], filter: &str, closed: &BTreeSet<String>) -> Vec<ListLine<'a>> {
    let filter = filter.trim().to_lowercase();
    let is_shown = |summary: &&PromptSummary| summary.name.as_str().to_lowercase().contains(&filter);
    let mut kept: Vec<&PromptSummary> = prompts.iter().filter(is_shown).collect();
    kept.sort_by_key(|summary| (!summary.name.as_str().contains('/'), summary.name.as_str()));
    let mut lines = Vec::new();
    let mut open_folder = "";
    for summary in kept.iter().filter(|summary| summary.kind == SourceKind::Prompt) {
        let path = summary.name.as_str();
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        // While a filter is typed, everything that it leaves is in sight.
        let is_open = |folder: &str| !filter.is_empty() || !closed.contains(folder);
        if folder != open_folder {
            push_folders(&mut lines, open_folder, folder, &is_open);
            open_folder = folder;
        }
        if ancestors(folder).all(is_open) {
            lines.push(ListLine::Prompt { summary, name, depth: ancestors(folder).count() });
        }
    }
    let fragments = kept.iter().filter(|summary| summary.kind == SourceKind::Fragment);
    let fragments: Vec<_> = fragments.map(|summary| fragment_line(summary)).collect();
    if !fragments.is_empty() {
        lines.push(ListLine::FragmentsHead);
        lines.extend(fragments);
    }
    lines
}

fn fragment_line(summary: &PromptSummary) -> ListLine<'_> {
    let path = summary.name.as_str();
    ListLine::Fragment { summary, name: path.strip_prefix("fragments/").unwrap_or(path) }
}

/// `a`, `a/b`, `a/b/c` of `a/b/c`.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
    ends.map(|end| &folder[..end]).filter(|folder| !folder.is_empty())
}

fn push_folders<'a>(lines: &mut Vec<ListLine<'a>>, before: &str, folder: &'a str, is_open: &impl Fn(&str) -> bool) {
    let known: Vec<&str> = ancestors(before).collect();
    let mut is_shown = true;
    for (depth, path) in ancestors(folder).enumerate() {
        if is_shown && known.get(depth) != Some(&path) {
            let name = path.rsplit('/').next().unwrap_or(path);
            lines.push(ListLine::Folder { path, name, depth, is_open: is_open(path) });
        }
        is_shown &= is_open(path);
    }
}

/// What is said beside the name of the prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedState {
    pub words: String,
    /// Something is not where it should be: not saved, or not committed.
    pub is_open: bool,
}

pub fn saved_state(document: &Document, source: &PromptSource) -> SavedState {
    let state = |words: &str, is_open| SavedState { words: words.to_owned(), is_open };
    if document.is_saving() {
        return state("Saving", true);
    }
    if document.is_dirty() {
        return state("Not saved, kept as a draft", true);
    }
    match (source.is_uncommitted, source.num_changed_lines) {
        (false, _) => state("Committed", false),
        (true, 0) => state("Saved, not committed", true),
        (true, lines) => {
            state(&format!("Saved, not committed: {}", words::counted(lines.into(), "line", "lines")), true)
        }
    }
}

/// A dot of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    /// `None` for the draft at the end.
    pub number: Option<u32>,
    /// Shown below; empty for most.
    pub label: String,
    pub tooltip: String,
    pub is_strong: bool,
}

/// The first, the newest and labelled versions are named; the file as it is comes last where it differs.
pub fn timeline(versions: &[Version], has_draft: bool, now: MillisSinceEpoch) -> Vec<Dot> {
    let newest = versions.last().map(|version| version.number);
    let mut dots: Vec<Dot> = versions.iter().map(|version| dot(version, newest, now)).collect();
    if has_draft {
        let tooltip = "The text as it is in the editor".to_owned();
        dots.push(Dot { number: None, label: "Draft".to_owned(), tooltip, is_strong: true });
    }
    dots
}

fn dot(version: &Version, newest: Option<u32>, now: MillisSinceEpoch) -> Dot {
    let labels = version.labels.iter().map(|label| format!(" {label}")).collect::<String>();
    let is_strong = version.number == 1 || Some(version.number) == newest || !labels.is_empty();
    let label = if is_strong { format!("v{}{labels}", version.number) } else { String::new() };
    let when = words::ago(version.committed_at, now);
    let tooltip = format!("v{}{labels}: {}\n{}, {when}", version.number, version.summary, version.author);
    Dot { number: Some(version.number), label, tooltip, is_strong }
}

/// `13 versions since 4 Mar, 3 authors`
pub fn timeline_words(versions: &[Version], now: MillisSinceEpoch) -> String {
    let Some(first) = versions.first() else { return "No version is committed yet".to_owned() };
    let authors: BTreeSet<&str> = versions.iter().map(|version| version.author.as_str()).collect();
    let count = words::counted(versions.len() as u64, "version", "versions");
    let authors = words::counted(authors.len() as u64, "author", "authors");
    format!("{count} since {}, {authors}", words::date(first.committed_at, now))
}

/// Lines of `text`, from 1, that differ from `committed`.
pub fn changed_lines(committed: &str, text: &str) -> Vec<usize> {
    if committed.len() + text.len() > MAX_COMPARED_BYTES {
        return Vec::new();
    }
    let diff = similar::TextDiff::from_lines(committed, text);
    let changes = diff.iter_all_changes().filter(|change| change.tag() == similar::ChangeTag::Insert);
    changes.filter_map(|change| change.new_index()).map(|index| index + 1).collect()
}

/// What the gutter shows of diagnostics: those of this file.
pub fn line_marks(diagnostics: &[Diagnostic], name: &PromptName) -> Vec<crate::widgets::code_editor::LineMark> {
    let own = diagnostics.iter().filter(|diagnostic| is_of(diagnostic, name));
    own.filter_map(|diagnostic| {
        Some(crate::widgets::code_editor::LineMark {
            line: diagnostic.location.line? as usize,
            message: diagnostic.message.clone(),
            is_error: diagnostic.severity == Severity::Error,
        })
    })
    .collect()
}

fn is_of(diagnostic: &Diagnostic, name: &PromptName) -> bool {
    let file = diagnostic.location.file.as_str();
    let file = file.strip_prefix("prompts/").unwrap_or(file);
    file.strip_suffix(".prompty").unwrap_or(file) == name.as_str()
}

/// The byte range of a place in a text: the character there, or the end of the line.
pub fn byte_range(text: &str, line: u32, column: Option<u32>) -> std::ops::Range<usize> {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1) as usize).map(str::len).sum();
    let rest = text[before..].split('\n').next().unwrap_or_default();
    let skip = column.unwrap_or(1).saturating_sub(1) as usize;
    let start = before + rest.char_indices().nth(skip).map_or(rest.len(), |(at, _)| at);
    let end = start + text[start..].chars().next().filter(|letter| *letter != '\n').map_or(0, char::len_utf8);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::error::Location;

    fn prompt(name: &str, kind: SourceKind) -> PromptSummary {
        PromptSummary {
            name: name.into(),
            kind,
            description: String::new(),
            number: Some(1),
            labels: Vec::new(),
            is_uncommitted: false,
            has_draft: false,
            num_uses: 0,
            problem: None,
        }
    }

    fn drawn(prompts: &[PromptSummary], filter: &str, closed: &[&str]) -> String {
        let closed = closed.iter().map(|folder| (*folder).to_owned()).collect();
        let line = |line: &ListLine<'_>| match line {
            ListLine::Folder { name, depth, is_open, .. } => {
                format!("{}{} {name}/", "  ".repeat(*depth), if *is_open { "-" } else { "+" })
            }
            ListLine::Prompt { name, depth, .. } => format!("{}{name}", "  ".repeat(*depth)),
            ListLine::FragmentsHead => "Fragments".to_owned(),
            ListLine::Fragment { name, .. } => format!("~{name}"),
        };
        list_lines(prompts, filter, &closed).iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn some() -> Vec<PromptSummary> {
        use SourceKind::{Fragment, Prompt};
        vec![
            prompt("contract-qa", Prompt),
            prompt("billing/invoice", Prompt),
            prompt("billing/eu/vat", Prompt),
            prompt("support/triage", Prompt),
            prompt("fragments/json-only.md", Fragment),
        ]
    }

    #[test]
    fn the_list_is_a_tree_of_folders() {
        let tree =
            "- billing/\n  - eu/\n    vat\n  invoice\n- support/\n  triage\ncontract-qa\nFragments\n~json-only.md";
        assert_eq!(drawn(&some(), "", &[]), tree);
    }

    #[test]
    fn a_closed_folder_hides_what_is_below_it() {
        let tree = "+ billing/\n- support/\n  triage\ncontract-qa\nFragments\n~json-only.md";
        assert_eq!(drawn(&some(), "", &["billing"]), tree);
    }

    #[test]
    fn a_filter_shows_what_it_leaves_even_in_closed_folders() {
        assert_eq!(drawn(&some(), "VAT", &["billing"]), "- billing/\n  - eu/\n    vat");
    }

    #[test]
    fn changed_lines_are_counted_in_the_new_text() {
        assert_eq!(changed_lines("a\nb\nc\n", "a\nB\nc\nd\n"), [2, 4]);
        assert_eq!(changed_lines("a\n", "a\n"), [0_usize; 0]);
    }

    #[test]
    fn places_are_found_in_any_text() {
        let text = "aé\nçb\n";
        assert_eq!(&text[byte_range(text, 2, Some(1))], "ç");
        assert_eq!(byte_range(text, 1, Some(99)), 3..3);
        assert_eq!(byte_range(text, 99, None), text.len()..text.len());
        assert_eq!(byte_range("", 1, Some(1)), 0..0);
    }

    #[test]
    fn marks_are_those_of_this_file() {
        let diagnostic = |file: &str| Diagnostic {
            severity: Severity::Error,
            code: "prompt.unknown_variable".to_owned(),
            message: "No input".to_owned(),
            location: Location { file: file.to_owned(), line: Some(3), column: Some(1) },
            action: None,
        };
        let all = [diagnostic("prompts/a/b.prompty"), diagnostic("prompts/fragments/x.md")];
        assert_eq!(line_marks(&all, &"a/b".into()).len(), 1);
        assert_eq!(line_marks(&all, &"fragments/x.md".into()).len(), 1);
        assert_eq!(line_marks(&all, &"b".into()).len(), 0);
    }
}
