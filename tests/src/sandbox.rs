//! A machine of its own for a test: an empty home, an own data folder, no configuration, no keys, no proxy.

use crate::programs::program;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Everything is removed when it is dropped.
pub struct Sandbox {
    folder: tempfile::TempDir,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// 128 + signal for a killed program, as shells say it.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("atelier-test-").tempdir().expect("a temporary folder");
        for name in ["home", "data", "work"] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder in a fresh folder");
        }
        Self { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where Atelier keeps databases and settings.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// The current folder of commands.
    pub fn work(&self) -> PathBuf {
        self.path().join("work")
    }

    /// A command with nothing of this machine's user in its environment.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path().join("home"))
            .env("XDG_RUNTIME_DIR", self.path())
            .env("ATELIER_DATA", self.data())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.path().join("home/.gitconfig"))
            .env("LANG", "C.UTF-8")
            .env("USER", "tester")
            .env("NO_PROXY", "127.0.0.1,localhost")
            .current_dir(self.work())
            .stdin(Stdio::null());
        command
    }

    /// The command line with these arguments.
    pub fn atelier(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(program("atelier"));
        command.args(arguments);
        command
    }

    /// Runs the command line to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.atelier(arguments).output().expect("atelier starts"))
    }

    /// Runs the command line with `--json`, which must succeed, and reads its answer.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(ran.status, 0, "{arguments:?}\n{}\n{}", ran.stdout, ran.stderr);
        ran.json()
    }

    /// Runs git in a folder; it must succeed. Answers its output.
    pub fn git(&self, folder: &Path, arguments: &[&str]) -> String {
        let mut command = self.command("git");
        command.current_dir(folder).args(["-c", "user.name=Tester", "-c", "user.email=tester@localhost"]);
        let ran = Ran::of(command.args(arguments).output().expect("git starts"));
        assert_eq!(ran.status, 0, "git {arguments:?}: {}", ran.stderr);
        ran.stdout
    }
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            status: status(&output),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Standard output as one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|err| panic!("no JSON ({err}): {}", self.stdout))
    }

    /// The failure that `--json` writes as the last line of standard error.
    pub fn error(&self) -> Value {
        let line = self.stderr.lines().rev().find(|line| line.starts_with('{'));
        let line = line.unwrap_or_else(|| panic!("no error on standard error: {}", self.stderr));
        serde_json::from_str(line).unwrap_or_else(|err| panic!("no JSON ({err}): {line}"))
    }
}

#[cfg(unix)]
fn status(output: &Output) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    output.status.code().or_else(|| output.status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}

#[cfg(not(unix))]
fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}
