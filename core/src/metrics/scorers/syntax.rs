//! `syntax`: the output is code of a language, by its grammar.
//!
//! - Range: 0 or 1; higher is better. A fault is said with its line in the output.
//! - Reads: the output only. It is parsed and not run; whether names and types exist is not looked at.
//! - Settings: `language` (`python`, the default, `bash`, `c`, `go`, `java`, `javascript`, `rust`, `typescript`); `fences`
//!   (default false: the whole output is code; true: each Markdown code fence that names the language, as `code_fences`
//!   reads them, or that names none).
//! - An output without code has no right syntax. With `fences`, an output without such a fence is unscored.
//! - Source: the grammars of tree-sitter. They are more lenient than compilers: what they refuse is wrong, but not all
//!   that they take would compile. JSON and SQL have scorers of their own.
//! - Code of more than 200,000 bytes (Bash: 20,000, whose parser takes a time that grows with the square), or that takes
//!   the parser more than 100,000 steps and 10 for each of its bytes, is unscored.

use super::code_fences::{Block, blocks};
use super::options::Options;
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use serde_json::Value;
use std::ops::ControlFlow;
use tree_sitter::{Node, ParseOptions, Parser, Tree};
use tree_sitter_language::LanguageFn;

const MOST_BYTES: usize = 200_000;
const MOST_BASH_BYTES: usize = 20_000;
/// The parser asks whether to go on after so many of its steps.
const STEPS_PER_QUESTION: usize = 100;
const FREE_STEPS: usize = 100_000;
const STEPS_PER_BYTE: usize = 10;

struct Language {
    /// The name in settings, and what else fences call it.
    names: &'static [&'static str],
    title: &'static str,
    grammar: LanguageFn,
    most_bytes: usize,
}

const fn language(names: &'static [&'static str], title: &'static str, grammar: LanguageFn) -> Language {
    Language { names, title, grammar, most_bytes: MOST_BYTES }
}

/// The first is the default.
static LANGUAGES: [Language; 8] = [
    language(&["python", "py", "python3"], "Python", tree_sitter_python::LANGUAGE),
    Language {
        most_bytes: MOST_BASH_BYTES,
        ..language(&["bash", "sh", "shell", "zsh"], "Bash", tree_sitter_bash::LANGUAGE)
    },
    language(&["c", "h"], "C", tree_sitter_c::LANGUAGE),
    language(&["go", "golang"], "Go", tree_sitter_go::LANGUAGE),
    language(&["java"], "Java", tree_sitter_java::LANGUAGE),
    language(&["javascript", "js", "jsx", "mjs"], "JavaScript", tree_sitter_javascript::LANGUAGE),
    language(&["rust", "rs"], "Rust", tree_sitter_rust::LANGUAGE),
    language(&["typescript", "ts"], "TypeScript", tree_sitter_typescript::LANGUAGE_TYPESCRIPT),
];

pub(super) struct Syntax {
    language: &'static Language,
    reads_fences: bool,
}

/// Why code is not right, or why that is not known.
enum Fault {
    Wrong(String),
    Unknown(String),
}

impl Syntax {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let names = LANGUAGES.each_ref().map(|language| language.names.first().copied().unwrap_or_default());
        let name = options.choice("language", &names)?;
        let [default, ..] = &LANGUAGES;
        let language = LANGUAGES.iter().find(|language| language.names.first() == Some(&name)).unwrap_or(default);
        Ok(Self { language, reads_fences: options.flag("fences", false)? })
    }

    fn fault_in(&self, output: &str) -> Option<Fault> {
        if !self.reads_fences {
            return self.fault(output, 1);
        }
        let mut blocks = blocks(output).into_iter().filter(|block| self.is_of_language(block)).peekable();
        if blocks.peek().is_none() {
            return Some(Fault::Unknown(format!("The output has no code fence of {}", self.language.title)));
        }
        blocks.find_map(|block| self.fault(&block.code, block.line))
    }

    fn is_of_language(&self, block: &Block) -> bool {
        block.language.is_empty() || self.language.names.contains(&block.language.as_str())
    }

    /// `first_line` is the line of the output that the code begins at.
    fn fault(&self, code: &str, first_line: usize) -> Option<Fault> {
        if code.trim().is_empty() {
            return Some(Fault::Wrong(format!("There is no {} code", self.language.title)));
        }
        if code.len() > self.language.most_bytes {
            let (title, num_bytes) = (self.language.title, code.len());
            return Some(Fault::Unknown(format!("The code is too long to be parsed as {title}: {num_bytes} bytes")));
        }
        // No language has it, and the Bash grammar looks for it without end.
        if let Some((before, _)) = code.split_once('\0') {
            let line = first_line + before.matches('\n').count();
            return Some(Fault::Wrong(format!(
                "The output is not {}: it has a NUL at line {line}",
                self.language.title
            )));
        }
        let Some(tree) = parse(self.language, code) else {
            return Some(Fault::Unknown(format!("The {} parser did not come to an end", self.language.title)));
        };
        let fault = first_fault(&tree)?;
        let line = first_line + fault.start_position().row;
        let what = if fault.is_missing() { format!(": `{}` is missing", fault.kind()) } else { String::new() };
        Some(Fault::Wrong(format!("The output is not {}{what} at line {line}", self.language.title)))
    }
}

impl Method for Syntax {
    fn reads_row(&self) -> bool {
        false
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        match self.fault_in(context.output) {
            None => (Score::check(true), None),
            Some(Fault::Wrong(fault)) => (Score::check(false), Some(fault)),
            Some(Fault::Unknown(reason)) => unscored(reason),
        }
    }
}

/// `None` where that takes too many steps.
fn parse(language: &Language, code: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&language.grammar.into()).ok()?;
    let mut num_questions = (FREE_STEPS + STEPS_PER_BYTE * code.len()) / STEPS_PER_QUESTION;
    let mut progress = |_: &tree_sitter::ParseState| {
        num_questions = num_questions.saturating_sub(1);
        if num_questions == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let mut read = |offset: usize, _| code.as_bytes().get(offset..).unwrap_or_default();
    parser.parse_with_options(&mut read, None, Some(options))
}

/// The first place in the text that the grammar has no rule for. A tree may be as deep as the text is long.
fn first_fault(tree: &Tree) -> Option<Node<'_>> {
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            return Some(node);
        }
        let has_next = if node.has_error() { cursor.goto_first_child() } else { cursor.goto_next_sibling() };
        if !has_next {
            return node.has_error().then_some(node);
        }
    }
}
