//! One cell: its repeats, the output, what was expected, the scores with their reasons, the receipt.

use super::data::{failure_words, variant_title};
use super::grid::Pages;
use super::state::ResultsState;
use crate::commands::{Call, UiCommand};
use crate::context::WorkspaceContext;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::views::measures;
use crate::widgets::diff_view::unified;
use crate::widgets::{Button, Mark, Segment, TextView, mark, pane, segments, states, text};
use crate::words;
use atelier_types::api::{CellRequest, OutputDiffRequest, OutputsDiff, OutputsRerun, OutputsShow};
use atelier_types::experiment::{CellDetail, CellStatus, CellSummary, GridRow, RunDetail};
use atelier_types::ids::{CellId, VariantId};
use atelier_types::output::{Output, Receipt};
use atelier_types::score::Score;
use egui::{Rect, ScrollArea, Ui, vec2};

pub const WIDTH: f32 = 344.0;

/// The pane at the right of the grid.
pub fn detail_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut ResultsState,
    detail: &RunDetail,
    pages: &Pages,
    area: Rect,
) {
    let t = tokens(ui.ctx());
    pane::line_left(ui, area);
    let mut area = area.with_min_x(area.left() + 1.0);
    let head = pane::cut_top(&mut area, 40.0);
    let Some((index, variant)) = state.selected else { return };
    let row = pages.row(index);
    head_ui(ui, state, detail, row, pages.num_rows as usize, head);
    let Some(row) = row else { return };
    let repeats = row.cells.get(variant).map_or(&[][..], Vec::as_slice);
    let foot = pane::cut_bottom(&mut area, 44.0);
    pane::pane(ui, "cell", area, t.surface, |ui| {
        ScrollArea::vertical().id_salt((index, variant)).auto_shrink([false, false]).show(ui, |ui| {
            egui::Frame::new().inner_margin(egui::Margin { left: 16, right: 16, top: 0, bottom: 16 }).show(ui, |ui| {
                repeats_ui(ui, state, detail, repeats);
                let cell = repeats.get(state.repeat);
                cell_body_ui(ui, ctx, state, detail, row, cell);
            });
        });
    });
    actions_ui(ui, ctx, state, detail, repeats, row, foot);
}

fn head_ui(
    ui: &mut Ui,
    state: &mut ResultsState,
    detail: &RunDetail,
    row: Option<&GridRow>,
    num_rows: usize,
    head: Rect,
) {
    let t = tokens(ui.ctx());
    ui.painter().rect_filled(head, 0.0, t.surface);
    let Some((index, variant)) = state.selected else { return };
    let buttons = pane::row_from_right(ui, "cell head buttons", head.shrink2(vec2(SPACE_8, 0.0)), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        if ui.add(Button::icon_only(icons::X, "Close the cell")).clicked() {
            state.is_detail_open = false;
        }
        if ui.add(Button::icon_only(icons::CARET_DOWN, "Row below")).clicked() && index + 1 < num_rows {
            state.select(index + 1, variant);
            state.is_moved = true;
        }
        if ui.add(Button::icon_only(icons::CARET_UP, "Row above")).clicked() && index > 0 {
            state.select(index - 1, variant);
            state.is_moved = true;
        }
        ui.min_rect().left()
    });
    let title = head.with_min_x(head.left() + SPACE_16).with_max_x(buttons);
    pane::row(ui, "cell head", title, |ui| {
        text::line(ui, scale::BODY_SEMIBOLD, row.map_or("", |row| row.row.as_str()), t.ink);
        if let Some(summary) = detail.variants.get(variant) {
            let words = format!("{}, {}", summary.variant.version_title, summary.variant.model);
            text::elided(ui, scale::DENSE, words, t.ink2).on_hover_text(variant_title(&summary.variant));
        }
    });
}

fn repeats_ui(ui: &mut Ui, state: &mut ResultsState, detail: &RunDetail, repeats: &[CellSummary]) {
    let t = tokens(ui.ctx());
    let is_check = detail.scorers.first().is_some_and(|scorer| scorer.is_check);
    let items: Vec<Segment> = repeats
        .iter()
        .map(|cell| {
            let mark = match (&cell.status, cell.scores.first().and_then(Score::number)) {
                (CellStatus::Failed { .. }, _) => Mark::Problem,
                (CellStatus::Running, _) => Mark::Running,
                (_, Some(score)) if is_check => {
                    if score >= 1.0 {
                        Mark::Passed
                    } else {
                        Mark::Failed
                    }
                }
                _ => Mark::None,
            };
            Segment::new((cell.repeat + 1).to_string()).mark(mark)
        })
        .collect();
    ui.horizontal(|ui| {
        if items.len() > 1
            && let Some(repeat) = segments(ui, "Repeat", &items, state.repeat)
        {
            state.repeat = repeat;
        }
        text::line(ui, scale::DENSE, format!("Repeat {} of {}", state.repeat + 1, repeats.len().max(1)), t.ink2);
    });
    ui.add_space(SPACE_8);
}

fn cell_body_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &ResultsState,
    detail: &RunDetail,
    row: &GridRow,
    cell: Option<&CellSummary>,
) {
    let t = tokens(ui.ctx());
    let Some(cell) = cell else { return };
    let Some(id) = cell.id else {
        let words = match &cell.status {
            CellStatus::Running => "The model is writing.",
            CellStatus::Failed { message, .. } => message,
            _ => "This cell waits for its turn.",
        };
        text::label(ui, scale::BODY, words, t.ink2);
        return;
    };
    let request = CellRequest { cell: id };
    let fetched = ctx.fetch::<OutputsShow>(&request);
    match fetched.value() {
        Some(shown) => {
            let other = baseline_cell(state, detail, row).filter(|other| *other != id);
            output_ui(ui, ctx, shown, other.filter(|_| state.is_diff_shown));
            scores_ui(ui, detail, shown);
            judges_ui(ui, shown);
            receipt_ui(ui, &shown.output.receipt, shown.variant.version_title.as_str());
        }
        None => match fetched.error() {
            Some(error) => {
                if states::failed(ui, error, Some("Try again")) {
                    ctx.retry::<OutputsShow>(&request);
                }
            }
            None => {
                states::loading(ui, "Reading the output", 1, LIST_ROW_TWO_LINES, false);
            }
        },
    }
}

/// The baseline's cell of the same row and repeat.
fn baseline_cell(state: &ResultsState, detail: &RunDetail, row: &GridRow) -> Option<CellId> {
    let baseline: &VariantId = state.baseline.as_ref().or(detail.baseline.as_ref())?;
    let column = detail.variants.iter().position(|summary| summary.variant.id == *baseline)?;
    row.cells.get(column)?.get(state.repeat)?.id
}

fn output_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, shown: &CellDetail, other: Option<CellId>) {
    let t = tokens(ui.ctx());
    text::caption(ui, if other.is_some() { "Output, against the baseline" } else { "Output" });
    match other.map(|other| ctx.fetch::<OutputsDiff>(&OutputDiffRequest { before: other, after: shown.id })) {
        Some(diff) if diff.value().is_some() => {
            if let Some(diff) = diff.value() {
                unified(ui, "Difference from the baseline", &diff.text, None, false);
            }
        }
        _ if shown.output.text.is_empty() && shown.output.error.is_none() => {
            text::line(ui, scale::BODY, "Nothing was written.", t.ink3);
        }
        _ => {
            TextView::new("Output", &shown.output.text).show(ui);
        }
    }
    if let Some(error) = &shown.output.error {
        mark::mark_label(ui, Mark::Problem, scale::BODY, failure_words(error.category.code()));
        text::label(ui, scale::DENSE, error.to_string(), t.ink2);
    }
    if let Some(expected) = &shown.expected {
        ui.add_space(SPACE_8);
        text::caption(ui, "Expected");
        let expected = expected.as_str().map_or_else(|| pretty(expected), str::to_owned);
        TextView::new("Expected", &expected).muted().show(ui);
    }
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn scores_ui(ui: &mut Ui, detail: &RunDetail, shown: &CellDetail) {
    let t = tokens(ui.ctx());
    if shown.scores.is_empty() {
        return;
    }
    ui.add_space(SPACE_16);
    text::caption(ui, "Scores");
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().interact_size.y = MIN_TARGET;
    for named in &shown.scores {
        let info = detail.scorers.iter().find(|scorer| scorer.name == named.name);
        let (mark, words) = match (&named.score, info) {
            (Score::Unscored { .. }, _) => (Mark::Unscored, "unscored".to_owned()),
            (Score::Number(score), Some(info)) if info.is_check => {
                (if *score >= 1.0 { Mark::Passed } else { Mark::Failed }, format!("{score:.0}"))
            }
            (Score::Number(score), Some(info)) => (Mark::None, measures::value(info.unit, *score)),
            (Score::Number(score), None) => (Mark::None, format!("{score}")),
        };
        ui.horizontal(|ui| {
            text::line(ui, scale::DENSE, named.name.as_str(), t.ink);
            if shown.judge_calls.iter().any(|call| call.scorer == named.name) {
                text::line(ui, scale::DENSE, "judge", t.ink3);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                mark::mark_label(ui, mark, scale::DENSE, &words);
            });
        });
        let reason = match &named.score {
            Score::Unscored { unscored } => Some(unscored.as_str()),
            Score::Number(_) => named.explanation.as_deref(),
        };
        if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
            text::label(ui, scale::LABEL, reason, t.ink2);
        }
    }
}

/// What judges were asked, each call folded under its scorer's name.
fn judges_ui(ui: &mut Ui, shown: &CellDetail) {
    if shown.judge_calls.is_empty() {
        return;
    }
    ui.add_space(SPACE_16);
    text::caption(ui, "Asked by judges");
    let id = ui.scope_id().with("open judge call");
    let open: Option<usize> = ui.data(|data| data.get_temp(id));
    for (index, call) in shown.judge_calls.iter().enumerate() {
        let prompt = call.output.receipt.prompt.as_ref().map_or("", |prompt| prompt.as_str());
        let is_open = open == Some(index);
        let icon = if is_open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
        if ui.add(Button::new(&format!("{}: {prompt}", call.scorer)).icon(icon).quiet()).clicked() {
            ui.data_mut(|data| match is_open {
                true => data.remove::<usize>(id),
                false => {
                    data.insert_temp(id, index);
                }
            });
        }
        if is_open {
            judge_call_ui(ui, &call.output);
        }
    }
}

fn judge_call_ui(ui: &mut Ui, output: &Output) {
    for message in &output.receipt.messages {
        text::caption(ui, message.role.word());
        TextView::new("Asked", &message.content).muted().show(ui);
    }
    text::caption(ui, "Answer");
    match &output.error {
        None => {
            TextView::new("Judge's answer", &output.text).show(ui);
        }
        Some(error) => {
            text::label(ui, scale::DENSE, error.to_string(), tokens(ui.ctx()).ink2);
        }
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    text::key_value(ui, "Model", output.receipt.model.as_str());
    text::key_value(ui, "Time", &words::duration(output.receipt.latency_millis));
    text::key_value(ui, "Cost", &words::usd_or_unknown(output.receipt.cost_usd));
}

fn receipt_ui(ui: &mut Ui, receipt: &Receipt, version_title: &str) {
    ui.add_space(SPACE_16);
    text::caption(ui, "Receipt");
    ui.spacing_mut().item_spacing.y = 0.0;
    for (name, value) in receipt_lines(receipt, version_title) {
        text::key_value(ui, name, &value);
    }
}

/// The receipt as names and values; what is not known is left out.
fn receipt_lines(receipt: &Receipt, version_title: &str) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let tokens = |count: u64| words::counted(count, "token", "tokens");
    let tokens_in = receipt.usage.map(|usage| format!(", {} in", tokens(usage.num_prompt_tokens.into())));
    let tokens_in = tokens_in.unwrap_or_default();
    lines.push(("Prompt", format!("{version_title}{tokens_in}")));
    let reported = receipt.reported_model.as_deref().unwrap_or(&receipt.requested_model);
    lines.push(("Model", reported.to_owned()));
    lines.push(("Provider", receipt.provider.clone()));
    for (name, key) in [("Weights", "weights_sha256"), ("Template", "chat_template_sha256"), ("Engine", "engine")] {
        if let Some(value) = receipt.identity.get(key) {
            lines.push((name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
    }
    let mut sampling = Vec::new();
    sampling.extend(receipt.params.temperature.map(|value| format!("temperature {value}")));
    sampling.extend(receipt.params.max_tokens.map(|value| format!("at most {}", tokens(value.into()))));
    sampling.extend(receipt.params.seed.map(|value| format!("seed {value}")));
    if !sampling.is_empty() {
        lines.push(("Sampling", sampling.join(", ")));
    }
    let speed = receipt
        .usage
        .filter(|_| receipt.latency_millis > 0.0)
        .map(|usage| format!(", {:.1} tok/s", f64::from(usage.num_completion_tokens) / receipt.latency_millis * 1e3));
    lines.push(("Time", format!("{}{}", words::duration(receipt.latency_millis), speed.unwrap_or_default())));
    if receipt.num_tries > 1 {
        lines.push(("Tries", receipt.num_tries.to_string()));
    }
    lines.push(("Cost", words::usd_or_unknown(receipt.cost_usd)));
    lines.push(("Request", receipt.request_hash.chars().take(16).collect()));
    lines
}

fn actions_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut ResultsState,
    detail: &RunDetail,
    repeats: &[CellSummary],
    row: &GridRow,
    foot: Rect,
) {
    let t = tokens(ui.ctx());
    ui.painter().rect_filled(foot, 0.0, t.surface);
    let id = repeats.get(state.repeat).and_then(|cell| cell.id);
    let is_asking = state.rerun.is_some();
    pane::row(ui, "cell actions", pane::padded(foot), |ui| {
        let why = match (id, is_asking) {
            (None, _) => Some("There is no output yet."),
            (_, true) => Some("The model is asked."),
            _ => None,
        };
        let rerun = Button::new("Run again").icon(icons::ARROW_COUNTER_CLOCKWISE).disabled_because(why);
        let is_rerun = ui.add(rerun).clicked() || (why.is_none() && ctx.is_invoked(UiCommand::RerunCell));
        if let Some(cell) = id.filter(|_| is_rerun) {
            let call =
                Call::new::<OutputsRerun>(CellRequest { cell }).toast("Asked again").reply_into(&mut state.rerun);
            ctx.commands.send(call);
        }
        let baseline = baseline_cell(state, detail, row).filter(|baseline| Some(*baseline) != id);
        let why = if baseline.is_none() { Some("This is the baseline, or it has no output yet.") } else { None };
        let label = if state.is_diff_shown { "Show output" } else { "Diff with baseline" };
        let diff = Button::new(label).icon(icons::GIT_DIFF).disabled_because(why);
        if ui.add(diff).clicked() || ctx.is_invoked(UiCommand::DiffCell) {
            state.is_diff_shown = !state.is_diff_shown;
        }
    });
}
