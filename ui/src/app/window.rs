//! Remembers where the native window is. A page has no place of its own, and Tauri's host remembers for itself.

use super::App;
use atelier_types::settings::WindowState;
use egui::{Context, ViewportInfo};

/// A place is remembered once the window has rested there.
const REST_SECS: f64 = 1.0;

/// Where the window was seen last, and since when.
#[derive(Default)]
pub(super) struct Seen(Option<(WindowState, f64)>);

impl App {
    pub(super) fn remember_window(&mut self, ctx: &Context, now_secs: f64) {
        let Some(state) = ctx.input(|input| window_state(input.viewport())) else { return };
        let since_secs = match self.seen_window.0 {
            Some((seen, since_secs)) if seen == state => since_secs,
            _ => now_secs,
        };
        self.seen_window = Seen(Some((state, since_secs)));
        if self.persisted.settings().window == Some(state) || !self.persisted.is_loaded() {
            return;
        }
        if now_secs - since_secs >= REST_SECS {
            self.persisted.change(|settings| settings.window = Some(state));
        } else {
            ctx.request_repaint_after_secs(REST_SECS as f32);
        }
    }
}

/// `None` where the host does not say.
fn window_state(viewport: &ViewportInfo) -> Option<WindowState> {
    let (outer, inner) = (viewport.outer_rect?, viewport.inner_rect?);
    let is_maximized = viewport.maximized.unwrap_or_default();
    Some(WindowState {
        x: outer.left().round().into(),
        y: outer.top().round().into(),
        width: inner.width().round().into(),
        height: inner.height().round().into(),
        is_maximized,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Rect, pos2, vec2};

    #[test]
    fn a_page_has_no_place() {
        assert_eq!(window_state(&ViewportInfo::default()), None);
    }

    #[test]
    fn a_window_is_known_by_its_corner_and_its_inner_size() {
        let viewport = ViewportInfo {
            outer_rect: Some(Rect::from_min_size(pos2(10.2, 20.0), vec2(1010.0, 730.0))),
            inner_rect: Some(Rect::from_min_size(pos2(15.0, 45.0), vec2(1000.0, 700.0))),
            maximized: Some(true),
            ..ViewportInfo::default()
        };
        let expected = WindowState { x: 10.0, y: 20.0, width: 1000.0, height: 700.0, is_maximized: true };
        assert_eq!(window_state(&viewport), Some(expected));
    }
}
