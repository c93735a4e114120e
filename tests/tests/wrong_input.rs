//! What goes wrong, one row each: the stable code, the exit status, the place where there is one, the one action that is
//! offered, and that not a byte of the user's files has changed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this is test code")]

use atelier_tests::programs::program;
use atelier_tests::sandbox::{Ran, Sandbox};
use atelier_tests::stand_in::StandIn;
use atelier_tests::workspace::{greetings, write};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One row of the table.
struct Case {
    name: &'static str,
    /// Makes the wrong thing and says which command meets it.
    prepare: fn(&Ground) -> Command,
    code: &'static str,
    status: i32,
    /// File below the workspace, and line.
    place: Option<(&'static str, u64)>,
}

/// A workspace that is fine, with a provider that answers.
struct Ground {
    sandbox: Sandbox,
    stand_in: StandIn,
    folder: PathBuf,
}

impl Ground {
    fn new() -> Self {
        let (sandbox, stand_in) = (Sandbox::new(), StandIn::with_key());
        let folder = greetings(&sandbox, &stand_in, &["echo"], 3);
        Self { sandbox, stand_in, folder }
    }

    fn at(&self, arguments: &[&str]) -> Command {
        let workspace = self.folder.to_str().unwrap();
        self.sandbox.atelier(&[&["--workspace", workspace, "--json"], arguments].concat())
    }

    fn file(&self, relative: &str, text: &str) {
        write(&self.folder, relative, text);
    }

    /// A command in a mount namespace of its own, after `mounts` were done there.
    fn mounted(&self, mounts: &str, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.command("unshare");
        let script = format!("{mounts} && exec \"$@\"");
        command.args(["--map-root-user", "--mount", "sh", "-c", &script, "sh"]).arg(program("atelier"));
        command.args(["--workspace", self.folder.to_str().unwrap(), "--json"]).args(arguments);
        command
    }
}

const CASES: &[Case] = &[
    Case {
        name: "template with an unknown variable",
        prepare: |ground| {
            ground.file("prompts/wrong.prompty", "---\nname: wrong\n---\nuser:\nHello {{ nmae }}\n");
            ground.at(&["prompt", "render", "wrong"])
        },
        code: "prompt.unknown_variable",
        status: 1,
        place: Some(("prompts/wrong.prompty", 5)),
    },
    Case {
        name: "broken YAML",
        prepare: |ground| {
            ground.file("prompts/wrong.prompty", "---\nname: wrong\ninputs: [\n---\nuser:\nHello\n");
            ground.at(&["prompt", "render", "wrong"])
        },
        code: "prompt.bad_yaml",
        status: 1,
        place: Some(("prompts/wrong.prompty", 3)),
    },
    Case {
        name: "missing fragment",
        prepare: |ground| {
            ground.file("prompts/wrong.prompty", "---\nname: wrong\n---\nuser:\n{% include \"fragments/none.md\" %}\n");
            ground.at(&["prompt", "render", "wrong"])
        },
        code: "prompt.missing_fragment",
        status: 1,
        place: Some(("prompts/wrong.prompty", 5)),
    },
    Case {
        name: "workspace file that is no TOML",
        prepare: |ground| {
            ground.file("atelier.toml", "format = 1\nname = \n");
            ground.at(&["prompt", "list"])
        },
        code: "workspace.bad_manifest",
        status: 1,
        place: Some(("atelier.toml", 2)),
    },
    Case {
        name: "workspace of a newer format",
        prepare: |ground| {
            let text = std::fs::read_to_string(ground.folder.join("atelier.toml")).unwrap();
            ground.file("atelier.toml", &text.replace("format = 1", "format = 999"));
            ground.at(&["prompt", "list"])
        },
        code: "workspace.newer_format",
        status: 1,
        place: None,
    },
    Case {
        name: "folder without a workspace",
        prepare: |ground| {
            std::fs::create_dir(ground.sandbox.work().join("empty")).unwrap();
            ground.sandbox.atelier(&["--workspace", "empty", "--json", "prompt", "list"])
        },
        code: "workspace.no_manifest",
        status: 1,
        place: None,
    },
    Case {
        name: "dataset row without an id",
        prepare: |ground| {
            ground.file("datasets/wrong.jsonl", "{\"id\":\"a\",\"name\":\"x\"}\n{\"name\":\"y\"}\n");
            ground.at(&["dataset", "show", "wrong"])
        },
        code: "dataset.missing_id",
        status: 1,
        place: Some(("datasets/wrong.jsonl", 2)),
    },
    Case {
        name: "experiment with an unknown key",
        prepare: |ground| {
            let text = std::fs::read_to_string(ground.folder.join("experiments/greetings.toml")).unwrap();
            ground.file("experiments/wrong.toml", &format!("sedes = 3\n{text}"));
            ground.at(&["runs", "plan", "wrong"])
        },
        code: "experiment.malformed",
        status: 1,
        place: Some(("experiments/wrong.toml", 1)),
    },
    Case {
        name: "unreachable endpoint",
        prepare: |ground| {
            let text = std::fs::read_to_string(ground.folder.join("atelier.toml")).unwrap();
            ground.file("atelier.toml", &text.replace(&ground.stand_in.base_url(), "http://127.0.0.1:9/v1"));
            ground.at(&["models", "probe", "echo"])
        },
        code: "provider.network",
        status: 1,
        place: None,
    },
    Case {
        name: "wrong key",
        prepare: |ground| ground.at(&["models", "probe", "echo"]),
        code: "provider.auth",
        status: 1,
        place: None,
    },
    Case {
        name: "corrupt model file",
        prepare: |ground| {
            ground.file("weights/config.json", "{ \"model_type\": \"llama\" }");
            ground.file("weights/tokenizer.json", "{}");
            ground.file("weights/model.safetensors", "these are no weights");
            let text = std::fs::read_to_string(ground.folder.join("atelier.toml")).unwrap();
            ground.file("atelier.toml", &format!("{text}\n[models.wrong]\npath = \"weights\"\n"));
            ground.at(&["models", "load", "wrong"])
        },
        code: "engine.bad_weights",
        status: 1,
        place: None,
    },
    Case {
        name: "model folder that is not there",
        prepare: |ground| {
            let text = std::fs::read_to_string(ground.folder.join("atelier.toml")).unwrap();
            ground.file("atelier.toml", &format!("{text}\n[models.gone]\npath = \"nowhere\"\n"));
            ground.at(&["models", "load", "gone"])
        },
        code: "engine.no_such_path",
        status: 1,
        place: None,
    },
    Case {
        name: "read-only folder",
        prepare: |ground| {
            let folder = ground.folder.display().to_string();
            let mounts = format!("mount --bind '{folder}' '{folder}' && mount -o remount,ro,bind '{folder}'");
            ground.mounted(&mounts, &["prompt", "create", "new"])
        },
        code: "workspace.read_only",
        status: 1,
        place: None,
    },
    Case {
        name: "full disk",
        prepare: |ground| {
            let data = ground.sandbox.data().display().to_string();
            let mounts = format!("mount -t tmpfs -o size=64k tmpfs '{data}'");
            ground.mounted(&mounts, &["run", "greetings"])
        },
        code: "store.disk_full",
        status: 1,
        place: None,
    },
    Case {
        name: "conflicted git tree",
        prepare: |ground| {
            conflict(ground);
            ground.at(&["prompt", "save", "greet", "--message", "Greet"])
        },
        code: "git.conflicted",
        status: 1,
        place: None,
    },
    Case {
        name: "database of a newer version",
        prepare: |ground| {
            ground.at(&["runs", "list"]).output().unwrap();
            let folders = std::fs::read_dir(ground.sandbox.data().join("workspaces")).unwrap();
            for folder in folders {
                let connection = rusqlite::Connection::open(folder.unwrap().path().join("atelier.db")).unwrap();
                connection.pragma_update(None, "user_version", 999).unwrap();
            }
            ground.at(&["runs", "list"])
        },
        code: "store.newer_version",
        status: 1,
        place: None,
    },
    Case {
        name: "no keychain",
        prepare: |ground| {
            let mut command = ground.sandbox.command("sh");
            let script = "echo key-1234 | exec \"$@\"";
            command.args(["-c", script, "sh"]).arg(program("atelier"));
            command.args(["--workspace", ground.folder.to_str().unwrap(), "--json", "models", "set-key", "stand-in"]);
            command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
            command
        },
        code: "keychain.unavailable",
        status: 1,
        place: None,
    },
    Case {
        name: "unknown run",
        prepare: |ground| ground.at(&["runs", "show", "none"]),
        code: "run.not_found",
        status: 1,
        place: None,
    },
    Case {
        name: "argument that does not fit",
        prepare: |ground| ground.at(&["prompt", "render", "greet", "--input", "name"]),
        code: "cli.bad_argument",
        status: 1,
        place: None,
    },
];

/// Leaves a merge of two changes to one prompt behind.
fn conflict(ground: &Ground) {
    let git = |arguments: &[&str]| ground.sandbox.git(&ground.folder, arguments);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "All"]);
    git(&["checkout", "--quiet", "-b", "theirs"]);
    let text = std::fs::read_to_string(ground.folder.join("prompts/greet.prompty")).unwrap();
    ground.file("prompts/greet.prompty", &text.replace("Greet {{ name }}.", "Salute {{ name }}."));
    git(&["commit", "--quiet", "--all", "--message", "Salute"]);
    git(&["checkout", "--quiet", "-"]);
    ground.file("prompts/greet.prompty", &text.replace("Greet {{ name }}.", "Hail {{ name }}."));
    git(&["commit", "--quiet", "--all", "--message", "Hail"]);
    let mut merge = ground.sandbox.command("git");
    merge.current_dir(&ground.folder).args(["-c", "user.name=T", "-c", "user.email=t@localhost", "merge", "theirs"]);
    assert!(!merge.output().unwrap().status.success(), "the merge must conflict");
}

/// Every file below a folder with its hash, git's own files left out.
fn fingerprint(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != ".git") {
                folders.push(path);
            } else if path.is_file() {
                let digest = Sha256::digest(std::fs::read(&path).unwrap());
                found.insert(path, digest.iter().map(|byte| format!("{byte:02x}")).collect());
            }
        }
    }
    found
}

/// What does not fit, in words; nothing where all of it fits.
fn faults(case: &Case) -> Vec<String> {
    let ground = Ground::new();
    let mut command = (case.prepare)(&ground);
    let before = fingerprint(&ground.folder);
    let ran = Ran::of(command.output().unwrap());
    let mut faults = Vec::new();
    if ran.status != case.status {
        faults.push(format!("status {} instead of {}", ran.status, case.status));
    }
    let error: Value = match ran.stderr.lines().rev().find_map(|line| serde_json::from_str(line).ok()) {
        Some(error) => error,
        None => return vec![format!("no error on standard error: {} {}", ran.stderr, ran.stdout)],
    };
    if error["code"] != case.code {
        faults.push(format!("code {} instead of {}: {error}", error["code"], case.code));
    }
    if let Some((file, line)) = case.place
        && (error["location"]["file"] != file || error["location"]["line"] != line)
    {
        faults.push(format!("place {} instead of {file}:{line}", error["location"]));
    }
    if error["action"].as_str().is_none_or(|action| action.len() <= 10) {
        faults.push(format!("no action: {error}"));
    }
    if fingerprint(&ground.folder) != before {
        faults.push("files of the workspace have changed".to_owned());
    }
    faults
}

#[test]
fn each_wrong_input_has_its_code_place_action_and_changes_nothing() {
    let mut report = Vec::new();
    for case in CASES {
        report.extend(faults(case).into_iter().map(|fault| format!("{}: {fault}", case.name)));
    }
    assert!(report.is_empty(), "\n{}", report.join("\n"));
}

#[test]
fn window_without_a_display_says_so() {
    let sandbox = Sandbox::new();
    let ran = Ran::of(sandbox.command(program("atelier-desktop")).output().unwrap());
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("atelier serve"), "{}", ran.stderr);
}
