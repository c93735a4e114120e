//! The verdict of a comparison: a sentence first, the method one click deeper.

use super::{Mark, button, paint, text};
use crate::theme::{metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{CornerRadius, Frame, Margin, Rect, Response, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

const MARK_LARGE: f32 = 24.0;
const METHOD_WIDTH: f32 = 296.0;

pub struct Banner<'a> {
    pub mark: Mark,
    /// `Better: +6.2 points`
    pub headline: &'a str,
    pub sentence: &'a str,
    /// A link behind the sentence, such as the rows that flipped; empty for none.
    pub link: &'a str,
    /// How it was computed, at the right; empty for none.
    pub method: &'a str,
    pub margin: &'a str,
}

/// What was clicked in a banner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BannerClicks {
    pub link: bool,
    pub method: bool,
}

/// The large form, at the top of a comparison.
pub fn banner(ui: &mut Ui, banner: &Banner<'_>) -> BannerClicks {
    let t = tokens(ui.ctx());
    let mut clicks = BannerClicks::default();
    let frame = Frame::new().fill(banner.mark.ground(t)).corner_radius(RADIUS_PANE).inner_margin(Margin {
        left: 16,
        right: 16,
        top: 8,
        bottom: 12,
    });
    frame.show(ui, |ui| {
        let room = ui.available_width();
        let method_width = if banner.method.is_empty() || room < 720.0 { 0.0 } else { METHOD_WIDTH };
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE_16;
            let (rect, _) = ui.allocate_exact_size(vec2(MARK_LARGE, 36.0), Sense::hover());
            banner.mark.paint(ui.painter(), rect.center(), MARK_LARGE, banner.mark.color(t));
            ui.vertical(|ui| {
                ui.set_width(room - MARK_LARGE - 2.0 * SPACE_16 - method_width);
                ui.spacing_mut().item_spacing.y = SPACE_4;
                text::label(ui, scale::TITLE, banner.headline, banner.mark.color(t));
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = SPACE_8;
                    text::label(ui, scale::READING, banner.sentence, t.ink);
                    if !banner.link.is_empty() {
                        clicks.link = button::link(ui, banner.link).clicked();
                    }
                });
            });
            if method_width > 0.0 {
                ui.vertical(|ui| {
                    ui.set_width(method_width);
                    ui.spacing_mut().item_spacing.y = SPACE_4;
                    ui.add_space(SPACE_8);
                    ui.with_layout(egui::Layout::top_down(egui::Align::Max), |ui| {
                        text::elided(ui, scale::DENSE, banner.margin, t.ink2);
                        clicks.method = text_link(ui, banner.method).clicked();
                    });
                });
            }
        });
    });
    clicks
}

/// Muted words that open something.
fn text_link(ui: &mut Ui, words: &str) -> Response {
    let t = tokens(ui.ctx());
    let galley = ui.painter().layout_job(scale::DENSE.elided(words, t.ink2, ui.available_width() - SPACE_16, 1));
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + SPACE_16, MIN_TARGET), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, words));
    let end = paint::galley_left(ui.painter(), rect.left(), rect.center().y, galley, t.ink2);
    let caret = crate::theme::icons::CARET_RIGHT;
    paint::icon(ui.painter(), pos2(end + SPACE_8, rect.center().y), caret, 12.0, t.ink2);
    paint::focus_ring(ui, &response, RADIUS_CHIP);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// The small form: one line, 28 high.
pub fn small_banner(ui: &mut Ui, mark: Mark, headline: &str, sentence: &str) -> Response {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CONTROL), Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::same(RADIUS_CONTROL), mark.ground(t));
    let y = rect.center().y;
    mark.paint(ui.painter(), pos2(rect.left() + SPACE_16, y), MARK, mark.color(t));
    let inner = Rect::from_min_max(pos2(rect.left() + 36.0, rect.top()), rect.max - vec2(SPACE_8, 0.0));
    let mut child = ui.new_child(UiBuilder::new().max_rect(inner));
    child.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_12;
        text::line(ui, scale::BODY_MEDIUM, headline, mark.color(t));
        text::elided(ui, scale::DENSE, sentence, t.ink);
    });
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{headline}. {sentence}")));
    response
}
