//! `cargo xtask parity`: golden values made anew by the pinned reference implementations and compared with ours.
//!
//! A generator is a Python file whose first lines name the packages that it needs, pinned, after `# requires:`, and the
//! golden file that it writes after `# writes:`. It prints the golden file to standard output. One that makes more than
//! a file says `# checks:` instead, and compares by itself: it is called with `--check` and the folder. The test command
//! uses the golden files as they are checked in and installs no reference.

use crate::build::House;
use crate::python;
use anyhow::{Context as _, bail};
use std::path::Path;

/// Where generators lie beside their golden files.
const FOLDERS: [&str; 2] = ["app/engine/src/encoder/goldens", "core/tests/goldens"];

pub fn parity(house: &House) -> anyhow::Result<()> {
    let mut generators = Vec::new();
    for folder in FOLDERS {
        let folder = house.root.join(folder);
        let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        generators.extend(paths.filter(|path| path.extension().is_some_and(|ending| ending == "py")));
    }
    generators.sort();
    let mut num_different = 0;
    for generator in &generators {
        if !matches_golden(house, generator)? {
            num_different += 1;
        }
    }
    if num_different > 0 {
        bail!("{num_different} of {} golden files differ from what their reference gives today", generators.len());
    }
    eprintln!("{} golden files equal what their references give.", generators.len());
    Ok(())
}

fn matches_golden(house: &House, generator: &Path) -> anyhow::Result<bool> {
    let folder = generator.parent().context("a generator lies in a folder")?;
    let python = python::with_packages_of(house, generator)?;
    let source = std::fs::read_to_string(generator)?;
    if python::heading(&source, "# checks:", generator).is_ok() {
        let status = std::process::Command::new(python).arg(generator).arg("--check").arg(folder).status()?;
        eprintln!("   {} {}", folder.display(), if status.success() { "is equal" } else { "differs" });
        return Ok(status.success());
    }
    let golden = folder.join(python::heading(&source, "# writes:", generator)?);
    let output = std::process::Command::new(python).arg(generator).output()?;
    if !output.status.success() {
        bail!("{} failed: {}", generator.display(), String::from_utf8_lossy(&output.stderr));
    }
    let equal = std::fs::read(&golden)? == output.stdout;
    eprintln!("   {} {}", golden.display(), if equal { "is equal" } else { "differs" });
    Ok(equal)
}
