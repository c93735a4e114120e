//! Text fields, search fields and choices: surface with a 1 px edge, 2 px accent with the keyboard, 2 px worse with an
//! icon and one sentence below where what was typed is invalid.

use super::{modal, paint, text};
use crate::theme::{Icon, Type, icons, metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{
    Align, Align2, Color32, CornerRadius, CursorIcon, Frame, Id, Layout, Popup, Rect, Response, ScrollArea, Sense,
    Stroke, StrokeKind, TextBuffer, TextEdit, Ui, UiBuilder, Widget, WidgetInfo, pos2, vec2,
};

#[must_use]
pub struct Field<'a> {
    name: &'a str,
    value: &'a mut String,
    hint: &'a str,
    error: Option<&'a str>,
    width: f32,
    height: f32,
    num_rows: usize,
    icon: Option<Icon>,
    id: Option<Id>,
    is_secret: bool,
    is_mono: bool,
    is_dense: bool,
    has_caption: bool,
    is_search: bool,
}

impl<'a> Field<'a> {
    /// `name` is read out; it is shown above the field after [`Field::captioned`].
    pub fn new(name: &'a str, value: &'a mut String) -> Self {
        Self {
            name,
            value,
            hint: "",
            error: None,
            width: f32::INFINITY,
            height: CONTROL,
            num_rows: 1,
            icon: None,
            id: None,
            is_secret: false,
            is_mono: false,
            is_dense: false,
            has_caption: false,
            is_search: false,
        }
    }

    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// One sentence that says what is wrong.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    pub fn large(mut self) -> Self {
        self.height = CONTROL_LARGE;
        self
    }

    /// Several lines; Enter makes a new one.
    pub fn rows(mut self, num_rows: usize) -> Self {
        self.num_rows = num_rows;
        self
    }

    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// A fixed id, so that a key can put the focus here.
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }

    /// Shows dots instead of the text.
    pub fn secret(mut self) -> Self {
        self.is_secret = true;
        self
    }

    pub fn mono(mut self) -> Self {
        self.is_mono = true;
        self
    }

    /// Small monospaced text, for values in a side pane.
    pub fn dense(mut self) -> Self {
        self.is_mono = true;
        self.is_dense = true;
        self
    }

    /// Shows the name above the field.
    pub fn captioned(mut self) -> Self {
        self.has_caption = true;
        self
    }

    fn step(&self) -> Type {
        match (self.is_dense, self.is_mono) {
            (true, _) => scale::CODE_LABEL,
            (false, true) => scale::CODE_READ,
            (false, false) => scale::BODY,
        }
    }

    fn show(self, ui: &mut Ui) -> Response {
        let t = tokens(ui.ctx());
        let step = self.step();
        let is_single = self.num_rows == 1;
        let height = if is_single { self.height } else { self.num_rows as f32 * step.line + SPACE_12 };
        let width = self.width.min(ui.available_width()).max(SPACE_48);
        let (_, rect) = ui.allocate_space(vec2(width, height));
        let border = ui.painter().add(egui::Shape::Noop);
        let mut inner = rect.shrink2(vec2(SPACE_8, 0.0));
        if let Some(icon) = self.icon {
            paint::icon(ui.painter(), pos2(inner.left() + ICON / 2.0, rect.center().y), icon, ICON, t.ink3);
            inner.min.x += ICON + SPACE_8;
        }
        if self.error.is_some() {
            let center = pos2(inner.right() - ICON / 2.0, rect.top() + height.min(CONTROL) / 2.0);
            paint::icon(ui.painter(), center, icons::WARNING_CIRCLE, ICON, t.worse);
            inner.max.x -= ICON + SPACE_8;
        }
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, width: f32| {
            let mut job = step.job(text.as_str(), t.ink, if is_single { f32::INFINITY } else { width });
            job.break_on_newline = !is_single;
            job.keep_trailing_whitespace = true;
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        let mut edit = if is_single { TextEdit::singleline(self.value) } else { TextEdit::multiline(self.value) }
            .frame(Frame::NONE)
            .font(step.font())
            .text_color(t.ink)
            .password(self.is_secret)
            .hint_text(step.text(self.hint, t.ink3))
            .desired_width(inner.width())
            .desired_rows(self.num_rows)
            .min_size(inner.size());
        edit = if is_single {
            edit.align(Align2::LEFT_CENTER)
        } else {
            inner = inner.shrink2(vec2(0.0, 6.0));
            edit.align(Align2::LEFT_TOP).min_size(inner.size())
        };
        if let Some(id) = self.id {
            edit = edit.id(id);
        }
        if !self.is_secret {
            edit = edit.layouter(&mut layouter);
        }
        // Centred, a text that is longer than its field would start half-way down and run out below.
        let layout = if is_single { Layout::left_to_right(Align::Center) } else { Layout::top_down(Align::Min) };
        let mut child = ui.new_child(UiBuilder::new().max_rect(inner).layout(layout));
        child.shrink_clip_rect(inner);
        let response = if is_single {
            child.add(edit)
        } else {
            // More lines than there is room for scroll inside the field.
            let area = ScrollArea::vertical().id_salt(self.name).auto_shrink([false, false]);
            area.max_height(inner.height()).show(&mut child, |ui| ui.add(edit)).inner
        };
        let response = response.accessible_name(self.name);
        if is_single {
            modal::field_was_drawn(ui, &response);
        }
        let stroke = match (self.error.is_some(), response.has_focus()) {
            (true, _) => Stroke::new(STROKE_STRONG, t.worse),
            (false, true) => Stroke::new(STROKE_STRONG, t.accent),
            // An icon and a hint make a search field plain enough.
            (false, false) if self.is_search => Stroke::new(STROKE, t.line),
            (false, false) => Stroke::new(STROKE, t.edge),
        };
        let radius = CornerRadius::same(RADIUS_CONTROL);
        let shape = egui::epaint::RectShape::new(rect, radius, t.surface, stroke, StrokeKind::Inside);
        ui.painter().set(border, shape);
        response
    }
}

impl Widget for Field<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        if !self.has_caption && self.error.is_none() {
            return self.show(ui);
        }
        let (name, error, width) = (self.name, self.error, self.width.min(ui.available_width()));
        let has_caption = self.has_caption;
        ui.vertical(|ui| {
            ui.set_max_width(width);
            ui.spacing_mut().item_spacing.y = SPACE_4;
            if has_caption {
                text::caption(ui, name);
            }
            let response = self.show(ui);
            if let Some(error) = error {
                let color = tokens(ui.ctx()).worse;
                text::label(ui, scale::LABEL, error, color);
            }
            response
        })
        .inner
    }
}

/// A field with a magnifying glass.
pub fn search_field(ui: &mut Ui, name: &str, value: &mut String, width: f32, id: Option<Id>) -> Response {
    let mut field = Field::new(name, value).hint(name).icon(icons::MAGNIFYING_GLASS).width(width);
    field.is_search = true;
    ui.add(match id {
        Some(id) => field.id(id),
        None => field,
    })
}

/// A field that opens a menu of choices.
#[must_use]
pub struct Choice<'a> {
    name: &'a str,
    shown: &'a str,
    note: &'a str,
    width: f32,
    icon: Option<Icon>,
    error: bool,
}

impl<'a> Choice<'a> {
    pub fn new(name: &'a str, shown: &'a str) -> Self {
        Self { name, shown, note: "", width: 200.0, icon: None, error: false }
    }

    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// Muted words behind the chosen one.
    pub fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }

    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    pub fn invalid(mut self, is_invalid: bool) -> Self {
        self.error = is_invalid;
        self
    }

    /// `menu` fills the opened menu; it closes with a click on a row.
    pub fn show<R>(self, ui: &mut Ui, menu: impl FnOnce(&mut Ui) -> R) -> Option<R> {
        let response = self.closed(ui);
        let width = response.rect.width().max(160.0);
        Popup::menu(&response)
            .width(width)
            .show(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                egui::ScrollArea::vertical().max_height(320.0).show(ui, menu).inner
            })
            .map(|shown| shown.inner)
    }

    fn closed(&self, ui: &mut Ui) -> Response {
        let t = tokens(ui.ctx());
        let width = self.width.min(ui.available_width()).max(SPACE_48);
        let (rect, response) = ui.allocate_exact_size(vec2(width, CONTROL), Sense::click());
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::ComboBox, true, self.name);
            info.current_text_value = Some(self.shown.to_owned());
            info
        });
        let stroke = match (self.error, response.has_focus()) {
            (true, _) => Stroke::new(STROKE_STRONG, t.worse),
            (false, true) => Stroke::new(STROKE_STRONG, t.accent),
            (false, false) => Stroke::new(STROKE, t.edge),
        };
        let fill = if response.hovered() { t.canvas } else { t.surface };
        ui.painter().rect(rect, CornerRadius::same(RADIUS_CONTROL), fill, stroke, StrokeKind::Inside);
        let y = rect.center().y;
        let mut x = rect.left() + SPACE_8;
        if let Some(icon) = self.icon {
            paint::icon(ui.painter(), pos2(x + ICON / 2.0, y), icon, ICON, t.ink2);
            x += ICON + SPACE_8;
        }
        let right = rect.right() - SPACE_8 - ICON;
        paint::icon(ui.painter(), pos2(right + ICON / 2.0, y), icons::CARET_DOWN, 12.0, t.ink2);
        let room = (right - SPACE_8 - x).max(SPACE_8);
        let galley = ui.painter().layout_job(scale::BODY.elided(self.shown, t.ink, room, 1));
        let is_elided = galley.elided;
        let end = paint::galley_left(ui.painter(), x, y, galley, t.ink) + SPACE_8;
        if !self.note.is_empty() && right - SPACE_8 - end > SPACE_24 {
            let galley = ui.painter().layout_job(scale::DENSE.elided(self.note, t.ink3, right - SPACE_8 - end, 1));
            paint::galley_left(ui.painter(), end, y, galley, t.ink3);
        }
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        if is_elided { response.on_hover_text(self.shown) } else { response }
    }
}

/// A row of a menu. `keys` stand at its right end.
pub fn menu_row(ui: &mut Ui, icon: Option<Icon>, words: &str, keys: &str, is_selected: bool) -> Response {
    menu_row_if(ui, icon, words, keys, is_selected, true)
}

/// A row of a menu that may be disabled.
pub fn menu_row_if(
    ui: &mut Ui,
    icon: Option<Icon>,
    words: &str,
    keys: &str,
    is_selected: bool,
    is_enabled: bool,
) -> Response {
    let t = tokens(ui.ctx());
    let ink = if is_enabled { t.ink } else { t.ink3 };
    let icon_width = if icon.is_some() { ICON + SPACE_8 } else { 0.0 };
    let galley = ui.painter().layout_job(scale::BODY.job(words, ink, f32::INFINITY));
    let keys_width = if keys.is_empty() { 0.0 } else { super::key_cap::total_width(ui, keys) + SPACE_16 };
    let needed = icon_width + galley.size().x + keys_width + 2.0 * SPACE_8;
    let sense = if is_enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(needed.max(ui.available_width()), MENU_ROW), sense);
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, is_enabled, is_selected, words));
    let is_lit = is_selected || (is_enabled && (response.hovered() || response.has_focus()));
    let fill = if is_lit { t.accent_bg } else { Color32::TRANSPARENT };
    ui.painter().rect_filled(rect, CornerRadius::same(RADIUS_CHIP), fill);
    let (x, y) = (rect.left() + SPACE_8, rect.center().y);
    if let Some(icon) = icon {
        paint::icon(ui.painter(), pos2(x + ICON / 2.0, y), icon, ICON, if is_enabled { t.ink2 } else { t.ink3 });
    }
    paint::galley_left(ui.painter(), x + icon_width, y, galley, ink);
    if !keys.is_empty() {
        super::key_cap::paint_right(ui, rect.right() - SPACE_8, y, keys);
    }
    response
}

/// A row of a menu that says what it is about, from `column` on.
pub fn described_row(ui: &mut Ui, words: &str, about: &str, column: f32) -> Response {
    let ink = tokens(ui.ctx()).ink2;
    let galley = ui.painter().layout_job(scale::DENSE.job(about, ink, f32::INFINITY));
    ui.set_min_width(column + galley.size().x + SPACE_16);
    let response = menu_row(ui, None, words, "", false);
    paint::galley_left(ui.painter(), response.rect.left() + column, response.rect.center().y, galley, ink);
    response
}

/// A check box with its words.
pub fn check(ui: &mut Ui, is_on: &mut bool, words: &str) -> Response {
    let t = tokens(ui.ctx());
    let galley = ui.painter().layout_job(scale::BODY.job(words, t.ink, f32::INFINITY));
    let size = vec2(ICON + SPACE_8 + galley.size().x, CONTROL);
    let (rect, mut response) = ui.allocate_exact_size(size, Sense::click());
    if response.clicked() {
        *is_on = !*is_on;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *is_on, words));
    let square = Rect::from_center_size(pos2(rect.left() + ICON / 2.0, rect.center().y), vec2(ICON, ICON));
    let (fill, stroke) = if *is_on { (t.accent, t.accent) } else { (t.surface, t.edge) };
    let radius = CornerRadius::same(RADIUS_CHIP);
    ui.painter().rect(square, radius, fill, Stroke::new(STROKE, stroke), StrokeKind::Inside);
    if *is_on {
        super::Mark::Passed.paint(ui.painter(), square.center(), SPACE_8, t.on_accent);
    }
    paint::galley_left(ui.painter(), square.right() + SPACE_8, rect.center().y, galley, t.ink);
    paint::focus_ring(ui, &response, RADIUS_CHIP);
    response.on_hover_cursor(CursorIcon::PointingHand)
}
