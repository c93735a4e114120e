//! Dialogs: they wait over the screen until they are answered or left with Esc. The first field has the keyboard from the
//! start, and Enter in a field of one line presses the primary button. A click beside a dialog does nothing: what was
//! typed would be lost by a slip of the hand.

use super::text;
use crate::theme::{metrics::*, shadow, tokens, type_scale as scale};
use egui::{Align, Context, Frame, Id, Key, Layout, Margin, Modal, Response, Stroke, Ui, UiBuilder, vec2};

/// What came of a dialog in this frame.
pub struct Shown<R> {
    pub inner: R,
    /// The user left it with Esc.
    pub is_left: bool,
}

/// What fields and buttons of the dialog that is being drawn tell each other.
#[derive(Clone, Copy)]
struct Drawing {
    /// No field had the keyboard since the dialog was opened.
    wants_focus: bool,
    /// Enter was pressed in a field in this frame.
    is_entered: bool,
}

fn drawing_id() -> Id {
    Id::unique("dialog being drawn")
}

fn drawing(ctx: &Context) -> Option<Drawing> {
    ctx.data(|data| data.get_temp(drawing_id()))
}

/// Called by a field of one line with its response.
pub(super) fn field_was_drawn(ui: &Ui, field: &Response) {
    let Some(mut now) = drawing(ui.ctx()) else { return };
    if now.wants_focus && !ui.is_sizing_pass() {
        now.wants_focus = false;
        field.request_focus();
    }
    now.is_entered |= field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    ui.data_mut(|data| data.insert_temp(drawing_id(), now));
}

/// Whether the primary button is pressed by Enter in a field.
pub(super) fn is_entered(ctx: &Context) -> bool {
    drawing(ctx).is_some_and(|now| now.is_entered)
}

/// Draws the contents of a dialog. Whether it still wants a field to focus is remembered from frame to frame.
fn draw<R>(ui: &mut Ui, id: Id, add: impl FnOnce(&mut Ui) -> R) -> R {
    let frame = ui.ctx().cumulative_frame_nr();
    let before: Option<(u64, bool)> = ui.data(|data| data.get_temp(id));
    let wants_focus = before.is_none_or(|(shown, wants)| wants || shown + 1 < frame);
    ui.data_mut(|data| data.insert_temp(drawing_id(), Drawing { wants_focus, is_entered: false }));
    let inner = add(ui);
    let wants_focus = drawing(ui.ctx()).is_some_and(|now| now.wants_focus);
    ui.data_mut(|data| {
        data.remove::<Drawing>(drawing_id());
        data.insert_temp(id, (frame, wants_focus));
    });
    inner
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
        draw(ui, Id::unique(salt).with("focus"), add)
    });
    let is_beside = shown.backdrop_response.clicked();
    Shown { is_left: !is_beside && shown.should_close(), inner: shown.inner }
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
