//! Starts this program again with `--native`, for a window where the webview draws slowly.

use atelier_core::api::{self, Studio};
use atelier_types::api::{Nothing, WorkspaceCurrent};
use atelier_types::error::{ApiError, ErrorKind};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

/// A program that cannot open its window has ended by then, and the window that is there stays.
const NUM_LOOKS: usize = 10;
const LOOK_GAP: Duration = Duration::from_millis(200);

/// Opens the native window on the open workspace, and waits until it is likely to stay.
pub async fn natively(studio: &Studio) -> Result<(), ApiError> {
    let workspace = api::call::<WorkspaceCurrent>(studio, Nothing {}).await?;
    let program = std::env::current_exe().map_err(failed)?;
    let mut command = Command::new(program);
    command.arg("--native").args(workspace.map(|workspace| workspace.path));
    let mut child = command.spawn().map_err(failed)?;
    match early_end(&mut child).await.map_err(failed)? {
        Some(status) if !status.success() => Err(failed(format!("It ended at once: {status}"))),
        _ => Ok(()),
    }
}

async fn early_end(child: &mut Child) -> std::io::Result<Option<ExitStatus>> {
    for _ in 0..NUM_LOOKS {
        tokio::time::sleep(LOOK_GAP).await;
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
    }
    Ok(None)
}

fn failed(cause: impl std::fmt::Display) -> ApiError {
    ApiError::new(ErrorKind::Unavailable, "desktop.no_native_window", "Failed to open the native window")
        .with_cause(cause)
        .with_action("Go on in this window, or try `atelier open --native` to see what it says.")
}
