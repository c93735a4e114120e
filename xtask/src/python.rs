//! The Python with the pinned reference implementations.

use crate::build::{self, House};
use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// A Python environment in the target folder, made once, with the packages that a script names in its line `# requires:`.
pub fn with_packages_of(house: &House, script: &Path) -> anyhow::Result<PathBuf> {
    let source = std::fs::read_to_string(script)?;
    let packages: Vec<&str> = heading(&source, "# requires:", script)?.split_whitespace().collect();
    let folder = house.target.join("parity");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !python.exists() {
        build::run(house.command("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    eprintln!("── {}: {}", script.display(), packages.join(" "));
    let mut install = std::process::Command::new(&python);
    build::run(install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(&packages))?;
    Ok(python)
}

/// What a script's line that begins with `key` goes on with.
pub fn heading<'a>(source: &'a str, key: &str, script: &Path) -> anyhow::Result<&'a str> {
    let line = source.lines().find_map(|line| line.strip_prefix(key));
    line.map(str::trim).with_context(|| format!("{} has no line `{key}`", script.display()))
}
