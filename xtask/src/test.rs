//! `cargo xtask test`: everything that must hold before a change lands.

use crate::arrows;
use crate::build::{self, House};
use crate::steps::Steps;
use crate::system::{self, Needs};

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
    steps.run("Build the programs", || build::programs(house))?;
    steps.run("Build the web interface", || build::web(house))?;
    steps.run("Lay out the resources", || build::resources(house))?;
    steps.run("Lints", || lints(house))?;
    steps.run("Lints for wasm", || wasm_lints(house))?;
    steps.run("Unit and interface tests", || {
        house.cargo(&["test", "--workspace", "--locked", "--exclude=atelier-tests"])
    })?;
    if !options.quick {
        steps.run("End-to-end tests", || house.cargo(&["test", "--package=atelier-tests", "--locked"]))?;
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
    command.args(["clippy", "--package=atelier-ui", "--package=atelier-types", "--features=atelier-ui/web", "--locked"]);
    command.args(["--target=wasm32-unknown-unknown", "--profile=wasm", "--", "--deny=warnings"]);
    build::run(&mut command)
}
