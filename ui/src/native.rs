//! The plain native window: the same interface without a webview. The host hands in the way to its studio.

use crate::app::{App, Clock};
use crate::transport::Backend;
use atelier_types::settings::WindowState;
use atelier_types::time::MillisSinceEpoch;
use egui::{Vec2, ViewportBuilder, pos2, vec2};
use std::time::{SystemTime, UNIX_EPOCH};

const START_SIZE: Vec2 = vec2(1440.0, 900.0);
const MIN_SIZE: Vec2 = vec2(960.0, 600.0);

/// What the host remembers about the window.
#[derive(Clone, Copy, Debug, Default)]
pub struct NativeOptions {
    pub window: Option<WindowState>,
}

/// Opens the window and runs until it is closed.
pub fn run_native(backend: Box<dyn Backend>, options: NativeOptions) -> Result<(), eframe::Error> {
    let mut viewport = ViewportBuilder::default().with_title("Atelier").with_app_id("dev.atelier.studio");
    viewport = viewport.with_min_inner_size(MIN_SIZE).with_inner_size(START_SIZE);
    if let Some(window) = options.window {
        viewport = viewport
            .with_position(pos2(window.x as f32, window.y as f32))
            .with_inner_size(vec2(window.width as f32, window.height as f32))
            .with_maximized(window.is_maximized);
    }
    let native_options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    eframe::run_native(
        "Atelier",
        native_options,
        Box::new(move |creation| Ok(Box::new(App::new(&creation.egui_ctx, backend, system_clock())))),
    )
}

fn system_clock() -> Clock {
    Box::new(|| {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        MillisSinceEpoch(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    })
}
