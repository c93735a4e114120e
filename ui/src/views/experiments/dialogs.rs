//! Dialogs of the experiments screen: a name for a new experiment, a question before something is deleted.

use super::state::{Deleting, ExperimentsState, Tab};
use crate::commands::{AppCommand, Call};
use crate::context::WorkspaceContext;
use crate::state::{Reply, Route};
use crate::theme::{tokens, type_scale as scale};
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::{Button, Field, text};
use atelier_types::api::{
    DatasetsList, ExperimentRequest, ExperimentSaveRequest, ExperimentsDelete, ExperimentsSave, ModelsList, Nothing,
    PromptsList, RunRequest, RunsDelete,
};
use atelier_types::experiment::{ExperimentSpec, PromptChoice};
use atelier_types::ids::ExperimentName;
use atelier_types::prompt::SourceKind;
use atelier_types::score::ScorerSpec;
use egui::Ui;

const WIDTH: f32 = 440.0;

pub fn naming_dialog(ui: &Ui, ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState) {
    let Some(naming) = &mut state.naming else { return };
    match Reply::take_from(&mut naming.saving) {
        Some(Ok(_)) => {
            let name = ExperimentName::new(naming.name.trim());
            state.naming = None;
            state.shown = Some(name.clone());
            state.tab = Tab::Setup;
            ctx.commands.send(Route::Experiments { name: Some(name), run: None, cell: None });
            return;
        }
        Some(Err(error)) => naming.error = Some(error.to_string()),
        None => {}
    }
    // Asked for while the name is typed, so that it is here when it is needed.
    let spec = first_spec(ctx);
    let shown = dialog(ui.ctx(), "new experiment", "New experiment", WIDTH, |ui| {
        let problem = naming.error.clone();
        let field = Field::new("Name", &mut naming.name).hint("ticket-triage").captioned();
        if ui.add(field.error(problem.as_deref())).changed() {
            naming.error = None;
        }
        text::hint(ui, "It becomes a file in experiments/, which git keeps.");
        let why = naming.name.trim().is_empty().then_some("Give it a name first.");
        buttons(ui, |ui| {
            let create = Button::new("Create").primary().disabled_because(why);
            if ui.add(create).clicked() && naming.saving.is_none() {
                let name = ExperimentName::new(naming.name.trim());
                let request = ExperimentSaveRequest { name, spec: spec.clone() };
                ctx.commands.send(Call::new::<ExperimentsSave>(request).reply_into(&mut naming.saving));
            }
            ui.add(Button::new("Cancel").quiet()).clicked()
        })
    });
    if shown.inner || shown.is_left {
        state.naming = None;
    }
}

/// A new experiment is one that can be run: the first prompt, model and dataset that there are.
fn first_spec(ctx: &WorkspaceContext<'_>) -> ExperimentSpec {
    let prompts = ctx.fetch::<PromptsList>(&Nothing {});
    let prompt = prompts.value().and_then(|list| list.iter().find(|prompt| prompt.kind == SourceKind::Prompt));
    let models = ctx.fetch::<ModelsList>(&Nothing {});
    let model = models.value().and_then(|models| {
        models.local.first().map(|model| model.name.clone()).or(models.remote.first().map(|model| model.name.clone()))
    });
    let datasets = ctx.fetch::<DatasetsList>(&Nothing {});
    let dataset = datasets.value().and_then(|list| list.first()).map(|dataset| dataset.name.clone());
    ExperimentSpec {
        dataset: dataset.unwrap_or_default(),
        repeats: 1,
        models: model.into_iter().collect(),
        prompts: prompt.map(|prompt| PromptChoice { prompt: prompt.name.clone(), at: None }).into_iter().collect(),
        scorers: vec![ScorerSpec {
            scorer: "exact_match".into(),
            name: None,
            expected: None,
            options: atelier_types::JsonMap::new(),
            min_mean: None,
        }],
        ..ExperimentSpec::default()
    }
}

pub fn deleting_dialog(ui: &Ui, ctx: &WorkspaceContext<'_>, state: &mut ExperimentsState) {
    let Some(deleting) = &state.deleting else { return };
    let t = tokens(ui.ctx());
    let (title, words, label) = match deleting {
        Deleting::Experiment(name) => {
            (format!("Delete {name}?"), "The file is deleted; its runs and outputs stay.", "Delete experiment")
        }
        Deleting::Run(_) => {
            ("Delete this run?".to_owned(), "Its outputs and receipts are deleted from this machine.", "Delete run")
        }
    };
    let shown = dialog(ui.ctx(), "delete", &title, WIDTH, |ui| {
        text::label(ui, scale::BODY, words, t.ink2);
        buttons(ui, |ui| {
            let is_confirmed = ui.add(Button::new(label).destructive()).clicked();
            (is_confirmed, ui.add(Button::new("Cancel").quiet()).clicked())
        })
    });
    let (is_confirmed, is_left) = shown.inner;
    if is_confirmed {
        ctx.commands.send(delete(deleting));
    }
    if is_confirmed || is_left || shown.is_left {
        state.deleting = None;
    }
}

fn delete(deleting: &Deleting) -> AppCommand {
    match deleting {
        Deleting::Experiment(name) => Call::new::<ExperimentsDelete>(ExperimentRequest { name: name.clone() })
            .toast(format!("{name} was deleted"))
            .into(),
        Deleting::Run(run) => Call::new::<RunsDelete>(RunRequest { run: run.clone() }).toast("Run deleted").into(),
    }
}
