//! Cloning: with the user's own `git` where it is installed, with git2 otherwise.

use super::git::{Program, program_version, without_password};
use super::{Result, WorkspaceError};
use git2::build::RepoBuilder;
use git2::{Cred, CredentialType, FetchOptions, RemoteCallbacks};
use std::path::Path;

/// Transports that can be meant by an address; others (`ext::` …) would run programs.
const TRANSPORTS: &[&str] = &["file", "git", "http", "https", "ssh"];

/// Clones into a folder that is new or empty.
pub fn clone_repository(url: &str, target: &Path) -> Result<()> {
    refuse_filled(target)?;
    check_address(url)?;
    let folder = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).map_err(|source| WorkspaceError::writing("create a folder", folder, source))?;
    match program_version() {
        Some(_) => Program::in_folder(folder).clone(url, target),
        None => clone_with_library(url, target),
    }
}

/// A clone or a new workspace never goes where something is already.
pub(super) fn refuse_filled(target: &Path) -> Result<()> {
    match std::fs::read_dir(target) {
        Ok(mut entries) => match entries.next() {
            Some(_) => Err(WorkspaceError::Exists { path: target.to_owned() }),
            None => Ok(()),
        },
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(WorkspaceError::Io { action: "look into the folder", path: target.to_owned(), source }),
    }
}

fn check_address(url: &str) -> Result<()> {
    let scheme = url.split_once("::").or_else(|| url.split_once("://")).map(|(scheme, _)| scheme);
    let is_fine = !url.starts_with('-') && !url.trim().is_empty() && scheme.is_none_or(|one| TRANSPORTS.contains(&one));
    if is_fine {
        return Ok(());
    }
    let reason = "the address is none of https, ssh, git or a path".to_owned();
    Err(WorkspaceError::Clone { url: without_password(url), reason })
}

fn clone_with_library(url: &str, target: &Path) -> Result<()> {
    let mut callbacks = RemoteCallbacks::new();
    let mut is_asked = false;
    callbacks.credentials(move |_, user, allowed| {
        // libgit2 asks again and again when a credential is refused.
        if std::mem::replace(&mut is_asked, true) {
            return Err(git2::Error::from_str("access was refused"));
        }
        if allowed.contains(CredentialType::SSH_KEY) {
            return Cred::ssh_key_from_agent(user.unwrap_or("git"));
        }
        Cred::default()
    });
    let mut options = FetchOptions::new();
    options.remote_callbacks(callbacks);
    let cloned = RepoBuilder::new().fetch_options(options).clone(url, target);
    let failed =
        |err: git2::Error| WorkspaceError::Clone { url: without_password(url), reason: err.message().to_owned() };
    cloned.map(drop).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_would_run_a_program_or_be_an_option_are_refused() {
        for url in ["ext::sh -c id", "--upload-pack=id", "", "javascript://x"] {
            assert!(check_address(url).is_err(), "{url} was let through");
        }
        for url in ["https://host/x.git", "git@host:x.git", "ssh://host/x", "/srv/git/x.git", "../x"] {
            assert!(check_address(url).is_ok(), "{url} was refused");
        }
    }

    #[test]
    fn both_ways_of_cloning_give_the_same_files() {
        let (folder, workspace) = crate::testing::workspace();
        let source = workspace.root().display().to_string();
        let by_library = folder.path().join("by-library");
        clone_with_library(&source, &by_library).unwrap();
        let by_program = folder.path().join("by-program");
        clone_repository(&source, &by_program).unwrap();
        let manifest = workspace.read("atelier.toml").unwrap();
        for clone in [by_library, by_program] {
            assert_eq!(std::fs::read_to_string(clone.join("atelier.toml")).unwrap(), manifest);
        }
    }

    #[test]
    fn filled_folder_is_not_cloned_into_and_a_missing_source_says_why() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine.txt"), "mine").unwrap();
        assert!(matches!(clone_repository("/nowhere", folder.path()), Err(WorkspaceError::Exists { .. })));
        let target = folder.path().join("new");
        assert!(matches!(clone_repository("/nowhere", &target), Err(WorkspaceError::Clone { .. })));
        assert!(!target.exists());
    }
}
