//! Verbs of `drafts`: what was typed and not saved. It is in the database when `keep` answers.

use super::prompts::{content_hash, current_text};
use super::{Result, Session, Studio};
use crate::diff::num_changed_lines;
use crate::store::drafts::{self, DraftRecord};
use crate::workspace::prompt::check_name;
use atelier_types::api::{DraftKeepRequest, Nothing, PromptRequest};
use atelier_types::event::Tag;
use atelier_types::ids::PromptName;
use atelier_types::prompt::Draft;
use atelier_types::time::MillisSinceEpoch;

const STALE: &[Tag] = &[Tag::Drafts];

/// What was typed and not saved, newest first.
pub async fn list(studio: &Studio, _request: Nothing) -> Result<Vec<Draft>> {
    studio
        .in_session(|session| {
            let drafts = session.store.read(drafts::all)?;
            Ok(drafts.into_iter().map(|record| draft(session, record)).collect())
        })
        .await
}

/// Keep what is being typed. A text that was taken back to the file that it is based on is no draft any more.
pub async fn keep(studio: &Studio, request: DraftKeepRequest) -> Result<Nothing> {
    let DraftKeepRequest { name, text, base_content_hash } = request;
    let kept_at = studio.env().clock.now();
    studio
        .in_session(move |session| {
            check_name(&name)?;
            let is_as_read = content_hash(Some(&text)) == base_content_hash;
            if is_as_read && current_text(session, &name)?.as_ref() == Some(&text) {
                session.store.write(move |transaction| drafts::discard(transaction, &name))?;
            } else {
                let record = DraftRecord { name, text, base_content_hash, kept_at };
                session.store.write(move |transaction| drafts::keep(transaction, &record))?;
            }
            Ok(())
        })
        .await?;
    studio.events().stale(STALE);
    Ok(Nothing {})
}

/// Put a draft aside for good.
pub async fn discard(studio: &Studio, request: PromptRequest) -> Result<Nothing> {
    studio
        .in_session(move |session| {
            session.store.write(move |transaction| drafts::discard(transaction, &request.name))?;
            Ok(())
        })
        .await?;
    studio.events().stale(STALE);
    Ok(Nothing {})
}

/// Keeps the text of a file that goes away, unless something newer was typed.
pub(super) fn keep_unless_there(
    session: &Session,
    name: &PromptName,
    text: String,
    kept_at: MillisSinceEpoch,
) -> Result<()> {
    let record = DraftRecord { name: name.clone(), text, base_content_hash: content_hash(None), kept_at };
    session.store.write(move |transaction| match drafts::get(transaction, &record.name)? {
        Some(_) => Ok(()),
        None => drafts::keep(transaction, &record),
    })?;
    Ok(())
}

fn draft(session: &Session, record: DraftRecord) -> Draft {
    let DraftRecord { name, text, base_content_hash, kept_at } = record;
    // A file that cannot be read must not hide what was typed.
    let file = current_text(session, &name).ok().flatten().unwrap_or_default();
    let num_changed_lines = num_changed_lines(&file, &text);
    Draft { name, text, base_content_hash, kept_at, num_changed_lines }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn typed(name: &str, text: &str) -> DraftKeepRequest {
        DraftKeepRequest { name: name.into(), text: text.to_owned(), base_content_hash: String::new() }
    }

    async fn texts(studio: &Studio) -> Vec<(String, u32)> {
        let drafts = list(studio, Nothing {}).await.unwrap();
        drafts.into_iter().map(|draft| (draft.text, draft.num_changed_lines)).collect()
    }

    #[tokio::test]
    async fn newest_text_is_kept_until_it_is_discarded_or_is_the_file_again() {
        let folder = tempfile::tempdir().unwrap();
        let studio = testing::studio(folder.path()).await;
        keep(&studio, typed("new", "one")).await.unwrap();
        keep(&studio, typed("new", "one\ntwo")).await.unwrap();
        assert_eq!(texts(&studio).await, [("one\ntwo".to_owned(), 2)]);
        studio.session().unwrap().workspace.write_atomic("prompts/new.prompty", b"one").unwrap();
        assert_eq!(texts(&studio).await, [("one\ntwo".to_owned(), 1)]);
        let taken_back = DraftKeepRequest { base_content_hash: content_hash(Some("one")), ..typed("new", "one") };
        keep(&studio, taken_back).await.unwrap();
        assert_eq!(texts(&studio).await, []);
        keep(&studio, typed("new", "three")).await.unwrap();
        discard(&studio, PromptRequest { name: "new".into() }).await.unwrap();
        assert_eq!(texts(&studio).await, []);
        assert_eq!(keep(&studio, typed("../x", "y")).await.unwrap_err().code, "prompt.bad_name");
    }
}
