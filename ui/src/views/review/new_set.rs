//! The dialog that makes a review set from a run. Also opened from results and comparisons.

use crate::commands::{AppCommand, Call, Reply};
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::views::results::data::variant_title;
use crate::widgets::field::{Choice, check, menu_row};
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::{Button, Field, Segment, segments, states, text};
use atelier_types::api::{
    Nothing, ReviewCreateRequest, ReviewsCreate, RubricRequest, RubricsList, RubricsShow, RunShowRequest, RunsList,
    RunsListRequest, RunsShow,
};
use atelier_types::error::ApiError;
use atelier_types::experiment::VariantSummary;
use atelier_types::ids::{ExperimentName, ReviewSetName, RowId, RubricName, RunId, VariantId};
use atelier_types::review::{ReviewMode, ReviewSetSummary};
use egui::Ui;

const WIDTH: f32 = 520.0;

/// An open dialog.
pub struct NewSetState {
    run: RunId,
    experiment: ExperimentName,
    name: String,
    mode: ReviewMode,
    rubric: Option<RubricName>,
    variants: Vec<VariantId>,
    max_items: String,
    rows: Vec<RowId>,
    saving: Option<Reply<ReviewSetSummary>>,
    error: Option<ApiError>,
}

impl NewSetState {
    pub fn new(run: RunId, experiment: &ExperimentName) -> Self {
        Self {
            run,
            experiment: experiment.clone(),
            name: experiment.to_string(),
            mode: ReviewMode::Pair,
            rubric: None,
            variants: Vec::new(),
            max_items: String::new(),
            rows: Vec::new(),
            saving: None,
            error: None,
        }
    }

    /// Two variants that are compared already, and only the rows that matter.
    pub fn with_pair(mut self, variants: [VariantId; 2], rows: Vec<RowId>) -> Self {
        self.variants = variants.to_vec();
        self.rows = rows;
        self
    }

    /// Why the set cannot be made as it is.
    fn obstacle(&self) -> Option<&'static str> {
        let is_number = self.max_items.trim().is_empty() || self.max_items.trim().parse::<u32>().is_ok_and(|n| n > 0);
        if self.saving.is_some() {
            Some("The set is made.")
        } else if self.name.trim().is_empty() {
            Some("Give it a name first.")
        } else if self.rubric.is_none() {
            Some("Choose what is asked first.")
        } else if self.mode == ReviewMode::Pair && self.variants.len() != 2 {
            Some("A pair needs exactly two variants.")
        } else if self.variants.is_empty() {
            Some("Choose at least one variant.")
        } else if !is_number {
            Some("The number of items is no number.")
        } else {
            None
        }
    }

    fn request(&self) -> Option<ReviewCreateRequest> {
        Some(ReviewCreateRequest {
            name: ReviewSetName::new(self.name.trim()),
            title: String::new(),
            run: self.run.clone(),
            rubric: self.rubric.clone()?,
            mode: self.mode,
            variants: self.variants.clone(),
            max_items: self.max_items.trim().parse().ok(),
            rows: self.rows.clone(),
            seed: None,
        })
    }
}

/// Draws the dialog while there is one.
pub fn new_set_dialog(ui: &Ui, ctx: &WorkspaceContext<'_>, slot: &mut Option<NewSetState>) {
    let Some(state) = slot else { return };
    match Reply::take_from(&mut state.saving) {
        Some(Ok(summary)) => {
            ctx.commands.send(Route::Review { set: Some(summary.name) });
            *slot = None;
            return;
        }
        Some(Err(error)) => state.error = Some(error),
        None => {}
    }
    let shown = dialog(ui.ctx(), "new review set", "New review set", WIDTH, |ui| form_ui(ui, ctx, state));
    if shown.inner || shown.is_left {
        *slot = None;
    }
}

fn form_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut NewSetState) -> bool {
    run_ui(ui, ctx, state);
    ui.add(Field::new("Name", &mut state.name).hint("replies-march").captioned());
    text::caption(ui, "How");
    let at = usize::from(state.mode == ReviewMode::Rubric);
    let items = [Segment::new("Better of two"), Segment::new("Scales 1 to 5")];
    if let Some(chosen) = segments(ui, "How it is reviewed", &items, at) {
        state.mode = if chosen == 0 { ReviewMode::Pair } else { ReviewMode::Rubric };
    }
    rubric_ui(ui, ctx, state);
    variants_ui(ui, ctx, state);
    if state.rows.is_empty() {
        ui.add(Field::new("At most so many items", &mut state.max_items).hint("all").captioned().width(160.0));
    } else {
        text::hint(ui, chosen_words(state.rows.len()));
    }
    if let Some(error) = &state.error {
        states::failure_banner(ui, error, None);
    }
    text::hint(ui, "Items hold texts and random ids: nothing names a model, a prompt or a score.");
    buttons(ui, |ui| {
        let why = state.obstacle();
        if ui.add(Button::new("Create").primary().disabled_because(why)).clicked()
            && let Some(request) = state.request()
        {
            let call: AppCommand = Call::new::<ReviewsCreate>(request).reply_into(&mut state.saving).into();
            ctx.commands.send(call);
        }
        ui.add(Button::new("Cancel").quiet()).clicked()
    })
}

fn run_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut NewSetState) {
    text::caption(ui, "Run");
    let shown = format!("{}, {}", state.experiment, state.run);
    let mut chosen = None;
    Choice::new("Run", &shown).width(WIDTH).show(ui, |ui| {
        let runs = ctx.fetch::<RunsList>(&RunsListRequest { experiment: None });
        for run in runs.value().into_iter().flatten().filter(|run| run.progress.finished() > 0).take(32) {
            let words = format!("{}, {}", run.experiment, run.id);
            if menu_row(ui, None, &words, "", run.id == state.run).clicked() {
                chosen = Some(run.clone());
            }
        }
    });
    if let Some(run) = chosen {
        *state = NewSetState::new(run.id, &run.experiment);
    }
}

/// Where only some rows are taken.
fn chosen_words(num_rows: usize) -> String {
    match num_rows {
        1 => "Only the one row that was chosen.".to_owned(),
        many => format!("Only the {} rows that were chosen.", crate::words::count(many as u64)),
    }
}

fn rubric_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut NewSetState) {
    let t = tokens(ui.ctx());
    let rubrics = ctx.fetch::<RubricsList>(&Nothing {});
    text::caption(ui, "What is asked");
    let list = rubrics.value().map_or(&[][..], Vec::as_slice);
    if rubrics.value().is_some() && list.is_empty() {
        text::label(ui, scale::BODY, "There is no rubric yet: a file in rubrics/ says what is asked.", t.warn);
        return;
    }
    let is_fitting = |criteria: u32| state.mode == ReviewMode::Pair || criteria > 0;
    if state.rubric.is_none() {
        state.rubric = list.iter().find(|rubric| is_fitting(rubric.num_criteria)).map(|rubric| rubric.name.clone());
    }
    let shown = state.rubric.as_ref().map_or("Choose a rubric", |name| name.as_str()).to_owned();
    let mut chosen = None;
    Choice::new("Rubric", &shown).width(WIDTH).show(ui, |ui| {
        for rubric in list.iter().filter(|rubric| is_fitting(rubric.num_criteria)) {
            let words = format!("{}: {}", rubric.name, rubric.question);
            if menu_row(ui, None, &words, "", state.rubric.as_ref() == Some(&rubric.name)).clicked() {
                chosen = Some(rubric.name.clone());
            }
        }
    });
    state.rubric = chosen.or(state.rubric.take());
    if let Some(name) = &state.rubric {
        let rubric = ctx.fetch::<RubricsShow>(&RubricRequest { name: name.clone() });
        if let Some(rubric) = rubric.value() {
            let criteria: Vec<&str> = rubric.criteria.iter().map(|criterion| criterion.title.as_str()).collect();
            let words = match state.mode {
                ReviewMode::Pair => rubric.question.clone(),
                ReviewMode::Rubric => criteria.join(", "),
            };
            text::hint(ui, words);
        }
    }
}

fn variants_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut NewSetState) {
    let t = tokens(ui.ctx());
    text::caption(ui, "Variants");
    let detail = ctx.fetch::<RunsShow>(&RunShowRequest { run: state.run.clone(), baseline: None });
    let Some(detail) = detail.value() else {
        text::line(ui, scale::BODY, "Reading the run…", t.ink3);
        return;
    };
    choose_first(state, &detail.variants);
    egui::ScrollArea::vertical().id_salt("variants").max_height(4.0 * (CONTROL + SPACE_4)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = SPACE_4;
        for summary in &detail.variants {
            let id = &summary.variant.id;
            let mut is_on = state.variants.contains(id);
            if check(ui, &mut is_on, &variant_title(&summary.variant)).changed() {
                state.variants.retain(|chosen| chosen != id);
                if is_on {
                    state.variants.push(id.clone());
                }
            }
        }
    });
}

/// Two for a pair, all for scales, until the user chose.
fn choose_first(state: &mut NewSetState, variants: &[VariantSummary]) {
    if state.variants.is_empty() {
        let num = if state.mode == ReviewMode::Pair { 2 } else { variants.len() };
        state.variants = variants.iter().take(num).map(|summary| summary.variant.id.clone()).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_needs_two_variants_and_a_rubric() {
        let mut state = NewSetState::new("r".into(), &"triage".into());
        state.rubric = Some("tone".into());
        assert_eq!(state.obstacle(), Some("A pair needs exactly two variants."));
        state.variants = vec!["a".into(), "b".into()];
        assert_eq!(state.obstacle(), None);
        state.max_items = "x".into();
        assert_eq!(state.obstacle(), Some("The number of items is no number."));
    }
}
