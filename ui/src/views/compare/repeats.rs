//! How the repeats of the chosen row moved, one line each; a click shows that repeat.

use super::measures_table;
use super::outputs::Shown;
use super::state::CompareState;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::views::measures;
use crate::widgets::{Chip, Mark, paint, text};
use atelier_types::experiment::{CellStatus, RepeatSummary};
use atelier_types::score::{Direction, Unit};
use atelier_types::statistics::{Measure, RowChange};
use egui::accesskit::Role;
use egui::{Color32, CornerRadius, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

/// Mark and words of one repeat by one measure: `▼ 1 → 0`.
#[derive(Clone, Debug, PartialEq)]
struct Move {
    mark: Mark,
    words: String,
}

impl Move {
    fn of(measure: &Measure, before: &RepeatSummary, after: &RepeatSummary) -> Self {
        let score = |repeat: &RepeatSummary| {
            repeat.scores.iter().find(|score| score.name == measure.name).and_then(|score| score.score.number())
        };
        let (before, after) = (score(before), score(after));
        let change = match before.zip(after).map(|(before, after)| after - before) {
            None => RowChange::Missing,
            Some(0.0) => RowChange::Unchanged,
            Some(difference) if (difference > 0.0) == (measure.direction == Direction::HigherIsBetter) => {
                RowChange::Improved
            }
            Some(_) => RowChange::Regressed,
        };
        let number = |value: Option<f64>| match (value, measure.unit) {
            (None, _) => "none".to_owned(),
            (Some(value), Unit::Share | Unit::Number) if value.fract() == 0.0 => format!("{value:.0}"),
            (Some(value), Unit::Share) => format!("{value:.2}"),
            (Some(value), unit) => measures::value(unit, value),
        };
        Self { mark: measures::row_mark(change), words: format!("{} → {}", number(before), number(after)) }
    }
}

fn move_at(state: &CompareState, shown: &Shown<'_>, repeat: usize) -> Option<Move> {
    let measure = shown.comparison.measures.get(measures_table::chosen(state, shown.comparison))?;
    let (before, after) = shown.cells.repeats.as_ref()?;
    // Time, tokens and cost are no scores of a repeat.
    let is_scored = |repeats: &[RepeatSummary]| {
        repeats.iter().any(|repeat| repeat.scores.iter().any(|score| score.name == measure.name))
    };
    (is_scored(before) || is_scored(after)).then_some(())?;
    Some(Move::of(measure, before.get(repeat)?, after.get(repeat)?))
}

/// What the chosen measure says of the shown repeat.
pub fn change_ui(ui: &mut Ui, state: &CompareState, shown: &Shown<'_>) {
    if let Some(moved) = move_at(state, shown, state.repeat as usize) {
        ui.add(Chip::new(&moved.words).mark(moved.mark));
    }
}

pub fn repeats_ui(ui: &mut Ui, state: &mut CompareState, shown: &Shown<'_>) {
    let Some((before, after)) = shown.cells.repeats.clone() else { return };
    if before.len().max(after.len()) < 2 {
        return;
    }
    ui.add_space(SPACE_16);
    text::caption(ui, format!("All {} repeats", before.len().max(after.len())));
    ui.spacing_mut().item_spacing.y = 0.0;
    for (index, (before, after)) in before.iter().zip(after.iter()).enumerate() {
        let moved = move_at(state, shown, index);
        let line = Line { before: one_line(before), after: one_line(after), moved };
        if line_ui(ui, index, &line, index == state.repeat as usize) {
            state.set_repeat(index as u32);
        }
    }
}

struct Line {
    before: String,
    after: String,
    moved: Option<Move>,
}

/// The beginning of an output without its line ends, or why there is none.
fn one_line(repeat: &RepeatSummary) -> String {
    match &repeat.status {
        CellStatus::Done => repeat.preview.split_whitespace().collect::<Vec<_>>().join(" "),
        CellStatus::Waiting => "waiting".to_owned(),
        CellStatus::Running => "running".to_owned(),
        CellStatus::Failed { .. } => "failed".to_owned(),
    }
}

fn line_ui(ui: &mut Ui, index: usize, line: &Line, is_selected: bool) -> bool {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LIST_ROW), Sense::click());
    response.widget_info(|| {
        let moved = line.moved.as_ref().map(|moved| format!(", {} {}", moved.words, moved.mark.word()));
        let name = format!("Repeat {}: {} → {}{}", index + 1, line.before, line.after, moved.unwrap_or_default());
        WidgetInfo::selected(Role::Row, true, is_selected, name)
    });
    if !ui.is_rect_visible(rect) {
        return response.clicked();
    }
    let fill = match (is_selected, response.hovered()) {
        (true, _) => t.accent_bg,
        (false, true) => t.hover,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, CornerRadius::same(RADIUS_CONTROL), fill);
    let mut area = rect.shrink2(vec2(SPACE_8, 0.0));
    area.max.x = paint_move(ui, area, line.moved.as_ref()) - SPACE_8;
    let number = ui.painter().layout_job(scale::LABEL.job((index + 1).to_string(), t.ink2, f32::INFINITY));
    paint::galley_left(ui.painter(), area.left(), area.center().y, number, t.ink2);
    area.min.x += SPACE_24;
    let half = ((area.width() - SPACE_24) / 2.0).max(SPACE_24);
    let parts = [(area.left(), &line.before), (area.left() + half + SPACE_24, &line.after)];
    for (left, words) in parts {
        let words = if words.is_empty() { "nothing" } else { words };
        let galley = ui.painter().layout_job(scale::CODE_SKIM.elided(words, t.ink, half, 1));
        paint::galley_left(ui.painter(), left, area.center().y, galley, t.ink);
    }
    let arrow = ui.painter().layout_job(scale::DENSE.job("→", t.ink2, f32::INFINITY));
    paint::galley_left(ui.painter(), area.left() + half + SPACE_4, area.center().y, arrow, t.ink2);
    paint::inner_focus_ring(ui, &response, RADIUS_CONTROL);
    response.clicked()
}

/// Paints mark and words at the right end and gives back where they start.
fn paint_move(ui: &Ui, area: Rect, moved: Option<&Move>) -> f32 {
    let Some(moved) = moved else { return area.right() };
    let color = moved.mark.color(tokens(ui.ctx()));
    let galley = ui.painter().layout_job(scale::DENSE_MEDIUM.job(&moved.words, color, f32::INFINITY));
    let left = paint::galley_right(ui.painter(), area.right(), area.center().y, galley, color);
    moved.mark.paint(ui.painter(), pos2(left - SPACE_4 - MARK / 2.0, area.center().y), MARK, color);
    left - SPACE_4 - MARK
}
