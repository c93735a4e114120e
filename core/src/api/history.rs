//! Verbs of `history`: versions, labels, and going back.

mod sections;

use super::{Result, Session, Studio};
use crate::store::drafts::{self, DraftRecord};
use crate::support::sha256_hex;
use crate::workspace::prompt::{Bundle, file_of};
use atelier_types::api::{
    DiffTextsRequest, LabelRemoveRequest, LabelRequest, Nothing, PromptAtRequest, PromptRequest, VersionDiffRequest,
};
use atelier_types::diff::{DiffSection, TextDiff};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::Tag;
use atelier_types::ids::PromptName;
use atelier_types::prompt::{PromptSource, Version, VersionRef};
use atelier_types::time::MillisSinceEpoch;

const STALE: &[Tag] = &[Tag::History, Tag::Prompts, Tag::Drafts, Tag::Workspace];

/// The committed versions of one prompt, oldest first.
pub async fn list(studio: &Studio, request: PromptRequest) -> Result<Vec<Version>> {
    studio
        .in_session(move |session| {
            let versions = session.workspace.versions(&request.name)?;
            if versions.is_empty() {
                // An unknown name is not a prompt without a past.
                session.workspace.source(&request.name, &VersionRef::Working)?;
            }
            Ok(versions)
        })
        .await
}

/// The difference of two versions, as written or as rendered.
pub async fn diff(studio: &Studio, request: VersionDiffRequest) -> Result<Vec<DiffSection>> {
    studio
        .in_session(move |session| {
            let before = session.workspace.source(&request.name, &request.from)?;
            let after = session.workspace.source(&request.name, &request.to)?;
            if request.rendered {
                let inputs = super::playground::with_row(session, request.inputs, request.row)?;
                return sections::rendered(&before, &after, &inputs);
            }
            Ok(sections::written(&before, &after))
        })
        .await
}

/// Write an older version back to the file.
///
/// What the file held is kept as a draft where it is in no version, so that going back can itself be undone.
pub async fn restore(studio: &Studio, request: PromptAtRequest) -> Result<PromptSource> {
    let PromptAtRequest { name, version } = request;
    let (wanted, now) = (name.clone(), studio.env().clock.now());
    studio.in_session(move |session| put_back(session, &wanted, &version, now)).await?;
    studio.events().stale(STALE);
    super::prompts::show(studio, PromptAtRequest { name, version: VersionRef::Working }).await
}

/// Point a label at a version.
pub async fn set_label(studio: &Studio, request: LabelRequest) -> Result<Nothing> {
    let LabelRequest { name, label, version } = request;
    studio.in_session(move |session| Ok(session.workspace.set_label(&name, &label, &version)?)).await?;
    studio.events().stale(STALE);
    Ok(Nothing {})
}

/// Remove a label.
pub async fn remove_label(studio: &Studio, request: LabelRemoveRequest) -> Result<Nothing> {
    let LabelRemoveRequest { name, label } = request;
    studio.in_session(move |session| Ok(session.workspace.remove_label(&name, &label)?)).await?;
    studio.events().stale(STALE);
    Ok(Nothing {})
}

/// The difference of any two texts.
pub async fn diff_texts(studio: &Studio, request: DiffTextsRequest) -> Result<TextDiff> {
    studio.blocking(move || Ok(crate::diff::diff(&request.before, &request.after))).await
}

/// The text of the file where no version has it.
fn uncommitted_text(session: &Session, name: &PromptName) -> Result<Option<String>> {
    if !session.workspace.exists(&file_of(name)) {
        return Ok(None);
    }
    let bundle = session.workspace.source(name, &VersionRef::Working)?;
    let number = session.workspace.version_number(name, &bundle.version)?;
    Ok(number.is_none().then_some(bundle.text))
}

fn put_back(session: &Session, name: &PromptName, version: &VersionRef, now: MillisSinceEpoch) -> Result<()> {
    let bundle = session.workspace.source(name, version)?;
    let _alone = session.workspace.exclusive();
    if let Some(text) = uncommitted_text(session, name)?.filter(|text| *text != bundle.text) {
        keep_as_draft(session, &bundle, text, now)?;
    }
    Ok(session.workspace.write_atomic(&file_of(name), bundle.text.as_bytes())?)
}

/// Before the file is written, so that a crash in between leaves the text twice and not nowhere.
fn keep_as_draft(session: &Session, restored: &Bundle, text: String, kept_at: MillisSinceEpoch) -> Result<()> {
    let (name, base_content_hash) = (restored.name.clone(), sha256_hex(restored.text.as_bytes()));
    let draft = DraftRecord { name, text, base_content_hash, kept_at };
    let is_kept = session.store.write(move |transaction| match drafts::get(transaction, &draft.name)? {
        Some(known) if known.text != draft.text => Ok(false),
        _ => drafts::keep(transaction, &draft).map(|()| true),
    })?;
    if is_kept {
        return Ok(());
    }
    let message = format!("`{}` has a draft that was never saved", restored.name);
    Err(ApiError::new(ErrorKind::Conflict, "history.draft_in_the_way", message)
        .with_action("Save or discard the draft first."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    async fn committed(studio: &Studio, texts: &[&str]) {
        for text in texts {
            let session = studio.session().unwrap();
            session.workspace.write_atomic("prompts/p.prompty", text.as_bytes()).unwrap();
            session.workspace.commit(&[], text, &testing::author(), testing::START).unwrap();
        }
    }

    fn restore_first() -> PromptAtRequest {
        PromptAtRequest { name: "p".into(), version: VersionRef::Number(1) }
    }

    #[tokio::test]
    async fn versions_and_labels_are_listed_and_an_unknown_prompt_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        let studio = testing::studio(folder.path()).await;
        committed(&studio, &["user:\none", "user:\ntwo"]).await;
        let label = LabelRequest { name: "p".into(), label: "production".into(), version: VersionRef::Committed };
        set_label(&studio, label).await.unwrap();
        let versions = list(&studio, PromptRequest { name: "p".into() }).await.unwrap();
        assert_eq!(versions.iter().map(|one| one.labels.len()).collect::<Vec<_>>(), [0, 1]);
        let removed = LabelRemoveRequest { name: "p".into(), label: "production".into() };
        remove_label(&studio, removed.clone()).await.unwrap();
        assert_eq!(remove_label(&studio, removed).await.unwrap_err().code, "history.no_label");
        let err = list(&studio, PromptRequest { name: "none".into() }).await.unwrap_err();
        assert_eq!(err.code, "prompt.not_found");
    }

    #[tokio::test]
    async fn restoring_over_a_committed_state_writes_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let studio = testing::studio(folder.path()).await;
        committed(&studio, &["user:\none", "user:\ntwo"]).await;
        assert_eq!(restore(&studio, restore_first()).await.unwrap().text, "user:\none");
        assert!(super::super::drafts::list(&studio, Nothing {}).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn restoring_keeps_what_was_never_committed_as_a_draft() {
        let folder = tempfile::tempdir().unwrap();
        let studio = testing::studio(folder.path()).await;
        committed(&studio, &["user:\none"]).await;
        let workspace = &studio.session().unwrap().workspace;
        workspace.write_atomic("prompts/p.prompty", b"user:\ntyped").unwrap();
        restore(&studio, restore_first()).await.unwrap();
        let drafts = super::super::drafts::list(&studio, Nothing {}).await.unwrap();
        assert_eq!(drafts.iter().map(|draft| draft.text.as_str()).collect::<Vec<_>>(), ["user:\ntyped"]);
        workspace.write_atomic("prompts/p.prompty", b"user:\nother").unwrap();
        assert_eq!(restore(&studio, restore_first()).await.unwrap_err().code, "history.draft_in_the_way");
        assert_eq!(workspace.read("prompts/p.prompty").unwrap(), "user:\nother");
    }
}
