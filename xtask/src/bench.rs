//! `cargo xtask bench`: what DESIGN promises, measured here and printed with its conditions.

use crate::build::{self, House};
use crate::python;
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
    build::script(house)?;
    build::resources(house)?;
    // Not by `cargo run`, which would resolve features for this one package and compile the dependencies again.
    let mut bench = house.command(&house.program("bench").to_string_lossy());
    if "scoring".contains(&options.filter) {
        let references = house.root.join("tests/src/bin/bench/speed/references.py");
        match python::with_packages_of(house, &references) {
            Ok(python) => drop(bench.env("ATELIER_BENCH_PYTHON", python)),
            Err(err) => eprintln!("There is nothing to compare the scorers with: {err:#}"),
        }
    }
    build::run(bench.arg(&options.filter))
}
