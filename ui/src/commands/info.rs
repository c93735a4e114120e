//! What stands in the table of commands, and how keys are written.

use crate::state::route::Room;
use egui::{Key, KeyboardShortcut, Modifiers};

/// Where a command acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Everywhere,
    /// Only while this room is shown; its view looks for the command.
    Room(Room),
}

impl Scope {
    pub fn holds_in(self, room: Room) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Room(own) => own == room,
        }
    }

    pub fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Room(own), Self::Room(theirs)) => own == theirs,
            _ => true,
        }
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct CommandInfo {
    /// As in the palette: a verb first, "…" where more is asked.
    pub label: &'static str,
    pub tooltip: &'static str,
    pub shortcut: Option<KeyboardShortcut>,
    pub scope: Scope,
    /// Short word in the status bar; `None` for commands that are not hinted at.
    pub hint: Option<&'static str>,
    pub is_in_palette: bool,
    /// Browsers keep this key for themselves, so it works in the window only.
    pub is_kept_by_browsers: bool,
}

impl CommandInfo {
    /// Its keys, as widgets take them; empty where it has none.
    pub fn keys(&self) -> String {
        self.shortcut.map(key_text).unwrap_or_default()
    }

    /// A letter, digit or arrow without Ctrl or Alt: it only acts while no text has the focus.
    pub fn is_plain_key(&self) -> bool {
        self.shortcut.is_some_and(|keys| keys.modifiers.is_none() && !is_function_key(keys.logical_key))
    }
}

fn is_function_key(key: Key) -> bool {
    matches!(key, Key::F1 | Key::F2 | Key::F3 | Key::F4 | Key::F5 | Key::F6 | Key::F7 | Key::F8 | Key::Escape)
}

/// A shortcut in the order in which it is pressed, with spaces between the keys: `Ctrl Shift C`.
pub fn key_text(shortcut: KeyboardShortcut) -> String {
    let Modifiers { alt, ctrl, shift, command, .. } = shortcut.modifiers;
    let mut names = Vec::new();
    if command || ctrl {
        names.push("Ctrl");
    }
    if shift {
        names.push("Shift");
    }
    if alt {
        names.push("Alt");
    }
    names.push(match shortcut.logical_key {
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::Escape => "Esc",
        Key::Plus => "+",
        Key::Minus => "−",
        Key::Slash => "/",
        key => key.name(),
    });
    names.join(" ")
}
