//! The matrix builder: prompts at versions × models × parameters × rows × repeats, and how outputs are scored.
//!
//! A draft of the experiment is edited here; the plan above it follows when the editing rests. Nothing is written until
//! it is saved, and Run saves first.

use super::data::{obstacles, version_title};
use super::scorers::scorers_ui;
use super::state::ExperimentsState;
use super::{Shown, start_command};
use crate::commands::{Call, CallOf, UiCommand};
use crate::context::WorkspaceContext;
use crate::state::Reply;
use crate::state::toast::Toast;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::widgets::field::{Choice, check, menu_row};
use crate::widgets::{Button, Field, Mark, mark, pane, text};
use crate::words;
use atelier_types::api::{
    DatasetsList, ExperimentSaveRequest, ExperimentsPlan, ExperimentsSave, HistoryList, ModelsList, Nothing,
    PlanRequest, PromptRequest, PromptsList,
};
use atelier_types::experiment::{ExperimentSpec, PromptChoice};
use atelier_types::ids::{ExperimentName, ModelName};
use atelier_types::prompt::SourceKind;
use atelier_types::provider::Params;
use egui::{Rect, ScrollArea, Ui};

/// The plan is asked when the editing has rested for this long.
const PLAN_RESTS_SECS: f64 = 0.3;
const FORM_WIDTH: f32 = 720.0;
const SIDE_WIDTH: f32 = 320.0;

pub struct SetupState {
    name: Option<ExperimentName>,
    /// The file as it was when the draft was taken from it.
    base: ExperimentSpec,
    draft: ExperimentSpec,
    planned: ExperimentSpec,
    changed_secs: Option<f64>,
    max_rows: String,
    repeats: String,
    margin: String,
    budget: String,
    pub use_cache: bool,
    /// What is being written, and where the answer will lie.
    saving: Option<(ExperimentSpec, Reply<Nothing>)>,
}

impl Default for SetupState {
    fn default() -> Self {
        Self {
            name: None,
            base: ExperimentSpec::default(),
            draft: ExperimentSpec::default(),
            planned: ExperimentSpec::default(),
            changed_secs: None,
            max_rows: String::new(),
            repeats: String::new(),
            margin: String::new(),
            budget: String::new(),
            use_cache: true,
            saving: None,
        }
    }
}

impl SetupState {
    /// Takes the draft from the file, unless it has changes that were not saved.
    fn follow(&mut self, name: &ExperimentName, spec: &ExperimentSpec) {
        let is_same = self.name.as_ref() == Some(name);
        if is_same && (self.base == *spec || self.is_changed()) {
            return;
        }
        let optional = |value: Option<String>| value.unwrap_or_default();
        *self = Self {
            name: Some(name.clone()),
            base: spec.clone(),
            draft: spec.clone(),
            planned: spec.clone(),
            changed_secs: None,
            max_rows: optional(spec.max_rows.map(|rows| rows.to_string())),
            repeats: spec.repeats.to_string(),
            margin: optional(spec.margin.map(|margin| margin.to_string())),
            budget: std::mem::take(&mut self.budget),
            use_cache: self.use_cache,
            saving: None,
        };
    }

    fn is_changed(&self) -> bool {
        self.draft != self.base
    }

    /// Takes over what was typed into number fields, and lets the plan follow.
    fn take_changes(&mut self, before: &ExperimentSpec, now_secs: f64) {
        self.draft.max_rows = self.max_rows.trim().parse().ok();
        self.draft.repeats = self.repeats.trim().parse().unwrap_or(0);
        self.draft.margin = self.margin.trim().parse().ok();
        if self.draft != *before {
            self.changed_secs = Some(now_secs);
        }
    }

    /// True while a change waits for the editing to rest.
    fn settle_plan(&mut self, now_secs: f64) -> bool {
        if self.changed_secs.is_some_and(|changed| now_secs - changed >= PLAN_RESTS_SECS) {
            self.planned = self.draft.clone();
            self.changed_secs = None;
        }
        self.changed_secs.is_some()
    }

    /// What is planned: the draft where there is one of this experiment.
    pub fn planned_or(&self, spec: &ExperimentSpec) -> ExperimentSpec {
        if self.is_changed() { self.planned.clone() } else { spec.clone() }
    }

    pub fn draft_or(&self, spec: &ExperimentSpec) -> ExperimentSpec {
        if self.is_changed() { self.draft.clone() } else { spec.clone() }
    }

    fn save_call(&mut self, name: &ExperimentName) -> CallOf<ExperimentsSave> {
        let reply = Reply::default();
        self.saving = Some((self.draft.clone(), reply.clone()));
        let request = ExperimentSaveRequest { name: name.clone(), spec: self.draft.clone() };
        Call::new::<ExperimentsSave>(request).reply(&reply)
    }

    pub fn max_cost_usd(&self) -> Option<f64> {
        self.budget.trim().trim_start_matches('$').parse().ok().filter(|budget: &f64| *budget > 0.0)
    }
}

pub fn setup_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut ExperimentsState,
    shown: &Shown<'_>,
    mut area: Rect,
) {
    let t = tokens(ui.ctx());
    state.setup.follow(shown.name, &shown.spec);
    let width = SIDE_WIDTH.min(area.width() / 3.0);
    let side = pane::cut_right(&mut area, width);
    let before = state.setup.draft.clone();
    pane::pane(ui, "setup form", area, t.surface, |ui| {
        ScrollArea::vertical().id_salt("setup").auto_shrink([false, false]).show(ui, |ui| {
            egui::Frame::new().inner_margin(egui::Margin::same(16)).show(ui, |ui| {
                ui.set_width(FORM_WIDTH.min(ui.available_width()));
                form_ui(ui, ctx, &mut state.setup);
            });
        });
    });
    state.setup.take_changes(&before, ctx.now_secs());
    if state.setup.settle_plan(ctx.now_secs()) {
        ui.ctx().request_repaint_after_secs(PLAN_RESTS_SECS as f32);
    }
    pane::pane(ui, "setup side", side, t.canvas, |ui| side_ui(ui, ctx, state, shown));
    pane::line_left(ui, side);
}

fn form_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, setup: &mut SetupState) {
    ui.spacing_mut().item_spacing.y = SPACE_8;
    ui.add(Field::new("Description", &mut setup.draft.description).hint("What do you want to know?").captioned());
    section_ui(ui, "Prompts", "Each at a version; a draft is named by its content.");
    prompts_ui(ui, ctx, &mut setup.draft.prompts);
    section_ui(ui, "Models", "Every prompt is asked on every model.");
    models_ui(ui, ctx, &mut setup.draft.models);
    section_ui(ui, "Parameters", "Each set is crossed with the rest. Without one the prompts' own hold.");
    params_ui(ui, &mut setup.draft.params);
    section_ui(ui, "Rows", "");
    let columns = rows_ui(ui, ctx, setup);
    section_ui(ui, "Scorers", "The first one decides what counts as passed.");
    scorers_ui(ui, ctx, &mut setup.draft.scorers, &columns);
}

fn section_ui(ui: &mut Ui, title: &str, words: &str) {
    let t = tokens(ui.ctx());
    ui.add_space(SPACE_16);
    ui.horizontal(|ui| {
        text::line(ui, scale::BODY_SEMIBOLD, title, t.ink);
        text::elided(ui, scale::DENSE, words, t.ink3);
    });
}

fn prompts_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, prompts: &mut Vec<PromptChoice>) {
    let list = ctx.fetch::<PromptsList>(&Nothing {});
    let names: Vec<_> = list
        .value()
        .into_iter()
        .flatten()
        .filter(|prompt| prompt.kind == SourceKind::Prompt)
        .map(|prompt| prompt.name.clone())
        .collect();
    let mut removed = None;
    for (index, choice) in prompts.iter_mut().enumerate() {
        ui.push_id(("prompt", index), |ui| {
            ui.horizontal(|ui| {
                let width = ui.available_width() - 200.0 - SPACE_48;
                let mut chosen = None;
                let name = choice.prompt.to_string();
                let is_known = names.contains(&choice.prompt) || list.value().is_none();
                let field = Choice::new("Prompt", &name).icon(icons::FILE_TEXT).width(width).invalid(!is_known);
                field.show(ui, |ui| {
                    for name in &names {
                        if menu_row(ui, None, name.as_str(), "", *name == choice.prompt).clicked() {
                            chosen = Some(name.clone());
                        }
                    }
                });
                if let Some(name) = chosen {
                    *choice = PromptChoice { prompt: name, at: None };
                }
                version_ui(ui, ctx, choice);
                let name = format!("Remove {}", choice.prompt);
                if ui.add(Button::icon_only(icons::X, &name)).clicked() {
                    removed = Some(index);
                }
            });
        });
    }
    if let Some(index) = removed {
        prompts.remove(index);
    }
    let next = names.iter().find(|name| prompts.iter().all(|choice| choice.prompt != **name)).or(names.first());
    let why = next.is_none().then_some("There is no prompt in this workspace.");
    if ui.add(Button::new("Add prompt").icon(icons::PLUS).disabled_because(why)).clicked()
        && let Some(name) = next
    {
        prompts.push(PromptChoice { prompt: name.clone(), at: None });
    }
}

fn version_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, choice: &mut PromptChoice) {
    let shown = version_title(choice);
    let mut chosen: Option<Option<String>> = None;
    Choice::new("Version", &shown).icon(icons::TAG).width(200.0).show(ui, |ui| {
        let versions = ctx.fetch::<HistoryList>(&PromptRequest { name: choice.prompt.clone() });
        if menu_row(ui, None, "as it is now", "", choice.at.is_none()).clicked() {
            chosen = Some(None);
        }
        if menu_row(ui, None, "newest version", "", choice.at.as_deref() == Some("committed")).clicked() {
            chosen = Some(Some("committed".to_owned()));
        }
        for version in versions.value().into_iter().flatten().rev() {
            for label in &version.labels {
                if menu_row(ui, Some(icons::TAG), &format!("{label} (v{})", version.number), "", false).clicked() {
                    chosen = Some(Some(label.to_string()));
                }
            }
            let words = format!("v{}  {}", version.number, version.summary);
            if menu_row(ui, None, &words, "", false).clicked() {
                chosen = Some(Some(format!("v{}", version.number)));
            }
        }
    });
    if let Some(at) = chosen {
        choice.at = at;
    }
}

fn models_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, models: &mut Vec<ModelName>) {
    let t = tokens(ui.ctx());
    let overview = ctx.fetch::<ModelsList>(&Nothing {});
    let mut known: Vec<(ModelName, String)> = Vec::new();
    if let Some(overview) = overview.value() {
        known.extend(overview.local.iter().map(|model| (model.name.clone(), "local".to_owned())));
        known.extend(overview.remote.iter().map(|model| (model.name.clone(), model.endpoint.to_string())));
    }
    let unknown = models.iter().filter(|name| known.iter().all(|(known, _)| known != *name)).cloned();
    let unknown: Vec<_> = unknown.map(|name| (name, "not in atelier.toml".to_owned())).collect();
    if overview.value().is_none() {
        text::line(ui, scale::BODY, "Reading models…", t.ink3);
    } else if known.is_empty() && unknown.is_empty() {
        text::label(ui, scale::BODY, "No models yet. Add one in the Models room.", t.ink2);
    }
    for (name, place) in known.into_iter().chain(unknown) {
        ui.horizontal(|ui| {
            let mut is_on = models.contains(&name);
            if check(ui, &mut is_on, name.as_str()).changed() {
                models.retain(|chosen| *chosen != name);
                if is_on {
                    models.push(name.clone());
                }
            }
            text::line(ui, scale::DENSE, place, t.ink3);
        });
    }
}

fn params_ui(ui: &mut Ui, params: &mut Vec<Params>) {
    let mut removed = None;
    for (index, set) in params.iter_mut().enumerate() {
        ui.push_id(("params", index), |ui| {
            ui.horizontal(|ui| {
                number_ui(ui, "Temperature", &mut set.temperature);
                number_ui(ui, "Top p", &mut set.top_p);
                number_ui(ui, "Most tokens", &mut set.max_tokens);
                number_ui(ui, "Seed", &mut set.seed);
                ui.vertical(|ui| {
                    ui.add_space(SPACE_16 + SPACE_4);
                    let name = format!("Remove parameter set {}", index + 1);
                    if ui.add(Button::icon_only(icons::X, &name)).clicked() {
                        removed = Some(index);
                    }
                });
            });
        });
    }
    if let Some(index) = removed {
        params.remove(index);
    }
    if ui.add(Button::new("Add parameters").icon(icons::PLUS)).clicked() {
        params.push(Params { temperature: Some(0.0), ..Params::default() });
    }
}

/// A number that may be left out. What is typed is kept while it is no number yet.
fn number_ui<T>(ui: &mut Ui, name: &str, value: &mut Option<T>)
where
    T: std::str::FromStr + std::fmt::Display,
{
    let id = ui.scope_id().with(name);
    let known = value.as_ref().map(T::to_string).unwrap_or_default();
    let typed = ui.data(|data| data.get_temp::<String>(id));
    let has_focus = ui.memory(|memory| memory.has_focus(id.with("field")));
    let mut words = if has_focus { typed.unwrap_or_else(|| known.clone()) } else { known };
    let is_wrong = !words.trim().is_empty() && words.trim().parse::<T>().is_err();
    let field = Field::new(name, &mut words).hint("default").captioned().width(128.0).id(id.with("field"));
    if ui.add(field.error(is_wrong.then_some("Not a number"))).changed() {
        *value = words.trim().parse().ok();
    }
    ui.data_mut(|data| data.insert_temp(id, words));
}

/// Dataset, number of rows and repeats. Gives back the dataset's columns.
fn rows_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, setup: &mut SetupState) -> Vec<String> {
    let datasets = ctx.fetch::<DatasetsList>(&Nothing {});
    let chosen = datasets.value().and_then(|list| list.iter().find(|dataset| dataset.name == setup.draft.dataset));
    let columns = chosen.map(|dataset| dataset.columns.clone()).unwrap_or_default();
    let note = chosen.map(|dataset| words::counted(dataset.num_rows.into(), "row", "rows")).unwrap_or_default();
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = SPACE_4;
            text::caption(ui, "Dataset");
            let shown = match setup.draft.dataset.as_str() {
                "" => "Choose a dataset".to_owned(),
                name => name.to_owned(),
            };
            let mut picked = None;
            Choice::new("Dataset", &shown).note(&note).icon(icons::DATABASE).width(280.0).show(ui, |ui| {
                for dataset in datasets.value().into_iter().flatten() {
                    let is_chosen = dataset.name == setup.draft.dataset;
                    if menu_row(ui, None, dataset.name.as_str(), "", is_chosen).clicked() {
                        picked = Some(dataset.name.clone());
                    }
                }
            });
            if let Some(name) = picked {
                setup.draft.dataset = name;
            }
        });
        let is_wrong = |words: &str| !words.trim().is_empty() && words.trim().parse::<u32>().is_err();
        let error = is_wrong(&setup.max_rows).then_some("Not a number");
        ui.add(Field::new("Only the first", &mut setup.max_rows).hint("all").captioned().width(120.0).error(error));
        let error = setup.repeats.trim().parse::<u32>().ok().filter(|repeats| *repeats > 0);
        let error = if error.is_none() { Some("At least 1") } else { None };
        ui.add(Field::new("Repeats", &mut setup.repeats).captioned().width(96.0).error(error));
        ui.add(Field::new("Difference that matters", &mut setup.margin).hint("0.01").captioned().width(160.0));
    });
    columns
}

/// What would be run, the budget, and the buttons.
fn side_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState, shown: &Shown<'_>) {
    let t = tokens(ui.ctx());
    egui::Frame::new().inner_margin(egui::Margin::same(16)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = SPACE_8;
        text::line(ui, scale::BODY_SEMIBOLD, "Before anything is sent", t.ink);
        let draft = state.setup.draft.clone();
        for obstacle in obstacles(&draft) {
            mark::mark_label(ui, Mark::Problem, scale::BODY, obstacle);
        }
        plan_ui(ui, ctx, &state.setup.planned_or(&shown.spec));
        ui.add_space(SPACE_8);
        let budget = &mut state.setup.budget;
        let is_wrong = !budget.trim().is_empty() && budget.trim().trim_start_matches('$').parse::<f64>().is_err();
        let error = is_wrong.then_some("Not an amount");
        ui.add(Field::new("Stop at a cost of", budget).hint("no limit, in USD").captioned().error(error));
        check(ui, &mut state.setup.use_cache, "Take equal requests from the store");
        ui.add_space(SPACE_16);
        let is_changed = state.setup.is_changed();
        ui.horizontal(|ui| {
            let why = (!is_changed).then_some("Nothing was changed.");
            let save = Button::new("Save").icon(icons::FLOPPY_DISK).disabled_because(why);
            if ui.add(save).clicked() || (is_changed && ctx.is_invoked(UiCommand::SaveExperiment)) {
                let call = state.setup.save_call(shown.name).toast("Saved");
                ctx.commands.send(call);
            }
            if is_changed && ui.add(Button::new("Discard changes").quiet()).clicked() {
                state.setup.draft = state.setup.base.clone();
                state.setup.name = None;
            }
        });
        let words = if is_changed { "Changed, not saved. Run saves first." } else { "As it is in the file." };
        text::hint(ui, words);
    });
}

fn plan_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, planned: &ExperimentSpec) {
    let t = tokens(ui.ctx());
    let fetched = ctx.fetch::<ExperimentsPlan>(&PlanRequest { spec: planned.clone() });
    match (fetched.value(), fetched.error()) {
        (Some(plan), _) => {
            ui.spacing_mut().item_spacing.y = 0.0;
            let sum = super::data::matrix_sum(planned, plan);
            text::key_value(ui, "Cells", &sum.num_cells);
            text::key_value(ui, "Expected cost", &sum.cost);
            text::key_value(ui, "Expected time", &sum.time);
            text::key_value(ui, "Prompt tokens", &words::count(plan.num_prompt_tokens));
            text::key_value(ui, "Goes to", &sum.hosts);
        }
        (None, Some(error)) => {
            mark::mark_label(ui, Mark::Problem, scale::BODY, &error.message);
            for cause in &error.causes {
                text::label(ui, scale::DENSE, cause, t.ink2);
            }
        }
        (None, None) => {
            text::line(ui, scale::BODY, "Counting cells…", t.ink3);
        }
    }
}

/// Run: what was changed is written first, since a run is one of the file.
pub fn save_and_start(ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState, shown: &Shown<'_>) {
    let is_own = state.setup.name.as_ref() == Some(shown.name);
    let start = start_command(state, shown.name, None);
    if is_own && state.setup.is_changed() {
        ctx.commands.send(state.setup.save_call(shown.name).then(|_| vec![start]));
    } else {
        ctx.commands.send(start);
    }
}

/// What became of the last saving. A draft that could not be written stays a draft, and nothing is started from it.
pub fn take_saved(ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState) {
    let Some((spec, reply)) = &state.setup.saving else { return };
    match reply.take() {
        Some(Ok(_)) => {
            state.setup.base = spec.clone();
            state.setup.saving = None;
        }
        Some(Err(error)) => {
            state.setup.saving = None;
            state.starting = None;
            ctx.commands.send(Toast::problem(error));
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_with_changes_is_not_replaced_by_the_file() {
        let mut setup = SetupState::default();
        let file = ExperimentSpec { repeats: 1, ..ExperimentSpec::default() };
        setup.follow(&"a".into(), &file);
        setup.draft.repeats = 3;
        setup.follow(&"a".into(), &ExperimentSpec { repeats: 2, ..ExperimentSpec::default() });
        assert_eq!(setup.draft.repeats, 3);
        setup.follow(&"b".into(), &file);
        assert_eq!(setup.draft.repeats, 1);
    }

    #[test]
    fn the_plan_follows_when_the_editing_rests() {
        let mut setup = SetupState::default();
        let file = ExperimentSpec { repeats: 1, ..ExperimentSpec::default() };
        setup.follow(&"a".into(), &file);
        let before = setup.draft.clone();
        setup.repeats = "5".into();
        setup.take_changes(&before, 1.0);
        assert!(setup.settle_plan(1.1));
        assert_eq!(setup.planned_or(&file).repeats, 1);
        assert!(!setup.settle_plan(1.4));
        assert_eq!(setup.planned_or(&file).repeats, 5);
    }

    #[test]
    fn a_budget_is_an_amount() {
        let budget = |words: &str| SetupState { budget: words.into(), ..SetupState::default() }.max_cost_usd();
        assert_eq!([budget("$2.50"), budget(""), budget("much"), budget("0")], [Some(2.5), None, None, None]);
    }
}
