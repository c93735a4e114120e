//! What the page in the webview may call: every verb through one command, the events, and the dialogs.

use crate::{dialogs, reopen, webview};
use atelier_core::api::{self, Studio};
use atelier_types::api::AccessRole;
use atelier_types::error::ApiError;
use atelier_types::event::Event;
use serde::Serialize;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

/// The task that sends events to the page. A page that is loaded again subscribes again.
#[derive(Default)]
pub struct Sender(Mutex<Option<JoinHandle<()>>>);

#[tauri::command]
pub async fn call(studio: State<'_, Studio>, verb: String, request: Value) -> Result<Value, ApiError> {
    // Whoever sits at the window owns the studio.
    api::dispatch(&studio, AccessRole::Owner, &verb, request).await
}

#[tauri::command]
pub fn subscribe(studio: State<'_, Studio>, sender: State<'_, Sender>, channel: Channel<Vec<Event>>) {
    let mut subscription = studio.events().subscribe();
    let task = tauri::async_runtime::spawn(async move {
        loop {
            let batch = subscription.next_batch().await;
            if channel.send(batch).is_err() {
                return;
            }
        }
    });
    let before = sender.0.lock().unwrap_or_else(PoisonError::into_inner).replace(task);
    if let Some(before) = before {
        before.abort();
    }
}

#[derive(Serialize)]
pub struct PickedFile {
    name: String,
    content: String,
}

#[tauri::command]
pub async fn pick_folder(title: String) -> Option<PathBuf> {
    dialogs::pick_folder(&title).await
}

#[tauri::command]
pub async fn pick_file(title: String, extensions: Vec<String>) -> Result<Option<PickedFile>, ApiError> {
    let picked = dialogs::pick_file(&title, &extensions).await?;
    Ok(picked.map(|(name, content)| PickedFile { name, content }))
}

#[tauri::command]
pub async fn save_path(title: String, file_name: String) -> Option<PathBuf> {
    dialogs::save_path(&title, &file_name).await
}

#[tauri::command]
pub fn open_url(url: String) -> Result<(), ApiError> {
    dialogs::open_url(&url)
}

/// Opens the plain native window on the same workspace and closes this one.
#[tauri::command]
pub async fn reopen_natively(app: AppHandle, studio: State<'_, Studio>) -> Result<(), ApiError> {
    webview::remember_window(&app).await;
    reopen::natively(&studio).await?;
    app.exit(0);
    Ok(())
}
