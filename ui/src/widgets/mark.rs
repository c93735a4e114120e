//! Marks: what is better, worse or undecided, told by shape as well as by colour. The shape says good or bad; the sign
//! of the number beside it says in which direction the number went.

use super::paint;
use crate::theme::{Tokens, Type, metrics::*, tokens, type_scale as scale};
use egui::{Color32, Painter, Pos2, Response, Sense, Shape, Stroke, Ui, pos2, vec2};
use std::f32::consts::TAU;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    Better,
    Worse,
    Tie,
    Undecided,
    Unscored,
    Passed,
    Failed,
    /// Some repeats passed.
    Partly,
    /// A call that failed.
    Problem,
    Running,
    /// Nothing to say yet; draws nothing.
    None,
}

impl Mark {
    pub fn color(self, t: &Tokens) -> Color32 {
        match self {
            Self::Better | Self::Passed => t.better,
            Self::Worse | Self::Failed => t.worse,
            Self::Tie | Self::Partly => t.tie,
            Self::Undecided => t.ink2,
            Self::Unscored | Self::None => t.ink3,
            Self::Problem => t.warn,
            Self::Running => t.accent,
        }
    }

    pub fn ground(self, t: &Tokens) -> Color32 {
        match self {
            Self::Better | Self::Passed => t.better_bg,
            Self::Worse | Self::Failed => t.worse_bg,
            Self::Problem => t.warn_bg,
            Self::Running => t.accent_bg,
            _ => t.tie_bg,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Tie => "no difference",
            Self::Undecided => "undecided",
            Self::Unscored => "unscored",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Partly => "partly passed",
            Self::Problem => "problem",
            Self::Running => "running",
            Self::None => "",
        }
    }

    /// Draws the shape into a square of `size` around `center`.
    pub fn paint(self, painter: &Painter, center: Pos2, size: f32, color: Color32) {
        let half = size / 2.0;
        let at = |x: f32, y: f32| pos2(center.x + x * half, center.y + y * half);
        let width = (size / 7.0).clamp(1.2, 3.0);
        let stroke = Stroke::new(width, color);
        match self {
            Self::Better => {
                painter.add(filled(vec![at(0.0, -0.8), at(0.95, 0.8), at(-0.95, 0.8)], color));
            }
            Self::Worse => {
                painter.add(filled(vec![at(-0.95, -0.8), at(0.95, -0.8), at(0.0, 0.8)], color));
            }
            Self::Tie => bars(painter, center, half, &[-0.45, 0.45], color),
            Self::Partly => bars(painter, center, half, &[0.0], color),
            Self::Undecided => {
                let corners = vec![at(0.0, -0.9), at(0.9, 0.0), at(0.0, 0.9), at(-0.9, 0.0)];
                painter.add(Shape::closed_line(corners, stroke));
            }
            Self::Unscored => dashed_ring(painter, center, half * 0.85, Stroke::new(width, color), 0.0),
            Self::Running => spokes(painter, center, half, color),
            Self::Passed => {
                painter.add(Shape::line(vec![at(-0.9, 0.1), at(-0.3, 0.7), at(0.9, -0.7)], stroke));
            }
            Self::Failed => {
                painter.line_segment([at(-0.75, -0.75), at(0.75, 0.75)], stroke);
                painter.line_segment([at(-0.75, 0.75), at(0.75, -0.75)], stroke);
            }
            Self::Problem => {
                painter.circle_stroke(center, half - width / 2.0, stroke);
                painter.line_segment([at(0.0, -0.45), at(0.0, 0.1)], stroke);
                painter.circle_filled(at(0.0, 0.45), width * 0.6, color);
            }
            Self::None => {}
        }
    }
}

fn filled(points: Vec<Pos2>, color: Color32) -> Shape {
    Shape::convex_polygon(points, color, Stroke::NONE)
}

fn bars(painter: &Painter, center: Pos2, half: f32, offsets: &[f32], color: Color32) {
    for offset in offsets {
        let middle = pos2(center.x, center.y + offset * half);
        let rect = egui::Rect::from_center_size(middle, vec2(half * 1.8, (half * 0.36).max(1.5)));
        painter.rect_filled(rect, 0.0, color);
    }
}

fn dashed_ring(painter: &Painter, center: Pos2, radius: f32, stroke: Stroke, turn: f32) {
    const NUM_DASHES: u8 = 6;
    for dash in 0..NUM_DASHES {
        let start = TAU * (f32::from(dash) + turn) / f32::from(NUM_DASHES);
        let arc = (0..=4u8).map(|step| start + TAU * 0.55 * f32::from(step) / 4.0 / f32::from(NUM_DASHES));
        painter.add(Shape::line(arc.map(|angle| center + radius * vec2(angle.cos(), angle.sin())).collect(), stroke));
    }
}

fn spokes(painter: &Painter, center: Pos2, half: f32, color: Color32) {
    for spoke in 0..8u8 {
        let angle = TAU * f32::from(spoke) / 8.0;
        let direction = vec2(angle.cos(), angle.sin());
        let faded = color.gamma_multiply(0.3 + 0.7 * f32::from(spoke) / 7.0);
        painter.line_segment([center + half * 0.5 * direction, center + half * direction], Stroke::new(1.2, faded));
    }
}

/// A mark and its words on one line.
pub fn mark_label(ui: &mut Ui, mark: Mark, step: Type, text: &str) -> Response {
    let color = mark.color(tokens(ui.ctx()));
    mark_label_colored(ui, mark, step, text, color)
}

pub fn mark_label_colored(ui: &mut Ui, mark: Mark, step: Type, text: &str, ink: Color32) -> Response {
    let t = tokens(ui.ctx());
    let left = if mark == Mark::None { 0.0 } else { MARK + SPACE_8 };
    let max_width = (ui.available_width() - left).max(SPACE_24);
    let galley = ui.painter().layout_job(step.elided(text, ink, max_width, 1));
    let is_elided = galley.elided;
    let (rect, response) = ui.allocate_exact_size(vec2(left + galley.size().x, step.line), Sense::hover());
    mark.paint(ui.painter(), pos2(rect.left() + MARK / 2.0, rect.center().y), MARK, mark.color(t));
    paint::galley_left(ui.painter(), rect.left() + left, rect.center().y, galley, ink);
    let name = if mark == Mark::None { text.to_owned() } else { format!("{}: {text}", mark.word()) };
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &name));
    if is_elided { response.on_hover_text(text) } else { response }
}

/// How many of `num_repeats` passed, with its mark.
pub fn passes_label(ui: &mut Ui, num_passed: u32, num_repeats: u32) -> Response {
    mark_label(ui, passes(num_passed, num_repeats), scale::DENSE, &format!("{num_passed} of {num_repeats}"))
}

pub fn passes(num_passed: u32, num_repeats: u32) -> Mark {
    match num_passed {
        0 => Mark::Failed,
        n if n >= num_repeats => Mark::Passed,
        _ => Mark::Partly,
    }
}
