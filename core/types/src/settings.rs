//! What is remembered about a user on one machine. Nothing here is shared, and nothing is secret.

use crate::ids::ReviewerName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    Light,
    Dark,
    #[default]
    System,
}

/// Place of the window, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowState {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub is_maximized: bool,
}

/// A program of this machine that scores outputs: `[runners.NAME]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runner {
    /// The program and its arguments, as they are handed to the system; no shell reads them.
    pub command: Vec<String>,
    /// How long one output may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_millis: Option<u64>,
}

/// `settings.toml` in the user's data folder. A missing key has its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: ThemeChoice,
    /// Interface scale; 1.0 where this is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoom: Option<f32>,
    pub window: Option<WindowState>,
    /// Path of the workspace that was open last.
    pub last_workspace: Option<String>,
    pub recent_workspaces: Vec<String>,
    pub reviewer: Option<ReviewerName>,
    pub is_tour_done: bool,
    /// The user chose the plain native window over the webview.
    pub prefer_native: bool,
    /// The native window was offered because the webview draws slowly, and the user does not want it.
    pub is_native_offer_declined: bool,
    /// Programs that experiments of any workspace may score with.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub runners: BTreeMap<String, Runner>,
}
