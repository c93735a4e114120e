//! The two sides: any variant of any run.

use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::views::results::data::variant_title;
use crate::widgets::field::{Choice, menu_row};
use crate::widgets::{Button, pane, text};
use crate::words;
use atelier_types::api::{RunShowRequest, RunsList, RunsListRequest, RunsShow};
use atelier_types::experiment::{RunDetail, Variant};
use atelier_types::ids::{RunId, VariantId};
use egui::{Rect, Ui};
use std::rc::Rc;

/// Runs whose variants are offered, newest first.
const MAX_RUNS: usize = 8;

pub type Side = (RunId, VariantId);

/// What is compared where nothing was chosen: the first variant of the newest run that has two, with another prompt or
/// version on the same model, or else with the next variant.
pub fn default_sides(ctx: &WorkspaceContext<'_>) -> Option<(Side, Side)> {
    let runs = ctx.fetch::<RunsList>(&RunsListRequest { experiment: None });
    let runs = runs.value()?.iter().filter(|run| run.progress.finished() > 0).take(MAX_RUNS);
    runs.filter_map(|run| run_of(ctx, &run.id)).find_map(|detail| {
        let run = &detail.summary.id;
        let variants = || detail.variants.iter().map(|summary| &summary.variant);
        let baseline = match &detail.baseline {
            Some(id) => variants().find(|variant| variant.id == *id)?,
            None => variants().next()?,
        };
        let is_sibling = |variant: &&Variant| {
            variant.version != baseline.version && variant.model == baseline.model && variant.params == baseline.params
        };
        let candidate = variants().find(is_sibling).or_else(|| variants().find(|variant| variant.id != baseline.id))?;
        Some(((run.clone(), baseline.id.clone()), (run.clone(), candidate.id.clone())))
    })
}

fn run_of(ctx: &WorkspaceContext<'_>, run: &RunId) -> Option<Rc<RunDetail>> {
    ctx.fetch::<RunsShow>(&RunShowRequest { run: run.clone(), baseline: None }).shared()
}

/// The bar with both choices; what is chosen becomes the route.
pub fn choose_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    bar: Rect,
    (baseline, candidate): (&Side, &Side),
    shown: Option<(&Variant, &Variant)>,
) {
    let t = tokens(ui.ctx());
    pane::row(ui, "compare sides", bar, |ui| {
        let labels = 184.0 + SPACE_48;
        let width = ((ui.available_width() - labels) / 2.0).clamp(120.0, 320.0);
        text::line(ui, scale::BODY, "Baseline", t.ink2);
        if let Some(side) = side_ui(ui, ctx, "Baseline", baseline, shown.map(|(variant, _)| variant), width) {
            go(ctx, side, candidate.clone());
        }
        if ui.add(Button::icon_only(icons::SWAP, "Swap the sides")).clicked() {
            go(ctx, candidate.clone(), baseline.clone());
        }
        text::line(ui, scale::BODY, "Candidate", t.ink2);
        if let Some(side) = side_ui(ui, ctx, "Candidate", candidate, shown.map(|(_, variant)| variant), width) {
            go(ctx, baseline.clone(), side);
        }
    });
}

fn go(ctx: &WorkspaceContext<'_>, baseline: Side, candidate: Side) {
    ctx.commands.send(Route::Compare { baseline: Some(baseline), candidate: Some(candidate) });
}

fn side_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    name: &str,
    side: &Side,
    variant: Option<&Variant>,
    width: f32,
) -> Option<Side> {
    let title =
        variant.map_or_else(|| side.1.to_string(), |variant| format!("{} {}", variant.prompt, variant.version_title));
    let note = variant.map_or("", |variant| variant.model.as_str());
    let icon = if variant.is_none_or(|variant| variant.is_committed) { icons::TAG } else { icons::PENCIL_SIMPLE };
    Choice::new(name, &title).note(note).icon(icon).width(width).show(ui, |ui| menu_ui(ui, ctx, side)).flatten()
}

fn menu_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, side: &Side) -> Option<Side> {
    let t = tokens(ui.ctx());
    let mut chosen = None;
    let runs = ctx.fetch::<RunsList>(&RunsListRequest { experiment: None });
    let runs = runs.value().into_iter().flatten().filter(|run| run.progress.finished() > 0).take(MAX_RUNS);
    for run in runs {
        ui.add_space(SPACE_8);
        let words = format!("{}, {}", run.experiment, words::ago(run.started_at, ctx.now));
        text::line(ui, scale::LABEL_MEDIUM, words, t.ink3);
        let Some(detail) = run_of(ctx, &run.id) else { continue };
        for summary in &detail.variants {
            let own = (run.id.clone(), summary.variant.id.clone());
            if menu_row(ui, None, &variant_title(&summary.variant), "", own == *side).clicked() {
                chosen = Some(own);
            }
        }
    }
    chosen
}
