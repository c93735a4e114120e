//! Toasts: short news that need no answer, above the status bar.

use super::{Button, Mark, text};
use crate::theme::{icons, metrics::*, shadow, tokens, type_scale as scale};
use egui::{Align2, Area, Context, Frame, Id, Margin, Order, Sense, Stroke, vec2};

pub struct Toast<'a> {
    pub mark: Mark,
    pub words: &'a str,
    /// A second, muted line; empty for none.
    pub detail: &'a str,
    /// Label of the one thing that can be done, if any.
    pub action: Option<&'a str>,
}

/// What the user did with one of the toasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastAnswer {
    Close(usize),
    Act(usize),
}

/// Draws them from the bottom up, the newest (last) lowest.
pub fn toasts(ctx: &Context, items: &[Toast<'_>]) -> Option<ToastAnswer> {
    let mut answer = None;
    if items.is_empty() {
        return answer;
    }
    let t = tokens(ctx);
    let frame = Frame::new()
        .fill(t.surface)
        .stroke(Stroke::new(STROKE, t.line))
        .corner_radius(RADIUS_PANE)
        .shadow(shadow(t))
        .inner_margin(Margin::symmetric(16, 12));
    let area = Area::new(Id::unique("toasts")).order(Order::Foreground);
    area.anchor(Align2::RIGHT_BOTTOM, vec2(-SPACE_16, -STATUS_BAR - SPACE_16)).show(ctx, |ui| {
        ui.spacing_mut().item_spacing.y = SPACE_8;
        for (index, toast) in items.iter().enumerate() {
            frame.show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    ui.set_width(352.0);
                    let (rect, _) = ui.allocate_exact_size(vec2(ICON, 24.0), Sense::hover());
                    toast.mark.paint(ui.painter(), rect.center(), ICON - SPACE_4, toast.mark.color(t));
                    ui.vertical(|ui| {
                        ui.set_width(292.0);
                        ui.spacing_mut().item_spacing.y = SPACE_4;
                        ui.add_space(2.0);
                        text::label(ui, scale::BODY, toast.words, t.ink);
                        if !toast.detail.is_empty() {
                            text::label(ui, scale::LABEL, toast.detail, t.ink3);
                        }
                        if toast.action.is_some_and(|action| ui.add(Button::new(action)).clicked()) {
                            answer = Some(ToastAnswer::Act(index));
                        }
                    });
                    if ui.add(Button::icon_only(icons::X, "Close message")).clicked() {
                        answer = Some(ToastAnswer::Close(index));
                    }
                });
            });
        }
    });
    answer
}
