//! The interface of Atelier: egui in the webview, in the browser and in a plain native window.
//!
//! A frame is `logic` (drain events for at most 10 ms, run commands, start reads) and then `ui` (keys, then drawing).
//! Views read borrowed contexts and send commands; `app` is the one place that changes anything; `transport` is the one
//! place that talks to the studio. Nothing here knows SQLite, git, tokio, Tauri's commands or `atelier-core`.
//!
//! | module | what it is |
//! |---|---|
//! | [`app`] | the application: frame order, layout, commands applied |
//! | [`state`] | values from the studio, where the user is, what is remembered |
//! | [`commands`] | what can be ordered; the one table of keys and labels |
//! | [`context`] | what a view sees |
//! | [`views`] | the screens |
//! | [`widgets`] | buttons, fields, rows, marks, dialogs: they know the theme and nothing else |
//! | [`theme`] | colours, type, spaces, icons |
//! | [`transport`] | the way to the studio |
//! | [`accessibility`] | egui's accessibility tree, mirrored into the page |
//! | [`words`] | numbers, sizes and times as people read them |
//! | `frames` | when the page draws, and when it rests |
//! | `native`, `web` | entry points |
//! | `testing` | a harness over a fake studio |
//!
//! Features: `native` for the plain window, `web` for the program in a page, `testing` for the harness.

pub mod accessibility;
pub mod app;
pub mod commands;
pub mod context;
#[cfg(all(feature = "web", target_arch = "wasm32"))]
mod frames;
#[cfg(feature = "native")]
pub mod native;
pub mod state;
#[cfg(feature = "testing")]
pub mod testing;
pub mod theme;
pub mod transport;
pub mod views;
#[cfg(all(feature = "web", target_arch = "wasm32"))]
pub mod web;
pub mod widgets;
pub mod words;
