//! Better of two: both texts, four choices of equal size.

use super::context_card::context_ui;
use super::data::is_code;
use super::session::{Session, comment_ui, guidance_ui, hints_ui};
use crate::commands::UiCommand;
use crate::context::WorkspaceContext;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::widgets::{TextView, key_cap, paint, pane, text};
use atelier_types::review::{Answer, PairChoice};
use egui::accesskit::Role;
use egui::{
    CornerRadius, CursorIcon, Frame, Margin, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

const COLUMN: f32 = 1152.0;
const FOOT: f32 = 120.0;
const CHOICE: f32 = 56.0;
const NARROW: f32 = 1000.0;

const CHOICES: [(PairChoice, UiCommand, &str, &str); 4] = [
    (PairChoice::Left, UiCommand::PreferLeft, "Left", "Left is better"),
    (PairChoice::Same, UiCommand::PreferNeither, "Down", "About the same"),
    (PairChoice::BothBad, UiCommand::BothBad, "X", "Both are bad"),
    (PairChoice::Right, UiCommand::PreferRight, "Right", "Right is better"),
];

pub fn pair_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, session: &mut Session, at: usize, area: Rect) {
    let t = tokens(ui.ctx());
    let width = COLUMN.min(area.width() - 2.0 * SPACE_24);
    let mut column = Rect::from_center_size(area.center(), vec2(width.floor(), area.height()));
    let foot = pane::cut_bottom(&mut column, FOOT);
    let data = session.data.clone();
    let item = &data.items[at];
    pane::pane(ui, "pair top", column, t.canvas, |ui| {
        ui.spacing_mut().item_spacing.y = SPACE_16;
        ui.add_space(SPACE_16);
        let most = (column.height() * 0.3).max(96.0);
        context_ui(ui, &item.context, most);
        let question = data.header.rubric.question.as_str();
        let question = if question.is_empty() { "Which one is better?" } else { question };
        text::label(ui, scale::HEADING, question, t.ink);
        guidance_ui(ui, session);
        if session.is_comment_open {
            comment_ui(ui, session, "Comment", 2);
        }
        let rest = ui.available_rect_before_wrap();
        let rest = rest.with_max_y(column.bottom() - SPACE_16);
        texts_ui(ui, &item.texts, at, rest);
    });
    choices_ui(ui, ctx, session, foot);
}

fn texts_ui(ui: &mut Ui, texts: &[String], at: usize, area: Rect) {
    let is_stacked = area.width() < NARROW - 2.0 * SPACE_24;
    let side = if is_stacked {
        vec2(area.width(), ((area.height() - SPACE_16) / 2.0).floor())
    } else {
        vec2(((area.width() - SPACE_16) / 2.0).floor(), area.height())
    };
    let step = if is_stacked { vec2(0.0, side.y + SPACE_16) } else { vec2(side.x + SPACE_16, 0.0) };
    for (index, (words, title)) in texts.iter().zip(["Left", "Right"]).enumerate() {
        let rect = Rect::from_min_size(area.min + step * index as f32, side);
        output_ui(ui, (at, index), title, words, rect);
    }
}

/// One text, with its own scrolling; prose in Inter, code in mono.
pub fn output_ui(ui: &mut Ui, salt: (usize, usize), title: &str, words: &str, rect: Rect) {
    let t = tokens(ui.ctx());
    let radius = CornerRadius::same(RADIUS_PANE);
    ui.painter().rect(rect, radius, t.surface, Stroke::new(STROKE, t.line), StrokeKind::Inside);
    pane::pane(ui, title, rect.shrink(1.0), egui::Color32::TRANSPARENT, |ui| {
        ScrollArea::vertical().id_salt(salt).auto_shrink([false, false]).show(ui, |ui| {
            Frame::new().inner_margin(Margin::symmetric(24, 16)).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = SPACE_12;
                text::line(ui, scale::BODY, title, t.ink2);
                if words.trim().is_empty() {
                    text::line(ui, scale::READING, "Nothing was written.", t.ink3);
                } else if is_code(words) || words.len() > 50_000 {
                    TextView::new(title, words).step(scale::CODE).show(ui);
                } else {
                    for paragraph in words.split("\n\n") {
                        text::selectable(ui, scale::READING, paragraph, t.ink);
                    }
                }
            });
        });
    });
}

fn choices_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, session: &mut Session, foot: Rect) {
    let width = ((foot.width() - 3.0 * SPACE_16) / 4.0).floor();
    let mut chosen = None;
    for (index, (choice, command, keys, words)) in CHOICES.into_iter().enumerate() {
        let left = foot.left() + index as f32 * (width + SPACE_16);
        let rect = Rect::from_min_size(pos2(left, foot.top()), vec2(width, CHOICE));
        if choice_ui(ui, rect, keys, words) || ctx.is_invoked(command) {
            chosen = Some(choice);
        }
    }
    if let Some(choice) = chosen
        && let Some(command) = session.rate(Answer::Pair { choice }, ctx.now_secs())
    {
        ctx.commands.send(command);
    }
    let hints = [("C", "Add a comment"), ("S", "Skip"), ("U", "Undo last answer"), ("?", "What to look for")];
    let below = Rect::from_min_size(pos2(foot.left(), foot.top() + CHOICE + SPACE_12), vec2(foot.width(), SPACE_24));
    hints_ui(ui, "pair hints", below, &hints);
}

fn choice_ui(ui: &Ui, rect: Rect, keys: &str, words: &str) -> bool {
    let t = tokens(ui.ctx());
    let response = ui.interact(rect, ui.scope_id().with(("choice", words)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words));
    let fill = if response.hovered() { t.hover } else { t.surface };
    let radius = CornerRadius::same(RADIUS_CONTROL);
    ui.painter().rect(rect, radius, fill, Stroke::new(STROKE, t.edge), StrokeKind::Inside);
    let galley = ui.painter().layout_job(scale::READING_MEDIUM.job(words, t.ink, f32::INFINITY));
    let total = SPACE_24 + SPACE_12 + galley.size().x;
    let left = rect.center().x - total / 2.0;
    let cap = Rect::from_center_size(pos2(left + SPACE_12, rect.center().y), vec2(SPACE_24, SPACE_24));
    key_cap::paint_large_cap(ui, cap, keys);
    paint::galley_left(ui.painter(), left + SPACE_24 + SPACE_12, rect.center().y, galley, t.ink);
    paint::focus_ring(ui, &response, RADIUS_CONTROL);
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}
