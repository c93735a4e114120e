//! A prompt together with every fragment that it includes.

use super::expand::{self, Expanded, Include};
use super::front_matter::{self, FrontMatter};
use super::template::Template;
use super::{Prompt, is_fragment, uses};
use atelier_types::error::{Diagnostic, Severity};
use atelier_types::ids::{PromptName, VersionHash};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The text of a prompt with every fragment that it includes; its hash is the version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    pub name: PromptName,
    pub text: String,
    /// By name, each as its file stands. One that is included and missing is not here.
    pub fragments: BTreeMap<PromptName, String>,
    pub version: VersionHash,
}

impl Bundle {
    /// Follows the includes of `text` to the last fragment. Missing ones and cycles are no failure here; parsing says
    /// where they are.
    pub fn resolve(name: PromptName, text: String, read_fragment: &dyn Fn(&PromptName) -> Option<String>) -> Bundle {
        let mut fragments = BTreeMap::new();
        let mut wanted = included(&name, &text);
        while let Some(next) = wanted.pop() {
            if fragments.contains_key(&next) || !is_fragment(&next) || super::check_name(&next).is_err() {
                continue;
            }
            if let Some(fragment) = read_fragment(&next) {
                wanted.extend(included(&next, &fragment));
                fragments.insert(next, fragment);
            }
        }
        let version = version_of(&text, &fragments);
        Bundle { name, text, fragments, version }
    }

    /// Everything that is wrong with the file, or the prompt ready to render.
    pub fn parse(&self) -> Result<Prompt, Vec<Diagnostic>> {
        let text = unix_lines(&self.text);
        let split = front_matter::split(&self.name, &text);
        let mut problems = Vec::new();
        let front = FrontMatter::parse(&self.name, &split).unwrap_or_else(|problem| {
            problems.push(problem);
            FrontMatter::default()
        });
        let compiled = expand::expand(self, &text, split.body_start)
            .and_then(|body| Template::compile(&body).map(|template| (body, template)));
        let (body, template) = match compiled {
            Ok(compiled) => compiled,
            Err(problem) => {
                problems.push(problem);
                return Err(problems);
            }
        };
        problems.extend(uses::lost_markers(&body));
        problems.extend(front.problems.iter().cloned());
        let (errors, warnings): (Vec<_>, Vec<_>) =
            problems.into_iter().partition(|problem| problem.severity == Severity::Error);
        if !errors.is_empty() {
            return Err(errors);
        }
        let specs = front.inputs.iter().map(|input| input.spec.clone()).collect();
        Ok(Prompt { front, specs, body, template, warnings })
    }

    /// The file with its fragments pasted in, for tools that know no includes. Without includes it is the file itself.
    pub fn flatten(&self) -> Result<String, Diagnostic> {
        let text = unix_lines(&self.text);
        let body_start = front_matter::split(&self.name, &text).body_start;
        let body: Expanded = expand::expand(self, &text, body_start)?;
        if body.fragments().is_empty() {
            return Ok(self.text.clone());
        }
        Ok(format!("{}{}", &text[..body_start], body.text))
    }
}

fn included(name: &PromptName, text: &str) -> Vec<PromptName> {
    let body_start = front_matter::split(name, text).body_start;
    expand::includes(&text[body_start..]).into_iter().filter_map(Include::into_name).collect()
}

/// Line ends do not make a version: a checkout may change them.
fn version_of(text: &str, fragments: &BTreeMap<PromptName, String>) -> VersionHash {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    };
    add(&unix_lines(text));
    for (name, fragment) in fragments {
        add(name.as_str());
        add(&unix_lines(fragment));
    }
    VersionHash(hex(&hash.finalize()))
}

pub(super) fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
