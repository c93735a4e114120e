//! `cargo xtask parity`: golden values made anew by the pinned reference implementations and compared with ours.
//!
//! A generator is a Python file whose first lines name the packages that it needs, pinned, after `# requires:`, and the
//! golden file that it writes after `# writes:`. It prints the golden file to standard output. The test command uses
//! the golden files as they are checked in and installs no reference.

use crate::build::House;
use crate::python;
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
    let mut num_different = 0;
    for generator in &generators {
        if !matches_golden(house, &folder, generator)? {
            num_different += 1;
        }
    }
    if num_different > 0 {
        bail!("{num_different} of {} golden files differ from what their reference gives today", generators.len());
    }
    eprintln!("{} golden files equal what their references give.", generators.len());
    Ok(())
}

fn matches_golden(house: &House, folder: &Path, generator: &Path) -> anyhow::Result<bool> {
    let python = python::with_packages_of(house, generator)?;
    let golden = folder.join(python::heading(&std::fs::read_to_string(generator)?, "# writes:", generator)?);
    let output = std::process::Command::new(python).arg(generator).output()?;
    if !output.status.success() {
        bail!("{} failed: {}", generator.display(), String::from_utf8_lossy(&output.stderr));
    }
    let equal = std::fs::read(&golden)? == output.stdout;
    eprintln!("   {} {}", golden.display(), if equal { "is equal" } else { "differs" });
    Ok(equal)
}
