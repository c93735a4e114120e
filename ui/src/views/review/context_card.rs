//! What the reviewer has to know: the columns of the row that the rubric names.
//!
//! The longest text stands left as prose, short ones right as names and values.

use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::widgets::text;
use egui::{Frame, Margin, ScrollArea, Ui};

const SHORT: usize = 48;
const SIDE_WIDTH: f32 = 320.0;
const TEXT_WIDTH: f32 = 720.0;

pub fn context_ui(ui: &mut Ui, context: &[(String, String)], max_height: f32) {
    if context.is_empty() {
        return;
    }
    let t = tokens(ui.ctx());
    let is_short = |text: &str| text.chars().count() <= SHORT && !text.contains('\n');
    let (short, long): (Vec<_>, Vec<_>) = context.iter().partition(|(_, text)| is_short(text));
    let frame = Frame::new().fill(t.sunken).corner_radius(RADIUS_PANE).inner_margin(Margin::symmetric(24, 20));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let height = max_height - 40.0;
        ScrollArea::vertical().id_salt("context").max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                let room = ui.available_width();
                let has_both = !short.is_empty() && !long.is_empty() && room > TEXT_WIDTH;
                let side = if has_both { SIDE_WIDTH } else { 0.0 };
                ui.vertical(|ui| {
                    ui.set_width(if has_both {
                        (room - side - SPACE_48).min(TEXT_WIDTH)
                    } else {
                        room.min(TEXT_WIDTH)
                    });
                    ui.spacing_mut().item_spacing.y = SPACE_4;
                    for (title, words) in &long {
                        text::caption(ui, title.as_str());
                        text::selectable(ui, scale::READING, words.as_str(), t.ink);
                    }
                    if !has_both {
                        for (title, words) in &short {
                            text::key_value(ui, title, words);
                        }
                    }
                });
                if has_both {
                    ui.add_space(room - side - ui.min_rect().width() - SPACE_8);
                    ui.vertical(|ui| {
                        ui.set_width(side - SPACE_8);
                        ui.spacing_mut().item_spacing.y = SPACE_4;
                        for (title, words) in &short {
                            text::key_value(ui, title, words);
                        }
                    });
                }
            });
        });
    });
}
