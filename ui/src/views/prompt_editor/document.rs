//! One prompt while it is edited: the text, what it is based on, and how it is kept from getting lost.
//!
//! What was typed is kept by the studio as a draft soon after the last key; a file that changes on disk meanwhile is
//! never overwritten and never overwrites: the user decides.

use super::inputs::InputsState;
use super::playground::PlaygroundState;
use super::preview::Preview;
use super::search::Search;
use crate::commands::{AppCommand, Call, CommandSender, Reply};
use crate::state::Key;
use atelier_types::api::{
    DraftKeepRequest, DraftsDiscard, DraftsKeep, PromptAtRequest, PromptRequest, PromptSaveRequest, PromptsSave,
    PromptsShow,
};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::ids::PromptName;
use atelier_types::prompt::{Draft, PromptSource, VersionRef};
use atelier_types::time::MillisSinceEpoch;
use std::ops::Range;

/// A draft is kept when no key came for so long.
const KEEP_AFTER_SECS: f64 = 0.4;

/// The file as it was read or written last.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    pub text: String,
    /// Empty for a file that does not exist.
    pub content_hash: String,
}

pub struct Document {
    pub name: PromptName,
    pub text: String,
    pub base: Base,
    /// Content hash of the file when it was looked at last. After a save an answer from before it may still be around.
    seen_hash: String,
    /// What the studio keeps as a draft, as far as we know.
    kept: Option<String>,
    edited_at_secs: f64,
    /// When the draft that the text came from was kept.
    pub recovered_at: Option<MillisSinceEpoch>,
    /// The file on disk, where it changed while there are unsaved changes here.
    pub conflict: Option<Base>,
    saving: Option<(Reply<PromptSource>, String)>,
    pub save_error: Option<ApiError>,
    pub go_to: Option<Range<usize>>,
    pub caret: Option<(usize, usize)>,
    pub search: Search,
    pub inputs: InputsState,
    pub preview: Preview,
    pub playground: PlaygroundState,
}

impl Document {
    /// Opens what is on disk, or the draft that was kept of it.
    pub fn open(source: &PromptSource, draft: Option<&Draft>) -> Self {
        let on_disk = Base { text: source.text.clone(), content_hash: source.content_hash.clone() };
        let mut document = Self {
            name: source.name.clone(),
            text: on_disk.text.clone(),
            base: on_disk,
            seen_hash: source.content_hash.clone(),
            kept: None,
            edited_at_secs: 0.0,
            recovered_at: None,
            conflict: None,
            saving: None,
            save_error: None,
            go_to: None,
            caret: None,
            search: Search::default(),
            inputs: InputsState::new(source.name.clone()),
            preview: Preview::default(),
            playground: PlaygroundState::default(),
        };
        if let Some(draft) = draft.filter(|draft| draft.text != source.text) {
            document.recover(draft);
        }
        document
    }

    fn recover(&mut self, draft: &Draft) {
        self.text.clone_from(&draft.text);
        self.kept = Some(draft.text.clone());
        self.recovered_at = Some(draft.kept_at);
        if draft.base_content_hash != self.base.content_hash {
            self.conflict = Some(self.base.clone());
        }
    }

    pub fn is_dirty(&self) -> bool {
        self.text != self.base.text
    }

    pub fn is_saving(&self) -> bool {
        self.saving.is_some()
    }

    /// The file has another name now; what was typed goes with it.
    pub fn renamed(&mut self, name: &PromptName) {
        self.name.clone_from(name);
        self.kept = None;
    }

    /// The text was changed by a key.
    pub fn edited(&mut self, now_secs: f64) {
        self.edited_at_secs = now_secs;
    }

    /// Takes in the file as it is on disk now.
    pub fn accept_disk(&mut self, source: &PromptSource) {
        if source.content_hash == self.seen_hash || self.is_saving() {
            return;
        }
        self.seen_hash.clone_from(&source.content_hash);
        if source.content_hash == self.base.content_hash {
            return;
        }
        let on_disk = Base { text: source.text.clone(), content_hash: source.content_hash.clone() };
        if !self.is_dirty() {
            self.text.clone_from(&on_disk.text);
            self.base = on_disk;
        } else if self.text == on_disk.text {
            self.base = on_disk;
        } else {
            self.conflict = Some(on_disk);
        }
    }

    /// Answers a conflict: the file's text, what was typed is gone for good.
    pub fn take_theirs(&mut self) {
        if let Some(on_disk) = self.conflict.take() {
            self.text.clone_from(&on_disk.text);
            self.base = on_disk;
            self.recovered_at = None;
        }
    }

    /// Answers a conflict: what was typed stays, and saving will write over the file as it is now.
    pub fn keep_mine(&mut self) {
        if let Some(on_disk) = self.conflict.take() {
            self.base = on_disk;
        }
    }

    /// Back to the file, without what was typed.
    pub fn revert(&mut self) {
        self.text.clone_from(&self.base.text);
        self.recovered_at = None;
    }

    pub fn save(&mut self, commands: &CommandSender) {
        if self.is_saving() || self.conflict.is_some() {
            return;
        }
        let reply = Reply::default();
        let request = PromptSaveRequest {
            name: self.name.clone(),
            text: self.text.clone(),
            base_content_hash: Some(self.base.content_hash.clone()),
        };
        commands.send(Call::new::<PromptsSave>(request).reply(&reply));
        self.saving = Some((reply, self.text.clone()));
        self.save_error = None;
    }

    /// What goes on by itself: answers that came, drafts that are due. Gives back when to look again.
    pub fn tick(&mut self, commands: &CommandSender, now_secs: f64) -> Option<f64> {
        self.take_saved(commands);
        if self.is_saving() {
            return None;
        }
        let due_in_secs = self.edited_at_secs + KEEP_AFTER_SECS - now_secs;
        if self.is_unkept() && due_in_secs > 0.0 {
            return Some(due_in_secs);
        }
        if let Some(call) = self.take_keeping() {
            commands.send(call);
        }
        None
    }

    fn take_saved(&mut self, commands: &CommandSender) {
        let Some((reply, text)) = &self.saving else { return };
        let Some(answer) = reply.take() else { return };
        match answer {
            Ok(source) => {
                self.base = Base { text: text.clone(), content_hash: source.content_hash };
                self.recovered_at = None;
            }
            // The file moved on; what is on disk now is read, and then the user decides.
            Err(error) if error.kind == ErrorKind::Conflict => {
                let request = PromptAtRequest { name: self.name.clone(), version: VersionRef::Working };
                commands.send(AppCommand::Refetch(Key::of::<PromptsShow>(&request)));
            }
            Err(error) => self.save_error = Some(error),
        }
        self.saving = None;
    }

    fn is_unkept(&self) -> bool {
        if self.is_dirty() { self.kept.as_deref() != Some(self.text.as_str()) } else { self.kept.is_some() }
    }

    /// The call that brings the kept draft up to date, where it is not.
    pub fn take_keeping(&mut self) -> Option<AppCommand> {
        if !self.is_unkept() {
            return None;
        }
        let name = self.name.clone();
        if !self.is_dirty() {
            self.kept = None;
            return Some(Call::new::<DraftsDiscard>(PromptRequest { name }).into());
        }
        self.kept = Some(self.text.clone());
        let (text, base_content_hash) = (self.text.clone(), self.base.content_hash.clone());
        Some(Call::new::<DraftsKeep>(DraftKeepRequest { name, text, base_content_hash }).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::prompt::{PromptModel, SourceKind};

    fn source(text: &str, content_hash: &str) -> PromptSource {
        PromptSource {
            name: "triage".into(),
            kind: SourceKind::Prompt,
            text: text.to_owned(),
            version: "v".into(),
            content_hash: content_hash.to_owned(),
            number: None,
            is_uncommitted: false,
            num_changed_lines: 0,
            description: String::new(),
            inputs: Vec::new(),
            model: PromptModel::default(),
            fragments: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    fn sender() -> CommandSender {
        CommandSender::new(egui::Context::default())
    }

    fn sent(commands: &CommandSender) -> Vec<String> {
        commands.take().into_iter().map(|sent| format!("{:?}", sent.command)).collect()
    }

    #[test]
    fn a_draft_is_kept_once_after_the_last_key() {
        let commands = sender();
        let mut document = Document::open(&source("a", "1"), None);
        document.text.push('b');
        document.edited(10.0);
        assert!(document.tick(&commands, 10.1).is_some_and(|secs| secs > 0.0));
        assert_eq!(sent(&commands), [""; 0]);
        assert_eq!(document.tick(&commands, 10.5), None);
        assert_eq!(sent(&commands), ["Call(drafts.keep)"]);
        document.tick(&commands, 11.0);
        assert_eq!(sent(&commands), [""; 0]);
    }

    #[test]
    fn going_back_to_the_file_puts_the_draft_aside() {
        let commands = sender();
        let mut document = Document::open(&source("a", "1"), None);
        document.text.push('b');
        document.tick(&commands, 1.0);
        document.revert();
        document.tick(&commands, 2.0);
        assert_eq!(sent(&commands), ["Call(drafts.keep)", "Call(drafts.discard)"]);
    }

    #[test]
    fn a_change_on_disk_is_taken_where_nothing_was_typed() {
        let mut document = Document::open(&source("a", "1"), None);
        document.accept_disk(&source("b", "2"));
        assert_eq!((document.text.as_str(), document.conflict.is_none()), ("b", true));
    }

    #[test]
    fn a_change_on_disk_never_overwrites_what_was_typed() {
        let mut document = Document::open(&source("a", "1"), None);
        document.text = "mine".to_owned();
        document.accept_disk(&source("theirs", "2"));
        assert_eq!(document.text, "mine");
        assert!(document.conflict.is_some());
        let commands = sender();
        document.save(&commands);
        assert_eq!(sent(&commands), [""; 0], "saving waits for the decision");
        document.keep_mine();
        assert_eq!(document.base.content_hash, "2");
        document.save(&commands);
        assert_eq!(sent(&commands), ["Call(prompts.save)"]);
    }

    #[test]
    fn an_answer_from_before_a_save_does_not_bring_the_old_text_back() {
        let commands = sender();
        let mut document = Document::open(&source("old", "1"), None);
        document.text = "new".to_owned();
        document.save(&commands);
        for sent in commands.take() {
            if let AppCommand::Call(call) = sent.command {
                call.follow_up(Ok(serde_json::to_value(source("new", "2")).unwrap()));
            }
        }
        document.tick(&commands, 1.0);
        document.accept_disk(&source("old", "1"));
        assert_eq!((document.text.as_str(), document.is_dirty()), ("new", false));
        document.accept_disk(&source("new", "2"));
        document.accept_disk(&source("theirs", "3"));
        assert_eq!(document.text, "theirs");
    }

    #[test]
    fn their_text_can_be_taken_instead() {
        let mut document = Document::open(&source("a", "1"), None);
        document.text = "mine".to_owned();
        document.accept_disk(&source("theirs", "2"));
        document.take_theirs();
        assert_eq!((document.text.as_str(), document.is_dirty()), ("theirs", false));
    }

    #[test]
    fn a_kept_draft_is_opened_and_says_when_the_file_moved_on() {
        let draft = Draft {
            name: "triage".into(),
            text: "draft".to_owned(),
            base_content_hash: "0".to_owned(),
            kept_at: MillisSinceEpoch(5),
            num_changed_lines: 1,
        };
        let document = Document::open(&source("a", "1"), Some(&draft));
        assert_eq!(document.text, "draft");
        assert_eq!(document.recovered_at, Some(MillisSinceEpoch(5)));
        assert!(document.conflict.is_some());
    }
}
