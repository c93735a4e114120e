//! The chosen row: both outputs against each other, what was expected, and the messages that were sent.

use super::choose::Side;
use super::data::messages_text;
use super::state::CompareState;
use crate::context::WorkspaceContext;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::widgets::diff_view::{num_differences, side_by_side, unified};
use crate::widgets::{Button, Segment, TextView, pane, segments, states, text};
use crate::words;
use atelier_types::api::{
    CellRequest, DiffTextsRequest, FindCellRequest, HistoryDiffTexts, OutputDiffRequest, OutputsDiff, OutputsFind,
    OutputsShow,
};
use atelier_types::diff::TextDiff;
use atelier_types::experiment::CellDetail;
use atelier_types::ids::CellId;
use atelier_types::statistics::ComparedRow;
use egui::{Frame, Margin, Rect, ScrollArea, Ui};
use std::rc::Rc;

/// What is known of the row's two cells.
pub struct Cells {
    ids: Option<(CellId, CellId)>,
    pub baseline: Option<Rc<CellDetail>>,
    pub candidate: Option<Rc<CellDetail>>,
    pub diff: Option<Rc<TextDiff>>,
    /// One of them was never answered.
    is_missing: bool,
    error: Option<atelier_types::error::ApiError>,
}

pub fn cells(ctx: &WorkspaceContext<'_>, state: &CompareState, row: &ComparedRow, sides: (&Side, &Side)) -> Cells {
    let find = |(run, variant): &Side| {
        let (run, variant, row, repeat) = (run.clone(), variant.clone(), row.row.clone(), state.repeat);
        ctx.fetch::<OutputsFind>(&FindCellRequest { run, variant, row, repeat })
    };
    let (before, after) = (find(sides.0), find(sides.1));
    let mut error = before.error().or(after.error()).cloned();
    let is_missing = [&before, &after].into_iter().any(|found| matches!(found.value(), Some(None)));
    let ids = before.value().copied().flatten().zip(after.value().copied().flatten());
    let mut cells = Cells { ids, baseline: None, candidate: None, diff: None, is_missing, error: None };
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

/// The bar above the outputs: which difference, and in which layout.
pub fn layout_bar_ui(ui: &mut Ui, state: &mut CompareState, diff: Option<&TextDiff>) {
    let t = tokens(ui.ctx());
    let items = [Segment::new("Words"), Segment::new("Side by side")];
    if let Some(chosen) = segments(ui, "Layout", &items, usize::from(state.is_side_by_side)) {
        state.is_side_by_side = chosen == 1;
    }
    let Some(diff) = diff.filter(|_| !state.is_side_by_side) else { return };
    let count = num_differences(diff);
    if count > 0 {
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
    row: &ComparedRow,
    cells: &Cells,
    mut area: Rect,
) {
    let t = tokens(ui.ctx());
    let head = pane::cut_top(&mut area, SUB_HEAD);
    ui.painter().rect_filled(head, 0.0, t.surface);
    pane::row_from_right(ui, "output head right", pane::padded(head), |ui| {
        repeats_ui(ui, state, row);
    });
    pane::row(ui, "output head", pane::padded(head), |ui| {
        text::line(ui, scale::BODY_SEMIBOLD, "Output", t.ink);
        text::elided(ui, scale::DENSE, format!("repeat {}, {}", state.repeat + 1, row.row), t.ink2);
    });
    pane::pane(ui, "outputs", area, t.surface, |ui| {
        ScrollArea::vertical().id_salt(("outputs", &row.row)).auto_shrink([false, false]).show(ui, |ui| {
            let margin = Margin { left: 16, right: 16, top: 8, bottom: 16 };
            Frame::new().inner_margin(margin).show(ui, |ui| body_ui(ui, ctx, state, cells));
        });
    });
}

fn repeats_ui(ui: &mut Ui, state: &mut CompareState, row: &ComparedRow) {
    if row.num_repeats > 1 {
        let items: Vec<Segment> = (1..=row.num_repeats.min(9)).map(|repeat| Segment::new(repeat.to_string())).collect();
        if let Some(chosen) = segments(ui, "Repeat", &items, state.repeat as usize) {
            state.repeat = chosen as u32;
            state.difference = 0;
        }
    }
}

fn body_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut CompareState, cells: &Cells) {
    let t = tokens(ui.ctx());
    if let Some(error) = &cells.error {
        if states::failed(ui, error, Some("Try again"))
            && let Some((before, after)) = cells.ids
        {
            ctx.retry::<OutputsDiff>(&OutputDiffRequest { before, after });
        }
        return;
    }
    if cells.is_missing {
        text::label(ui, scale::BODY, "One side has no output for this repeat, so there is nothing to compare.", t.ink2);
        return;
    }
    let Some(diff) = &cells.diff else {
        states::loading(ui, "Comparing the outputs", 1, LIST_ROW, false);
        return;
    };
    if diff.num_inserted_words + diff.num_deleted_words == 0 {
        text::line(ui, scale::DENSE, "Both sides wrote the same.", t.ink2);
    }
    if state.is_side_by_side {
        side_by_side(ui, "Outputs side by side", diff);
    } else {
        let is_moved = std::mem::take(&mut state.is_difference_moved);
        unified(ui, "Difference of the outputs", diff, Some(state.difference), is_moved);
    }
    ui.add_space(SPACE_8);
    facts_ui(ui, state, cells, diff);
}

fn facts_ui(ui: &mut Ui, state: &mut CompareState, cells: &Cells, diff: &TextDiff) {
    let t = tokens(ui.ctx());
    ui.horizontal(|ui| {
        text::line(ui, scale::DENSE, "Words", t.ink2);
        text::line(ui, scale::DENSE, format!("+{}", words::count(diff.num_inserted_words.into())), t.better);
        text::line(ui, scale::DENSE, format!("−{}", words::count(diff.num_deleted_words.into())), t.worse);
        let label = if state.is_expected_shown { "Hide expected" } else { "Show expected" };
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.add(Button::new(label).quiet()).clicked() {
                state.is_expected_shown = !state.is_expected_shown;
            }
        });
    });
    if !state.is_expected_shown {
        return;
    }
    match cells.candidate.as_ref().map(|cell| &cell.expected) {
        Some(Some(expected)) => {
            text::caption(ui, "Expected");
            let words = expected
                .as_str()
                .map_or_else(|| serde_json::to_string_pretty(expected).unwrap_or_default(), str::to_owned);
            TextView::new("Expected", &words).muted().show(ui);
        }
        Some(None) => {
            text::line(ui, scale::BODY, "The row has no expected value.", t.ink3);
        }
        None => {}
    }
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
