//! Find everywhere: a text in the names and lines of a workspace's files, ignoring case.

use super::names::DATASETS;
use super::prompt::name_of;
use super::{Result, Workspace};
use atelier_types::workspace::{SearchHit, SearchKind};

/// A file with many matches shows the first ones, so that one dataset does not fill the list.
const MAX_HITS_A_FILE: usize = 5;
const EXCERPT_CHARS: usize = 160;
/// Characters of an excerpt that stand before the match.
const EXCERPT_LEAD: usize = 40;

/// A file that is looked through.
struct Source {
    kind: SearchKind,
    name: String,
    relative: String,
}

impl Workspace {
    /// At most `limit` hits: names first, then lines. Outputs are not here but in the store.
    pub fn search(&self, query: &str, limit: usize) -> Result<Vec<SearchHit>> {
        let wanted = query.trim().to_lowercase();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let sources = self.search_sources()?;
        let named = sources.iter().filter(|source| source.name.to_lowercase().contains(&wanted));
        let mut hits: Vec<SearchHit> = named.map(|source| hit(source, source.name.clone(), None)).take(limit).collect();
        for source in &sources {
            if hits.len() >= limit {
                break;
            }
            // A file that cannot be read has no lines; its own screen says why.
            let text = self.read(&source.relative).unwrap_or_default();
            hits.extend(lines_with(source, &text, &wanted).take(MAX_HITS_A_FILE.min(limit - hits.len())));
        }
        Ok(hits)
    }

    fn search_sources(&self) -> Result<Vec<Source>> {
        let mut sources = Vec::new();
        for relative in self.list(super::names::PROMPTS, "")? {
            if let Some(name) = name_of(&relative) {
                sources.push(Source { kind: SearchKind::Prompt, name: name.0, relative });
            }
        }
        let folders = [
            (SearchKind::Dataset, DATASETS, ".jsonl"),
            (SearchKind::Dataset, DATASETS, ".csv"),
            (SearchKind::Experiment, "experiments", ".toml"),
            (SearchKind::Review, "reviews", "/items.jsonl"),
        ];
        for (kind, folder, ending) in folders {
            let names = self.list_names(folder, ending)?.into_iter();
            sources.extend(names.map(|name| Source { kind, relative: format!("{folder}/{name}{ending}"), name }));
        }
        Ok(sources)
    }
}

fn lines_with<'a>(source: &'a Source, text: &'a str, wanted: &'a str) -> impl Iterator<Item = SearchHit> + 'a {
    matching_lines(text, wanted).map(|(line, excerpt)| hit(source, excerpt, Some(line)))
}

/// The lines of a text that hold `wanted`, which is in lower case: their numbers from 1, and what to show of them.
pub fn matching_lines<'a>(text: &'a str, wanted: &'a str) -> impl Iterator<Item = (u32, String)> + 'a {
    let numbered = text.lines().zip(1_u32..);
    numbered.filter_map(move |(line, number)| Some((number, excerpt(line, line.to_lowercase().find(wanted)?))))
}

fn hit(source: &Source, excerpt: String, line: Option<u32>) -> SearchHit {
    SearchHit { kind: source.kind, name: source.name.clone(), excerpt, line, cell: None }
}

/// The part of a line around a match; `at` is a byte offset in the line's lower-case form, and so only about right.
fn excerpt(line: &str, at: usize) -> String {
    let start = line.char_indices().map(|(index, _)| index).take_while(|index| *index <= at).count();
    let num_skipped = start.saturating_sub(EXCERPT_LEAD + 1);
    let is_short = line.chars().count() <= EXCERPT_CHARS;
    let skipped = if is_short { 0 } else { num_skipped };
    let part: String = line.chars().skip(skipped).take(EXCERPT_CHARS).collect();
    let lead = if skipped > 0 { "…" } else { "" };
    format!("{lead}{}", part.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(workspace: &Workspace, query: &str) -> Vec<(SearchKind, String, Option<u32>)> {
        let hits = workspace.search(query, 50).unwrap();
        hits.into_iter().map(|hit| (hit.kind, hit.name, hit.line)).collect()
    }

    #[test]
    fn names_come_before_lines_and_case_does_not_matter() {
        let (_folder, workspace) = crate::testing::workspace();
        workspace.write_atomic("reviews/articles-blind/items.jsonl", b"{}\n").unwrap();
        assert_eq!(found(&workspace, "BRIDGE"), [(SearchKind::Dataset, "articles".to_owned(), Some(1))]);
        let names: Vec<_> = found(&workspace, "articles").into_iter().filter(|hit| hit.2.is_none()).collect();
        assert_eq!(
            names,
            [
                (SearchKind::Dataset, "articles".to_owned(), None),
                (SearchKind::Review, "articles-blind".to_owned(), None),
            ]
        );
        assert!(found(&workspace, "  ").is_empty());
    }

    #[test]
    fn excerpt_of_a_long_line_holds_the_match() {
        let line = format!("{}needle{}", "ä ".repeat(300), " z".repeat(300));
        let at = line.find("needle").unwrap();
        assert!(excerpt(&line, at).contains("needle"));
    }
}
