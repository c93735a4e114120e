//! Of a run whose rows expect one of few labels: for each variant how often which label was given for which, and the
//! precision, recall and F1 of each.

use super::data::variant_title;
use crate::context::WorkspaceContext;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::widgets::{Column, Table, pane, text};
use atelier_types::api::{RunRequest, RunsClasses};
use atelier_types::experiment::{ClassesReport, LabelScores, RunDetail, RunStatus, VariantClasses};
use egui::{Ui, vec2};

const NUMBER_WIDTH: f32 = 96.0;
const MOST_LABEL_WIDTH: f32 = 320.0;

/// Nothing while the run goes on: all of its cells are counted each time.
pub fn classes_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, detail: &RunDetail) {
    if detail.summary.status == RunStatus::Running {
        return;
    }
    let fetched = ctx.fetch::<RunsClasses>(&RunRequest { run: detail.summary.id.clone() });
    let Some(Some(report)) = fetched.value() else { return };
    for classes in &report.variants {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 0.0), egui::Sense::hover());
        let inner = pane::padded(rect);
        let height = TABLE_ROW + TABLE_HEAD + report.labels.len() as f32 * TABLE_ROW + SPACE_24;
        let area = inner.with_max_y(inner.top() + height);
        ui.scope_builder(egui::UiBuilder::new().max_rect(area), |ui| {
            let title = format!("{}, labels of {}", variant_title(&classes.variant), report.scorer);
            variant_ui(ui, &title, report, classes);
        });
        ui.add_space(SPACE_24);
    }
}

fn variant_ui(ui: &mut Ui, title: &str, report: &ClassesReport, classes: &VariantClasses) {
    let t = tokens(ui.ctx());
    ui.horizontal(|ui| {
        text::line(ui, scale::BODY_MEDIUM, title, t.ink);
        let macro_f1 = percent(classes.macro_f1);
        let words =
            format!("rows expect, columns answer; accuracy {}, macro F1 {macro_f1}", percent(Some(classes.accuracy)));
        text::elided(ui, scale::LABEL, &words, t.ink3);
    });
    let mut columns = vec![Column::flexible("Expected", 160.0)];
    let names = report.labels.iter().map(String::as_str).chain(["Other", "Precision", "Recall", "F1"]);
    columns.extend(names.map(|name| Column::fixed(name, NUMBER_WIDTH).number()));
    let num_labels = report.labels.len();
    // In a wide window numbers would stand far from the labels that they are of.
    let width = MOST_LABEL_WIDTH + (columns.len() - 1) as f32 * NUMBER_WIDTH;
    let size = vec2(ui.available_width().min(width), TABLE_HEAD + num_labels as f32 * TABLE_ROW);
    ui.allocate_ui(size, |ui| {
        ui.set_min_size(size);
        Table::new(title, &columns, num_labels).show(ui, |ui, row| {
            let label = &report.labels[row.index];
            row.text(ui, 0, scale::BODY_MEDIUM, label, t.ink);
            let counts = classes.counts.get(row.index).map(Vec::as_slice).unwrap_or_default();
            for (column, count) in counts.iter().enumerate() {
                let ink = match (column == row.index, *count) {
                    (_, 0) => t.ink3,
                    (true, _) => t.better,
                    (false, _) => t.worse,
                };
                row.text(ui, column + 1, scale::BODY, &count.to_string(), ink);
            }
            let Some(LabelScores { precision, recall, f1 }) = classes.scores.get(row.index) else {
                return label.clone();
            };
            for (place, score) in [precision, recall, f1].into_iter().enumerate() {
                row.text(ui, num_labels + 2 + place, scale::BODY, &percent(*score), t.ink2);
            }
            format!("{label}: recall {}", percent(*recall))
        });
    });
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "none".to_owned(), |share| format!("{:.1} %", share * 100.0))
}
