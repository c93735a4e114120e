//! Where things lie in a workspace, and which names can be files on every system that a team may use.
//!
//! A name never leads out of its folder: every part is checked before it becomes a path.

use super::{Result, WorkspaceError};
use atelier_types::dataset::DatasetFormat;
use atelier_types::ids::{DatasetName, PromptName};

pub(super) const PROMPTS: &str = "prompts";
pub(super) const LABELS: &str = "labels";
pub(super) const DATASETS: &str = "datasets";

/// Everything that Atelier writes and commits. Other paths are the user's.
pub(super) const OWN_PATHS: &[&str] = &[
    super::manifest::FILE,
    PROMPTS,
    LABELS,
    DATASETS,
    "experiments",
    "scorers",
    "rubrics",
    "reviews",
    "runs",
    "evalsets",
];

/// Names that Windows keeps for devices, with or without an ending.
const DEVICES: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];
const MAX_PART_BYTES: usize = 120;

pub(super) fn labels_path(name: &PromptName) -> Result<String> {
    check_name(name.as_str())?;
    Ok(format!("{LABELS}/{name}.toml"))
}

pub(super) fn dataset_path(name: &DatasetName, format: DatasetFormat) -> Result<String> {
    check_name(name.as_str())?;
    let ending = match format {
        DatasetFormat::Jsonl => "jsonl",
        DatasetFormat::Csv => "csv",
    };
    Ok(format!("{DATASETS}/{name}.{ending}"))
}

/// Refuses names that some file system cannot hold or that would lead elsewhere. `/` separates folders.
pub fn check_name(name: &str) -> Result<()> {
    let fault = name.split('/').find_map(part_fault);
    fault.map_or(Ok(()), |reason| Err(WorkspaceError::BadName { name: name.to_owned(), reason }))
}

fn part_fault(part: &str) -> Option<&'static str> {
    let stem = part.split('.').next().unwrap_or_default().to_ascii_lowercase();
    if part.is_empty() {
        Some("it is empty, or a folder in it is")
    } else if part.len() > MAX_PART_BYTES {
        Some("it is longer than 120 bytes")
    } else if part.starts_with('.') {
        Some("it starts with a dot")
    } else if part.ends_with(['.', ' ']) || part.starts_with(' ') {
        Some("it starts or ends with a space, or ends with a dot")
    } else if part.contains(|letter: char| letter.is_control() || "<>:\"\\|?*".contains(letter)) {
        Some("it has a character that not every system allows in file names")
    } else if DEVICES.contains(&stem.as_str()) {
        Some("Windows keeps this name for itself")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_or_fit_no_system_are_refused() {
        for name in
            ["", "..", "a/../b", "/etc/passwd", "a//b", "a\\b", "c:x", "nul", "con.txt", ".git/hooks", "a.", "x\n"]
        {
            assert!(check_name(name).is_err(), "{name:?} was let through");
        }
        for name in ["billing/invoice-extract", "Größe", "a.b", "v1.2 draft", "console"] {
            assert!(check_name(name).is_ok(), "{name:?} was refused");
        }
    }
}
