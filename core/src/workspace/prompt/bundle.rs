//! A prompt together with every fragment that it includes.

use super::expand::{self, Expanded, Include};
use super::front_matter::{self, FrontMatter};
use super::template::Template;
use super::{Prompt, is_fragment, uses};
use atelier_types::error::{Diagnostic, Severity};
use atelier_types::ids::{PromptName, VersionHash};
use atelier_types::prompt::{InputSpec, PromptModel};
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

/// What a file says about itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    pub description: String,
    pub inputs: Vec<InputSpec>,
    pub model: PromptModel,
    pub fragments: Vec<PromptName>,
    pub problems: Vec<Diagnostic>,
}

/// A file taken apart as far as it goes.
struct Parts {
    front: FrontMatter,
    body: Option<(Expanded, Template)>,
    problems: Vec<Diagnostic>,
}

impl Bundle {
    /// Follows the includes of `text` to the last fragment. Missing ones and cycles are no failure here; parsing says
    /// where they are.
    pub fn resolve(name: PromptName, text: String, read_fragment: &dyn Fn(&PromptName) -> Option<String>) -> Bundle {
        let mut fragments = BTreeMap::new();
        let mut wanted = includes(&name, &text);
        while let Some(next) = wanted.pop() {
            if fragments.contains_key(&next) || !is_fragment(&next) || super::check_name(&next).is_err() {
                continue;
            }
            if let Some(fragment) = read_fragment(&next) {
                wanted.extend(includes(&next, &fragment));
                fragments.insert(next, fragment);
            }
        }
        let version = version_of(&text, &fragments);
        Bundle { name, text, fragments, version }
    }

    /// Everything that is wrong with the file, or the prompt ready to render.
    pub fn parse(&self) -> Result<Prompt, Vec<Diagnostic>> {
        let Parts { front, body, mut problems } = self.parts();
        problems.sort_by_key(|problem| problem.severity == Severity::Warning);
        match body {
            Some((body, template)) if problems.iter().all(|problem| problem.severity == Severity::Warning) => {
                let specs = front.specs();
                Ok(Prompt { front, specs, body, template, warnings: problems })
            }
            _ => Err(problems),
        }
    }

    /// What can be told about the file, also while something in it is wrong.
    pub fn outline(&self) -> Outline {
        let Parts { front, problems, .. } = self.parts();
        Outline {
            inputs: front.specs(),
            description: front.description,
            model: front.model,
            fragments: self.fragments.keys().cloned().collect(),
            problems,
        }
    }

    fn parts(&self) -> Parts {
        let text = unix_lines(&self.text);
        let split = front_matter::split(&self.name, &text);
        let mut problems = Vec::new();
        let mut front = FrontMatter::parse(&self.name, &split).unwrap_or_else(|problem| {
            problems.push(problem);
            FrontMatter::default()
        });
        problems.append(&mut front.problems);
        let compiled = expand::expand(self, &text, split.body_start)
            .and_then(|body| Template::compile(&body).map(|template| (body, template)));
        let body = compiled.map_err(|problem| problems.push(problem)).ok();
        problems.extend(body.iter().flat_map(|(body, _)| uses::lost_markers(body)));
        Parts { front, body, problems }
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

/// The fragments that a file itself includes by name.
pub fn includes(name: &PromptName, text: &str) -> Vec<PromptName> {
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
    VersionHash(crate::support::hex(&hash.finalize()))
}

pub(super) fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
