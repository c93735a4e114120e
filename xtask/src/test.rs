//! `cargo xtask test`: everything that must hold before a change lands.

use crate::arrows;
use crate::build::{self, House};
use crate::steps::Steps;
use crate::system::{self, Needs};
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Our end-to-end tests; everything else is unit and interface tests.
const END_TO_END: &str = "atelier-tests";
/// End-to-end tests start displays, browsers and engines: one at a time is what two cores carry.
const NUM_END_TO_END_THREADS: &str = "1";

#[derive(clap::Args)]
pub struct Options {
    /// Only the quick part: format, arrows, lints and unit tests
    #[arg(long)]
    quick: bool,
}

pub fn test(house: &House, options: &Options) -> anyhow::Result<()> {
    let mut steps = Steps::new();
    steps.run("Set up", || system::set_up(Needs::BuildAndTest))?;
    steps.run("Format", || house.cargo(&["fmt", "--all", "--check"]))?;
    steps.run("Arrows between rooms", || arrows::check(house))?;
    steps.run("Build the programs and their tests", || build::programs(house))?;
    steps.run("Build the web interface", || build::web(house))?;
    steps.run("Build the interpreter of scripts", || build::script(house))?;
    steps.run("Lay out the resources", || build::resources(house))?;
    steps.run("Lints", || lints(house))?;
    steps.run("Lints for wasm", || wasm_lints(house))?;
    let suites = steps.run("List the tests", || suites(house))?;
    if suites.is_empty() {
        bail!("There is not one test program");
    }
    for suite in suites.iter().filter(|suite| !suite.is_end_to_end) {
        steps.run(&suite.title, || suite.run(&[]))?;
    }
    if !options.quick {
        for suite in suites.iter().filter(|suite| suite.is_end_to_end) {
            steps.run(&suite.title, || suite.run(&["--test-threads", NUM_END_TO_END_THREADS]))?;
        }
    }
    steps.print();
    Ok(())
}

fn lints(house: &House) -> anyhow::Result<()> {
    house.cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny=warnings"])
}

/// The second list: what must not be used where there is one thread and no file system.
fn wasm_lints(house: &House) -> anyhow::Result<()> {
    let mut command = house.command("cargo");
    command.env("CLIPPY_CONF_DIR", house.root.join("xtask/clippy-wasm"));
    command.args([
        "clippy",
        "--package=atelier-ui",
        "--package=atelier-types",
        "--package=atelier-script",
        "--features=atelier-ui/web",
        "--locked",
    ]);
    command.args(["--target=wasm32-unknown-unknown", "--profile=wasm", "--", "--deny=warnings"]);
    build::run(&mut command)
}

/// One program of tests.
struct Suite {
    title: String,
    program: PathBuf,
    /// The folder of its package, where its tests look for their files.
    folder: PathBuf,
    is_end_to_end: bool,
}

impl Suite {
    fn run(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let mut command = std::process::Command::new(&self.program);
        build::run(command.args(arguments).current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder))
    }
}

/// All programs of tests, as Cargo built them. Each is run by itself, so that the table says what takes the time.
fn suites(house: &House) -> anyhow::Result<Vec<Suite>> {
    let mut command = house.command("cargo");
    command.args(["test", "--workspace", "--locked", "--no-run", "--message-format=json-render-diagnostics"]);
    let output = command.stderr(Stdio::inherit()).output().context("cargo did not start")?;
    if !output.status.success() {
        bail!("The tests did not build");
    }
    let text = String::from_utf8(output.stdout).context("cargo wrote no text")?;
    let mut suites: Vec<Suite> = text.lines().filter_map(suite_of).collect();
    suites.sort_by(|one, other| one.title.cmp(&other.title));
    Ok(suites)
}

/// The suite that a line of Cargo's messages announces, if it announces one.
fn suite_of(line: &str) -> Option<Suite> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    if message["profile"]["test"] != true {
        return None;
    }
    let program = PathBuf::from(message["executable"].as_str()?);
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?.to_owned();
    let package = message["package_id"].as_str()?;
    let package = package.rsplit_once('#').map_or(package, |(path, name)| {
        let named = name.split_once('@').map(|(name, _version)| name);
        named.unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path))
    });
    let target = message["target"]["name"].as_str()?;
    let is_end_to_end = package == END_TO_END || folder.ends_with("tests");
    let kind = if is_end_to_end { "End-to-end tests" } else { "Tests" };
    Some(Suite { title: format!("{kind}: {package} {target}"), program, folder, is_end_to_end })
}
