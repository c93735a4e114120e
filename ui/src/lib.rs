//! The interface of Atelier: egui in the webview, in the browser and in a plain native window.

pub mod theme;
pub mod widgets;
