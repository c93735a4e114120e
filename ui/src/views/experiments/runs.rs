//! The runs of one experiment, newest first.

use super::state::{Deleting, ExperimentsState, Tab};
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{icons, tokens, type_scale as scale};
use crate::views::results::data::{RunState, done_words, status_words};
use crate::widgets::{Button, Column, Table, mark, pane, states};
use crate::words;
use atelier_types::experiment::RunSummary;
use egui::{Rect, Ui};

pub fn runs_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState, runs: &[RunSummary], area: Rect) {
    let t = tokens(ui.ctx());
    pane::pane(ui, "runs", area, t.surface, |ui| {
        if runs.is_empty() {
            states::empty(ui, icons::FLASK, "No runs yet", "Each run keeps its outputs and receipts.", |_| {});
            return;
        }
        let columns = [
            Column::flexible("Run", 220.0),
            Column::fixed("State", 160.0),
            Column::fixed("Cells", 160.0).number(),
            Column::fixed("Failed", 88.0).number(),
            Column::fixed("Took", 112.0).number(),
            Column::fixed("Cost", 96.0).number(),
            Column::fixed("", 56.0),
        ];
        let at = runs.iter().position(|run| Some(&run.id) == state.results.run.as_ref());
        let mut deleting = None;
        let output = Table::new("Runs", &columns, runs.len()).selected(at).show(ui, |ui, row| {
            let summary = &runs[row.index];
            let run = RunState::of(summary, ctx.session.live_runs.get(&summary.id));
            let (status, words) = status_words(run.status);
            let started = words::ago(summary.started_at, ctx.now);
            row.text(ui, 0, scale::BODY_MEDIUM, &format!("{started}, {}", summary.id), t.ink);
            row.add(ui, 1, |ui| {
                let label = mark::mark_label(ui, status, scale::BODY, words);
                if let Some(problem) = &summary.problem {
                    label.on_hover_text(problem.to_string());
                }
            });
            row.text(ui, 2, scale::BODY, &done_words(&run.progress), t.ink2);
            row.text(ui, 3, scale::BODY, &words::count(run.progress.failed.into()), t.ink2);
            let took = summary.ended_at.map(|ended| words::duration((ended.0 - summary.started_at.0).max(0) as f64));
            row.text(ui, 4, scale::BODY, took.as_deref().unwrap_or("not ended"), t.ink2);
            row.text(ui, 5, scale::BODY, &words::usd_or_unknown(run.cost_usd), t.ink2);
            row.add(ui, 6, |ui| {
                let name = format!("Delete run {}", summary.id);
                if ui.add(Button::icon_only(icons::TRASH, &name)).clicked() {
                    deleting = Some(Deleting::Run(summary.id.clone()));
                }
            });
            format!("Run {started}, {words}")
        });
        if let Some(deleting) = deleting {
            state.deleting = Some(deleting);
        } else if let Some(index) = output.selected.or(output.opened) {
            state.tab = Tab::Results;
            let name = Some(runs[index].experiment.clone());
            ctx.commands.send(Route::Experiments { name, run: Some(runs[index].id.clone()), cell: None });
        }
    });
}
