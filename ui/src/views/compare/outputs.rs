//! The chosen row: both outputs against each other, what was expected, and the messages that were sent.

use super::choose::Side;
use super::data::messages_text;
use super::repeats;
use super::state::{CompareState, Layout};
use crate::context::WorkspaceContext;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::widgets::diff_view::{num_differences, side_by_side, unified};
use crate::widgets::{Button, Segment, TextView, pane, segments, states, text};
use crate::words;
use atelier_types::api::{
    CellRequest, DiffTextsRequest, HistoryDiffTexts, OutputDiffRequest, OutputsDiff, OutputsRepeats, OutputsShow,
    RepeatsRequest,
};
use atelier_types::diff::{Divergence, JsonDiff, OutputDiff, TextDiff};
use atelier_types::experiment::{CellDetail, Comparison, RepeatSummary};
use atelier_types::ids::CellId;
use atelier_types::statistics::ComparedRow;
use egui::{Frame, Margin, Rect, ScrollArea, Sense, Ui, vec2};
use std::rc::Rc;

type Repeats = Rc<Vec<RepeatSummary>>;

/// What is known of the row's two cells.
pub struct Cells {
    ids: Option<(CellId, CellId)>,
    /// Every repeat of the baseline and of the candidate.
    pub repeats: Option<(Repeats, Repeats)>,
    pub baseline: Option<Rc<CellDetail>>,
    pub candidate: Option<Rc<CellDetail>>,
    pub diff: Option<Rc<OutputDiff>>,
    /// One of them was never answered.
    is_missing: bool,
    error: Option<atelier_types::error::ApiError>,
}

/// A chosen row with what it belongs to.
pub struct Shown<'a> {
    pub row: &'a ComparedRow,
    pub cells: &'a Cells,
    pub comparison: &'a Comparison,
}

pub fn cells(ctx: &WorkspaceContext<'_>, state: &CompareState, row: &ComparedRow, sides: (&Side, &Side)) -> Cells {
    let find = |(run, variant): &Side| {
        let (run, variant, row) = (run.clone(), variant.clone(), row.row.clone());
        ctx.fetch::<OutputsRepeats>(&RepeatsRequest { run, variant, row })
    };
    let (before, after) = (find(sides.0), find(sides.1));
    let mut error = before.error().or(after.error()).cloned();
    let repeats = before.shared().zip(after.shared());
    let cell_of = |repeats: &[RepeatSummary]| repeats.get(state.repeat as usize).and_then(|found| found.cell);
    let ids = repeats.as_ref().and_then(|(before, after)| cell_of(before).zip(cell_of(after)));
    let is_missing = repeats.is_some() && ids.is_none();
    let mut cells = Cells { ids, repeats, baseline: None, candidate: None, diff: None, is_missing, error: None };
    if let Some((before, after)) = ids {
        cells.baseline = ctx.fetch::<OutputsShow>(&CellRequest { cell: before }).shared();
        cells.candidate = ctx.fetch::<OutputsShow>(&CellRequest { cell: after }).shared();
        let diff = ctx.fetch::<OutputsDiff>(&OutputDiffRequest { before, after });
        error = error.or_else(|| diff.error().cloned());
        cells.diff = diff.shared();
    }
    cells.error = error;
    cells
}

/// The differences that are walked through in a layout, if it has any.
pub fn walked(layout: Layout, diff: &OutputDiff) -> Option<&TextDiff> {
    match (layout, &diff.json) {
        (Layout::Words, _) => Some(&diff.text),
        (Layout::Json, JsonDiff::Compared(json)) => Some(json),
        _ => None,
    }
}

/// The bar above the outputs: which difference, and in which layout.
pub fn layout_bar_ui(ui: &mut Ui, state: &mut CompareState, diff: Option<&OutputDiff>) {
    let t = tokens(ui.ctx());
    let items = Layout::ALL.map(|layout| Segment::new(layout.words()));
    if let Some(chosen) = segments(ui, "Layout", &items, state.layout.place()) {
        state.set_layout(chosen);
    }
    let count = diff.and_then(|diff| walked(state.layout, diff)).map_or(0, num_differences);
    if count > 0 && ui.available_width() > 2.0 * CONTROL {
        ui.spacing_mut().item_spacing.x = 0.0;
        if ui.add(Button::icon_only(icons::CARET_DOWN, "Next difference")).clicked() {
            step(state, count, true);
        }
        if ui.add(Button::icon_only(icons::CARET_UP, "Previous difference")).clicked() {
            step(state, count, false);
        }
        let words = format!("Difference {} of {count}", state.difference.min(count - 1) + 1);
        if ui.available_width() > 160.0 {
            ui.add_space(SPACE_8);
            text::line(ui, scale::DENSE, words, t.ink2);
        }
    }
}

/// The difference after or before the current one, around the ends.
pub fn step(state: &mut CompareState, count: usize, is_forward: bool) {
    if count > 0 {
        let at = state.difference.min(count - 1);
        state.difference = if is_forward { (at + 1) % count } else { (at + count - 1) % count };
        state.is_difference_moved = true;
    }
}

pub fn outputs_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut CompareState,
    shown: &Shown<'_>,
    mut area: Rect,
) {
    let t = tokens(ui.ctx());
    let head = pane::cut_top(&mut area, SUB_HEAD);
    ui.painter().rect_filled(head, 0.0, t.surface);
    let left = pane::row_from_right(ui, "output head right", pane::padded(head), |ui| {
        repeats::change_ui(ui, state, shown);
        ui.min_rect().left()
    });
    pane::row(ui, "output head", pane::padded(head).with_max_x(left - SPACE_8), |ui| {
        text::line(ui, scale::BODY_SEMIBOLD, "Output", t.ink);
        text::elided(ui, scale::DENSE, format!("repeat {}, {}", state.repeat + 1, shown.row.row), t.ink2);
    });
    pane::pane(ui, "outputs", area, t.surface, |ui| {
        ScrollArea::vertical().id_salt(("outputs", &shown.row.row)).auto_shrink([false, false]).show(ui, |ui| {
            let margin = Margin { left: 16, right: 16, top: 8, bottom: 16 };
            Frame::new().inner_margin(margin).show(ui, |ui| body_ui(ui, ctx, state, shown));
        });
    });
}

fn body_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut CompareState, shown: &Shown<'_>) {
    let t = tokens(ui.ctx());
    let cells = shown.cells;
    match (&cells.error, &cells.diff) {
        (Some(error), _) => {
            if states::failed(ui, error, Some("Try again"))
                && let Some((before, after)) = cells.ids
            {
                ctx.retry::<OutputsDiff>(&OutputDiffRequest { before, after });
            }
        }
        (None, _) if cells.is_missing => {
            let words = "One side has no output for this repeat, so there is nothing to compare.";
            text::label(ui, scale::BODY, words, t.ink2);
        }
        (None, None) => {
            states::loading(ui, "Comparing the outputs", 1, LIST_ROW, false);
        }
        (None, Some(diff)) => {
            difference_ui(ui, state, diff);
            ui.add_space(SPACE_16);
            facts_ui(ui, state, cells, diff);
        }
    }
    repeats::repeats_ui(ui, state, shown);
}

fn difference_ui(ui: &mut Ui, state: &mut CompareState, diff: &OutputDiff) {
    let t = tokens(ui.ctx());
    let Some(divergence) = &diff.divergence else {
        text::line(ui, scale::DENSE, "Both sides wrote the same.", t.ink2);
        unified(ui, "Difference of the outputs", &diff.text, None, false);
        return;
    };
    let is_moved = std::mem::take(&mut state.is_difference_moved);
    match (state.layout, &diff.json) {
        (Layout::Words, _) => {
            unified(ui, "Difference of the outputs", &diff.text, Some(state.difference), is_moved);
        }
        (Layout::SideBySide, _) => {
            side_by_side(ui, "Outputs side by side", &diff.text);
        }
        (Layout::Json, JsonDiff::Compared(json)) => {
            if num_differences(json) == 0 {
                text::line(ui, scale::DENSE, "The same JSON: only order, blanks or a fence differ.", t.ink2);
            }
            unified(ui, "Difference of the JSON", json, Some(state.difference), is_moved);
        }
        (Layout::Json, JsonDiff::NotJson(reason)) => {
            text::label(ui, scale::BODY, reason, t.ink2);
        }
        (Layout::Divergence, _) => divergence_ui(ui, divergence),
    }
}

/// What both have, then how each goes on.
fn divergence_ui(ui: &mut Ui, divergence: &Divergence) {
    text::caption(ui, "Both begin");
    if divergence.shared.is_empty() {
        text::line(ui, scale::DENSE, "They differ from the first word on.", tokens(ui.ctx()).ink2);
    } else {
        TextView::new("Both begin", &divergence.shared).muted().show(ui);
    }
    for (name, rest) in [("Baseline goes on", &divergence.before), ("Candidate goes on", &divergence.after)] {
        ui.add_space(SPACE_12);
        text::caption(ui, name);
        if rest.is_empty() {
            text::line(ui, scale::DENSE, "It ends here.", tokens(ui.ctx()).ink2);
        } else {
            TextView::new(name, rest).show(ui);
        }
    }
}

fn facts_ui(ui: &mut Ui, state: &CompareState, cells: &Cells, diff: &OutputDiff) {
    let t = tokens(ui.ctx());
    ui.spacing_mut().item_spacing.y = SPACE_4;
    let expected = cells.candidate.as_ref().and_then(|cell| cell.expected.as_ref());
    let expected = expected.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let counts = |ui: &mut Ui| {
        text::line(ui, scale::DENSE_MEDIUM, format!("−{}", words::count(diff.text.num_deleted_words.into())), t.worse);
        text::line(
            ui,
            scale::DENSE_MEDIUM,
            format!("+{}", words::count(diff.text.num_inserted_words.into())),
            t.better,
        );
        text::line(ui, scale::DENSE, "Words", t.ink2);
    };
    fact_ui(ui, "Expected", counts, |ui| match &expected {
        None => {
            text::elided(ui, scale::DENSE, "none in this row", t.ink3);
        }
        Some(_) if state.is_expected_whole => {
            text::elided(ui, scale::DENSE, "below", t.ink3);
        }
        Some(expected) => {
            text::elided(ui, scale::CODE_READ, first_line(expected), t.ink);
        }
    });
    if let Some(expected) = expected.filter(|_| state.is_expected_whole) {
        let value = serde_json::from_str::<serde_json::Value>(&expected).ok();
        let pretty = value.filter(|value| value.is_object() || value.is_array()).map(|value| format!("{value:#}"));
        TextView::new("Expected", &pretty.unwrap_or(expected)).muted().show(ui);
    }
    let Some(divergence) = &diff.divergence else { return };
    let nothing = |_: &mut Ui| {};
    fact_ui(ui, "First divergence", nothing, |ui| {
        text::line(ui, scale::DENSE, format!("word {}", words::count(divergence.word.into())), t.ink2);
        let shown = |rest: &str| match first_words(rest) {
            "" => "the end".to_owned(),
            words => words.to_owned(),
        };
        let parts = format!("{} → {}", shown(&divergence.before), shown(&divergence.after));
        text::elided(ui, scale::CODE_READ, parts, t.ink);
    });
}

/// A named fact on one line, with something at its right end.
fn fact_ui(ui: &mut Ui, name: &str, right: impl FnOnce(&mut Ui), value: impl FnOnce(&mut Ui)) {
    let t = tokens(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), MIN_TARGET), Sense::hover());
    let left = pane::row_from_right(ui, &format!("{name} right"), rect, |ui| {
        right(ui);
        ui.min_rect().left()
    });
    pane::row(ui, name, rect.with_max_x((left - SPACE_8).max(rect.left())), |ui| {
        text::line(ui, scale::DENSE, name, t.ink2);
        value(ui);
    });
}

fn first_line(text: &str) -> &str {
    text.trim_start().lines().next().unwrap_or_default()
}

/// Enough of a text to recognise it by, and never more than a line.
fn first_words(text: &str) -> &str {
    const MAX_WORDS: usize = 3;
    let line = first_line(text);
    let mut ends = line.match_indices(char::is_whitespace).map(|(at, _)| at);
    line[..ends.nth(MAX_WORDS - 1).unwrap_or(line.len())].trim_end()
}

/// The messages of both sides, as they were sent.
pub fn messages_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, cells: &Cells, mut area: Rect) {
    let t = tokens(ui.ctx());
    let head = pane::cut_top(&mut area, SUB_HEAD);
    ui.painter().rect_filled(head, 0.0, t.surface);
    let both = cells.baseline.as_ref().zip(cells.candidate.as_ref());
    let request = both.map(|(before, after)| DiffTextsRequest {
        before: messages_text(&before.output.receipt),
        after: messages_text(&after.output.receipt),
    });
    let fetched = request.as_ref().map(|request| ctx.fetch::<HistoryDiffTexts>(request));
    let diff = fetched.as_ref().and_then(|fetched| fetched.value());
    pane::row_from_right(ui, "messages head right", pane::padded(head), |ui| {
        if let Some(diff) = diff {
            text::line(ui, scale::DENSE_MEDIUM, format!("−{}", diff.num_deleted_words), t.worse);
            text::line(ui, scale::DENSE_MEDIUM, format!("+{}", diff.num_inserted_words), t.better);
        }
    });
    pane::row(ui, "messages head", pane::padded(head), |ui| {
        text::line(ui, scale::BODY_SEMIBOLD, "Rendered messages", t.ink);
        let tokens_of = |cell: &CellDetail| cell.output.receipt.usage.map(|usage| usage.num_prompt_tokens);
        if let Some((before, after)) = both.and_then(|(before, after)| tokens_of(before).zip(tokens_of(after))) {
            text::elided(ui, scale::DENSE, format!("{before} → {after} tokens"), t.ink2);
        }
    });
    pane::pane(ui, "messages", area, t.surface, |ui| {
        ScrollArea::vertical().id_salt("messages").auto_shrink([false, false]).show(ui, |ui| {
            let margin = Margin { left: 16, right: 16, top: 8, bottom: 16 };
            Frame::new().inner_margin(margin).show(ui, |ui| match (diff, fetched.as_ref().and_then(|f| f.error())) {
                (Some(diff), _) => {
                    if diff.num_inserted_words + diff.num_deleted_words == 0 {
                        text::line(ui, scale::DENSE, "Both sides were asked the same.", t.ink2);
                    }
                    unified(ui, "Difference of the messages", diff, None, false);
                }
                (None, Some(error)) => {
                    states::failed(ui, error, None);
                }
                (None, None) if cells.is_missing => {}
                (None, None) => {
                    states::loading(ui, "Comparing the messages", 1, LIST_ROW, false);
                }
            });
        });
    });
}
