//! The parts of two versions side by side: their texts, or the messages that they render to.

use crate::api::Result;
use crate::api::prompts::rendered as render;
use crate::diff::{diff, paired};
use crate::tokens;
use crate::workspace::prompt::Bundle;
use atelier_types::diff::DiffSection;
use atelier_types::ids::PromptName;
use atelier_types::prompt::{Inputs, RenderedMessage};
use std::collections::BTreeSet;

/// The template, and each fragment that differs.
pub(super) fn written(before: &Bundle, after: &Bundle) -> Vec<DiffSection> {
    let template = section("template", Some(&before.text), Some(&after.text));
    let names: BTreeSet<&PromptName> = before.fragments.keys().chain(after.fragments.keys()).collect();
    let fragments = names.into_iter().filter_map(|name| {
        let (before, after) = (before.fragments.get(name), after.fragments.get(name));
        (before != after).then(|| section(name.as_str(), before.map(String::as_str), after.map(String::as_str)))
    });
    std::iter::once(template).chain(fragments).collect()
}

/// Message by message; one that only one side has stands beside nothing.
pub(super) fn rendered(before: &Bundle, after: &Bundle, inputs: &Inputs) -> Result<Vec<DiffSection>> {
    let (before, after) = (render(before, inputs)?.messages, render(after, inputs)?.messages);
    let titles = |messages: &[RenderedMessage]| messages.iter().map(|message| message.role.word()).collect::<Vec<_>>();
    let pairs = paired(&titles(&before), &titles(&after));
    let sections = pairs.into_iter().map(|(one, other)| {
        let (one, other) = (one.and_then(|index| before.get(index)), other.and_then(|index| after.get(index)));
        let title = one.or(other).map_or("", |message| message.role.word());
        section(title, one.map(|message| message.content.as_str()), other.map(|message| message.content.as_str()))
    });
    Ok(sections.collect())
}

fn section(title: &str, before: Option<&str>, after: Option<&str>) -> DiffSection {
    DiffSection {
        title: title.to_owned(),
        diff: diff(before.unwrap_or_default(), after.unwrap_or_default()),
        num_tokens_before: before.map(tokens::count),
        num_tokens_after: after.map(tokens::count),
    }
}
