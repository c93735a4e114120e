//! `cargo xtask bench`: what DESIGN promises, measured here and printed with its conditions.

use crate::build::{self, House};
use crate::system::{self, Needs};

#[derive(clap::Args)]
pub struct Options {
    /// Only benches whose name contains this
    #[arg(default_value = "")]
    filter: String,
}

pub fn bench(house: &House, options: &Options) -> anyhow::Result<()> {
    system::set_up(Needs::BuildAndTest)?;
    build::programs(house)?;
    build::web(house)?;
    build::resources(house)?;
    let mut bench = house.command("cargo");
    bench.args(["run", "--quiet", "--locked", "--package=atelier-tests", "--bin=bench", "--", &options.filter]);
    build::run(&mut bench)
}
