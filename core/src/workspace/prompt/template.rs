//! The compiled body: MiniJinja set up to print and behave as Jinja2 does, with bounded work.

use super::expand::Expanded;
use super::roles::{self, Marker};
use super::tokens::syntax;
use super::uses::{self, Use};
use super::{filters, methods, python};
use atelier_types::error::{Diagnostic, Location, Severity};
use minijinja::{Environment, Error, ErrorKind, OutputSpan, UndefinedBehavior, Value};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

const NAME: &str = "prompt";
/// Instructions of one rendering; 64 bytes of text cost as much as one instruction.
const FUEL: u64 = 2_000_000;
/// Macros that call themselves; a thread's stack must hold them.
const MAX_RECURSION: usize = 64;

pub(super) struct Template {
    environment: Environment<'static>,
    uses: Vec<Use>,
    markers: Vec<Marker>,
}

/// Rendered text and where each part of it was written.
pub(super) struct Output {
    pub text: String,
    pub spans: Vec<OutputSpan>,
}

impl Template {
    pub fn compile(body: &Expanded) -> Result<Self, Diagnostic> {
        let mut environment = environment();
        // The lexer counts columns in 16 bits and may overflow on an error beyond them.
        let added = catch_unwind(AssertUnwindSafe(|| environment.add_template_owned(NAME, body.text.clone())));
        added
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::SyntaxError, "the template is too large")))
            .map_err(|err| diagnostic(&err, body))?;
        let mut names =
            environment.get_template(NAME).map_err(|err| diagnostic(&err, body))?.undeclared_variables(false);
        for (global, _) in environment.globals() {
            names.remove(global);
        }
        let uses = uses::uses(&body.text, &names);
        let markers = roles::markers(&body.text);
        Ok(Self { environment, uses, markers })
    }

    /// Variables that are expected from outside.
    pub fn uses(&self) -> &[Use] {
        &self.uses
    }

    pub fn markers(&self) -> &[Marker] {
        &self.markers
    }

    pub fn render(&self, values: BTreeMap<String, Value>, body: &Expanded) -> Result<Output, Diagnostic> {
        let template = self.environment.get_template(NAME).map_err(|err| diagnostic(&err, body))?;
        let (text, spans) =
            template.render_with_spans(Value::from_object(values)).map_err(|err| diagnostic(&err, body))?;
        Ok(Output { text, spans })
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_syntax(syntax());
    environment.set_debug(true);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(MAX_RECURSION);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_formatter(python::print);
    environment.set_unknown_method_callback(methods::call);
    filters::add_to(&mut environment);
    environment.remove_global("debug");
    environment
}

fn diagnostic(err: &Error, body: &Expanded) -> Diagnostic {
    let (code, action) = match err.kind() {
        ErrorKind::SyntaxError | ErrorKind::BadEscape => ("prompt.syntax", "Correct the template there."),
        ErrorKind::UndefinedError => ("prompt.unknown_variable", "Correct the name, or test it with `is defined`."),
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => {
            ("prompt.unknown_name", "Use a filter, test, function or method of Jinja2.")
        }
        ErrorKind::OutOfFuel => ("prompt.too_much_work", "Loop over less, or print less."),
        _ => ("prompt.render_failed", "Correct the expression or the value that it gets."),
    };
    let detail = err.detail().map_or_else(|| err.kind().to_string(), str::to_owned);
    let mut causes = String::new();
    let mut cause = std::error::Error::source(err);
    while let Some(source) = cause {
        causes.push_str(": ");
        causes.push_str(&source.to_string());
        cause = source.source();
    }
    Diagnostic {
        severity: Severity::Error,
        code: code.to_owned(),
        message: format!("{detail}{causes}"),
        location: location(err, body),
        action: Some(action.to_owned()),
    }
}

fn location(err: &Error, body: &Expanded) -> Location {
    let line_start = |line: usize| {
        let starts = body.text.match_indices('\n').map(|(end, _)| end + 1);
        std::iter::once(0).chain(starts).nth(line.saturating_sub(1)).unwrap_or(body.text.len())
    };
    let at = err.range().map(|range| range.start).or_else(|| err.line().map(line_start));
    body.location(at.unwrap_or(0))
}
