//! Making a workspace: a folder with a few useful files, in the repository that is there or in a new one.

use super::clone::refuse_filled;
use super::{Author, Result, Workspace, WorkspaceError, files, manifest};
use atelier_types::ids::WorkspaceId;
use atelier_types::time::MillisSinceEpoch;
use git2::{Repository, RepositoryInitOptions};
use std::path::Path;

/// What a new workspace needs from outside.
pub struct Creation<'a> {
    pub id: WorkspaceId,
    pub name: &'a str,
    pub author: &'a Author,
    pub at: MillisSinceEpoch,
}

/// Files of a new workspace: a prompt that runs, rows to run it on, and an experiment that does.
const STARTER: &[(&str, &str)] = &[
    ("prompts/summarise.prompty", include_str!("starter/summarise.prompty")),
    ("datasets/articles.jsonl", include_str!("starter/articles.jsonl")),
    ("experiments/summaries.toml", include_str!("starter/summaries.toml")),
];

impl Workspace {
    /// Creates a workspace and commits it. The folder is new or empty, or stands inside a repository without having an
    /// `atelier.toml`; nothing that is there is overwritten.
    pub fn create(path: &Path, creation: &Creation<'_>) -> Result<Self> {
        if path.join(manifest::FILE).exists() {
            return Err(WorkspaceError::Exists { path: path.to_owned() });
        }
        let is_inside_repository = Repository::discover(path).is_ok();
        if !is_inside_repository {
            refuse_filled(path)?;
        }
        std::fs::create_dir_all(path).map_err(|source| WorkspaceError::writing("create a folder", path, source))?;
        if Repository::discover(path).is_err() {
            init(path)?;
        }
        let mut written = vec![manifest::FILE.to_owned()];
        files::write_whole(&path.join(manifest::FILE), manifest_text(creation).as_bytes())?;
        let workspace = Self::open(path)?;
        for (relative, text) in STARTER {
            if !workspace.exists(relative) {
                workspace.write_atomic(relative, text.as_bytes())?;
                written.push((*relative).to_owned());
            }
        }
        workspace.commit(&written, "Start the workspace", creation.author, creation.at)?;
        Ok(workspace)
    }
}

/// A repository whose first branch is `main`.
pub(super) fn init(path: &Path) -> Result<Repository> {
    let mut options = RepositoryInitOptions::new();
    options.initial_head("main").external_template(false);
    Repository::init_opts(path, &options).map_err(WorkspaceError::git("start a git repository"))
}

fn manifest_text(creation: &Creation<'_>) -> String {
    let quoted = |text: &str| toml_edit::Value::from(text).to_string();
    format!(
        "id = {}\nname = {}\nformat = {}\n\n[models.demo]\npath = \"builtin:atelier-demo\"\n",
        quoted(creation.id.as_str()),
        quoted(creation.name),
        manifest::FORMAT
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author() -> Author {
        Author { name: "Ada".to_owned(), email: "ada@example.org".to_owned() }
    }

    fn create(path: &Path) -> Result<Workspace> {
        crate::testing::isolate_git();
        let creation = Creation { id: "w1".into(), name: "My \"own\"", author: &author(), at: MillisSinceEpoch(0) };
        Workspace::create(path, &creation)
    }

    #[test]
    fn new_workspace_is_committed_whole_and_can_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = create(&folder.path().join("new")).unwrap();
        assert_eq!(workspace.manifest().unwrap().name, "My \"own\"");
        let status = workspace.status().unwrap();
        assert_eq!((status.branch.as_deref(), status.uncommitted), (Some("main"), vec![]));
        assert_eq!(workspace.dataset(&"articles".into()).unwrap().rows.len(), 5);
    }

    #[test]
    fn workspace_inside_a_repository_commits_its_own_files_only() {
        let folder = tempfile::tempdir().unwrap();
        crate::testing::isolate_git();
        let repository = init(folder.path()).unwrap();
        std::fs::write(folder.path().join("main.py"), "print()").unwrap();
        let workspace = create(&folder.path().join("llm")).unwrap();
        assert_eq!(workspace.repository_root(), folder.path().canonicalize().unwrap());
        let tree = repository.head().unwrap().peel_to_tree().unwrap();
        assert!(tree.get_name("main.py").is_none());
        assert!(tree.get_path(Path::new("llm/atelier.toml")).is_ok());
    }

    #[test]
    fn nothing_that_is_there_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine.txt"), "mine").unwrap();
        assert!(matches!(create(folder.path()), Err(WorkspaceError::Exists { .. })));
        let workspace = create(&folder.path().join("w")).unwrap();
        assert!(matches!(create(workspace.root()), Err(WorkspaceError::Exists { .. })));
    }
}
