//! Buttons: at most one primary a screen; a disabled button says why.

use super::{key_cap, modal, paint};
use crate::theme::{Icon, Tokens, metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{Color32, CornerRadius, CursorIcon, Response, Sense, Ui, Widget, WidgetInfo, vec2};

/// How loudly a button speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Primary,
    Secondary,
    Quiet,
    /// Deletes something. Never the primary one.
    Destructive,
}

#[must_use]
pub struct Button<'a> {
    text: &'a str,
    name: Option<&'a str>,
    tone: Tone,
    icon: Option<Icon>,
    is_icon_filled: bool,
    icon_color: Option<Color32>,
    keys: &'a str,
    height: f32,
    min_width: f32,
    is_selected: bool,
    why_disabled: Option<&'a str>,
    hover: &'a str,
}

impl<'a> Button<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            name: None,
            tone: Tone::Secondary,
            icon: None,
            is_icon_filled: false,
            icon_color: None,
            keys: "",
            height: CONTROL,
            min_width: 0.0,
            is_selected: false,
            why_disabled: None,
            hover: "",
        }
    }

    /// A quiet button with nothing but an icon; `name` is read out and shown on hover.
    pub fn icon_only(icon: Icon, name: &'a str) -> Self {
        Self { icon: Some(icon), name: Some(name), hover: name, tone: Tone::Quiet, ..Self::new("") }
    }

    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    pub fn primary(self) -> Self {
        self.tone(Tone::Primary)
    }

    pub fn quiet(self) -> Self {
        self.tone(Tone::Quiet)
    }

    pub fn destructive(self) -> Self {
        self.tone(Tone::Destructive)
    }

    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// For stop, play and pause.
    pub fn icon_filled(mut self, icon: Icon) -> Self {
        self.is_icon_filled = true;
        self.icon(icon)
    }

    /// Keys that do the same, drawn inside: `Esc`, `Ctrl Enter`.
    pub fn keys(mut self, keys: &'a str) -> Self {
        self.keys = keys;
        self
    }

    /// 36 high, for the first run and for reviews.
    pub fn large(mut self) -> Self {
        self.height = CONTROL_LARGE;
        self
    }

    pub fn min_width(mut self, width: f32) -> Self {
        self.min_width = width;
        self
    }

    /// Shown as pressed, for a button that switches something on.
    pub fn selected(mut self, is_selected: bool) -> Self {
        self.is_selected = is_selected;
        self
    }

    /// `Some` disables it and says why on hover.
    pub fn disabled_because(mut self, why: Option<&'a str>) -> Self {
        self.why_disabled = why;
        self
    }

    /// A sentence on hover.
    pub fn hover(mut self, text: &'a str) -> Self {
        self.hover = text;
        self
    }

    /// Name in the accessibility tree, where the text alone does not say enough.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    fn colors(&self, t: &Tokens, response: &Response) -> (Color32, Color32) {
        if self.why_disabled.is_some() {
            return (t.hover, t.ink3);
        }
        let is_hot = response.hovered() || response.is_pointer_button_down_on();
        match self.tone {
            Tone::Primary => (if is_hot { t.accent_hi } else { t.accent }, t.on_accent),
            Tone::Secondary => (if is_hot { t.line } else { t.btn }, t.ink),
            Tone::Quiet if self.is_selected => (t.accent_bg, t.accent),
            Tone::Quiet => (if is_hot { t.hover } else { Color32::TRANSPARENT }, t.ink2),
            Tone::Destructive => (t.worse_bg, t.worse),
        }
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = tokens(ui.ctx());
        let is_enabled = self.why_disabled.is_none() && ui.is_enabled();
        let galley = ui.painter().layout_job(scale::BODY_MEDIUM.job(self.text, Color32::PLACEHOLDER, f32::INFINITY));
        let keys_width = key_cap::inline_width(ui, self.keys);
        let icon_width = if self.icon.is_some() { ICON } else { 0.0 };
        let gap = if self.icon.is_some() && !self.text.is_empty() { SPACE_8 } else { 0.0 };
        let padding = if self.text.is_empty() { (self.height - ICON) / 2.0 } else { SPACE_12 };
        let content = icon_width + gap + galley.size().x.ceil() + keys_width;
        let size = vec2((content + 2.0 * padding).max(self.min_width), self.height);
        let sense = if is_enabled { Sense::click() } else { Sense::hover() };
        let (rect, mut response) = ui.allocate_exact_size(size, sense);
        let name = self.name.unwrap_or(self.text);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, name));
        if is_enabled && self.tone == Tone::Primary && modal::is_entered(ui.ctx()) {
            response.flags.insert(egui::response::Flags::FAKE_PRIMARY_CLICKED);
        }
        if ui.is_rect_visible(rect) {
            let (fill, ink) = self.colors(t, &response);
            ui.painter().rect_filled(rect, CornerRadius::same(RADIUS_CONTROL), fill);
            let mut x = rect.center().x - content / 2.0;
            if let Some(icon) = self.icon {
                let center = egui::pos2(x + ICON / 2.0, rect.center().y);
                let color = self.icon_color.unwrap_or(ink);
                if self.is_icon_filled {
                    paint::icon_fill(ui.painter(), center, icon, ICON, color);
                } else {
                    paint::icon(ui.painter(), center, icon, ICON, color);
                }
                x += ICON + gap;
            }
            let end = paint::galley_left(ui.painter(), x, rect.center().y, galley, ink);
            key_cap::paint_inline(ui, end, rect.center().y, self.keys, ink);
            paint::focus_ring(ui, &response, RADIUS_CONTROL);
        }
        if is_enabled {
            response = response.on_hover_cursor(CursorIcon::PointingHand);
        }
        match self.why_disabled {
            Some(why) if !why.is_empty() => response.on_hover_text(why),
            None if !self.hover.is_empty() => response.on_hover_text(self.hover),
            _ => response,
        }
    }
}

/// Text that is clicked like a word in a sentence.
pub fn link(ui: &mut Ui, text: &str) -> Response {
    let t = tokens(ui.ctx());
    let galley = ui.painter().layout_job(scale::BODY.job(text, Color32::PLACEHOLDER, f32::INFINITY));
    let size = vec2(galley.size().x, MIN_TARGET);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, text));
    paint::galley_left(ui.painter(), rect.left(), rect.center().y, galley, t.accent);
    let y = rect.center().y + 9.0;
    ui.painter().hline(rect.x_range(), y, egui::Stroke::new(STROKE, t.accent));
    paint::focus_ring(ui, &response, RADIUS_CHIP);
    response.on_hover_cursor(CursorIcon::PointingHand)
}
