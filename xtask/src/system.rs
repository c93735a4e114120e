//! What the operating system has to bring: libraries to build the window with, and programs to test it with.

use anyhow::{Context as _, bail};
use std::process::{Command, Stdio};

/// Needed to build and to run. The window is WebKitGTK; OpenSSL and libgit2 are built from source (perl, make, cmake).
const BUILD_PACKAGES: &[&str] = &[
    "cmake",
    "g++",
    "libayatana-appindicator3-dev",
    "libegl1",
    "libgl1-mesa-dri",
    "libgtk-3-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
    "libxkbcommon-x11-0",
    "make",
    "perl",
    "pkg-config",
];

/// Needed by the tests alone: a display, a browser with its driver, the webview's driver, a keychain, a software GPU.
const TEST_PACKAGES: &[&str] = &[
    "chromium",
    "chromium-driver",
    "dbus",
    "gnome-keyring",
    "imagemagick",
    "mesa-vulkan-drivers",
    "openbox",
    "webkit2gtk-driver",
    "xdotool",
    "xvfb",
];

/// What a task needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    Build,
    BuildAndTest,
}

/// Installs what is missing, after saying what it is. A machine that has everything is left alone and not asked.
pub fn set_up(needs: Needs) -> anyhow::Result<()> {
    add_wasm_target()?;
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let mut wanted = BUILD_PACKAGES.to_vec();
    if needs == Needs::BuildAndTest {
        wanted.extend(TEST_PACKAGES);
    }
    let missing = missing_packages(&wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing)
}

/// Debian's package manager knows what is installed; other distributions are told what to look for.
fn missing_packages(wanted: &[&'static str]) -> anyhow::Result<Vec<&'static str>> {
    let query = Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status} ${Package}\n"]).args(wanted).output();
    let Ok(output) = query else {
        eprintln!(
            "This is no Debian or Ubuntu. What the build and the tests need there is called:\n  {}",
            wanted.join(" ")
        );
        return Ok(Vec::new());
    };
    let text = String::from_utf8(output.stdout).context("dpkg-query wrote no text")?;
    let installed: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("installed ")).collect();
    Ok(wanted.iter().copied().filter(|name| !installed.contains(name)).collect())
}

fn install(missing: &[&str]) -> anyhow::Result<()> {
    let list = missing.join(" ");
    eprintln!("These system packages are missing and are installed now:\n  {list}");
    let Some(prefix) = privilege() else {
        bail!(
            "This user may not install packages. Run this once, then start again:\n  sudo apt-get update && sudo apt-get install --no-install-recommends {list}"
        );
    };
    apt(&prefix, &["update", "--quiet"])?;
    let arguments = [&["install", "--quiet", "--yes", "--no-install-recommends"], missing].concat();
    apt(&prefix, &arguments)
}

/// Nothing for root, `sudo` where it works without a password, `None` where it does not.
fn privilege() -> Option<Vec<&'static str>> {
    let id = Command::new("id").arg("-u").output().ok()?;
    if id.stdout.trim_ascii() == b"0" {
        return Some(Vec::new());
    }
    let sudo = Command::new("sudo").args(["-n", "true"]).stdin(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    sudo.success().then(|| vec!["sudo", "-n"])
}

fn apt(prefix: &[&str], arguments: &[&str]) -> anyhow::Result<()> {
    let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
    let (program, rest) = words.split_first().context("no command")?;
    let status = Command::new(program).args(rest).stdin(Stdio::null()).status().context("apt-get did not start")?;
    if !status.success() {
        bail!("`{}` failed", words.join(" "));
    }
    Ok(())
}

fn add_wasm_target() -> anyhow::Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let installed = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output()?;
    let folder = String::from_utf8_lossy(&installed.stdout).trim().to_owned();
    if std::path::Path::new(&folder).exists() {
        return Ok(());
    }
    eprintln!("The Rust target {TARGET} is missing and is added now");
    let status = Command::new("rustup").args(["target", "add", TARGET]).status().context("rustup did not start")?;
    if !status.success() {
        bail!("`rustup target add {TARGET}` failed. Install rustup, or the target by other means, and start again");
    }
    Ok(())
}
