//! `cargo xtask package`: the programs and their resources in one folder, as they are installed.

use crate::build::{self, House};
use crate::system::{self, Needs};
use std::path::PathBuf;

const PROGRAMS: [&str; 3] = ["atelier", "atelier-desktop", "atelier-engine"];

#[derive(clap::Args)]
pub struct Options {
    /// Folder to write; default: `target/package`
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn package(house: &House, options: &Options) -> anyhow::Result<()> {
    system::set_up(Needs::Build)?;
    build::programs(house)?;
    build::web(house)?;
    build::script(house)?;
    build::resources(house)?;
    let out = options.out.clone().unwrap_or_else(|| house.target.join("package"));
    let programs = out.join("bin");
    std::fs::create_dir_all(&programs)?;
    for name in PROGRAMS {
        let from = house.program(name);
        let to = programs.join(from.file_name().unwrap_or_default());
        std::fs::copy(&from, &to)?;
    }
    build::replace_folder(&house.resources(), &out.join("share/atelier"))?;
    eprintln!("Wrote {}", out.display());
    Ok(())
}
