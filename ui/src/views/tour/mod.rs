//! The guided tour: five short notes, each beside the screen that it speaks of. It can be left at any time and is not
//! shown again by itself.

use crate::commands::{AppCommand, UiCommand};
use crate::context::AppContext;
use crate::state::route::Room;
use crate::theme::{Tokens, metrics, shadow, tokens, type_scale};
use crate::widgets::{Button, text};
use egui::{Align, Align2, Area, Context, Frame, Id, Layout, Margin, Order, Stroke, Ui, vec2};

const WIDTH: f32 = 320.0;

/// One part of the main job.
pub struct Step {
    pub title: &'static str,
    /// One line, for home.
    pub summary: &'static str,
    /// What is to be done, for the tour.
    pub words: &'static str,
    pub room: Room,
}

pub const STEPS: [Step; 5] = [
    Step {
        title: "Write",
        summary: "Change a prompt and see the messages it makes",
        words: "Change a word in the template. The messages on the right show at once what would be sent; grey is what \
                an input brought along. Ctrl J goes to the next row.",
        room: Room::Prompts,
    },
    Step {
        title: "Run",
        summary: "Two models side by side on forty rows",
        words: "Open an experiment and press Run. It crosses prompts, models and rows; the cost and the time are said \
                before anything is sent. Every answer is stored with its receipt.",
        room: Room::Experiments,
    },
    Step {
        title: "Compare",
        summary: "What got better, what got worse, how sure",
        words: "One sentence says whether the difference is real. Below it are the rows that flipped and both outputs, \
                word by word.",
        room: Room::Compare,
    },
    Step {
        title: "Rate",
        summary: "Twelve blind pairs by keyboard",
        words: "Where a number is not enough, people decide. Pairs are blind; arrow keys choose, and each answer is a \
                line in a file of your own.",
        room: Room::Review,
    },
    Step {
        title: "Export",
        summary: "An eval set that others can run",
        words: "A run, or what was rated of it, leaves as JSON lines, CSV, promptfoo or preference pairs. Export is in \
                the head of a run and of a review.",
        room: Room::Experiments,
    },
];

pub fn tour_ui(egui_ctx: &Context, ctx: &AppContext<'_>, has_workspace: bool, step: usize) {
    if !has_workspace {
        return;
    }
    let Some(part) = STEPS.get(step) else { return };
    let t = tokens(egui_ctx);
    let frame = Frame::NONE
        .fill(t.surface)
        .stroke(Stroke::new(metrics::STROKE, t.line))
        .corner_radius(metrics::RADIUS_PANE)
        .shadow(shadow(t))
        .inner_margin(Margin::same(16));
    let place = vec2(metrics::RAIL + metrics::SPACE_16, -(metrics::STATUS_BAR + metrics::SPACE_16));
    let area = Area::new(Id::unique("tour")).order(Order::Foreground).anchor(Align2::LEFT_BOTTOM, place);
    area.show(egui_ctx, |ui| {
        frame.show(ui, |ui| {
            ui.set_width(WIDTH);
            note_ui(ui, ctx, step, part, t);
        });
    });
}

fn note_ui(ui: &mut Ui, ctx: &AppContext<'_>, step: usize, part: &Step, t: &Tokens) {
    ui.spacing_mut().item_spacing.y = metrics::SPACE_4;
    text::label(ui, type_scale::LABEL_MEDIUM, format!("{} of {}", step + 1, STEPS.len()), t.ink3);
    text::label(ui, type_scale::EMPHASIS, part.title, t.ink);
    text::label(ui, type_scale::BODY, part.words, t.ink2);
    ui.add_space(metrics::SPACE_8);
    ui.allocate_ui_with_layout(vec2(WIDTH, metrics::CONTROL), Layout::right_to_left(Align::Center), |ui| {
        buttons_ui(ui, ctx, step, part);
    });
}

fn buttons_ui(ui: &mut Ui, ctx: &AppContext<'_>, step: usize, part: &Step) {
    ui.spacing_mut().item_spacing.x = metrics::SPACE_8;
    let is_last = step + 1 == STEPS.len();
    if ui.add(Button::new(if is_last { "Done" } else { "Next" })).clicked() {
        let next = (!is_last).then_some(step + 1);
        ctx.commands.send(AppCommand::Tour(next));
        if let Some(next) = next {
            ctx.commands.send(AppCommand::Enter(STEPS[next].room));
        }
    }
    if ctx.session.room() != part.room {
        let label = format!("Go to {}", part.room.title());
        if ui.add(Button::new(&label).quiet()).clicked() {
            ctx.commands.send(UiCommand::go(part.room));
        }
    }
    if step > 0 && ui.add(Button::new("Back").quiet()).clicked() {
        ctx.commands.send(AppCommand::Tour(Some(step - 1)));
        ctx.commands.send(AppCommand::Enter(STEPS[step - 1].room));
    }
    if !is_last && ui.add(Button::new("End the tour").quiet()).clicked() {
        ctx.commands.send(AppCommand::Tour(None));
    }
}
