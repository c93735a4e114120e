//! Verbs of `prompts`: the files, what they hold, and what they render to.

mod list;
mod render;

pub use list::list;
pub(super) use render::rendered;
pub use render::{flatten, render};

use super::{Result, Session, Studio};
use crate::metrics::judges::builtin_prompt;
use crate::store::drafts;
use crate::support::sha256_hex;
use crate::workspace::WorkspaceError;
use crate::workspace::prompt::{self, Bundle, Outline, check_name, file_of, is_fragment, yaml_text};
use atelier_types::api::{
    CommitRequest, Committed, Nothing, PromptAtRequest, PromptCreateRequest, PromptRequest, PromptSaveRequest,
    RenameRequest,
};
use atelier_types::error::{ApiError, ErrorKind, Location};
use atelier_types::event::Tag;
use atelier_types::ids::PromptName;
use atelier_types::prompt::{PromptSource, SourceKind, VersionRef};
use std::collections::BTreeSet;

const STALE: &[Tag] = &[Tag::Prompts, Tag::Drafts, Tag::Workspace];

/// One prompt file at a version.
pub async fn show(studio: &Studio, request: PromptAtRequest) -> Result<PromptSource> {
    studio.in_session(move |session| source(session, &request.name, &request.version)).await
}

/// Create a prompt or a fragment.
pub async fn create(studio: &Studio, request: PromptCreateRequest) -> Result<PromptSource> {
    let PromptCreateRequest { name, text } = request;
    changed(studio, move |session| {
        check_new(session, &name)?;
        let text = text.unwrap_or_else(|| example(&name));
        session.workspace.write_atomic(&file_of(&name), text.as_bytes())?;
        source(session, &name, &VersionRef::Working)
    })
    .await
}

/// Rename or move a prompt, with its labels. A fragment is renamed in every file that includes it.
pub async fn rename(studio: &Studio, request: RenameRequest) -> Result<PromptSource> {
    let RenameRequest { from, to } = request;
    changed(studio, move |session| {
        copy(session, &from, &to)?;
        for (user, text) in users(session, &from)? {
            if let Some(text) = prompt::with_include_renamed(&user, &text, &from, &to) {
                session.workspace.write_atomic(&file_of(&user), text.as_bytes())?;
            }
        }
        session.workspace.move_labels(&from, &to)?;
        session.workspace.remove(&file_of(&from))?;
        let moved = to.clone();
        session.store.write(move |transaction| drafts::rename(transaction, &from, &moved))?;
        source(session, &to, &VersionRef::Working)
    })
    .await
}

/// Copy a prompt under a new name.
pub async fn duplicate(studio: &Studio, request: RenameRequest) -> Result<PromptSource> {
    let RenameRequest { from, to } = request;
    changed(studio, move |session| {
        copy(session, &from, &to)?;
        source(session, &to, &VersionRef::Working)
    })
    .await
}

/// Delete a prompt file; its history stays, and what is in no version is kept as a draft.
pub async fn delete(studio: &Studio, request: PromptRequest) -> Result<Nothing> {
    let name = request.name;
    let now = studio.env().clock.now();
    changed(studio, move |session| {
        let bundle = session.workspace.source(&name, &VersionRef::Working)?;
        let users: Vec<String> = users(session, &name)?.into_iter().map(|(user, _)| user.to_string()).collect();
        if !users.is_empty() {
            let message = format!("`{name}` is included by {}", users.join(", "));
            return Err(
                ApiError::new(ErrorKind::Conflict, "prompt.in_use", message).with_action("Remove the includes first.")
            );
        }
        if session.workspace.version_number(&name, &bundle.version)?.is_none() {
            super::drafts::keep_unless_there(session, &name, bundle.text, now)?;
        }
        session.workspace.remove(&file_of(&name))?;
        Ok(Nothing {})
    })
    .await
}

/// Write the file, unless it changed since it was read.
pub async fn save(studio: &Studio, request: PromptSaveRequest) -> Result<PromptSource> {
    let PromptSaveRequest { name, text, base_content_hash } = request;
    changed(studio, move |session| {
        check_name(&name)?;
        let _alone = session.workspace.exclusive();
        let found = current_text(session, &name)?;
        if let Some(base) = base_content_hash
            && base != content_hash(found.as_deref())
            && found.as_ref() != Some(&text)
        {
            return Err(changed_outside(&name, found.is_some()));
        }
        if found.as_ref() != Some(&text) {
            session.workspace.write_atomic(&file_of(&name), text.as_bytes())?;
        }
        let saved = name.clone();
        session.store.write(move |transaction| drafts::discard(transaction, &saved))?;
        source(session, &name, &VersionRef::Working)
    })
    .await
}

/// Write a judge's built-in prompt into the workspace, to be edited and versioned. One that is there stays.
pub async fn adopt(studio: &Studio, request: PromptRequest) -> Result<PromptSource> {
    let name = request.name;
    changed(studio, move |session| {
        let _alone = session.workspace.exclusive();
        if current_text(session, &name)?.is_none() {
            let text = builtin_prompt(name.as_str()).ok_or_else(|| {
                ApiError::new(ErrorKind::NotFound, "prompt.not_built_in", format!("`{name}` is no built-in prompt"))
                    .with_action("Check the name.")
            })?;
            session.workspace.write_atomic(&file_of(&name), text.as_bytes())?;
        }
        source(session, &name, &VersionRef::Working)
    })
    .await
}

/// Make saved files a version that others see. A prompt goes with the fragments that it includes, since they are part
/// of the version.
pub async fn commit(studio: &Studio, request: CommitRequest) -> Result<Committed> {
    let CommitRequest { names, message } = request;
    let author = studio.fallback_author();
    let now = studio.env().clock.now();
    let committed = studio
        .in_session(move |session| {
            let paths = paths_of(session, &names)?;
            Ok(session.workspace.commit(&paths, &message, &author, now)?)
        })
        .await?;
    studio.events().stale(&[Tag::Prompts, Tag::History, Tag::Workspace]);
    Ok(committed)
}

/// Runs work that changes files, and says what became stale.
async fn changed<T: Send + 'static>(
    studio: &Studio,
    work: impl FnOnce(&Session) -> Result<T> + Send + 'static,
) -> Result<T> {
    let answer = studio.in_session(work).await?;
    studio.events().stale(STALE);
    Ok(answer)
}

/// The files that a commit of these prompts is about; none mean everything.
fn paths_of(session: &Session, names: &[PromptName]) -> Result<Vec<String>> {
    let mut paths = BTreeSet::new();
    for name in names {
        check_name(name)?;
        paths.insert(file_of(name));
        match session.workspace.source(name, &VersionRef::Working) {
            Ok(bundle) => paths.extend(bundle.fragments.keys().map(file_of)),
            // Its deletion is committed.
            Err(WorkspaceError::NoPrompt { .. }) => {}
            Err(err) => return Err(err.into()),
        }
    }
    Ok(paths.into_iter().collect())
}

fn source(session: &Session, name: &PromptName, version: &VersionRef) -> Result<PromptSource> {
    check_name(name)?;
    let workspace = &session.workspace;
    let bundle = workspace.source(name, version)?;
    let number = workspace.version_number(name, &bundle.version)?;
    let is_working = *version == VersionRef::Working;
    let committed = if is_working { workspace.committed(name)? } else { None };
    let committed_text = if is_working { committed.map(|bundle| bundle.text) } else { Some(bundle.text.clone()) };
    let Outline { description, inputs, model, fragments, problems } = bundle.outline();
    let Bundle { name, text, version, .. } = bundle;
    Ok(PromptSource {
        kind: kind(&name),
        content_hash: content_hash(Some(&text)),
        is_uncommitted: committed_text.as_ref() != Some(&text),
        num_changed_lines: crate::diff::num_changed_lines(&committed_text.unwrap_or_default(), &text),
        name,
        text,
        version,
        number,
        description,
        inputs,
        model,
        fragments,
        diagnostics: problems,
    })
}

fn kind(name: &PromptName) -> SourceKind {
    if is_fragment(name) { SourceKind::Fragment } else { SourceKind::Prompt }
}

/// Empty for a file that is not there, as a draft that was based on none says it.
pub(super) fn content_hash(text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| sha256_hex(text.as_bytes()))
}

/// The text of the file on disk, if there is one.
pub(super) fn current_text(session: &Session, name: &PromptName) -> Result<Option<String>> {
    match session.workspace.read(&file_of(name)) {
        Ok(text) => Ok(Some(text)),
        Err(WorkspaceError::NoFile { .. }) => Ok(None),
        Err(err) => Err(err.into()),
    }
}

fn changed_outside(name: &PromptName, is_there: bool) -> ApiError {
    let happened = if is_there { "changed" } else { "was deleted" };
    ApiError::new(ErrorKind::Conflict, "prompt.changed_outside", format!("`{name}` {happened} since it was read"))
        .at(Location { file: file_of(name), line: None, column: None })
        .with_action("Look at what is on disk, then overwrite it or take it over.")
}

fn check_new(session: &Session, name: &PromptName) -> Result<()> {
    check_name(name)?;
    if session.workspace.exists(&file_of(name)) {
        let message = format!("There is a prompt `{name}` already");
        return Err(ApiError::new(ErrorKind::Conflict, "prompt.exists", message).with_action("Choose another name."));
    }
    Ok(())
}

/// Writes the file of `from` as `to`. Where the file says its own name, that changes too.
fn copy(session: &Session, from: &PromptName, to: &PromptName) -> Result<()> {
    check_new(session, to)?;
    if is_fragment(from) != is_fragment(to) {
        let message = format!("`{from}` and `{to}` are not of one kind");
        return Err(ApiError::new(ErrorKind::Invalid, "prompt.bad_name", message)
            .with_action("Keep prompts out of `fragments/`, and fragments in it with the ending `.md`."));
    }
    let text = session.workspace.source(from, &VersionRef::Working)?.text;
    let text = prompt::renamed(from, &text, stem(to));
    Ok(session.workspace.write_atomic(&file_of(to), text.as_bytes())?)
}

/// The prompts and fragments whose own text includes this one, with that text.
fn users(session: &Session, fragment: &PromptName) -> Result<Vec<(PromptName, String)>> {
    let mut users = Vec::new();
    if !is_fragment(fragment) {
        return Ok(users);
    }
    for file in session.workspace.list("prompts", "")? {
        let Some(name) = prompt::name_of(&file) else { continue };
        if let Ok(text) = session.workspace.read(&file)
            && prompt::includes(&name, &text).contains(fragment)
        {
            users.push((name, text));
        }
    }
    Ok(users)
}

fn stem(name: &PromptName) -> &str {
    name.as_str().rsplit('/').next().unwrap_or_default()
}

/// What a new prompt starts with.
fn example(name: &PromptName) -> String {
    if is_fragment(name) {
        return "Answer in one sentence.\n".to_owned();
    }
    format!(
        "---\nname: {}\ndescription: Say what the prompt is for\ninputs:\n  - name: question\n    kind: string\n    \
         default: What is a prompt?\n---\nsystem:\nYou are a helpful assistant.\n\nuser:\n{{{{ question }}}}\n",
        yaml_text(stem(name))
    )
}

#[cfg(test)]
mod tests;
