//! `code_fences`: the output's Markdown code fences are closed.
//!
//! - A fence is a line of three or more backticks or tildes, with a language after them where it opens; the next line of
//!   as many or more of the same and nothing else closes it (CommonMark 0.31, section 4.5). Unlike there, fences may be
//!   indented by any white space, as in lists.
//! - Range: 0 or 1; higher is better.
//! - Reads: the output only. An output without a fence is right where no setting wants one.
//! - Settings: `language` wants at least one fence of that language, in any case; `count` wants just so many fences.

use super::options::Options;
use super::{Method, ScoreContext, Scored};
use atelier_types::score::Score;
use serde_json::Value;

const FEWEST_MARKS: usize = 3;

pub(super) struct CodeFences {
    language: Option<String>,
    count: Option<usize>,
}

impl CodeFences {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let language = options.text("language")?.map(str::to_lowercase);
        let has_count = options.value("count").is_some();
        let count = options.whole("count", 0, 0..=1_000_000)?;
        Ok(Self { language, count: has_count.then_some(count) })
    }

    fn fault(&self, output: &str) -> Option<String> {
        let mut languages = Vec::new();
        let mut open: Option<Fence<'_>> = None;
        for fence in output.lines().enumerate().filter_map(|(index, text)| Fence::of_line(index + 1, text)) {
            match &open {
                Some(opening) if fence.closes(opening) => open = None,
                None if fence.opens() => {
                    languages.push(fence.language());
                    open = Some(fence);
                }
                _ => {}
            }
        }
        if let Some(fence) = open {
            return Some(format!("The code fence of line {} is not closed", fence.line));
        }
        self.unmet(&languages)
    }

    fn unmet(&self, languages: &[String]) -> Option<String> {
        if let Some(count) = self.count.filter(|count| *count != languages.len()) {
            return Some(format!("Code fences: {} instead of {count}", languages.len()));
        }
        let language = self.language.as_ref().filter(|language| !languages.contains(language))?;
        Some(format!("There is no code fence of `{language}`"))
    }
}

impl Method for CodeFences {
    fn reads_row(&self) -> bool {
        false
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        let fault = self.fault(context.output);
        (Score::check(fault.is_none()), fault)
    }
}

/// What stands between an opening fence and its end.
pub(super) struct Block {
    /// In lower case; empty where the fence names none.
    pub language: String,
    /// The first line of the code, counted from 1 in the whole output.
    pub line: usize,
    /// Without the white space that the fence itself is indented by.
    pub code: String,
}

/// Every fenced block, the last one even if it is not closed.
pub(super) fn blocks(output: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Fence<'_>> = None;
    for (index, text) in output.lines().enumerate() {
        match (&open, Fence::of_line(index + 1, text)) {
            (Some(opening), Some(fence)) if fence.closes(opening) => open = None,
            (None, Some(fence)) if fence.opens() => {
                blocks.push(Block { language: fence.language(), line: fence.line + 1, code: String::new() });
                open = Some(fence);
            }
            (Some(opening), _) => {
                let Some(block) = blocks.last_mut() else { continue };
                block.code.push_str(opening.without_indent(text));
                block.code.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}

/// A line that opens or closes a fence.
struct Fence<'a> {
    line: usize,
    num_indents: usize,
    mark: char,
    num_marks: usize,
    rest: &'a str,
}

impl<'a> Fence<'a> {
    fn of_line(line: usize, text: &'a str) -> Option<Self> {
        let num_indents = text.chars().take_while(|character| character.is_whitespace()).count();
        let text = text.trim();
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let rest = text.trim_start_matches(mark);
        let num_marks = text.len() - rest.len();
        (num_marks >= FEWEST_MARKS).then_some(Self { line, num_indents, mark, num_marks, rest })
    }

    /// A line such as ` ```a``` ` is code within a paragraph.
    fn opens(&self) -> bool {
        self.mark == '~' || !self.rest.contains('`')
    }

    fn closes(&self, opening: &Fence<'_>) -> bool {
        self.rest.is_empty() && self.mark == opening.mark && self.num_marks >= opening.num_marks
    }

    /// A line of its code, which may be indented less.
    fn without_indent<'t>(&self, text: &'t str) -> &'t str {
        let mut characters = text.char_indices().take(self.num_indents);
        let end = characters.find(|(_, character)| !character.is_whitespace()).map(|(index, _)| index);
        let end = end.or_else(|| text.char_indices().nth(self.num_indents).map(|(index, _)| index));
        text.get(end.unwrap_or(text.len())..).unwrap_or_default()
    }

    fn language(&self) -> String {
        self.rest.split_whitespace().next().unwrap_or_default().to_lowercase()
    }
}
