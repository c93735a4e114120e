//! Chips: scores, versions and states. Never decoration.

use super::{Mark, paint};
use crate::theme::{Icon, metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{Color32, CornerRadius, Response, Sense, Ui, Widget, WidgetInfo, pos2, vec2};

enum Sign {
    Nothing,
    Mark(Mark),
    Icon(Icon),
    Dot,
}

#[must_use]
pub struct Chip<'a> {
    text: &'a str,
    sign: Sign,
    mark: Mark,
    is_filled: bool,
}

impl<'a> Chip<'a> {
    /// A plain one, as for a version or a label.
    pub fn new(text: &'a str) -> Self {
        Self { text, sign: Sign::Nothing, mark: Mark::None, is_filled: true }
    }

    pub fn icon(mut self, icon: Icon) -> Self {
        self.sign = Sign::Icon(icon);
        self
    }

    /// Takes colour and shape of a mark.
    pub fn mark(mut self, mark: Mark) -> Self {
        self.sign = Sign::Mark(mark);
        self.mark = mark;
        self
    }

    /// With a dot, for "not committed".
    pub fn warning(mut self) -> Self {
        self.sign = Sign::Dot;
        self.mark = Mark::Problem;
        self
    }

    /// Without its own ground.
    pub fn bare(mut self) -> Self {
        self.is_filled = false;
        self
    }
}

impl Widget for Chip<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = tokens(ui.ctx());
        let (ground, ink) = match self.mark {
            Mark::None => (t.btn, t.ink2),
            mark => (mark.ground(t), mark.color(t)),
        };
        let sign_width = match self.sign {
            Sign::Nothing => 0.0,
            Sign::Icon(_) => ICON_SMALL + SPACE_4,
            Sign::Mark(_) => MARK + SPACE_4,
            Sign::Dot => SPACE_8 + SPACE_4,
        };
        let padding = if self.is_filled { 6.0 } else { 0.0 };
        let max_width = (ui.available_width() - sign_width - 2.0 * padding).max(SPACE_24);
        let galley = ui.painter().layout_job(scale::DENSE.elided(self.text, Color32::PLACEHOLDER, max_width, 1));
        let is_elided = galley.elided;
        let size = vec2((sign_width + galley.size().x + 2.0 * padding).ceil(), CHIP);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        if self.is_filled {
            ui.painter().rect_filled(rect, CornerRadius::same(RADIUS_CHIP), ground);
        }
        let (x, y) = (rect.left() + padding, rect.center().y);
        match self.sign {
            Sign::Nothing => {}
            Sign::Icon(icon) => paint::icon(ui.painter(), pos2(x + ICON_SMALL / 2.0, y), icon, ICON_SMALL, ink),
            Sign::Mark(mark) => mark.paint(ui.painter(), pos2(x + MARK / 2.0, y), MARK, ink),
            Sign::Dot => {
                ui.painter().circle_filled(pos2(x + SPACE_4, y), SPACE_4, ink);
            }
        }
        paint::galley_left(ui.painter(), x + sign_width, y, galley, ink);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.text));
        if is_elided { response.on_hover_text(self.text) } else { response }
    }
}
