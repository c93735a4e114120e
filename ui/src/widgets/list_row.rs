//! One row of a list: an icon or mark, a name, a second line, something at the right end.

use super::{Mark, paint};
use crate::theme::{Icon, metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{Color32, CornerRadius, Response, Sense, Ui, Widget, WidgetInfo, pos2, vec2};

#[must_use]
pub struct ListRow<'a> {
    title: &'a str,
    second_line: &'a str,
    detail: &'a str,
    detail_color: Option<Color32>,
    icon: Option<Icon>,
    mark: Mark,
    has_dot: bool,
    indent: f32,
    is_selected: bool,
    is_small_above: bool,
}

impl<'a> ListRow<'a> {
    pub fn new(title: &'a str) -> Self {
        Self {
            title,
            second_line: "",
            detail: "",
            detail_color: None,
            icon: None,
            mark: Mark::None,
            has_dot: false,
            indent: 0.0,
            is_selected: false,
            is_small_above: false,
        }
    }

    pub fn second_line(mut self, text: &'a str) -> Self {
        self.second_line = text;
        self
    }

    /// The first line small and muted and the second one large, for rows with an id above their words.
    pub fn id_above(mut self) -> Self {
        self.is_small_above = true;
        self
    }

    /// Small text at the right end.
    pub fn detail(mut self, text: &'a str) -> Self {
        self.detail = text;
        self
    }

    pub fn detail_color(mut self, color: Color32) -> Self {
        self.detail_color = Some(color);
        self
    }

    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    pub fn mark(mut self, mark: Mark) -> Self {
        self.mark = mark;
        self
    }

    /// The amber dot of "not committed".
    pub fn dot(mut self, has_dot: bool) -> Self {
        self.has_dot = has_dot;
        self
    }

    pub fn indent(mut self, points: f32) -> Self {
        self.indent = points;
        self
    }

    pub fn selected(mut self, is_selected: bool) -> Self {
        self.is_selected = is_selected;
        self
    }

    fn name(&self) -> String {
        let mut name = self.title.to_owned();
        for part in [self.second_line, self.detail, self.mark.word(), if self.has_dot { "not committed" } else { "" }] {
            if !part.is_empty() {
                name = format!("{name}, {part}");
            }
        }
        name
    }

    /// Paints what stands left and gives back where the text starts.
    fn paint_sign(&self, ui: &Ui, x: f32, y: f32) -> f32 {
        let t = tokens(ui.ctx());
        let center = pos2(x + ICON / 2.0, y);
        if let Some(icon) = self.icon {
            let color = if self.is_selected { t.accent } else { t.ink2 };
            paint::icon(ui.painter(), center, icon, ICON, color);
            x + ICON + SPACE_8
        } else if self.mark != Mark::None {
            self.mark.paint(ui.painter(), center, MARK, self.mark.color(t));
            x + ICON + SPACE_8
        } else {
            x
        }
    }

    /// Paints what stands right and gives back where it starts.
    fn paint_detail(&self, ui: &Ui, right: f32, y: f32) -> f32 {
        let t = tokens(ui.ctx());
        let mut right = right;
        if self.has_dot {
            ui.painter().circle_filled(pos2(right - SPACE_4, y), SPACE_4, t.warn);
            right -= SPACE_16;
        }
        if self.detail.is_empty() {
            return right;
        }
        let color = self.detail_color.unwrap_or(t.ink3);
        let galley = ui.painter().layout_job(scale::LABEL.job(self.detail, color, f32::INFINITY));
        paint::galley_right(ui.painter(), right, y, galley, color) - SPACE_8
    }
}

impl Widget for ListRow<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = tokens(ui.ctx());
        let has_two_lines = !self.second_line.is_empty() || self.is_small_above;
        let height = if has_two_lines { LIST_ROW_TWO_LINES } else { LIST_ROW };
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, self.is_selected, self.name()));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let fill = match (self.is_selected, response.hovered()) {
            (true, _) => t.accent_bg,
            (false, true) => t.hover,
            (false, false) => Color32::TRANSPARENT,
        };
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS_CONTROL), fill);
        let line_height = if has_two_lines { SPACE_16 } else { 20.0 };
        let first_y = if has_two_lines { rect.center().y - line_height / 2.0 } else { rect.center().y };
        let sign_y = if self.icon.is_some() { first_y } else { rect.center().y };
        let left = self.paint_sign(ui, rect.left() + SPACE_8 + self.indent, sign_y);
        let right = self.paint_detail(ui, rect.right() - SPACE_8, first_y);
        let (first, second) =
            if self.is_small_above { (scale::LABEL, scale::DENSE) } else { (scale::BODY, scale::LABEL) };
        let (first_ink, second_ink) = match (self.is_small_above, self.is_selected) {
            (true, _) => (t.ink3, t.ink),
            (false, true) => (t.ink, t.ink2),
            (false, false) => (t.ink, t.ink3),
        };
        let first_ink = if self.is_small_above && self.is_selected { t.ink2 } else { first_ink };
        let galley = ui.painter().layout_job(first.elided(self.title, first_ink, (right - left).max(SPACE_8), 1));
        let mut is_elided = galley.elided;
        paint::galley_left(ui.painter(), left, first_y, galley, first_ink);
        if has_two_lines {
            let width = (rect.right() - SPACE_8 - left).max(SPACE_8);
            let galley = ui.painter().layout_job(second.elided(self.second_line, second_ink, width, 1));
            is_elided |= galley.elided;
            paint::galley_left(ui.painter(), left, first_y + line_height, galley, second_ink);
        }
        paint::inner_focus_ring(ui, &response, RADIUS_CONTROL);
        if is_elided { response.on_hover_text(self.name()) } else { response }
    }
}
