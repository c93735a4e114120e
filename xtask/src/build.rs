//! Builds the programs and the web interface, and lays out the resources that the programs look for.

use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The one profile of run, test and bench, so that a machine compiles the heavy dependencies once.
const PROFILE_FOLDER: &str = "debug";
const WASM_TARGET: &str = "wasm32-unknown-unknown";
const WASM_PROGRAM: &str = "atelier_web";
/// Beginnings of the variables that `cargo run` sets for the program that it starts.
const TOLD_BY_CARGO: [&str; 4] = ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_MANIFEST_", "CARGO_PKG_"];

/// Where things are.
pub struct House {
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

impl House {
    pub fn find() -> anyhow::Result<Self> {
        let metadata =
            Command::new("cargo").args(["metadata", "--format-version=1", "--no-deps", "--offline"]).output()?;
        let metadata: serde_json::Value =
            serde_json::from_slice(&metadata.stdout).context("cargo metadata is no JSON")?;
        let path = |key: &str| metadata[key].as_str().map(PathBuf::from).with_context(|| format!("no {key}"));
        Ok(Self { root: path("workspace_root")?, target: path("target_directory")? })
    }

    /// Folder of the built programs.
    pub fn programs(&self) -> PathBuf {
        self.target.join(PROFILE_FOLDER)
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.programs().join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Folder that the programs read the web interface, the interpreter of scripts, the demo and the demo models from.
    pub fn resources(&self) -> PathBuf {
        self.programs().join("resources")
    }

    /// A command in the root of the repository.
    ///
    /// It does not see what `cargo run` told this task about itself: build scripts of some dependencies ask for the same
    /// names, and would run again, with all that depends on them, whenever the repository lies elsewhere.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let told = std::env::vars_os().map(|(name, _)| name);
        for name in told.filter(|name| TOLD_BY_CARGO.iter().any(|told| name.to_string_lossy().starts_with(told))) {
            command.env_remove(name);
        }
        command.current_dir(&self.root);
        command
    }

    /// Runs `cargo` with these arguments and fails when it does.
    pub fn cargo(&self, arguments: &[&str]) -> anyhow::Result<()> {
        run(self.command("cargo").args(arguments))
    }
}

/// Runs a command to its end; an exit status other than 0 is an error that names the command.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("{command:?} did not start"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

/// All programs. The whole workspace with its tests is named, so that every task sees the same features of every
/// dependency and nothing is compiled twice.
pub fn programs(house: &House) -> anyhow::Result<()> {
    house.cargo(&["build", "--workspace", "--all-targets", "--locked"])
}

/// The interface for webview and browser, into `resources/web`.
pub fn web(house: &House) -> anyhow::Result<()> {
    house.cargo(&[
        "build",
        "--locked",
        "--package=atelier-ui",
        "--bin",
        WASM_PROGRAM,
        "--features=web",
        "--target",
        WASM_TARGET,
        "--profile=wasm",
    ])?;
    let module = house.target.join(WASM_TARGET).join("wasm").join(format!("{WASM_PROGRAM}.wasm"));
    let web = house.resources().join("web");
    std::fs::create_dir_all(&web)?;
    if is_older(&web.join(format!("{WASM_PROGRAM}_bg.wasm")), &module) {
        wasm_bindgen_cli_support::Bindgen::new()
            .input_path(&module)
            .web(true)?
            .typescript(false)
            .remove_name_section(true)
            .generate(&web)
            .context("wasm-bindgen failed")?;
    }
    copy_folder(&house.root.join("assets/web"), &web)
}

/// The interpreter of users' scorer scripts, into `resources/script.wasm`.
pub fn script(house: &House) -> anyhow::Result<()> {
    house.cargo(&["build", "--locked", "--package=atelier-script", "--target", WASM_TARGET, "--profile=script"])?;
    let module = house.target.join(WASM_TARGET).join("script/atelier_script.wasm");
    std::fs::create_dir_all(house.resources())?;
    std::fs::copy(&module, house.resources().join("script.wasm"))
        .with_context(|| format!("cannot copy {}", module.display()))?;
    Ok(())
}

/// The demo workspace and the demo models, into `resources`.
pub fn resources(house: &House) -> anyhow::Result<()> {
    let resources = house.resources();
    replace_folder(&house.root.join("workspaces/demo"), &resources.join("demo"))?;
    replace_folder(&house.root.join("assets/models"), &resources.join("models"))
}

fn is_older(file: &Path, than: &Path) -> bool {
    let modified = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    modified(file).is_none_or(|time| modified(than).is_none_or(|other| time < other))
}

pub fn replace_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    if to.exists() {
        std::fs::remove_dir_all(to)?;
    }
    copy_folder(from, to)
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
