//! `cargo xtask parity`: golden values made anew by the pinned reference implementations and compared with ours.
//!
//! A generator is a Python file whose first lines name the packages that it needs, pinned, after `# requires:`, and the
//! golden file that it writes after `# writes:`. It prints the golden file to standard output. The test command uses
//! the golden files as they are checked in and installs no reference.

use crate::build::{self, House};
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};

pub fn parity(house: &House) -> anyhow::Result<()> {
    let folder = house.root.join("core/tests/goldens");
    let mut generators: Vec<PathBuf> = std::fs::read_dir(&folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "py"))
        .collect();
    generators.sort();
    let python = virtual_environment(house)?;
    let mut num_different = 0;
    for generator in &generators {
        if !matches_golden(&python, &folder, generator)? {
            num_different += 1;
        }
    }
    if num_different > 0 {
        bail!("{num_different} of {} golden files differ from what their reference gives today", generators.len());
    }
    eprintln!("{} golden files equal what their references give.", generators.len());
    Ok(())
}

/// A Python environment in the target folder, made once.
fn virtual_environment(house: &House) -> anyhow::Result<PathBuf> {
    let folder = house.target.join("parity");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !python.exists() {
        build::run(house.command("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    Ok(python)
}

fn matches_golden(python: &Path, folder: &Path, generator: &Path) -> anyhow::Result<bool> {
    let source = std::fs::read_to_string(generator)?;
    let heading = |key: &str| {
        let line = source.lines().find_map(|line| line.strip_prefix(key));
        line.map(str::trim).with_context(|| format!("{} has no line `{key}`", generator.display()))
    };
    let packages: Vec<&str> = heading("# requires:")?.split_whitespace().collect();
    let golden = folder.join(heading("# writes:")?);
    eprintln!("── {}: {}", generator.display(), packages.join(" "));
    let mut install = std::process::Command::new(python);
    build::run(install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(&packages))?;
    let output = std::process::Command::new(python).arg(generator).output()?;
    if !output.status.success() {
        bail!("{} failed: {}", generator.display(), String::from_utf8_lossy(&output.stderr));
    }
    let equal = std::fs::read(&golden)? == output.stdout;
    eprintln!("   {} {}", golden.display(), if equal { "is equal" } else { "differs" });
    Ok(equal)
}
