//! The list of prompts and fragments.

use super::kind;
use crate::api::{Result, Session, Studio};
use crate::store::drafts;
use crate::workspace::prompt::{self, Outline};
use atelier_types::api::Nothing;
use atelier_types::error::{ApiError, Diagnostic, Location, Severity};
use atelier_types::ids::{LabelName, PromptName};
use atelier_types::prompt::{PromptSummary, Version, VersionRef};
use std::collections::{BTreeMap, BTreeSet};

/// All prompts and fragments. One that cannot be read is listed with its problem.
pub async fn list(studio: &Studio, _request: Nothing) -> Result<Vec<PromptSummary>> {
    studio.in_session(summaries).await
}

fn summaries(session: &Session) -> Result<Vec<PromptSummary>> {
    let uncommitted: BTreeSet<String> = session.workspace.status()?.uncommitted.into_iter().collect();
    let drafts = session.store.read(drafts::all)?;
    let drafts: BTreeSet<PromptName> = drafts.into_iter().map(|draft| draft.name).collect();
    let mut num_uses: BTreeMap<PromptName, u32> = BTreeMap::new();
    let mut summaries = Vec::new();
    for file in session.workspace.list("prompts", "")? {
        let Some(name) = prompt::name_of(&file) else { continue };
        let outline = outline(session, &name, &file);
        if !prompt::is_fragment(&name) {
            outline.fragments.iter().for_each(|fragment| *num_uses.entry(fragment.clone()).or_default() += 1);
        }
        let versions = session.workspace.versions(&name)?;
        summaries.push(PromptSummary {
            kind: kind(&name),
            description: outline.description,
            number: versions.last().map(|version| version.number),
            labels: labels(&versions),
            is_uncommitted: uncommitted.contains(&file),
            has_draft: drafts.contains(&name),
            num_uses: 0,
            problem: outline.problems.into_iter().find(|problem| problem.severity == Severity::Error),
            name,
        });
    }
    for summary in &mut summaries {
        summary.num_uses = num_uses.get(&summary.name).copied().unwrap_or(0);
    }
    summaries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(summaries)
}

fn outline(session: &Session, name: &PromptName, file: &str) -> Outline {
    match session.workspace.source(name, &VersionRef::Working) {
        Ok(bundle) => bundle.outline(),
        Err(err) => Outline { problems: vec![unreadable(err.into(), file)], ..Outline::default() },
    }
}

fn unreadable(err: ApiError, file: &str) -> Diagnostic {
    let location = err.location.clone().unwrap_or_else(|| Location { file: file.to_owned(), line: None, column: None });
    Diagnostic { severity: Severity::Error, message: err.to_string(), code: err.code, location, action: err.action }
}

/// The labels with the numbers of the versions that they point at, newest first.
fn labels(versions: &[Version]) -> Vec<(LabelName, u32)> {
    let labels =
        |version: &Version| version.labels.iter().map(|label| (label.clone(), version.number)).collect::<Vec<_>>();
    versions.iter().rev().flat_map(labels).collect()
}
