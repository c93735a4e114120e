//! The dialogs of the prompt screen: new, rename, duplicate, delete, commit.

use crate::commands::{AppCommand, Call, CommandSender, Reply};
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{metrics, tokens, type_scale};
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::{Button, Field, text};
use crate::words;
use atelier_types::api::{
    CommitRequest, Committed, Nothing, PromptCreateRequest, PromptRequest, PromptsCommit, PromptsCreate, PromptsDelete,
    PromptsDuplicate, PromptsList, PromptsRename, RenameRequest,
};
use atelier_types::error::ApiError;
use atelier_types::ids::PromptName;
use atelier_types::prompt::PromptSource;
use egui::Ui;

const WIDTH: f32 = 440.0;

enum Kind {
    Create { is_fragment: bool },
    Rename(PromptName),
    Duplicate(PromptName),
    Delete(PromptName),
    Commit { name: PromptName, is_alone: bool },
}

/// One that is open. `input` is the name or the message that is typed.
pub struct Dialog {
    kind: Kind,
    input: String,
    error: Option<ApiError>,
    source: Option<Reply<PromptSource>>,
    deleting: Option<Reply<Nothing>>,
    committing: Option<Reply<Committed>>,
}

impl Dialog {
    fn open(kind: Kind, input: impl Into<String>) -> Self {
        Self { kind, input: input.into(), error: None, source: None, deleting: None, committing: None }
    }

    pub fn new_prompt() -> Self {
        Self::open(Kind::Create { is_fragment: false }, "")
    }

    pub fn new_fragment() -> Self {
        Self::open(Kind::Create { is_fragment: true }, "")
    }

    pub fn rename(name: &PromptName) -> Self {
        Self::open(Kind::Rename(name.clone()), name.as_str())
    }

    pub fn duplicate(name: &PromptName) -> Self {
        Self::open(Kind::Duplicate(name.clone()), format!("{name}-copy"))
    }

    pub fn delete(name: &PromptName) -> Self {
        Self::open(Kind::Delete(name.clone()), "")
    }

    pub fn commit(name: &PromptName) -> Self {
        Self::open(Kind::Commit { name: name.clone(), is_alone: true }, "")
    }

    fn is_waiting(&self) -> bool {
        self.source.is_some() || self.deleting.is_some() || self.committing.is_some()
    }

    fn renamed(self) -> Option<(PromptName, PromptName)> {
        match self.kind {
            Kind::Rename(from) => Some((from, self.input.trim().into())),
            _ => None,
        }
    }

    fn title(&self) -> String {
        match &self.kind {
            Kind::Create { is_fragment: false } => "New prompt".to_owned(),
            Kind::Create { is_fragment: true } => "New fragment".to_owned(),
            Kind::Rename(name) => format!("Rename {name}"),
            Kind::Duplicate(name) => format!("Duplicate {name}"),
            Kind::Delete(name) => format!("Delete {name}?"),
            Kind::Commit { .. } => "Commit".to_owned(),
        }
    }

    fn action(&self) -> &'static str {
        match self.kind {
            Kind::Create { .. } => "Create",
            Kind::Rename(_) => "Rename",
            Kind::Duplicate(_) => "Duplicate",
            Kind::Delete(_) => "Delete",
            Kind::Commit { .. } => "Commit",
        }
    }

    fn send(&mut self, commands: &CommandSender) {
        self.error = None;
        let to = PromptName::new(self.input.trim());
        match &self.kind {
            Kind::Create { is_fragment } => {
                let name = if *is_fragment { fragment_name(&to) } else { to };
                let text = is_fragment.then(String::new);
                let call = Call::new::<PromptsCreate>(PromptCreateRequest { name, text });
                commands.send(call.then(open_source).reply_into(&mut self.source));
            }
            Kind::Rename(from) => {
                let request = RenameRequest { from: from.clone(), to };
                commands.send(Call::new::<PromptsRename>(request).then(open_source).reply_into(&mut self.source));
            }
            Kind::Duplicate(from) => {
                let request = RenameRequest { from: from.clone(), to };
                commands.send(Call::new::<PromptsDuplicate>(request).then(open_source).reply_into(&mut self.source));
            }
            Kind::Delete(name) => {
                let call = Call::new::<PromptsDelete>(PromptRequest { name: name.clone() });
                let list = |_: &Nothing| vec![AppCommand::Replace(crate::state::route::Room::Prompts.route())];
                let call = call.then(list).toast(format!("{name} was deleted. Its history stays."));
                commands.send(call.reply_into(&mut self.deleting));
            }
            Kind::Commit { name, is_alone } => {
                let names = if *is_alone { vec![name.clone()] } else { Vec::new() };
                let request = CommitRequest { names, message: self.input.trim().to_owned() };
                commands.send(Call::new::<PromptsCommit>(request).reply_into(&mut self.committing));
            }
        }
    }

    /// Takes in the answer; true when the dialog is done.
    fn take_answer(&mut self, commands: &CommandSender) -> bool {
        let source = Reply::take_from(&mut self.source).map(|answer| answer.map(drop));
        let deleted = Reply::take_from(&mut self.deleting).map(|answer| answer.map(drop));
        let committed = Reply::take_from(&mut self.committing).map(|answer| {
            answer.map(|committed| {
                let files = words::counted(committed.num_files.into(), "file", "files");
                commands.send(crate::state::toast::Toast::done(format!("Committed {files}")));
            })
        });
        match source.or(deleted).or(committed) {
            Some(Ok(())) => true,
            Some(Err(error)) => {
                self.error = Some(error);
                false
            }
            None => false,
        }
    }
}

fn open_source(source: &PromptSource) -> Vec<AppCommand> {
    vec![AppCommand::Replace(Route::prompt(source.name.clone()))]
}

/// Fragments stand in one folder and end in `.md`, whether or not that was typed.
fn fragment_name(name: &PromptName) -> PromptName {
    let bare = name.as_str().trim_start_matches("fragments/");
    let bare = bare.strip_suffix(".md").unwrap_or(bare);
    format!("fragments/{bare}.md").into()
}

/// Draws the open dialog, if any. Gives back the old and the new name of a prompt that was renamed.
pub fn dialog_ui(ui: &Ui, ctx: &WorkspaceContext<'_>, slot: &mut Option<Dialog>) -> Option<(PromptName, PromptName)> {
    let open = slot.as_mut()?;
    if open.take_answer(ctx.commands) {
        return slot.take().and_then(Dialog::renamed);
    }
    let title = open.title();
    let shown = dialog(ui.ctx(), "prompt dialog", &title, WIDTH, |ui| {
        fields_ui(ui, ctx, open);
        buttons(ui, |ui| {
            let why = why_not(open);
            let button = Button::new(open.action()).disabled_because(why);
            let is_deleting = matches!(open.kind, Kind::Delete(_));
            let button = if is_deleting { button.destructive() } else { button.primary() };
            if ui.add(button).clicked() {
                open.send(ctx.commands);
            }
            ui.add(Button::new("Cancel")).clicked()
        })
    });
    if shown.is_left || shown.inner {
        *slot = None;
    }
    None
}

fn why_not(open: &Dialog) -> Option<&'static str> {
    if open.is_waiting() {
        return Some("This is under way.");
    }
    let is_empty = open.input.trim().is_empty();
    match &open.kind {
        Kind::Delete(_) => None,
        Kind::Commit { .. } => is_empty.then_some("A commit needs a message."),
        Kind::Rename(from) if open.input.trim() == from.as_str() => Some("This is its name already."),
        _ => is_empty.then_some("It needs a name."),
    }
}

/// Draws what is asked.
fn fields_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, open: &mut Dialog) {
    let t = tokens(ui.ctx());
    let error = open.error.as_ref().map(error_words);
    let width = ui.available_width();
    let (name, hint, note) = match &open.kind {
        Kind::Create { is_fragment: false } => ("Name", "folder/name", "A file below prompts/, folders with a slash."),
        Kind::Create { is_fragment: true } => ("Name", "json-only", "A file in prompts/fragments/, included by name."),
        Kind::Rename(_) | Kind::Duplicate(_) => ("New name", "folder/name", "Labels and history go with a rename."),
        Kind::Delete(_) => ("", "", "The file is deleted. Committed versions stay in the history."),
        Kind::Commit { .. } => ("Message", "What changed, and why", ""),
    };
    if !name.is_empty() {
        let field = Field::new(name, &mut open.input).captioned().hint(hint).width(width).error(error.as_deref());
        ui.add(field);
    } else if let Some(error) = error {
        text::label(ui, type_scale::BODY, error, t.worse);
    }
    if !note.is_empty() {
        text::label(ui, type_scale::DENSE, note, t.ink2);
    }
    if let Kind::Commit { name, is_alone } = &mut open.kind {
        commit_scope_ui(ui, ctx, name, is_alone);
    }
}

fn commit_scope_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, name: &PromptName, is_alone: &mut bool) {
    let t = tokens(ui.ctx());
    let others = ctx.workspace.num_uncommitted.saturating_sub(1);
    ui.add_space(metrics::SPACE_4);
    if others > 0 {
        let mut is_all = !*is_alone;
        let words = format!("Also {} of the workspace", words::counted(others.into(), "other file", "other files"));
        if crate::widgets::field::check(ui, &mut is_all, &words).changed() {
            *is_alone = !is_all;
        }
    }
    let prompts = ctx.fetch::<PromptsList>(&Nothing {});
    let prompts = prompts.value().into_iter().flatten().filter(|prompt| prompt.is_uncommitted);
    let names: Vec<&str> = match is_alone {
        true => vec![name.as_str()],
        false => prompts.map(|prompt| prompt.name.as_str()).collect(),
    };
    text::label(ui, type_scale::DENSE, names.join(", "), t.ink2);
    text::label(ui, type_scale::LABEL, "What you have staged in git stays staged.", t.ink3);
}

fn error_words(error: &ApiError) -> String {
    let action = error.action.as_deref().unwrap_or_default();
    format!("{error}. {action}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_get_their_folder_and_ending_once() {
        for typed in ["json-only", "json-only.md", "fragments/json-only", "fragments/json-only.md"] {
            assert_eq!(fragment_name(&typed.into()).as_str(), "fragments/json-only.md");
        }
    }

    #[test]
    fn a_button_says_what_is_missing() {
        let mut open = Dialog::rename(&"a".into());
        assert_eq!(why_not(&open), Some("This is its name already."));
        open.input.push('b');
        assert_eq!(why_not(&open), None);
        assert_eq!(why_not(&Dialog::commit(&"a".into())), Some("A commit needs a message."));
        assert_eq!(why_not(&Dialog::delete(&"a".into())), None);
    }
}
