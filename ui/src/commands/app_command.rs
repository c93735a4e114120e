//! Commands with data.

use super::call::Call;
use super::ui_command::UiCommand;
use crate::state::host::{HostAnswer, HostRequest};
use crate::state::route::{Room, Route};
use crate::state::toast::Toast;
use crate::state::{Key, Reply};
use atelier_types::error::ApiError;
use atelier_types::settings::Settings;
use atelier_types::workspace::WorkspaceInfo;

/// Everything that can be ordered. `app/command_handling.rs` applies each in a small function.
pub enum AppCommand {
    /// A command of the table, as if its key had been pressed.
    Invoke(UiCommand),
    Go(Route),
    /// Another name for the place where one is.
    Replace(Route),
    Enter(Room),
    Back,
    /// A verb that changes something.
    Call(Call),
    AskHost(HostRequest, Reply<HostAnswer>),
    /// Ask this read again.
    Refetch(Key),
    ShowToast(Toast),
    CloseToast(usize),
    ShowError(ApiError),
    CloseError,
    OpenPalette,
    ClosePalette,
    /// Shows this step of the tour; `None` ends it for good.
    Tour(Option<usize>),
    ChangeSettings(Box<dyn FnOnce(&mut Settings)>),
    NativeWindow(NativeWindow),
    WorkspaceOpened(Box<WorkspaceInfo>),
}

/// What happens to the offer of the plain native window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NativeWindow {
    Offer,
    /// For good: it is not offered again.
    Decline,
    Accept,
}

impl AppCommand {
    pub fn change_settings(change: impl FnOnce(&mut Settings) + 'static) -> Self {
        Self::ChangeSettings(Box::new(change))
    }
}

impl From<UiCommand> for AppCommand {
    fn from(command: UiCommand) -> Self {
        Self::Invoke(command)
    }
}

impl From<Route> for AppCommand {
    fn from(route: Route) -> Self {
        Self::Go(route)
    }
}

impl From<Toast> for AppCommand {
    fn from(toast: Toast) -> Self {
        Self::ShowToast(toast)
    }
}

impl std::fmt::Debug for AppCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Invoke(command) => write!(f, "Invoke({command:?})"),
            Self::Go(route) => write!(f, "Go({route:?})"),
            Self::Replace(route) => write!(f, "Replace({route:?})"),
            Self::Enter(room) => write!(f, "Enter({room:?})"),
            Self::Back => f.write_str("Back"),
            Self::Call(call) => write!(f, "Call({})", call.verb),
            Self::AskHost(request, _) => write!(f, "AskHost({request:?})"),
            Self::Refetch(key) => write!(f, "Refetch({})", key.verb),
            Self::ShowToast(toast) => write!(f, "ShowToast({:?})", toast.text),
            Self::CloseToast(at) => write!(f, "CloseToast({at})"),
            Self::ShowError(error) => write!(f, "ShowError({})", error.code),
            Self::CloseError => f.write_str("CloseError"),
            Self::OpenPalette => f.write_str("OpenPalette"),
            Self::ClosePalette => f.write_str("ClosePalette"),
            Self::Tour(step) => write!(f, "Tour({step:?})"),
            Self::NativeWindow(step) => write!(f, "NativeWindow({step:?})"),
            Self::ChangeSettings(_) => f.write_str("ChangeSettings"),
            Self::WorkspaceOpened(info) => write!(f, "WorkspaceOpened({})", info.name),
        }
    }
}
