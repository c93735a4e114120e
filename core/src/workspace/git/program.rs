//! The user's own `git`, for what git2 cannot do as the user configured it: the network with its ssh configuration,
//! agents and credential helpers, and signing.

use crate::workspace::{Result, WorkspaceError};
use git2::{Commit, Oid, Signature};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// `git`, to be run in a folder.
pub(in crate::workspace) struct Program<'a> {
    folder: &'a Path,
}

/// The version of the installed git; `None` where there is none.
pub fn version() -> Option<String> {
    let output = Command::new("git").arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then(|| text.trim_start_matches("git version ").to_owned())
}

impl<'a> Program<'a> {
    pub fn in_folder(folder: &'a Path) -> Self {
        Self { folder }
    }

    /// Clones without ever asking on a terminal that nobody sees, and only over transports that run no other program.
    pub fn clone(&self, url: &str, target: &Path) -> Result<()> {
        let mut command = self.command();
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh");
        command.args(["clone", "--quiet", "--"]).arg(url).arg(target);
        let failed = |reason| WorkspaceError::Clone { url: without_password(url), reason };
        let output = command.output().map_err(|err| failed(err.to_string()))?;
        if output.status.success() {
            return Ok(());
        }
        Err(failed(said(&output.stderr).replace(url, &without_password(url))))
    }

    /// Stores a file after the programs that `.gitattributes` names for it.
    pub fn filtered_blob(&self, path: &str) -> Result<Oid> {
        let failed = |reason| WorkspaceError::Program { action: "store a filtered file", reason };
        let output = self.command().args(["hash-object", "-w", "--", path]).output();
        object_id(output.map_err(|err| failed(err.to_string()))?).map_err(failed)
    }

    /// Writes a commit object that is signed as the user's configuration says.
    pub fn signed_commit(
        &self,
        message: &str,
        signature: &Signature<'_>,
        tree: Oid,
        parent: Option<&Commit<'_>>,
    ) -> Result<Oid> {
        let mut command = self.command();
        let date = format!("{} +0000", signature.when().seconds());
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), String::from_utf8_lossy(signature.name_bytes()).as_ref());
            command.env(format!("GIT_{who}_EMAIL"), String::from_utf8_lossy(signature.email_bytes()).as_ref());
            command.env(format!("GIT_{who}_DATE"), &date);
        }
        command.args(["commit-tree", "-S", "-F", "-", &tree.to_string()]);
        if let Some(parent) = parent {
            command.args(["-p", &parent.id().to_string()]);
        }
        let failed = |reason| WorkspaceError::Program { action: "sign the commit", reason };
        object_id(feed(command, message).map_err(|err| failed(err.to_string()))?).map_err(failed)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.current_dir(self.folder).stdin(Stdio::null());
        command
    }
}

fn feed(mut command: Command, input: &str) -> std::io::Result<std::process::Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    child.wait_with_output()
}

/// The id of an object that git wrote, or what it said instead.
fn object_id(output: std::process::Output) -> std::result::Result<Oid, String> {
    let id = String::from_utf8_lossy(&output.stdout).trim().parse::<Oid>();
    id.ok().filter(|_| output.status.success()).ok_or_else(|| said(&output.stderr))
}

/// The last thing that git said, which is what stopped it.
fn said(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let last = text.lines().rev().find(|line| line.starts_with("fatal:") || line.starts_with("error:"));
    last.or_else(|| text.lines().last()).unwrap_or("it said nothing").trim_start_matches("fatal: ").to_owned()
}

/// An address as it may be shown: a password that was typed into it is left out.
pub(in crate::workspace) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let authority_end = rest.find('/').unwrap_or(rest.len());
    match rest[..authority_end].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_in_an_address_is_not_shown() {
        assert_eq!(without_password("https://me:s3cret@host/x@y.git"), "https://host/x@y.git");
        assert_eq!(without_password("git@host:team/prompts.git"), "git@host:team/prompts.git");
    }
}
