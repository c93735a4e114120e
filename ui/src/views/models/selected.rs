//! Everything about the selected model, and what can be done with it.

use super::dialogs::Dialog;
use super::state::{Found, ModelsState};
use crate::context::WorkspaceContext;
use crate::theme::{Tokens, icons, metrics, tokens, type_scale};
use crate::widgets::{Button, states, text};
use crate::words;
use atelier_types::ids::ModelName;
use atelier_types::model::{LocalModel, ModelsOverview, RemoteModel};
use egui::{ScrollArea, Ui};

pub fn selected_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, models: &ModelsOverview, state: &mut ModelsState) {
    let t = tokens(ui.ctx());
    let Some(name) = state.selected.clone() else {
        let words = "Select a model to see its files, to probe it or to remove it.";
        states::empty(ui, icons::CUBE, "No model is selected", words, |_| {});
        return;
    };
    let local = models.local.iter().find(|model| model.name == name);
    let remote = models.remote.iter().find(|model| model.name == name);
    ScrollArea::vertical().id_salt("selected model").auto_shrink([false, false]).show(ui, |ui| {
        egui::Frame::NONE.inner_margin(16).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = metrics::SPACE_4;
            text::label(ui, type_scale::EMPHASIS, name.as_str(), t.ink);
            if let Some(local) = local {
                local_facts_ui(ui, local, t);
            }
            if let Some(remote) = remote {
                remote_facts_ui(ui, models, remote);
            }
            ui.add_space(metrics::SPACE_8);
            actions_ui(ui, ctx, state, &name, local);
            ui.add_space(metrics::SPACE_8);
            found_ui(ui, state, &name, t);
        });
    });
}

fn local_facts_ui(ui: &mut Ui, model: &LocalModel, t: &Tokens) {
    text::selectable(ui, type_scale::CODE_LABEL, &model.path, t.ink2);
    if model.is_builtin {
        text::label(ui, type_scale::DENSE, "Ships with Atelier.", t.ink2);
    }
    if let Some(problem) = &model.problem {
        states::failure_banner(ui, problem, None);
    }
}

fn remote_facts_ui(ui: &mut Ui, models: &ModelsOverview, model: &RemoteModel) {
    text::key_value(ui, "Id", &model.id);
    text::key_value(ui, "Endpoint", model.endpoint.as_str());
    let endpoint = models.endpoints.iter().find(|endpoint| endpoint.name == model.endpoint);
    if let Some(endpoint) = endpoint {
        text::key_value(ui, "Address", &endpoint.config.base_url);
    }
}

fn actions_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut ModelsState,
    name: &ModelName,
    local: Option<&LocalModel>,
) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = metrics::SPACE_8;
        let why = state.is_probing(name).then_some("It is being asked.");
        let probe = Button::new("Probe").icon(icons::LIGHTNING).hover("Ask it for one word.").disabled_because(why);
        if ui.add(probe).clicked() {
            state.probe(ctx, name);
        }
        if local.is_some() {
            let why = state.is_verifying(name).then_some("Its files are being read.");
            let verify = Button::new("Verify hashes").icon(icons::SHIELD_CHECK).disabled_because(why);
            if ui.add(verify).clicked() {
                state.verify(ctx, name);
            }
        }
        if ui.add(Button::new("Remove…").quiet().icon(icons::TRASH)).clicked() {
            state.dialog = Some(Dialog::remove_model(name));
        }
    });
}

fn found_ui(ui: &mut Ui, state: &ModelsState, name: &ModelName, t: &Tokens) {
    if state.is_probing(name) || state.is_verifying(name) {
        text::label(ui, type_scale::DENSE, "Waiting for the answer", t.ink3);
    }
    match state.found(name) {
        None => {}
        Some(Found::Failed(error)) => drop(states::failure_banner(ui, error, None)),
        Some(Found::Probe(probe)) => {
            text::key_value(ui, "Answered in", &words::duration(probe.latency_millis));
            if let Some(reported) = &probe.reported_model {
                text::key_value(ui, "Says it is", reported);
            }
            text::key_value(ui, "Said", &probe.text);
            if !probe.available.is_empty() {
                ui.add_space(metrics::SPACE_8);
                text::caption(
                    ui,
                    format!("This endpoint lists {}", words::counted(probe.available.len() as u64, "model", "models")),
                );
                for id in &probe.available {
                    text::selectable(ui, type_scale::CODE_LABEL, id, t.ink2);
                }
            }
        }
        Some(Found::Hashes(hashes)) => {
            for (file, hash) in hashes {
                text::caption(ui, file);
                let hash = hash.as_str().map_or_else(|| hash.to_string(), str::to_owned);
                text::selectable(ui, type_scale::CODE_LABEL, hash, t.ink2);
            }
        }
    }
}
