//! Parts of the rows where the candidate does worst, searched among the dataset's columns, lengths and words.

use super::state::CompareState;
use crate::context::WorkspaceContext;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::views::measures;
use crate::widgets::mark::mark_label;
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::{Button, Column, Mark, Table, states, text};
use crate::words;
use atelier_types::api::{CompareRequest, RunsSlices};
use atelier_types::experiment::SliceReport;
use egui::{Ui, vec2};

const WIDTH: f32 = 760.0;

pub fn slices_dialog(ui: &Ui, ctx: &WorkspaceContext<'_>, state: &mut CompareState, request: &CompareRequest) {
    if !state.is_slices_shown {
        return;
    }
    let fetched = ctx.fetch::<RunsSlices>(request);
    let shown = dialog(ui.ctx(), "slices", "Where the candidate is worst", WIDTH, |ui| {
        match (fetched.value(), fetched.error()) {
            (Some(report), _) => report_ui(ui, report),
            (None, Some(error)) => {
                if states::failed(ui, error, Some("Try again")) {
                    ctx.retry::<RunsSlices>(request);
                }
            }
            (None, None) => {
                states::loading(ui, "Searching the rows", 3, LIST_ROW, false);
            }
        }
        buttons(ui, |ui| ui.add(Button::new("Close").primary()).clicked())
    });
    if shown.inner || shown.is_left {
        state.is_slices_shown = false;
    }
}

fn report_ui(ui: &mut Ui, report: &SliceReport) {
    let t = tokens(ui.ctx());
    let tested = words::counted(report.num_tested.into(), "part of the rows was", "parts of the rows were");
    let searched = format!("{tested} tested on {}, by column, length and word. Chance is allowed for.", report.measure);
    text::label(ui, scale::BODY, searched, t.ink2);
    ui.add_space(SPACE_8);
    if report.slices.is_empty() {
        let words = "No part is worse than the rest by more than chance would make it.";
        mark_label(ui, Mark::Tie, scale::BODY_MEDIUM, words);
        return;
    }
    let columns = [
        Column::flexible("Rows", 240.0),
        Column::fixed("Number", 72.0).number(),
        Column::fixed("Difference", 96.0).number(),
        Column::fixed("95 % interval", 128.0).number(),
        Column::fixed("Elsewhere", 96.0).number(),
        Column::fixed("p", 72.0).number(),
    ];
    let height = TABLE_HEAD + report.slices.len().min(10) as f32 * TABLE_ROW;
    ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
        ui.set_min_size(vec2(ui.available_width(), height));
        Table::new("Weak parts", &columns, report.slices.len()).show(ui, |ui, row| {
            let slice = &report.slices[row.index];
            let number = |value: f64| measures::short_difference(report.unit, value);
            let interval = slice.interval.map(|ends| format!("{} to {}", number(ends.low), number(ends.high)));
            row.text(ui, 0, scale::BODY_MEDIUM, &slice.words, t.ink);
            row.text(ui, 1, scale::BODY, &slice.num_rows.to_string(), t.ink2);
            row.text(ui, 2, scale::BODY_MEDIUM, &number(slice.difference), t.ink);
            row.text(ui, 3, scale::LABEL, &interval.unwrap_or_default(), t.ink2);
            row.text(ui, 4, scale::BODY, &number(slice.difference_of_rest), t.ink2);
            row.text(ui, 5, scale::BODY, &format!("{:.3}", slice.adjusted_p_value), t.ink2);
            format!("{}: {} rows, {}", slice.words, slice.num_rows, number(slice.difference))
        });
    });
}
