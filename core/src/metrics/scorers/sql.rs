//! `sql`: the output is SQL.
//!
//! - Range: 0 or 1; higher is better.
//! - Reads: the output only: one statement, or several with semicolons between them. It is parsed and not run; whether
//!   tables and columns exist is not looked at.
//! - Settings: `dialect` (`generic`, the default, which takes most of what any of them does; `ansi`, `postgresql`,
//!   `mysql`, `sqlite`, `bigquery`, `snowflake`, `duckdb`, `mssql`); `allow_fence` (default false) also takes SQL inside
//!   one Markdown code fence.
//! - Source: the crate `sqlparser` 0.64. It is more lenient than the databases themselves: what it refuses is wrong, but
//!   not all that it takes would run.
//! - An output of more than 10,000 words and signs, or that nests deeper than the parser follows (100 of its steps), is
//!   unscored.

use super::json_schema::without_fence;
use super::options::Options;
use super::places::{offset_of, shortened};
use super::{Method, ScoreContext, Scored, unscored};
use atelier_types::score::Score;
use serde_json::Value;
use sqlparser::dialect::dialect_from_str;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Tokenizer};

const DIALECTS: [&str; 9] =
    ["generic", "ansi", "postgresql", "mysql", "sqlite", "bigquery", "snowflake", "duckdb", "mssql"];
const MOST_TOKENS: usize = 10_000;
const DEEPEST: usize = 100;
/// A chain such as `1 + 1 + …` becomes a tree as deep as it is long, which is dropped by recursion, and joins are parsed
/// by it. The longest text that is taken fits in an unoptimised build too.
const STACK_BYTES: usize = 128 << 20;

pub(super) struct Sql {
    dialect: &'static str,
    allows_fence: bool,
}

/// What the parser says.
enum Verdict {
    Right,
    Wrong { reason: String, line: usize, column: usize },
    Unknown(String),
}

impl Sql {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { dialect: options.choice("dialect", &DIALECTS)?, allows_fence: options.flag("allow_fence", false)? })
    }
}

impl Method for Sql {
    fn reads_row(&self) -> bool {
        false
    }

    fn score(&self, context: &ScoreContext<'_>, _expected: Option<&Value>) -> Scored {
        let text = if self.allows_fence { without_fence(context.output) } else { context.output };
        let before = context.output.get(..offset_of(context.output, text)).unwrap_or_default();
        let verdict = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name("sql".to_owned()).stack_size(STACK_BYTES);
            let parsing = thread.spawn_scoped(scope, || verdict(text, self.dialect));
            parsing.ok().and_then(|parsing| parsing.join().ok())
        });
        match verdict {
            Some(Verdict::Right) => (Score::check(true), None),
            Some(Verdict::Wrong { reason, line: 0, .. }) => (Score::check(false), Some(wrong(&reason))),
            Some(Verdict::Wrong { reason, line, column }) => {
                let line = line + before.matches('\n').count();
                (Score::check(false), Some(format!("{} at line {line}, column {column}", wrong(&reason))))
            }
            Some(Verdict::Unknown(reason)) => unscored(reason),
            None => unscored("The SQL parser did not come to an end"),
        }
    }
}

fn wrong(reason: &str) -> String {
    format!("The output is not SQL: {}", shortened(reason))
}

fn verdict(text: &str, dialect: &str) -> Verdict {
    let Some(dialect) = dialect_from_str(dialect) else {
        return Verdict::Unknown(format!("There is no SQL dialect `{dialect}`"));
    };
    let tokens = match Tokenizer::new(dialect.as_ref(), text).tokenize_with_location() {
        Ok(tokens) => tokens,
        Err(err) => {
            let (line, column) = (err.location.line as usize, err.location.column as usize);
            return Verdict::Wrong { reason: err.message, line, column };
        }
    };
    let num_tokens = tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).count();
    if num_tokens > MOST_TOKENS {
        return Verdict::Unknown(format!("The output is too long to be parsed as SQL: {num_tokens} words and signs"));
    }
    let parser = Parser::new(dialect.as_ref()).with_recursion_limit(DEEPEST).with_tokens_with_locations(tokens);
    match { parser }.parse_statements() {
        Ok(statements) if statements.is_empty() => {
            Verdict::Wrong { reason: "there is no statement".to_owned(), line: 0, column: 0 }
        }
        Ok(_) => Verdict::Right,
        Err(ParserError::RecursionLimitExceeded) => {
            Verdict::Unknown("The output nests deeper than the SQL parser follows".to_owned())
        }
        Err(ParserError::ParserError(message) | ParserError::TokenizerError(message)) => parted(message),
    }
}

/// A message of the parser without the place at its end: ` at Line: 1, Column: 2`.
fn parted(message: String) -> Verdict {
    let place = message.rsplit_once(" at Line: ").and_then(|(reason, place)| {
        let (line, column) = place.split_once(", Column: ")?;
        Some(Verdict::Wrong { reason: reason.to_owned(), line: line.parse().ok()?, column: column.parse().ok()? })
    });
    place.unwrap_or(Verdict::Wrong { reason: message, line: 0, column: 0 })
}
