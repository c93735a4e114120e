//! Finding the workspace that a person means by a folder.

use super::{Result, WorkspaceError, manifest};
use std::path::{Path, PathBuf};

const MAX_DEPTH_BELOW: usize = 3;

/// The folder that holds `atelier.toml`: the given one, the nearest above it inside the same repository, or the only one
/// below it.
pub fn find(path: &Path) -> Result<PathBuf> {
    let start = path.canonicalize().map_err(|_| WorkspaceError::NotFound { path: path.to_owned() })?;
    if !start.is_dir() {
        return Err(WorkspaceError::NotFound { path: path.to_owned() });
    }
    for folder in start.ancestors() {
        if is_workspace(folder) {
            return Ok(folder.to_owned());
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    let mut found = Vec::new();
    collect_below(&start, MAX_DEPTH_BELOW, &mut found);
    match found.len() {
        0 => Err(WorkspaceError::NoManifest { path: start }),
        1 => Ok(found.remove(0)),
        _ => {
            let relative = |folder: PathBuf| folder.strip_prefix(&start).unwrap_or(&folder).display().to_string();
            let mut found: Vec<String> = found.into_iter().map(relative).collect();
            found.sort();
            Err(WorkspaceError::Ambiguous { path: start, found })
        }
    }
}

/// Whether the folder itself holds `atelier.toml`.
pub fn is_workspace(folder: &Path) -> bool {
    folder.join(manifest::FILE).is_file()
}

fn collect_below(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.filter_map(std::io::Result::ok) {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder || entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        if is_workspace(&path) {
            found.push(path);
        } else if depth > 1 {
            collect_below(&path, depth - 1, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn workspace_at(root: &Path, relative: &str) {
        fs::create_dir_all(root.join(relative)).unwrap();
        fs::write(root.join(relative).join(manifest::FILE), "").unwrap();
    }

    #[test]
    fn workspace_is_found_above_and_below() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("service/llm/prompts/billing")).unwrap();
        workspace_at(&root, "service/llm");
        assert_eq!(find(&root.join("service/llm/prompts/billing")).unwrap(), root.join("service/llm"));
        assert_eq!(find(&root).unwrap(), root.join("service/llm"));
    }

    #[test]
    fn several_below_are_named_and_none_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join(".git")).unwrap();
        assert!(matches!(find(&root), Err(WorkspaceError::NoManifest { .. })));
        workspace_at(&root, "b");
        workspace_at(&root, "a");
        match find(&root) {
            Err(WorkspaceError::Ambiguous { found, .. }) => assert_eq!(found, ["a", "b"]),
            other => panic!("expected both to be named, got {other:?}"),
        }
        assert!(matches!(find(&root.join("nowhere")), Err(WorkspaceError::NotFound { .. })));
    }
}
