//! Which commands the palette shows, best first.

use crate::commands::{Scope, UiCommand};
use crate::state::route::Room;

/// A command that matches what was typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub command: UiCommand,
    pub label: &'static str,
    pub keys: String,
}

/// Without letters, those of this room come first; with letters, the better match does.
pub fn commands_for(query: &str, room: Room, has_workspace: bool) -> Vec<Found> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(i32, usize, UiCommand)> = Vec::new();
    for (at, command) in UiCommand::ALL.iter().enumerate() {
        let info = command.info();
        let is_usable = has_workspace || info.scope == Scope::Everywhere;
        if !info.is_in_palette || !is_usable {
            continue;
        }
        if let Some(rank) = rank(info.label, &words) {
            let distance = match info.scope {
                Scope::Room(own) if own == room => -1,
                Scope::Everywhere => 0,
                Scope::Room(_) => 1,
            };
            found.push((rank + distance, at, *command));
        }
    }
    found.sort_unstable_by_key(|(rank, at, _)| (*rank, *at));
    let shown = |(_, _, command): (i32, usize, UiCommand)| {
        let info = command.info();
        Found { command, label: info.label, keys: info.keys() }
    };
    found.into_iter().map(shown).collect()
}

/// Lower is better; `None` where a word is not in the label. A word's start counts more than its middle.
fn rank(label: &str, words: &[String]) -> Option<i32> {
    let label = label.to_lowercase();
    let mut rank = 0;
    for word in words {
        let at = label.find(word.as_str())?;
        let is_start = at == 0 || label[..at].ends_with(' ');
        rank += match (at, is_start) {
            (0, _) => 0,
            (_, true) => 2,
            _ => 4,
        };
    }
    Some(rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(query: &str, room: Room, has_workspace: bool) -> Vec<&'static str> {
        commands_for(query, room, has_workspace).into_iter().map(|found| found.label).collect()
    }

    #[test]
    fn commands_of_this_room_come_first_and_those_of_others_last() {
        assert_eq!(labels("", Room::Home, true).first(), Some(&"Open a folder…"));
        assert_eq!(labels("", Room::Models, true).first(), Some(&"Load or unload the model"));
        assert_eq!(labels("", Room::Prompts, true).first(), Some(&"Save"));
    }

    #[test]
    fn every_word_must_be_in_the_label_in_any_order() {
        assert_eq!(labels("theme dark", Room::Home, false), ["Use the dark theme"]);
        assert_eq!(labels("xyzzy", Room::Home, false), [""; 0]);
    }

    #[test]
    fn a_label_that_starts_with_the_word_goes_before_one_that_holds_it() {
        let labels = labels("commit", Room::Home, true);
        assert_eq!(labels.first(), Some(&"Commit…"));
        assert!(labels.contains(&"Diff with the committed version"));
    }

    #[test]
    fn without_a_workspace_only_what_works_is_offered() {
        let labels = labels("", Room::Home, false);
        assert!(labels.contains(&"Open a folder…"));
        assert!(!labels.contains(&"Save"));
    }
}
