//! Prompt files: Prompty v2 with Jinja2 bodies, and fragments that they include by name.
//!
//! What always holds:
//! - The text of a file is never rewritten from a parsed form; an edit splices the bytes that it means.
//! - An include is a paste: the body is expanded first and compiled as one template, so the flattened file renders to
//!   the same bytes everywhere.
//! - Roles come from the template text alone. Every rendered byte knows where it was written, and only a line of the
//!   template can start a message; a value never can.
//! - Rendering reads no file, clock, network or environment, and its work is bounded.
//!
//! Where files are, who commits them and which version is meant does not belong here.

mod bundle;
mod declared;
mod expand;
mod filters;
mod front_matter;
mod inputs;
mod json;
mod messages;
mod methods;
mod names;
mod python;
mod roles;
mod template;
mod tokens;
mod uses;

#[cfg(test)]
mod tests;

pub use bundle::{Bundle, Outline, includes};
pub use expand::with_include_renamed;
pub use front_matter::{renamed, yaml_text};
pub use names::{check_name, file_of, is_fragment, name_of};

use atelier_types::error::{Diagnostic, Severity};
use atelier_types::ids::PromptName;
use atelier_types::prompt::{InputSpec, Inputs, Message, PromptModel, Rendered, RenderedMessage};
use expand::Expanded;
use front_matter::FrontMatter;
use inputs::Values;
use std::collections::BTreeMap;
use template::Template;

/// A parsed prompt, to be rendered any number of times from any thread.
pub struct Prompt {
    front: FrontMatter,
    specs: Vec<InputSpec>,
    body: Expanded,
    template: Template,
    /// What is odd about it without stopping it.
    warnings: Vec<Diagnostic>,
}

impl Prompt {
    pub fn inputs(&self) -> &[InputSpec] {
        &self.specs
    }

    pub fn model(&self) -> &PromptModel {
        &self.front.model
    }

    pub fn description(&self) -> &str {
        &self.front.description
    }

    /// Every fragment that was pasted, directly or through another one.
    pub fn fragments(&self) -> Vec<PromptName> {
        self.body.fragments()
    }

    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The messages that these inputs make, or the first thing that is wrong with them.
    pub fn render(&self, inputs: &Inputs) -> Result<Vec<Message>, Diagnostic> {
        let values = self.values(inputs);
        if let Some(problem) = values.problems.into_iter().next() {
            return Err(problem);
        }
        let messages = self.rendered(values.by_name, &values.threads)?;
        Ok(messages.into_iter().map(|message| Message { role: message.role, content: message.content }).collect())
    }

    /// As [`Self::render`], with the origin of each byte and everything that is wrong. What has no value is left empty,
    /// so that the rest can be seen. Tokens are not counted here.
    pub fn preview(&self, inputs: &Inputs) -> Rendered {
        let values = self.values(inputs);
        let mut diagnostics = values.problems;
        let messages = self.rendered(values.by_name, &values.threads).unwrap_or_else(|problem| {
            diagnostics.push(problem);
            Vec::new()
        });
        diagnostics.extend(self.warnings.iter().cloned());
        diagnostics.sort_by_key(|diagnostic| diagnostic.severity == Severity::Warning);
        Rendered { messages, diagnostics, ..Rendered::default() }
    }

    /// The text that each input brings along, by name: what its size is counted by.
    pub fn printed(&self, inputs: &Inputs) -> BTreeMap<String, String> {
        let Values { by_name, threads, problems: _ } = self.values(inputs);
        let text = |name: &String, value: &minijinja::Value| match threads.get(name) {
            Some(thread) => thread.iter().map(|message| message.content.as_str()).collect(),
            None => python::display(value),
        };
        let given = by_name.iter().filter(|(_, value)| !value.is_undefined());
        given.map(|(name, value)| (name.clone(), text(name, value))).collect()
    }

    fn rendered(
        &self,
        values: BTreeMap<String, minijinja::Value>,
        threads: &BTreeMap<String, Vec<Message>>,
    ) -> Result<Vec<RenderedMessage>, Diagnostic> {
        let output = self.template.render(values, &self.body)?;
        Ok(messages::assemble(&output, &self.body, &self.template, threads))
    }
}
