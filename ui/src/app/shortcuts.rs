//! From keys to commands. Longer shortcuts go first, so that Ctrl Shift C is not taken for Ctrl C.

use super::App;
use crate::commands::{CommandInfo, UiCommand};
use egui::{Key, Modifiers};

impl App {
    /// Looks for the shortcuts that hold here and gives their commands.
    pub(super) fn take_shortcuts(&self, ctx: &egui::Context) {
        let is_overlaid = self.session.is_palette_open || self.session.error_panel.is_some() || has_modal(ctx);
        if is_overlaid {
            return;
        }
        let is_typing = ctx.text_edit_focused();
        let room = self.session.room();
        let mut found: Vec<(UiCommand, CommandInfo)> =
            UiCommand::ALL.iter().map(|command| (*command, command.info())).collect();
        found.retain(|(_, info)| info.scope.holds_in(room) && !(is_typing && info.is_plain_key()));
        found.sort_by_key(|(_, info)| info.shortcut.map(|keys| std::cmp::Reverse(num_modifiers(keys.modifiers))));
        for (command, info) in found {
            let Some(shortcut) = info.shortcut else { continue };
            // Escape also closes menus and leaves fields, so it is looked at and left.
            let is_pressed = if shortcut.logical_key == Key::Escape {
                ctx.input(|input| input.key_pressed(Key::Escape)) && !egui::Popup::is_any_open(ctx)
            } else {
                ctx.input_mut(|input| input.consume_shortcut(&shortcut))
            };
            if is_pressed {
                self.commands.send(command);
            }
        }
    }
}

fn has_modal(ctx: &egui::Context) -> bool {
    ctx.memory(|memory| memory.top_modal_layer().is_some())
}

fn num_modifiers(modifiers: Modifiers) -> u8 {
    u8::from(modifiers.alt) + u8::from(modifiers.shift) + u8::from(modifiers.command || modifiers.ctrl)
}
