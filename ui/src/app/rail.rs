//! The rail on the left: one place for each room.

use super::App;
use crate::commands::{AppCommand, UiCommand};
use crate::state::route::Room;
use crate::theme::{Icon, fonts, icons, metrics, tokens, type_scale};
use egui::{Align2, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

const ITEM_HEIGHT: f32 = 52.0;

impl App {
    pub(super) fn rail_ui(&self, ui: &mut Ui, is_open: bool) {
        let rail = ui.max_rect();
        ui.spacing_mut().item_spacing.y = 0.0;
        for room in Room::ALL.into_iter().filter(|room| *room != Room::Settings) {
            self.rail_item_ui(ui, room, is_open);
        }
        let bottom = Rect::from_min_max(pos2(rail.left(), rail.bottom() - ITEM_HEIGHT), rail.max);
        ui.scope_builder(UiBuilder::new().max_rect(bottom), |ui| self.rail_item_ui(ui, Room::Settings, is_open));
    }

    fn rail_item_ui(&self, ui: &mut Ui, room: Room, is_open: bool) {
        let is_enabled = is_open || room.is_open_without_workspace();
        let is_active = self.session.room() == room && is_enabled;
        let response = rail_button(ui, room, is_active, is_enabled);
        if response.clicked() && is_enabled {
            self.commands.send(AppCommand::Enter(room));
        }
        let info = UiCommand::go(room).info();
        let hover = if is_enabled { info.tooltip } else { "Open a workspace first." };
        response.on_hover_text(format!("{}. {hover}", room.title()));
    }
}

fn rail_button(ui: &mut Ui, room: Room, is_active: bool, is_enabled: bool) -> Response {
    let t = tokens(ui.ctx());
    let is_narrow = ui.max_rect().width() < metrics::RAIL;
    let sense = if is_enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ITEM_HEIGHT), sense);
    response.widget_info(|| WidgetInfo::selected(Role::Tab, is_enabled, is_active, room.title()));
    let ground = rect.shrink2(vec2(2.0, 2.0));
    if is_active {
        ui.painter().rect_filled(ground, metrics::RADIUS_CONTROL, t.accent_bg);
    } else if response.hovered() && is_enabled {
        ui.painter().rect_filled(ground, metrics::RADIUS_CONTROL, t.hover);
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(metrics::STROKE_STRONG, t.accent);
        ui.painter().rect_stroke(ground, metrics::RADIUS_CONTROL, stroke, egui::StrokeKind::Inside);
    }
    let color = match (is_active, is_enabled) {
        (true, _) => t.accent,
        (false, true) => t.ink2,
        (false, false) => t.ink3,
    };
    let Icon(glyph) = icon(room);
    let font = if is_active { fonts::icon_fill(metrics::ICON_RAIL) } else { fonts::icon(metrics::ICON_RAIL) };
    let icon_y = if is_narrow { rect.center().y } else { rect.top() + 18.0 };
    ui.painter().text(pos2(rect.center().x, icon_y), Align2::CENTER_CENTER, glyph, font, color);
    if !is_narrow {
        let label = if is_active { type_scale::LABEL_MEDIUM } else { type_scale::LABEL };
        let at = pos2(rect.center().x, rect.top() + 38.0);
        ui.painter().text(at, Align2::CENTER_CENTER, room.title(), label.font(), color);
    }
    response
}

/// The icon of a room, here and wherever the room is named.
pub fn icon(room: Room) -> Icon {
    match room {
        Room::Home => icons::HOUSE_SIMPLE,
        Room::Prompts => icons::NOTE_PENCIL,
        Room::Experiments => icons::FLASK,
        Room::Compare => icons::GIT_DIFF,
        Room::Review => icons::SCALES,
        Room::Datasets => icons::DATABASE,
        Room::Models => icons::CUBE,
        Room::Settings => icons::GEAR_SIX,
    }
}
