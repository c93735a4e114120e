//! The one table of commands without data: label, tooltip, shortcut, place in palette and status bar.
//!
//! The order is that of the palette, and within a room that of the status bar.

use super::info::{CommandInfo, Scope};
use crate::state::route::Room;
use egui::{Key, KeyboardShortcut, Modifiers};

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const ALT: Modifiers = Modifiers::ALT;
const NONE: Modifiers = Modifiers::NONE;

macro_rules! commands {
    ($($name:ident: $scope:ident, $label:literal, $keys:expr, $hint:expr, [$($flag:ident)*], $tooltip:literal;)*) => {
        /// A command that needs no data.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum UiCommand { $(#[doc = $tooltip] $name,)* }

        impl UiCommand {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            pub fn info(self) -> CommandInfo {
                match self {
                    $(Self::$name => CommandInfo {
                        label: $label,
                        tooltip: $tooltip,
                        shortcut: shortcut($keys),
                        scope: scope!($scope),
                        hint: $hint,
                        is_in_palette: !has_flag(&[$(stringify!($flag)),*], "hidden"),
                        is_kept_by_browsers: has_flag(&[$(stringify!($flag)),*], "browser"),
                    },)*
                }
            }
        }
    };
}

macro_rules! scope {
    (Everywhere) => {
        Scope::Everywhere
    };
    ($room:ident) => {
        Scope::Room(Room::$room)
    };
}

fn shortcut(keys: Option<(Modifiers, Key)>) -> Option<KeyboardShortcut> {
    keys.map(|(modifiers, key)| KeyboardShortcut::new(modifiers, key))
}

fn has_flag(flags: &[&str], wanted: &str) -> bool {
    flags.contains(&wanted)
}

// name: scope, label, keys, hint, [hidden: not in the palette, browser: kept by browsers], tooltip;
commands! {
    SavePrompt: Prompts, "Save", Some((CTRL, Key::S)), Some("Save"), [], "Write the file.";
    RunPlayground: Prompts, "Run on the chosen models", Some((CTRL, Key::Enter)), Some("Run"), [], "Send the messages to every model of the playground.";
    StopPlayground: Prompts, "Stop the playground", Some((NONE, Key::Escape)), None, [], "Stop what is streaming; what came stays.";
    CommitPrompt: Prompts, "Commit…", Some((CTRL_SHIFT, Key::C)), Some("Commit"), [browser], "Make the saved file a version that others see.";
    OlderVersion: Prompts, "Show the older version", Some((ALT, Key::ArrowLeft)), Some("Older version"), [], "Compare with the version before.";
    NewerVersion: Prompts, "Show the newer version", Some((ALT, Key::ArrowRight)), None, [], "Compare with the version after.";
    NextRow: Prompts, "Next row of the dataset", Some((CTRL, Key::J)), Some("Next row"), [browser], "Fill the inputs from the next row.";
    PreviousRow: Prompts, "Previous row of the dataset", Some((CTRL_SHIFT, Key::J)), None, [browser], "Fill the inputs from the row before.";
    FindInPrompt: Prompts, "Find in the text", Some((CTRL, Key::F)), None, [browser], "Find in the text that is being edited.";
    ReplaceInPrompt: Prompts, "Find and replace", Some((CTRL, Key::H)), None, [browser], "Replace in the text that is being edited.";
    NewPrompt: Prompts, "New prompt…", Some((ALT, Key::N)), None, [], "Create a prompt file.";
    NewFragment: Prompts, "New fragment…", None, None, [], "Create a piece that prompts can include.";
    RenamePrompt: Prompts, "Rename…", Some((NONE, Key::F2)), None, [], "Rename or move the file, with its labels.";
    DuplicatePrompt: Prompts, "Duplicate…", None, None, [], "Copy the file under a new name.";
    DeletePrompt: Prompts, "Delete…", None, None, [], "Delete the file; its history stays.";
    ShowDiff: Prompts, "Diff with the committed version", Some((ALT, Key::D)), None, [], "What differs from the newest commit.";
    ShowHistory: Prompts, "History", Some((ALT, Key::H)), None, [], "All versions of this prompt.";

    StartRun: Experiments, "Run the experiment", Some((CTRL, Key::Enter)), Some("Run"), [], "Start or resume the run.";
    SaveExperiment: Experiments, "Save the experiment", Some((CTRL, Key::S)), Some("Save"), [], "Write the experiment file.";
    NewExperiment: Experiments, "New experiment…", Some((ALT, Key::N)), None, [], "Cross prompts, models and rows.";
    NextRepeat: Experiments, "Next repeat", Some((NONE, Key::Space)), Some("Next repeat"), [hidden], "Show the next repeat of the cell.";
    RerunCell: Experiments, "Run the cell again", Some((NONE, Key::R)), Some("Run again"), [], "Ask again for this output, past the cache.";
    DiffCell: Experiments, "Diff with the baseline", Some((NONE, Key::D)), Some("Diff with baseline"), [], "Compare the cell with the baseline's.";
    FilterFailing: Experiments, "Show failing rows only", Some((NONE, Key::F)), Some("Failing"), [], "Only rows with a failing cell.";
    SetBaseline: Experiments, "Make this the baseline", Some((NONE, Key::B)), Some("Set baseline"), [], "Compare the other variants with this one.";

    NextDifference: Compare, "Next difference", Some((NONE, Key::N)), Some("Next difference"), [], "Go to the next difference in the outputs.";
    NextComparedRow: Compare, "Next row", Some((NONE, Key::J)), Some("Next row"), [], "Go to the next row.";
    CompareFilter1: Compare, "Show the first filter's rows", Some((NONE, Key::Num1)), None, [hidden], "All rows.";
    CompareFilter2: Compare, "Show the second filter's rows", Some((NONE, Key::Num2)), None, [hidden], "Regressed rows.";
    CompareFilter3: Compare, "Show the third filter's rows", Some((NONE, Key::Num3)), None, [hidden], "Improved rows.";
    CompareFilter4: Compare, "Show the fourth filter's rows", Some((NONE, Key::Num4)), None, [hidden], "Unchanged rows.";
    NextLayout: Compare, "Next layout of the outputs", Some((NONE, Key::W)), Some("Layout"), [], "Words, side by side, JSON, or where the outputs part.";
    ShowExpected: Compare, "Show what is expected", Some((NONE, Key::E)), Some("Expected"), [], "Show the whole expected value of the row.";
    SendToReview: Compare, "Send to review…", Some((NONE, Key::S)), Some("To review"), [], "Let people decide.";

    PreferLeft: Review, "The left one is better", Some((NONE, Key::ArrowLeft)), Some("Left is better"), [hidden], "Prefer the left output.";
    PreferRight: Review, "The right one is better", Some((NONE, Key::ArrowRight)), Some("Right is better"), [hidden], "Prefer the right output.";
    PreferNeither: Review, "They are the same", Some((NONE, Key::ArrowDown)), Some("The same"), [hidden], "Neither output is better.";
    BothBad: Review, "Both are bad", Some((NONE, Key::X)), Some("Both bad"), [hidden], "Neither output is good enough.";
    CommentItem: Review, "Comment", Some((NONE, Key::C)), Some("Comment"), [hidden], "Say why.";
    SkipItem: Review, "Skip", Some((NONE, Key::S)), Some("Skip"), [hidden], "Go on without an answer.";
    UndoRating: Review, "Take the last answer back", Some((NONE, Key::U)), Some("Undo"), [], "Take the last answer back.";

    ToggleLoaded: Models, "Load or unload the model", Some((NONE, Key::L)), Some("Load or unload"), [], "Load the selected model, or give its memory back.";
    ProbeModel: Models, "Probe the model", Some((NONE, Key::P)), Some("Probe"), [], "Ask the selected model for one word.";
    VerifyModel: Models, "Verify the model's hashes", Some((NONE, Key::V)), Some("Verify hashes"), [], "Hash the files of the selected local model.";
    AddEndpoint: Models, "Add an endpoint…", None, None, [], "Name a server that models can be asked on.";
    AddModel: Models, "Add a model…", Some((ALT, Key::N)), None, [], "Name a model of an endpoint, or local weights.";

    FilterList: Everywhere, "Filter the list", Some((NONE, Key::Slash)), None, [hidden], "Put the caret into the list's filter.";
    OpenPalette: Everywhere, "All commands", Some((CTRL, Key::K)), Some("All commands"), [hidden], "Find commands, prompts and outputs.";
    NextPane: Everywhere, "Next pane", Some((NONE, Key::F6)), Some("Next pane"), [hidden], "Move the focus to the next pane.";
    OpenFolder: Everywhere, "Open a folder…", Some((CTRL, Key::O)), None, [browser], "Any git repository, or a folder below the root of one.";
    NewWorkspace: Everywhere, "New workspace…", Some((CTRL, Key::N)), None, [browser], "Start with one prompt and one dataset of three rows.";
    CloneRepository: Everywhere, "Clone a repository…", Some((CTRL_SHIFT, Key::O)), None, [browser], "With your own git, keys and signing.";
    OpenDemo: Everywhere, "Open the demo workspace", None, None, [], "Prompts, datasets and experiments that run offline.";
    GoHome: Everywhere, "Go to Home", Some((ALT, Key::Num1)), None, [], "Open, create, clone.";
    GoPrompts: Everywhere, "Go to Prompts", Some((ALT, Key::Num2)), None, [], "Write prompts.";
    GoExperiments: Everywhere, "Go to Experiments", Some((ALT, Key::Num3)), None, [], "Run prompts on models and rows.";
    GoCompare: Everywhere, "Go to Compare", Some((ALT, Key::Num4)), None, [], "See what got better.";
    GoReview: Everywhere, "Go to Review", Some((ALT, Key::Num5)), None, [], "Rate outputs.";
    GoDatasets: Everywhere, "Go to Datasets", Some((ALT, Key::Num6)), None, [], "See and import rows.";
    GoModels: Everywhere, "Go to Models", Some((ALT, Key::Num7)), None, [], "Local models, endpoints and keys.";
    GoSettings: Everywhere, "Go to Settings", Some((CTRL, Key::Comma)), None, [], "Theme, scale, reviewer.";
    GoBack: Everywhere, "Back", Some((ALT, Key::ArrowUp)), None, [hidden], "Where you were before.";
    ThemeLight: Everywhere, "Use the light theme", None, None, [], "Dark text on a light ground.";
    ThemeDark: Everywhere, "Use the dark theme", None, None, [], "Light text on a dark ground.";
    ThemeSystem: Everywhere, "Use the system's theme", None, None, [], "Light or dark, as the system says.";
    ZoomIn: Everywhere, "Larger", Some((CTRL, Key::Plus)), None, [browser], "Scale the interface up.";
    ZoomOut: Everywhere, "Smaller", Some((CTRL, Key::Minus)), None, [browser], "Scale the interface down.";
    ZoomReset: Everywhere, "Actual size", Some((CTRL, Key::Num0)), None, [browser], "Scale the interface to 100 %.";
    StartTour: Everywhere, "Show the tour", Some((NONE, Key::F1)), Some("Tour"), [browser], "The main job in five steps.";
}

impl UiCommand {
    /// The command that leads into a room.
    pub fn go(room: Room) -> Self {
        match room {
            Room::Home => Self::GoHome,
            Room::Prompts => Self::GoPrompts,
            Room::Experiments => Self::GoExperiments,
            Room::Compare => Self::GoCompare,
            Room::Review => Self::GoReview,
            Room::Datasets => Self::GoDatasets,
            Room::Models => Self::GoModels,
            Room::Settings => Self::GoSettings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs() -> impl Iterator<Item = (UiCommand, UiCommand)> {
        UiCommand::ALL.iter().enumerate().flat_map(|(at, one)| UiCommand::ALL[at + 1..].iter().map(|two| (*one, *two)))
    }

    #[test]
    fn no_two_commands_of_one_place_share_a_key() {
        for (one, two) in pairs() {
            let (a, b) = (one.info(), two.info());
            if a.shortcut.is_some() && a.scope.meets(b.scope) {
                assert_ne!(a.shortcut, b.shortcut, "{one:?} and {two:?}");
            }
        }
    }

    #[test]
    fn no_two_commands_of_one_place_share_a_label() {
        for (one, two) in pairs() {
            if one.info().scope.meets(two.info().scope) {
                assert_ne!(one.info().label, two.info().label, "{one:?} and {two:?}");
            }
        }
    }

    #[test]
    fn no_shortcut_takes_what_text_fields_need() {
        let taken = [Key::A, Key::C, Key::V, Key::X, Key::Z, Key::Y];
        for command in UiCommand::ALL {
            if let Some(keys) = command.info().shortcut.filter(|keys| keys.modifiers == CTRL) {
                assert!(!taken.contains(&keys.logical_key), "{command:?}");
            }
        }
    }

    #[test]
    fn every_room_has_a_way_in() {
        for room in Room::ALL {
            assert_eq!(UiCommand::go(room).info().label, format!("Go to {}", room.title()));
        }
    }

    #[test]
    fn keys_are_written_in_the_order_in_which_they_are_pressed() {
        let keys = UiCommand::CommitPrompt.info().shortcut.unwrap();
        assert_eq!(crate::commands::key_text(keys), "Ctrl Shift C");
        assert_eq!(UiCommand::NewFragment.info().keys(), "");
    }
}
