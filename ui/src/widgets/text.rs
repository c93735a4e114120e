//! Labels in the type scale.

use crate::theme::{Icon, Tokens, Type, metrics::ICON, tokens, type_scale as scale};
use egui::{Color32, Label, Response, Sense, TextWrapMode, Ui, vec2};

/// A label that wraps where it must.
pub fn label(ui: &mut Ui, step: Type, text: impl Into<String>, color: Color32) -> Response {
    ui.add(Label::new(step.text(text, color)).wrap())
}

/// A label on one line that is as wide as its text.
pub fn line(ui: &mut Ui, step: Type, text: impl Into<String>, color: Color32) -> Response {
    ui.add(Label::new(step.text(text, color)).wrap_mode(TextWrapMode::Extend))
}

/// A label on one line that ends in "…" where there is no room; the whole text is shown on hover.
pub fn elided(ui: &mut Ui, step: Type, text: impl Into<String>, color: Color32) -> Response {
    ui.add(Label::new(step.text(text, color)).truncate())
}

/// Text that can be selected and copied.
pub fn selectable(ui: &mut Ui, step: Type, text: impl Into<String>, color: Color32) -> Response {
    ui.add(Label::new(step.text(text, color)).wrap().selectable(true))
}

/// What a group or a field is called, above it.
pub fn caption(ui: &mut Ui, text: impl Into<String>) -> Response {
    let color = tokens(ui.ctx()).ink2;
    line(ui, scale::LABEL_MEDIUM, text, color)
}

/// A hint in small print.
pub fn hint(ui: &mut Ui, text: impl Into<String>) -> Response {
    let color = tokens(ui.ctx()).ink3;
    label(ui, scale::LABEL, text, color)
}

/// A name left and its value right, as in a receipt.
pub fn key_value(ui: &mut Ui, name: &str, value: &str) -> Response {
    let t: &Tokens = tokens(ui.ctx());
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
    let name_galley = ui.painter().layout_job(scale::DENSE.elided(name, t.ink3, width * 0.4, 1));
    let left = name_galley.size().x + 8.0;
    super::paint::galley_left(ui.painter(), rect.left(), rect.center().y, name_galley, t.ink3);
    let value_galley = ui.painter().layout_job(scale::DENSE.elided(value, t.ink, (width - left).max(24.0), 1));
    let is_elided = value_galley.elided;
    super::paint::galley_right(ui.painter(), rect.right(), rect.center().y, value_galley, t.ink);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, format!("{name}: {value}")));
    if is_elided { response.on_hover_text(value) } else { response }
}

/// An icon by itself, with no meaning that the words beside it do not have.
pub fn icon(ui: &mut Ui, icon: Icon, size: f32, color: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(size, size.max(ICON)), Sense::hover());
    super::paint::icon(ui.painter(), rect.center(), icon, size, color);
    response
}
