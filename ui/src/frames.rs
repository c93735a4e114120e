//! Tells the page when the interface needs its next frame, so that it rests while nothing changes.
//!
//! `assets/web/frames.js` holds eframe's requests for frames back and says why. Without that script frames come as the
//! browser gives them.

use crate::transport::{Backend, HostRequest, Message, RequestId, Waker};
use egui::{Context, FullOutput, ViewportId};
use js_sys::{Function, Reflect};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::{JsCast as _, JsValue};

const MILLIS_PER_SEC: f64 = 1000.0;

/// From now on the page hears of each frame when the next one is needed.
pub fn install(ctx: &Context) {
    ctx.add_plugin(Pace);
}

/// Says after each frame how long nothing is to be drawn.
struct Pace;

impl egui::Plugin for Pace {
    fn debug_name(&self) -> &'static str {
        "pace of frames"
    }

    fn output_hook(&mut self, _ctx: &Context, output: &mut FullOutput) {
        let viewport = output.viewport_output.get(&ViewportId::ROOT);
        call("rest", &millis(viewport.map_or(Duration::ZERO, |viewport| viewport.repaint_delay)).into());
    }
}

/// Infinite where nothing is to be drawn by itself.
fn millis(delay: Duration) -> f64 {
    if delay == Duration::MAX { f64::INFINITY } else { delay.as_secs_f64() * MILLIS_PER_SEC }
}

/// A backend whose messages end the rest.
pub struct Waking(pub Box<dyn Backend>);

impl Backend for Waking {
    fn connect(&mut self, waker: Waker) {
        self.0.connect(Arc::new(move || {
            waker();
            call("wake", &JsValue::UNDEFINED);
        }));
    }

    fn send(&mut self, verb: &'static str, request: Value) -> RequestId {
        self.0.send(verb, request)
    }

    fn ask_host(&mut self, request: HostRequest) -> Option<RequestId> {
        self.0.ask_host(request)
    }

    fn can_reopen_natively(&self) -> bool {
        self.0.can_reopen_natively()
    }

    fn try_recv(&mut self) -> Option<Message> {
        self.0.try_recv()
    }
}

/// Calls a function of the script, where the page has it.
fn call(name: &str, argument: &JsValue) {
    let called = || {
        let window: JsValue = web_sys::window()?.into();
        let script = Reflect::get(&window, &"atelierFrames".into()).ok()?;
        let function = Reflect::get(&script, &name.into()).ok()?.dyn_into::<Function>().ok()?;
        function.call1(&script, argument).ok()
    };
    let _page_without_the_script = called();
}
