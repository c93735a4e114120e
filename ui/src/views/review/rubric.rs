//! One text on the rubric's scales, by keys 1 to 5, Tab and Enter.

use super::context_card::context_ui;
use super::pair::output_ui;
use super::session::{Session, comment_ui, guidance_ui, hints_ui};
use crate::context::WorkspaceContext;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::widgets::rating_scale::rating_scale;
use crate::widgets::{Button, Mark, pane, text};
use crate::words;
use atelier_types::review::{Answer, Criterion};
use egui::{
    CornerRadius, EventFilter, Frame, Key, Margin, Modifiers, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2,
    vec2,
};

const TEXT_WIDTH: f32 = 640.0;
const SCALES_WIDTH: f32 = 424.0;
const GAP: f32 = 40.0;
const FOOT: f32 = 60.0;

pub fn rubric_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, session: &mut Session, at: usize, area: Rect) {
    let t = tokens(ui.ctx());
    let data = session.data.clone();
    let criteria = &data.header.rubric.criteria;
    let room = area.width() - 2.0 * SPACE_24;
    let total = (TEXT_WIDTH + GAP + SCALES_WIDTH).min(room);
    let mut column = Rect::from_center_size(area.center(), vec2(total.floor(), area.height()));
    let foot = pane::cut_bottom(&mut column, FOOT);
    hold_keyboard(ui, column);
    take_keys(ui, session, criteria);
    let scales = pane::cut_right(&mut column, SCALES_WIDTH.min(total * 0.45));
    let mut left = column.with_max_x(column.right() - GAP);
    let item = &data.items[at];
    pane::pane(ui, "rubric text", left, t.canvas, |ui| {
        ui.spacing_mut().item_spacing.y = SPACE_16;
        ui.add_space(SPACE_16);
        context_ui(ui, &item.context, (left.height() * 0.35).max(96.0));
        guidance_ui(ui, session);
        left = ui.available_rect_before_wrap().with_max_y(left.bottom() - SPACE_16);
        let title = data.header.rubric.output_title.as_str();
        let title = if title.is_empty() { "Output" } else { title };
        output_ui(ui, (at, 0), title, item.texts.first().map_or("", String::as_str), left);
    });
    pane::pane(ui, "rubric scales", scales, t.canvas, |ui| {
        ScrollArea::vertical().id_salt(("scales", at)).auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(SPACE_16);
            scales_ui(ui, session, criteria);
        });
    });
    foot_ui(ui, ctx, session, criteria, foot);
}

fn scales_ui(ui: &mut Ui, session: &mut Session, criteria: &[Criterion]) {
    ui.spacing_mut().item_spacing.y = SPACE_8;
    for (index, criterion) in criteria.iter().enumerate() {
        if let Some(value) =
            criterion_ui(ui, criterion, session.values.get(&criterion.key).copied(), session.criterion == index)
        {
            session.values.insert(criterion.key.clone(), value);
            session.criterion = next_open(session, criteria, index);
        }
    }
    Frame::new().inner_margin(Margin::symmetric(20, 8)).show(ui, |ui| comment_ui(ui, session, "Comment, optional", 2));
}

/// One scale. Only the current one is framed.
fn criterion_ui(ui: &mut Ui, criterion: &Criterion, value: Option<u8>, is_current: bool) -> Option<u8> {
    let t = tokens(ui.ctx());
    let frame = Frame::new().inner_margin(Margin { left: 20, right: 20, top: 12, bottom: 16 });
    let ground = ui.painter().add(egui::Shape::Noop);
    let shown = frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = SPACE_4;
        ui.horizontal(|ui| {
            text::line(ui, scale::EMPHASIS, &criterion.title, t.ink);
            if value.is_some() {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let (rect, _) = ui.allocate_exact_size(vec2(ICON, ICON), Sense::hover());
                    Mark::Passed.paint(ui.painter(), rect.center(), SPACE_12, t.ink2);
                });
            }
        });
        if !criterion.question.is_empty() {
            text::label(ui, scale::BODY, &criterion.question, t.ink2);
        }
        ui.add_space(SPACE_4);
        rating_scale(ui, &criterion.title, &criterion.anchors, value)
    });
    if is_current {
        let radius = CornerRadius::same(RADIUS_PANE);
        let stroke = Stroke::new(STROKE_STRONG, t.accent);
        let rect = shown.response.rect;
        let shape = egui::epaint::RectShape::new(rect, radius, t.surface, stroke, StrokeKind::Inside);
        ui.painter().set(ground, shape);
        if value.is_none() {
            shown.response.scroll_to_me(None);
        }
    }
    shown.inner
}

/// The next criterion without an answer, from the one after `index` on.
fn next_open(session: &Session, criteria: &[Criterion], index: usize) -> usize {
    let is_open = |at: &usize| !session.values.contains_key(&criteria[*at].key);
    (index + 1..criteria.len()).find(is_open).or_else(|| (0..criteria.len()).find(is_open)).unwrap_or(index)
}

/// Tab goes from question to question here, and not from widget to widget.
fn hold_keyboard(ui: &Ui, area: Rect) {
    let id = egui::Id::unique("rubric keys");
    let keeper = ui.interact(area, id, Sense::focusable_noninteractive());
    keeper.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Group, true, "Questions"));
    let filter = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| {
        if memory.focused().is_none() {
            memory.request_focus(id);
        }
        memory.set_focus_lock_filter(id, filter);
    });
}

fn take_keys(ui: &Ui, session: &mut Session, criteria: &[Criterion]) {
    if criteria.is_empty() || ui.ctx().text_edit_focused() {
        return;
    }
    let keys = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5];
    let pressed = |key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let value = keys.into_iter().position(pressed).map(|at| at as u8 + 1);
    session.criterion = session.criterion.min(criteria.len() - 1);
    if let Some(value) = value {
        session.values.insert(criteria[session.criterion].key.clone(), value);
        session.criterion = next_open(session, criteria, session.criterion);
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::Tab)) {
        session.criterion = (session.criterion + criteria.len() - 1) % criteria.len();
    } else if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Tab)) {
        session.criterion = (session.criterion + 1) % criteria.len();
    }
}

fn foot_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, session: &mut Session, criteria: &[Criterion], foot: Rect) {
    let t = tokens(ui.ctx());
    let num_left = criteria.iter().filter(|criterion| !session.values.contains_key(&criterion.key)).count();
    let why = match (num_left, session.is_busy()) {
        (0, false) => None,
        (0, true) => Some("The answer is saved."),
        _ => Some("Answer every question first, or skip the item."),
    };
    let mut is_next = false;
    let left = pane::row_from_right(ui, "rubric next", foot, |ui| {
        is_next = ui.add(Button::new("Next item").primary().keys("Enter").large().disabled_because(why)).clicked();
        if num_left > 0 {
            text::line(ui, scale::BODY, words::counted(num_left as u64, "question left", "questions left"), t.ink2);
        }
        ui.min_rect().left()
    });
    let is_entered = !ui.ctx().text_edit_focused() && ui.input(|input| input.key_pressed(Key::Enter));
    if why.is_none() && (is_next || is_entered) {
        let answer = Answer::Rubric { values: session.values.clone() };
        if let Some(command) = session.rate(answer, ctx.now_secs()) {
            ctx.commands.send(command);
        }
    }
    let hints = [("1 to 5", "Rate"), ("Tab", "Next question"), ("C", "Comment"), ("S", "Skip"), ("U", "Undo")];
    let area = foot.with_max_x(left - SPACE_16);
    let row = Rect::from_min_size(pos2(area.left(), area.center().y - SPACE_12), vec2(area.width(), SPACE_24));
    hints_ui(ui, "rubric hints", row, &hints);
}
