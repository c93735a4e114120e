//! Labels: names such as `production` that point at a version of one prompt, in `labels/<prompt>.toml`.
//!
//! A label names the version's hash; the number beside it is for people. The labelled bundle is pinned in git as a tree
//! of its own, so that it outlives a rebase, a squash and git's collection of what nothing points at.

use super::error::line_and_column;
use super::git::blob_text;
use super::names::{check_name, labels_path};
use super::prompt::{Bundle, file_of};
use super::{Result, Workspace, WorkspaceError};
use atelier_types::ids::{LabelName, PromptName, VersionHash};
use atelier_types::prompt::VersionRef;
use git2::build::TreeUpdateBuilder;
use git2::{FileMode, ObjectType, Oid, Repository};
use indexmap::IndexMap;
use serde::Deserialize;
use toml_edit::{DocumentMut, Item, Table, value};

const PINS: &str = "refs/atelier/pins";
/// Where a pin has the prompt itself, whatever its name is today. Fragments lie at their usual paths.
pub(super) const PINNED_PROMPT: &str = "prompt.prompty";

/// What a label points at.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Label {
    pub version: VersionHash,
    /// The version's number when the label was set.
    #[serde(default)]
    pub number: Option<u32>,
}

impl Workspace {
    /// The labels of one prompt, in the order of their file.
    pub fn labels(&self, name: &PromptName) -> Result<IndexMap<LabelName, Label>> {
        let relative = labels_path(name)?;
        match self.read(&relative) {
            Ok(text) => toml::from_str(&text).map_err(|err| bad_labels(&relative, &text, err.span(), err.message())),
            Err(WorkspaceError::NoFile { .. }) => Ok(IndexMap::new()),
            Err(err) => Err(err),
        }
    }

    /// Points a label at a committed version and pins it.
    pub fn set_label(&self, name: &PromptName, label: &LabelName, at: &VersionRef) -> Result<()> {
        check_label(label)?;
        let bundle = self.source(name, at)?;
        let number = self.version_number(name, &bundle.version)?;
        let repository = self.repository()?;
        if number.is_none() && pinned(&repository, &bundle.version).is_none() {
            return Err(WorkspaceError::StateNotCommitted { prompt: name.to_string() });
        }
        pin(&repository, &bundle).map_err(WorkspaceError::git("pin the version"))?;
        self.edit_labels(name, |labels| {
            // In place where it is there, so that comments stay.
            let target = labels.entry(label.as_str()).or_insert_with(|| Item::Table(Table::new()));
            target["version"] = value(bundle.version.as_str());
            match (number, target.as_table_like_mut()) {
                (Some(number), _) => target["number"] = value(i64::from(number)),
                (None, Some(table)) => drop(table.remove("number")),
                (None, None) => {}
            }
            true
        })
    }

    /// Its version stays pinned: a receipt or a published run may name it.
    pub fn remove_label(&self, name: &PromptName, label: &LabelName) -> Result<()> {
        let mut was_there = false;
        self.edit_labels(name, |labels| {
            was_there = labels.remove(label.as_str()).is_some();
            was_there
        })?;
        match was_there {
            true => Ok(()),
            false => Err(WorkspaceError::NoLabel { prompt: name.to_string(), label: label.to_string() }),
        }
    }

    /// Takes a prompt's labels along to its new name.
    pub fn move_labels(&self, from: &PromptName, to: &PromptName) -> Result<()> {
        let (from, to) = (labels_path(from)?, labels_path(to)?);
        if !self.exists(&from) {
            return Ok(());
        }
        self.write_atomic(&to, self.read(&from)?.as_bytes())?;
        self.remove(&from)
    }

    /// `edit` says whether it changed anything. A file without labels goes away.
    fn edit_labels(&self, name: &PromptName, edit: impl FnOnce(&mut DocumentMut) -> bool) -> Result<()> {
        let relative = labels_path(name)?;
        let _alone = self.exclusive();
        let text = if self.exists(&relative) { self.read(&relative)? } else { String::new() };
        let mut labels: DocumentMut = text
            .parse()
            .map_err(|err: toml_edit::TomlError| bad_labels(&relative, &text, err.span(), err.message()))?;
        if !edit(&mut labels) {
            return Ok(());
        }
        if labels.is_empty() {
            return self.remove(&relative);
        }
        self.write_atomic(&relative, labels.to_string().as_bytes())
    }
}

fn check_label(label: &LabelName) -> Result<()> {
    if label.as_str().contains('/') {
        let reason = "it has a `/`";
        return Err(WorkspaceError::BadName { name: label.to_string(), reason });
    }
    check_name(label.as_str())
}

fn bad_labels(file: &str, text: &str, span: Option<std::ops::Range<usize>>, reason: &str) -> WorkspaceError {
    let place = span.map(|span| line_and_column(text, span.start));
    WorkspaceError::BadLabels {
        file: file.to_owned(),
        reason: reason.trim().to_owned(),
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
    }
}

/// The tree of a pinned version.
pub(super) fn pinned(repository: &Repository, version: &VersionHash) -> Option<Oid> {
    let is_hash = !version.as_str().is_empty() && version.as_str().bytes().all(|byte| byte.is_ascii_hexdigit());
    let pin = is_hash.then(|| repository.find_reference(&format!("{PINS}/{version}")).ok()).flatten()?;
    let tree = pin.peel(ObjectType::Tree).ok()?;
    let tree = tree.as_tree()?;
    blob_text(repository, tree, PINNED_PROMPT).ok().flatten().map(|_| tree.id())
}

fn pin(repository: &Repository, bundle: &Bundle) -> std::result::Result<(), git2::Error> {
    let mut builder = TreeUpdateBuilder::new();
    builder.upsert(PINNED_PROMPT, repository.blob(bundle.text.as_bytes())?, FileMode::Blob);
    for (name, text) in &bundle.fragments {
        builder.upsert(file_of(name), repository.blob(text.as_bytes())?, FileMode::Blob);
    }
    let empty = repository.find_tree(repository.treebuilder(None)?.write()?)?;
    let tree = builder.create_updated(repository, &empty)?;
    repository.reference(&format!("{PINS}/{}", bundle.version), tree, true, "pin a labelled version")?;
    Ok(())
}
