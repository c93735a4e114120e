//! The desktop's own dialogs, for both kinds of window.

use atelier_types::error::{ApiError, ErrorKind};
use rfd::AsyncFileDialog;
use std::path::PathBuf;

pub async fn pick_folder(title: &str) -> Option<PathBuf> {
    let folder = AsyncFileDialog::new().set_title(title).pick_folder().await?;
    Some(folder.path().to_owned())
}

/// A file's name and text.
pub async fn pick_file(title: &str, extensions: &[String]) -> Result<Option<(String, String)>, ApiError> {
    let mut dialog = AsyncFileDialog::new().set_title(title);
    if !extensions.is_empty() {
        dialog = dialog.add_filter(extensions.join(", "), extensions);
    }
    let Some(file) = dialog.pick_file().await else { return Ok(None) };
    let content = String::from_utf8(file.read().await).map_err(|_| {
        ApiError::new(ErrorKind::Invalid, "file.no_text", format!("The file is no UTF-8 text: {}", file.file_name()))
            .with_action("Save it as UTF-8 and pick it again.")
    })?;
    Ok(Some((file.file_name(), content)))
}

pub async fn save_path(title: &str, file_name: &str) -> Option<PathBuf> {
    let file = AsyncFileDialog::new().set_title(title).set_file_name(file_name).save_file().await?;
    Some(file.path().to_owned())
}

/// Opens a page in the user's browser. Only the web: a `file:` address could start a program.
pub fn open_url(url: &str) -> Result<(), ApiError> {
    let refused = |message: &str| ApiError::new(ErrorKind::Invalid, "host.bad_url", message);
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        return Err(refused("Only web addresses are opened"));
    }
    webbrowser::open(url).map_err(|err| refused("Failed to open the browser").with_cause(err))
}
