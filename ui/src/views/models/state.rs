//! What the models screen remembers: what is selected, what is asked, what was answered.

use super::dialogs::Dialog;
use crate::commands::{Call, Reply};
use crate::context::WorkspaceContext;
use atelier_types::JsonMap;
use atelier_types::api::{ModelRequest, ModelsLoad, ModelsProbe, ModelsUnload, ModelsVerify};
use atelier_types::error::ApiError;
use atelier_types::ids::ModelName;
use atelier_types::model::{LoadState, LocalModel, Probe};

/// What is known about the selected model beyond the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    Probe(Probe),
    Hashes(JsonMap),
    Failed(ApiError),
}

#[derive(Default)]
pub struct ModelsState {
    pub selected: Option<ModelName>,
    pub dialog: Option<Dialog>,
    probing: Option<(ModelName, Reply<Probe>)>,
    verifying: Option<(ModelName, Reply<JsonMap>)>,
    found: Option<(ModelName, Found)>,
}

impl ModelsState {
    pub fn is_probing(&self, name: &ModelName) -> bool {
        self.probing.as_ref().is_some_and(|(asked, _)| asked == name)
    }

    pub fn is_verifying(&self, name: &ModelName) -> bool {
        self.verifying.as_ref().is_some_and(|(asked, _)| asked == name)
    }

    pub fn found(&self, name: &ModelName) -> Option<&Found> {
        self.found.as_ref().filter(|(asked, _)| asked == name).map(|(_, found)| found)
    }

    pub fn probe(&mut self, ctx: &WorkspaceContext<'_>, name: &ModelName) {
        let reply = Reply::default();
        ctx.commands.send(Call::new::<ModelsProbe>(ModelRequest { name: name.clone() }).reply(&reply));
        self.probing = Some((name.clone(), reply));
    }

    pub fn verify(&mut self, ctx: &WorkspaceContext<'_>, name: &ModelName) {
        let reply = Reply::default();
        ctx.commands.send(Call::new::<ModelsVerify>(ModelRequest { name: name.clone() }).reply(&reply));
        self.verifying = Some((name.clone(), reply));
    }

    pub fn toggle_loaded(&self, ctx: &WorkspaceContext<'_>, model: &LocalModel) {
        let request = ModelRequest { name: model.name.clone() };
        match model.load_state {
            LoadState::Loading => {}
            LoadState::Loaded { .. } => {
                ctx.commands.send(Call::new::<ModelsUnload>(request).toast(format!("{} was unloaded", model.name)));
            }
            LoadState::Unloaded | LoadState::Failed { .. } => {
                ctx.commands.send(Call::new::<ModelsLoad>(request).toast(format!("{} is loaded", model.name)));
            }
        }
    }

    /// Takes in what was answered since the last frame.
    pub fn take_answers(&mut self) {
        let probe = self.probing.as_ref().and_then(|(name, reply)| Some((name.clone(), reply.take()?)));
        if let Some((name, answer)) = probe {
            self.probing = None;
            self.found = Some((name, answer.map_or_else(Found::Failed, Found::Probe)));
        }
        let hashes = self.verifying.as_ref().and_then(|(name, reply)| Some((name.clone(), reply.take()?)));
        if let Some((name, answer)) = hashes {
            self.verifying = None;
            self.found = Some((name, answer.map_or_else(Found::Failed, Found::Hashes)));
        }
    }
}
