//! The interface in a page: in Tauri's webview, or in a browser that `atelier serve` answers.

use crate::accessibility;
use crate::app::{App, Clock};
use crate::frames;
use crate::transport::Backend;
use crate::transport::http::Http;
use crate::transport::tauri_ipc::TauriIpc;
use atelier_types::time::MillisSinceEpoch;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

/// The canvas of `assets/web/index.html`.
const CANVAS: &str = "atelier";

/// Starts the interface; the page's loader waits for this and shows what went wrong.
pub async fn start() -> Result<(), JsValue> {
    let window = web_sys::window().ok_or("there is no window")?;
    let document = window.document().ok_or("there is no document")?;
    let canvas = document.get_element_by_id(CANVAS).ok_or("there is no canvas")?;
    let canvas: HtmlCanvasElement = canvas.dyn_into().map_err(|_| "the canvas is something else")?;
    let backend = backend(&window)?;
    let mirror = accessibility::dom::Mirror::attach(&document, &canvas)?;
    let options = eframe::WebOptions::default();
    let create = move |creation: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        mirror.install(&creation.egui_ctx);
        frames::install(&creation.egui_ctx);
        let backend = Box::new(frames::Waking(backend));
        Ok(Box::new(App::new(&creation.egui_ctx, backend, browser_clock())))
    };
    eframe::WebRunner::new().start(canvas, options, Box::new(create)).await
}

fn backend(window: &web_sys::Window) -> Result<Box<dyn Backend>, JsValue> {
    match TauriIpc::find() {
        Some(ipc) => Ok(Box::new(ipc)),
        None => Ok(Box::new(Http::from_location(window)?)),
    }
}

fn browser_clock() -> Clock {
    Box::new(|| MillisSinceEpoch(js_sys::Date::now() as i64))
}

/// Tells the page that the first frame is under way, or why there will be none.
pub fn report_start(failure: Option<JsValue>) {
    let Some(window) = web_sys::window() else { return };
    let name = if failure.is_some() { "atelier-failed" } else { "atelier-started" };
    let init = web_sys::CustomEventInit::new();
    init.set_detail(&failure.unwrap_or(JsValue::NULL));
    if let Ok(event) = web_sys::CustomEvent::new_with_event_init_dict(name, &init) {
        // Nobody listening is no failure.
        window.dispatch_event(&event).ok();
    }
}
