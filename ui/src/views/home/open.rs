//! Open a folder, create a workspace, clone a repository: with the host's dialogs where it has them, typed elsewhere.

use super::{Opening, send_opening};
use crate::commands::{AppCommand, Call, HostAnswer, HostRequest, Reply, UiCommand};
use crate::context::AppContext;
use crate::theme::{tokens, type_scale};
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::{Button, Field, text};
use atelier_types::api::{
    PathRequest, WorkspaceClone, WorkspaceCloneRequest, WorkspaceCreate, WorkspaceCreateRequest, WorkspaceOpen,
};
use atelier_types::error::ApiError;
use egui::Ui;

const WIDTH: f32 = 480.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Create,
    Clone,
}

struct OpenDialog {
    kind: Kind,
    url: String,
    name: String,
    path: String,
    error: Option<ApiError>,
    picking: Option<Reply<HostAnswer>>,
    /// The host has no dialog for folders, so that no button offers one.
    has_no_picker: bool,
}

#[derive(Default)]
pub struct HomeState {
    dialog: Option<OpenDialog>,
    opening: Option<Opening>,
    picking: Option<Reply<HostAnswer>>,
}

impl HomeState {
    pub fn is_opening(&self) -> bool {
        self.opening.is_some()
    }

    pub fn take_commands(&mut self, ctx: &AppContext<'_>) {
        if ctx.is_invoked(UiCommand::OpenFolder) {
            self.pick_folder(ctx);
        }
        if ctx.is_invoked(UiCommand::NewWorkspace) {
            self.dialog = Some(OpenDialog::new(Kind::Create));
        }
        if ctx.is_invoked(UiCommand::CloneRepository) {
            self.dialog = Some(OpenDialog::new(Kind::Clone));
        }
        self.take_picked(ctx);
    }

    /// The host's own dialog first; where there is none, the path is typed.
    fn pick_folder(&mut self, ctx: &AppContext<'_>) {
        let reply = Reply::default();
        let request = HostRequest::PickFolder { title: "Open a workspace".to_owned() };
        ctx.commands.send(AppCommand::AskHost(request, reply.clone()));
        self.picking = Some(reply);
    }

    fn take_picked(&mut self, ctx: &AppContext<'_>) {
        match Reply::take_from(&mut self.picking) {
            Some(Ok(HostAnswer::Path(path))) => {
                let mut open = OpenDialog::new(Kind::Open);
                open.path.clone_from(&path);
                self.dialog = Some(open);
                send_opening::<WorkspaceOpen>(ctx, PathRequest { path }, &mut self.opening);
            }
            Some(Ok(HostAnswer::Unsupported)) => {
                self.dialog = Some(OpenDialog { has_no_picker: true, ..OpenDialog::new(Kind::Open) });
            }
            Some(Ok(HostAnswer::Failed(error)) | Err(error)) => {
                self.dialog = Some(OpenDialog { error: Some(error), ..OpenDialog::new(Kind::Open) });
            }
            _ => {}
        }
    }
}

impl OpenDialog {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            url: String::new(),
            name: String::new(),
            path: String::new(),
            error: None,
            picking: None,
            has_no_picker: false,
        }
    }

    fn title(&self) -> &'static str {
        match self.kind {
            Kind::Open => "Open a folder",
            Kind::Create => "New workspace",
            Kind::Clone => "Clone a repository",
        }
    }

    fn action(&self) -> &'static str {
        match self.kind {
            Kind::Open => "Open",
            Kind::Create => "Create",
            Kind::Clone => "Clone",
        }
    }

    fn why_not(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Clone if self.url.trim().is_empty() => Some("It needs the repository's address."),
            Kind::Create if self.name.trim().is_empty() => Some("It needs a name."),
            _ if self.path.trim().is_empty() => Some("It needs a folder."),
            _ => None,
        }
    }

    fn send(&mut self, ctx: &AppContext<'_>, slot: &mut Option<Opening>) {
        self.error = None;
        let path = self.path.trim().to_owned();
        match self.kind {
            Kind::Open => send_opening::<WorkspaceOpen>(ctx, PathRequest { path }, slot),
            Kind::Create => {
                let request = WorkspaceCreateRequest { path, name: self.name.trim().to_owned() };
                send_opening::<WorkspaceCreate>(ctx, request, slot);
            }
            Kind::Clone => {
                let request = WorkspaceCloneRequest { url: self.url.trim().to_owned(), path };
                send_opening::<WorkspaceClone>(ctx, request, slot);
            }
        }
    }

    fn take_picked(&mut self) {
        match Reply::take_from(&mut self.picking) {
            Some(Ok(HostAnswer::Path(path))) => self.path = path,
            Some(Ok(HostAnswer::Unsupported)) => self.has_no_picker = true,
            Some(Ok(HostAnswer::Failed(error)) | Err(error)) => self.error = Some(error),
            _ => {}
        }
    }
}

/// The command that opens a folder as the workspace, for rows that name one.
pub fn open_workspace(path: &str) -> AppCommand {
    Call::new::<WorkspaceOpen>(PathRequest { path: path.to_owned() }).then(super::opened).into()
}

pub fn dialog_ui(ui: &Ui, ctx: &AppContext<'_>, state: &mut HomeState) {
    let answer = Reply::take_from(&mut state.opening);
    let Some(open) = &mut state.dialog else { return };
    match answer {
        Some(Ok(_)) => {
            state.dialog = None;
            return;
        }
        Some(Err(error)) => open.error = Some(error),
        None => {}
    }
    open.take_picked();
    let shown = dialog(ui.ctx(), "open workspace", open.title(), WIDTH, |ui| {
        fields_ui(ui, ctx, open);
        let why = if state.opening.is_some() { Some("This is under way.") } else { open.why_not() };
        buttons(ui, |ui| {
            let action = Button::new(open.action()).primary().disabled_because(why);
            if ui.add(action).clicked() {
                open.send(ctx, &mut state.opening);
            }
            ui.add(Button::new("Cancel")).clicked()
        })
    });
    if shown.is_left || shown.inner {
        state.dialog = None;
    }
}

fn fields_ui(ui: &mut Ui, ctx: &AppContext<'_>, open: &mut OpenDialog) {
    let t = tokens(ui.ctx());
    let width = ui.available_width();
    if open.kind == Kind::Clone {
        let field = Field::new("Address", &mut open.url).captioned().hint("git@example.com:team/prompts.git");
        ui.add(field.width(width));
    }
    if open.kind == Kind::Create {
        ui.add(Field::new("Name", &mut open.name).captioned().hint("helpdesk").width(width));
    }
    let has_picker = !open.has_no_picker;
    ui.horizontal(|ui| {
        let width = if has_picker { width - 100.0 } else { width };
        ui.add(Field::new("Folder", &mut open.path).captioned().width(width));
        if has_picker {
            ui.vertical(|ui| {
                ui.add_space(20.0);
                if ui.add(Button::new("Choose…")).clicked() {
                    let reply = Reply::default();
                    let request = HostRequest::PickFolder { title: open.title().to_owned() };
                    ctx.commands.send(AppCommand::AskHost(request, reply.clone()));
                    open.picking = Some(reply);
                }
            });
        }
    });
    let words = match open.kind {
        Kind::Open => "A folder with an `atelier.toml`, at or below the root of a git repository.",
        Kind::Create => "It is created if it is not there; inside a git repository its files are committed there.",
        Kind::Clone => "The repository is cloned into this folder with your own git.",
    };
    text::label(ui, type_scale::DENSE, words, t.ink2);
    if let Some(error) = &open.error {
        text::label(ui, type_scale::BODY, error.to_string(), t.worse);
        if let Some(action) = &error.action {
            text::label(ui, type_scale::BODY, action, t.ink2);
        }
    }
}
