//! `cargo xtask run`: the studio on the demo workspace.

use crate::build::{self, House};
use crate::steps::Steps;
use crate::system::{self, Needs};

#[derive(clap::Args)]
pub struct Options {
    /// Arguments for `atelier open` instead of the demo workspace
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub fn run(house: &House, options: &Options) -> anyhow::Result<()> {
    let mut steps = Steps::new();
    steps.run("Set up", || system::set_up(Needs::Build))?;
    steps.run("Build the programs", || build::programs(house))?;
    steps.run("Build the web interface", || build::web(house))?;
    steps.run("Build the interpreter of scripts", || build::script(house))?;
    steps.run("Lay out the resources", || build::resources(house))?;
    steps.print();
    let mut studio = house.command(&house.program("atelier").to_string_lossy());
    studio.arg("open");
    if options.arguments.is_empty() {
        studio.arg("--demo");
    }
    build::run(studio.args(&options.arguments))
}
