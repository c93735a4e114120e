//! Names of prompts and fragments, and the files that they stand for.

use crate::workspace::WorkspaceError;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::ids::PromptName;

const FOLDER: &str = "prompts/";
const PROMPT_ENDING: &str = ".prompty";
const FRAGMENT_FOLDER: &str = "fragments/";
const FRAGMENT_ENDING: &str = ".md";

/// Whether the name stands for a piece that prompts include.
pub fn is_fragment(name: &PromptName) -> bool {
    name.as_str().starts_with(FRAGMENT_FOLDER) && name.as_str().ends_with(FRAGMENT_ENDING)
}

/// The file of a prompt or fragment, relative to the workspace, with `/`.
pub fn file_of(name: &PromptName) -> String {
    let ending = if is_fragment(name) { "" } else { PROMPT_ENDING };
    format!("{FOLDER}{name}{ending}")
}

/// The prompt or fragment that a file below the workspace holds, if it holds one.
pub fn name_of(file: &str) -> Option<PromptName> {
    let path = file.strip_prefix(FOLDER)?;
    let fragment = PromptName::from(path);
    if is_fragment(&fragment) {
        return Some(fragment);
    }
    let stem = path.strip_suffix(PROMPT_ENDING)?;
    (!stem.is_empty() && !stem.starts_with(FRAGMENT_FOLDER)).then(|| stem.into())
}

/// Accepts names that make the same file on every system and stay below `prompts/`.
pub fn check_name(name: &PromptName) -> Result<(), ApiError> {
    let Some(fault) = fault_of(name) else { return Ok(()) };
    let message = format!("`{name}` cannot be the name of a prompt: {fault}");
    Err(ApiError::new(ErrorKind::Invalid, "prompt.bad_name", message)
        .with_action("Use letters, digits, `-`, `_` and `.`, with `/` between folders."))
}

fn fault_of(name: &PromptName) -> Option<&'static str> {
    if name.as_str().starts_with(FRAGMENT_FOLDER) && !is_fragment(name) {
        return Some("a fragment ends in `.md`");
    }
    match crate::workspace::check_name(name.as_str()) {
        Err(WorkspaceError::BadName { reason, .. }) => Some(reason),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_files_map_both_ways() {
        for (name, file) in [
            ("triage", "prompts/triage.prompty"),
            ("billing/invoice-extract", "prompts/billing/invoice-extract.prompty"),
            ("fragments/json-only.md", "prompts/fragments/json-only.md"),
        ] {
            assert_eq!(file_of(&name.into()), file);
            assert_eq!(name_of(file), Some(name.into()));
        }
        for file in ["prompts/notes.txt", "datasets/a.prompty", "prompts/.prompty", "prompts/fragments/a.prompty"] {
            assert_eq!(name_of(file), None, "{file}");
        }
    }

    #[test]
    fn names_that_leave_the_folder_or_break_a_system_are_refused() {
        for name in ["", "../x", "/etc/passwd", "a/", ".hidden", "a\\b", "nul", "fragments/x", "fragments/.md"] {
            let err = check_name(&name.into()).unwrap_err();
            assert_eq!(err.code, "prompt.bad_name", "{name}");
        }
        for name in ["triage", "billing/invoice extract.v2", "fragments/json-only.md", "größe", "common"] {
            check_name(&name.into()).unwrap();
        }
    }
}
