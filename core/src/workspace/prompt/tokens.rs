//! The tokens of a template, with their byte ranges: what finds includes and uses of variables without running anything.

use minijinja::machinery;
use minijinja::syntax::SyntaxConfig;
use std::ops::Range;

/// Jinja2 as the reference sets it up: every byte of the text counts, also the last line end.
pub(super) fn syntax() -> SyntaxConfig {
    let mut builder = SyntaxConfig::builder();
    builder.keep_trailing_newline(true);
    builder.build().unwrap_or_default()
}

/// What the tools here need to know of a token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Data,
    /// `{{`
    Print,
    BlockStart,
    BlockEnd,
    Identifier(String),
    Text(String),
    Dot,
    Pipe,
    Assign,
    Other,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
}

impl Token {
    pub fn is(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Identifier(name) if name == word)
    }
}

/// The tokens up to the first place that is no Jinja2; compiling says what is wrong there.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let tokens = machinery::tokenize(text, false, syntax()).map_while(Result::ok);
    tokens
        .map(|(token, span)| Token { kind: kind(&token), range: span.start_offset as usize..span.end_offset as usize })
        .collect()
}

fn kind(token: &machinery::Token<'_>) -> Kind {
    match token {
        machinery::Token::TemplateData(_) => Kind::Data,
        machinery::Token::VariableStart => Kind::Print,
        machinery::Token::BlockStart => Kind::BlockStart,
        machinery::Token::BlockEnd => Kind::BlockEnd,
        machinery::Token::Ident(name) => Kind::Identifier((*name).to_owned()),
        machinery::Token::Str(text) => Kind::Text((*text).to_owned()),
        machinery::Token::String(text) => Kind::Text(text.to_string()),
        machinery::Token::Dot => Kind::Dot,
        machinery::Token::Pipe => Kind::Pipe,
        machinery::Token::Assign => Kind::Assign,
        _ => Kind::Other,
    }
}
