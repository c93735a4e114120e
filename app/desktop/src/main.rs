//! The program `atelier-desktop`: the interface in a window, on the studio that runs in this same process.
//!
//! By default the window is a Tauri webview with the interface compiled to wasm; `--native` draws the same interface
//! without one. Both reach the studio through the one list of verbs.

// A console window would open beside the real one.
#![cfg_attr(windows, windows_subsystem = "windows")]

mod commands;
mod dialogs;
mod native;
mod reopen;
mod webview;

use anyhow::Context as _;
use atelier::environment;
use atelier::start::{self, First};
use atelier_core::api::{self, Studio};
use atelier_types::api::{Nothing, SettingsShow};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::settings::Settings;
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "atelier-desktop", version, about = "The window of Atelier")]
struct Arguments {
    /// A workspace; default: the one that was open last
    folder: Option<PathBuf>,
    /// Open the demo workspace
    #[arg(long, conflicts_with = "folder")]
    demo: bool,
    /// Draw the interface without a webview
    #[arg(long)]
    native: bool,
    /// Use the webview even where the native window was chosen before
    #[arg(long, conflicts_with = "native")]
    webview: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("error: {err:#}");
            if let Some(action) = err.downcast_ref::<ApiError>().and_then(|err| err.action.as_ref()) {
                eprintln!("  help: {action}");
            }
            ExitCode::from(atelier::statuses::FAILED)
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    if !environment::has_display() {
        let missing =
            ApiError::new(ErrorKind::Unavailable, "desktop.no_display", "There is no display to open a window on");
        return Err(missing.with_action("Use `atelier serve` and a browser instead.").into());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("Failed to start")?;
    let studio = Studio::new(environment::environment()?);
    let settings = runtime.block_on(async {
        let settings = api::call::<SettingsShow>(&studio, Nothing {}).await.unwrap_or_default();
        start::open(&studio, &first(&arguments)).await?;
        Ok::<Settings, ApiError>(settings)
    })?;
    if arguments.native || (settings.prefer_native && !arguments.webview) {
        native::run(studio, &runtime, &settings)
    } else {
        webview::run(studio, &runtime, &settings)
    }
}

fn first(arguments: &Arguments) -> First {
    match &arguments.folder {
        Some(folder) => First::Folder(folder.clone()),
        None if arguments.demo => First::Demo,
        None => First::Last,
    }
}
