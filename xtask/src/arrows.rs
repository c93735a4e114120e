//! Checks the arrows between rooms: which crate may use which, which module of a crate may use which other, and what
//! may never appear below a crate.

use crate::build::House;
use anyhow::{Context as _, bail};
use std::collections::BTreeSet;
use std::path::Path;

/// Each crate of ours and the crates of ours that it may use.
const CRATES: &[(&str, &[&str])] = &[
    ("atelier", &["atelier-core", "atelier-types"]),
    ("atelier-core", &["atelier-types"]),
    ("atelier-demo-model", &[]),
    ("atelier-desktop", &["atelier", "atelier-core", "atelier-types", "atelier-ui"]),
    ("atelier-engine", &["atelier-types"]),
    // Compiled to WebAssembly alone, and run in a sandbox.
    ("atelier-script", &[]),
    // Programs are tested as processes; only the core's test support and the demo model's examination are linked.
    ("atelier-tests", &["atelier-core", "atelier-demo-model", "atelier-types"]),
    ("atelier-types", &[]),
    ("atelier-ui", &["atelier-types"]),
    ("xtask", &[]),
];

/// What may not be anywhere below a crate, and why.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    ("atelier", &["tauri", "gtk", "webkit2gtk", "egui", "mistralrs"], "the command line runs without a display"),
    ("atelier-core", &["tauri", "egui", "clap", "axum", "mistralrs"], "the engine of the studio has no face"),
    ("atelier-types", &["tokio", "rusqlite", "git2", "reqwest"], "plain types do no I/O"),
    ("atelier-ui", &["tokio", "rusqlite", "git2", "reqwest", "tauri"], "the interface runs in a webview"),
    ("atelier-desktop", &["mistralrs"], "models run in a program of their own"),
];

/// Each module of the core and the modules of the core that it may use.
const CORE: &[(&str, &[&str])] = &[
    ("support", &[]),
    ("diff", &[]),
    ("tokens", &[]),
    ("workspace", &["support", "diff"]),
    ("providers", &["support"]),
    ("metrics", &[]),
    ("store", &["support"]),
    ("export", &[]),
    ("calls", &["support", "providers", "store"]),
    ("experiments", &["support", "workspace", "providers", "metrics", "store", "export", "calls"]),
    ("reviews", &["support", "workspace", "metrics", "store", "export"]),
];

/// Each module of the interface that is bound, and the modules that it may not use.
const UI_MAY_NOT: &[(&str, &[&str])] = &[
    ("theme", &["app", "commands", "context", "state", "transport", "views", "widgets"]),
    ("widgets", &["app", "commands", "context", "state", "transport", "views"]),
    ("transport", &["app", "commands", "context", "views", "widgets"]),
    ("state", &["app", "views", "widgets"]),
    ("views", &["app", "transport"]),
];

pub fn check(house: &House) -> anyhow::Result<()> {
    let mut faults = crate_faults(house)?;
    for (package, forbidden, reason) in FORBIDDEN {
        faults.extend(closure_faults(house, package, forbidden, reason)?);
    }
    faults.extend(core_faults(&house.root.join("core/src"))?);
    faults.extend(ui_faults(&house.root.join("ui/src"))?);
    if faults.is_empty() {
        return Ok(());
    }
    bail!("Arrows that DESIGN does not allow:\n  {}", faults.join("\n  "))
}

fn crate_faults(house: &House) -> anyhow::Result<Vec<String>> {
    let output = house.command("cargo").args(["metadata", "--format-version=1", "--no-deps"]).output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().context("metadata has no packages")? {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = CRATES.iter().find(|(known, _)| *known == name) else {
            faults.push(format!("the crate {name} is not on the map in xtask/src/arrows.rs"));
            continue;
        };
        let ours = package["dependencies"].as_array().into_iter().flatten();
        let ours = ours.filter(|dependency| dependency["path"].is_string()).filter_map(|one| one["name"].as_str());
        // A crate's tests may use the crate with other features.
        faults.extend(
            ours.filter(|used| *used != name && !allowed.contains(used)).map(|used| format!("{name} → {used}")),
        );
    }
    Ok(faults)
}

/// Looks for forbidden crates below `package`, through all normal dependencies of this platform.
fn closure_faults(house: &House, package: &str, forbidden: &[&str], reason: &str) -> anyhow::Result<Vec<String>> {
    let arguments = ["tree", "--package", package, "--edges=normal", "--prefix=none", "--format={lib}", "--locked"];
    let output = house.command("cargo").args(arguments).output()?;
    if !output.status.success() {
        bail!("cargo tree failed for {package}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    let below: BTreeSet<&str> = text.lines().skip(1).map(|line| line.trim_end_matches(" (*)")).collect();
    let found = forbidden.iter().filter(|name| below.contains(*name));
    Ok(found.map(|name| format!("{package} has {name} below it, but {reason}")).collect())
}

fn core_faults(source: &Path) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    for (module, allowed) in CORE {
        for (file, used) in uses_of_crate(source, module)? {
            let is_fine = used == *module || allowed.contains(&used.as_str()) || used == "testing";
            if !is_fine {
                faults.push(format!("{file}: core's {module} → {used}"));
            }
        }
    }
    Ok(faults)
}

fn ui_faults(source: &Path) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    for (module, forbidden) in UI_MAY_NOT {
        for (file, used) in uses_of_crate(source, module)? {
            if forbidden.contains(&used.as_str()) {
                faults.push(format!("{file}: ui's {module} → {used}"));
            }
        }
    }
    Ok(faults)
}

/// `(file, module)` for each `crate::module` that the sources of `module` name outside their tests.
fn uses_of_crate(source: &Path, module: &str) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let single = source.join(format!("{module}.rs"));
    if single.exists() {
        files.push(single);
    }
    collect_sources(&source.join(module), &mut files)?;
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let name = file.strip_prefix(source).unwrap_or(&file).display().to_string();
        let mut used: Vec<String> =
            code.match_indices("crate::").map(|(at, word)| word_at(&code[at + word.len()..])).collect();
        used.sort();
        used.dedup();
        found.extend(used.into_iter().filter(|used| !used.is_empty()).map(|used| (name.clone(), used)));
    }
    Ok(found)
}

fn word_at(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

fn collect_sources(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
        if path.is_dir() && !is_test {
            collect_sources(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test {
            files.push(path);
        }
    }
    Ok(())
}
