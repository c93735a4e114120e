//! Dialogs: they wait over the screen until they are answered or left with Esc.

use super::text;
use crate::theme::{metrics::*, shadow, tokens, type_scale as scale};
use egui::{Align, Context, Frame, Id, Layout, Margin, Modal, Stroke, Ui, UiBuilder, vec2};

/// What came of a dialog in this frame.
pub struct Shown<R> {
    pub inner: R,
    /// The user left it: Esc, or a click beside it.
    pub is_left: bool,
}

/// A dialog with a title. `add` draws what stands below it.
pub fn dialog<R>(ctx: &Context, salt: &str, title: &str, width: f32, add: impl FnOnce(&mut Ui) -> R) -> Shown<R> {
    let t = tokens(ctx);
    let room = ctx.content_rect().size() - vec2(SPACE_48, SPACE_48);
    let frame = Frame::new()
        .fill(t.surface)
        .stroke(Stroke::new(STROKE, t.line))
        .corner_radius(RADIUS_PANE)
        .shadow(shadow(t))
        .inner_margin(Margin::same(24));
    let shown = Modal::new(Id::unique(salt)).backdrop_color(t.backdrop).frame(frame).show(ctx, |ui| {
        ui.set_width(width.min(room.x - SPACE_48));
        ui.set_max_height(room.y - SPACE_48);
        ui.spacing_mut().item_spacing = vec2(SPACE_8, SPACE_8);
        text::label(ui, scale::EMPHASIS, title, t.ink);
        ui.add_space(SPACE_8);
        add(ui)
    });
    Shown { is_left: shown.should_close(), inner: shown.inner }
}

/// The buttons at the end of a dialog, the first added one rightmost.
pub fn buttons<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.add_space(SPACE_8);
    let size = vec2(ui.available_width(), CONTROL);
    // What stands above may come later; a button must not turn into another one while it is being pressed.
    let id = ui.scope_id().with("buttons");
    let layout = Layout::right_to_left(Align::Center);
    let (_, rect) = ui.allocate_space(size);
    ui.scope_builder(UiBuilder::new().scope_id(id).max_rect(rect).layout(layout), add).inner
}
