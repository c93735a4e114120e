//! What a user or a view can order. One table names the orders without data; [`AppCommand`] carries data; one place in
//! `app` applies both. A view never changes anything beyond its own state: it sends a command.

mod app_command;
mod call;
mod info;
mod sender;
mod ui_command;

pub use crate::state::{HostAnswer, HostRequest, Reply};
pub use app_command::{AppCommand, NativeWindow};
pub use call::{Call, CallOf};
pub use info::{CommandInfo, Scope, key_text};
pub use sender::{CommandSender, Sent};
pub use ui_command::UiCommand;
