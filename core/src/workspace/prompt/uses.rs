//! What a template uses, found in its text: variables with their places, and markers that can start no message.

use super::expand::Expanded;
use super::roles;
use super::tokens::{Kind, Token, tokens};
use atelier_types::error::{Diagnostic, Severity};
use std::collections::HashSet;
use std::ops::Range;

/// A variable that the template expects from outside.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Use {
    pub name: String,
    /// Byte of its first use.
    pub at: usize,
    /// The template tests whether it is defined or gives it a default, so it may be missing.
    pub is_guarded: bool,
}

/// The first use of each of `names`, in order.
pub(super) fn uses(template: &str, names: &HashSet<String>) -> Vec<Use> {
    let tokens = tokens(template);
    let mut uses: Vec<Use> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let Kind::Identifier(name) = &token.kind else { continue };
        if !names.contains(name) || !is_lookup(&tokens, index) {
            continue;
        }
        let is_guarded = is_guard(&tokens[index + 1..]);
        match uses.iter_mut().find(|known| known.name == *name) {
            Some(known) => known.is_guarded |= is_guarded,
            None => uses.push(Use { name: name.clone(), at: token.range.start, is_guarded }),
        }
    }
    uses
}

/// An identifier that is looked up, and not an attribute, a filter, a test, a statement or the name of an argument.
fn is_lookup(tokens: &[Token], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
    let after = tokens.get(index + 1);
    let names_something = before.is_some_and(|before| {
        matches!(before.kind, Kind::Dot | Kind::Pipe | Kind::BlockStart) || before.is("is") || before.is("not")
    });
    let is_after_not = before.is_some_and(|before| before.is("not"));
    let is_test = is_after_not && index >= 2 && tokens[index - 2].is("is");
    (!names_something || (is_after_not && !is_test)) && !after.is_some_and(|after| after.kind == Kind::Assign)
}

fn is_guard(after: &[Token]) -> bool {
    let [first, second, ..] = after else { return false };
    let third = after.get(2);
    match first.kind {
        Kind::Pipe => second.is("default") || second.is("d"),
        _ if first.is("is") => {
            let test = if second.is("not") { third } else { Some(second) };
            test.is_some_and(|test| test.is("defined") || test.is("undefined"))
        }
        _ => false,
    }
}

/// The name that was probably meant.
pub(super) fn closest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const MIN_RATIO: f32 = 0.6;
    let known: Vec<&str> = known.collect();
    similar::get_close_matches(name, &known, 1, MIN_RATIO).into_iter().next()
}

/// Role markers that would silently stay text: their text is captured into a value first, or a tag stands on their line.
pub(super) fn lost_markers(body: &Expanded) -> Vec<Diagnostic> {
    let tokens = tokens(&body.text);
    let captured = captured_data(&tokens);
    let is_captured = |at: usize| captured.iter().any(|data| data.contains(&at));
    let in_captures = roles::markers(&body.text).into_iter().filter(|marker| is_captured(marker.range.start));
    let in_captures = in_captures.map(|marker| {
        let action = "Write the role outside of the macro or block, for example in a `for` loop.";
        lost(body, marker.range, "in a macro or captured block", action)
    });
    let beside_tags = beside_tags(&body.text, &tokens).into_iter();
    let beside_tags = beside_tags.map(|data| lost(body, data, "beside a tag", "Put the role on a line of its own."));
    in_captures.chain(beside_tags).collect()
}

fn lost(body: &Expanded, marker: Range<usize>, place: &str, action: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: "prompt.syntax".to_owned(),
        message: format!("`{}` {place} starts no message", body.text[marker.clone()].trim()),
        location: body.location(marker.start),
        action: Some(action.to_owned()),
    }
}

/// Template text that is a role and the whole line but for tags that print nothing, such as `{% if x %}user:`.
fn beside_tags(template: &str, tokens: &[Token]) -> Vec<Range<usize>> {
    let printed: Vec<&Token> = tokens.iter().filter(|token| matches!(token.kind, Kind::Data | Kind::Print)).collect();
    let mut found = Vec::new();
    for line in super::messages::lines(template) {
        let first = printed.partition_point(|token| token.range.end <= line.start);
        let on_line = printed[first..].iter().take_while(|token| token.range.start < line.end);
        let parts: Vec<Range<usize>> = on_line
            .map(|token| token.range.start.max(line.start)..token.range.end.min(line.end))
            .filter(|part| !template[part.clone()].trim().is_empty())
            .collect();
        if let [part] = parts.as_slice()
            && template[part.clone()].trim() != template[line.clone()].trim()
            && roles::is_marker(&template[part.clone()])
        {
            found.push(part.clone());
        }
    }
    found
}

/// The ranges of template text inside of blocks whose output is captured.
fn captured_data(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut depth = 0_usize;
    let mut ranges = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Data if depth > 0 => ranges.push(token.range.clone()),
            Kind::BlockStart if opens_capture(&tokens[index + 1..]) => depth += 1,
            Kind::BlockStart if closes_capture(tokens.get(index + 1)) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    ranges
}

fn opens_capture(statement: &[Token]) -> bool {
    let Some(word) = statement.first() else { return false };
    let mut rest = statement.iter().take_while(|token| token.kind != Kind::BlockEnd);
    let is_set_block = word.is("set") && !rest.any(|token| token.kind == Kind::Assign);
    is_set_block || ["macro", "call", "filter"].iter().any(|known| word.is(known))
}

fn closes_capture(word: Option<&Token>) -> bool {
    word.is_some_and(|word| ["endmacro", "endset", "endcall", "endfilter"].iter().any(|known| word.is(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(template: &str, names: &[&str]) -> Vec<(String, usize, bool)> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        uses(template, &names).into_iter().map(|one| (one.name, one.at, one.is_guarded)).collect()
    }

    #[test]
    fn first_lookup_is_found_and_attributes_filters_and_arguments_are_not() {
        let template = "{{ x.tone|tone(tone=1) }}{% if not tone %}{% endif %}";
        assert_eq!(found(template, &["tone"]), [("tone".to_owned(), 35, false)]);
    }

    #[test]
    fn test_for_being_defined_guards_every_use() {
        assert_eq!(found("{{ a }}{% if a is not defined %}{% endif %}", &["a"]), [("a".to_owned(), 3, true)]);
        assert_eq!(found("{{ a | default('x') }}", &["a"]), [("a".to_owned(), 3, true)]);
        assert_eq!(found("{{ a is string }}", &["a"]), [("a".to_owned(), 3, false)]);
    }

    #[test]
    fn closest_name_is_near_or_none() {
        let known = ["ticket", "tone", "customer_name"];
        assert_eq!(closest("tickt", known.into_iter()), Some("ticket"));
        assert_eq!(closest("zebra", known.into_iter()), None);
    }
}
