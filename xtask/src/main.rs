//! The project's own tasks: set-up, run, test, parity, bench, package. `cargo xtask` lists them.
//!
//! Everything that a fresh machine needs is decided here and nowhere else; a task says what it installs before it
//! does it, and a second start does none of it again.

mod arrows;
mod bench;
mod build;
mod package;
mod parity;
mod python;
mod run;
mod steps;
mod system;
mod test;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks of the Atelier workspace")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and open the demo workspace: in a window where there is a display, else in a browser.
    Run(run::Options),
    /// Format, lints, arrows, unit, interface, browser and end-to-end tests.
    Test(test::Options),
    /// Make the golden values anew with the pinned reference implementations, and compare.
    Parity,
    /// Measure what DESIGN promises, with its conditions.
    Bench(bench::Options),
    /// Build the programs and lay them out as they are installed.
    Package(package::Options),
    /// Build only the web interface.
    Web,
    /// Check only the arrows between rooms.
    Arrows,
}

fn main() -> anyhow::Result<()> {
    let house = build::House::find()?;
    match Arguments::parse().task {
        Task::Run(options) => run::run(&house, &options),
        Task::Test(options) => test::test(&house, &options),
        Task::Parity => parity::parity(&house),
        Task::Bench(options) => bench::bench(&house, &options),
        Task::Package(options) => package::package(&house, &options),
        Task::Web => build::web(&house),
        Task::Arrows => arrows::check(&house),
    }
}
