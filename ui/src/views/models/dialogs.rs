//! The dialogs of the models screen: add a model or an endpoint, set a key, remove.

use super::state::ModelsState;
use crate::commands::{AppCommand, Call, HostAnswer, HostRequest, Reply};
use crate::context::WorkspaceContext;
use crate::theme::{tokens, type_scale};
use crate::widgets::field::menu_row;
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::{Button, Choice, Field, Segment, segments, text};
use atelier_types::api::{
    EndpointAddRequest, EndpointRequest, ModelAddRequest, ModelRequest, ModelsAdd, ModelsAddEndpoint, ModelsRemove,
    ModelsRemoveEndpoint, ModelsSetKey, Nothing, Secret, SetKeyRequest,
};
use atelier_types::error::ApiError;
use atelier_types::ids::{EndpointName, ModelName};
use atelier_types::model::{
    Dialect, EndpointConfig, EndpointStatus, KeySource, ModelConfig, ModelSource, ModelsOverview,
};
use atelier_types::provider::Params;
use egui::Ui;

const WIDTH: f32 = 480.0;

enum Kind {
    AddModel { is_local: bool, endpoint: Option<EndpointName>, place: String },
    AddEndpoint { base_url: String, key: usize, env: String, limit: String },
    SetKey { endpoint: EndpointName, secret: String },
    RemoveModel(ModelName),
    RemoveEndpoint(EndpointName),
}

pub struct Dialog {
    kind: Kind,
    name: String,
    reply: Option<Reply<Nothing>>,
    picking: Option<Reply<HostAnswer>>,
    error: Option<ApiError>,
}

impl Dialog {
    fn open(kind: Kind) -> Self {
        Self { kind, name: String::new(), reply: None, picking: None, error: None }
    }

    pub fn add_model() -> Self {
        Self::open(Kind::AddModel { is_local: true, endpoint: None, place: String::new() })
    }

    pub fn add_endpoint() -> Self {
        let (base_url, env, limit) = (String::new(), String::new(), String::new());
        Self::open(Kind::AddEndpoint { base_url, key: 0, env, limit })
    }

    pub fn set_key(endpoint: &EndpointStatus) -> Self {
        Self::open(Kind::SetKey { endpoint: endpoint.name.clone(), secret: String::new() })
    }

    pub fn remove_model(name: &ModelName) -> Self {
        Self::open(Kind::RemoveModel(name.clone()))
    }

    pub fn remove_endpoint(endpoint: &EndpointStatus) -> Self {
        Self::open(Kind::RemoveEndpoint(endpoint.name.clone()))
    }

    fn title(&self) -> String {
        match &self.kind {
            Kind::AddModel { .. } => "Add a model".to_owned(),
            Kind::AddEndpoint { .. } => "Add an endpoint".to_owned(),
            Kind::SetKey { endpoint, .. } => format!("Key of {endpoint}"),
            Kind::RemoveModel(name) => format!("Remove {name}?"),
            Kind::RemoveEndpoint(name) => format!("Remove {name}?"),
        }
    }

    fn action(&self) -> &'static str {
        match self.kind {
            Kind::AddModel { .. } | Kind::AddEndpoint { .. } => "Add",
            Kind::SetKey { .. } => "Keep the key",
            Kind::RemoveModel(_) | Kind::RemoveEndpoint(_) => "Remove",
        }
    }

    fn why_not(&self) -> Option<&'static str> {
        if self.reply.is_some() {
            return Some("This is under way.");
        }
        let is_unnamed = self.name.trim().is_empty();
        match &self.kind {
            Kind::AddModel { .. } | Kind::AddEndpoint { .. } if is_unnamed => Some("It needs a name."),
            Kind::AddModel { is_local: true, place, .. } if place.trim().is_empty() => Some("It needs a path."),
            Kind::AddModel { is_local: false, endpoint: None, .. } => Some("It needs an endpoint."),
            Kind::AddModel { place, .. } if place.trim().is_empty() => Some("It needs the model's id."),
            Kind::AddEndpoint { base_url, .. } if !is_address(base_url) => Some("It needs an address: https://…"),
            Kind::AddEndpoint { key: 2, env, .. } if env.trim().is_empty() => Some("Which variable holds the key?"),
            Kind::AddEndpoint { limit, .. } if parsed_limit(limit).is_err() => Some("The limit is a whole number."),
            Kind::SetKey { secret, .. } if secret.trim().is_empty() => Some("It needs a key."),
            _ => None,
        }
    }

    fn send(&mut self, ctx: &WorkspaceContext<'_>) {
        self.error = None;
        let name = self.name.trim().to_owned();
        let slot = &mut self.reply;
        match &self.kind {
            Kind::AddModel { is_local, endpoint, place } => {
                let place = place.trim().to_owned();
                let source = match endpoint.clone().filter(|_| !is_local) {
                    Some(endpoint) => ModelSource::Endpoint { endpoint, id: place },
                    None => ModelSource::Local { path: place },
                };
                let config = ModelConfig { source, params: Params::default(), price: None };
                let call = Call::new::<ModelsAdd>(ModelAddRequest { name: name.as_str().into(), config });
                ctx.commands.send(call.toast(format!("{name} was added")).reply_into(slot));
            }
            Kind::AddEndpoint { base_url, key, env, limit } => {
                let config = EndpointConfig {
                    dialect: Dialect::OpenaiChat,
                    base_url: base_url.trim().trim_end_matches('/').to_owned(),
                    key: key_source(*key, env),
                    max_concurrency: parsed_limit(limit).unwrap_or_default(),
                    requests_per_minute: None,
                    tokens_per_minute: None,
                    timeout_millis: None,
                };
                let call = Call::new::<ModelsAddEndpoint>(EndpointAddRequest { name: name.as_str().into(), config });
                ctx.commands.send(call.toast(format!("{name} was added; nothing was sent")).reply_into(slot));
            }
            Kind::SetKey { endpoint, secret } => {
                let request = SetKeyRequest { endpoint: endpoint.clone(), key: Some(Secret(secret.trim().to_owned())) };
                let toast = format!("The key of {endpoint} is in the keychain");
                ctx.commands.send(Call::new::<ModelsSetKey>(request).toast(toast).reply_into(slot));
            }
            Kind::RemoveModel(model) => {
                let call = Call::new::<ModelsRemove>(ModelRequest { name: model.clone() });
                ctx.commands.send(call.toast(format!("{model} was removed")).reply_into(slot));
            }
            Kind::RemoveEndpoint(endpoint) => {
                let call = Call::new::<ModelsRemoveEndpoint>(EndpointRequest { name: endpoint.clone() });
                ctx.commands.send(call.toast(format!("{endpoint} was removed")).reply_into(slot));
            }
        }
    }

    fn take_picked(&mut self) {
        let picked = Reply::take_from(&mut self.picking);
        if let (Some(Ok(HostAnswer::Path(path))), Kind::AddModel { place, .. }) = (picked, &mut self.kind) {
            *place = path;
        }
    }
}

fn is_address(base_url: &str) -> bool {
    let url = base_url.trim();
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty())
}

fn parsed_limit(limit: &str) -> Result<Option<u32>, std::num::ParseIntError> {
    let limit = limit.trim();
    if limit.is_empty() { Ok(None) } else { limit.parse().map(Some) }
}

fn key_source(chosen: usize, env: &str) -> KeySource {
    match chosen {
        1 => KeySource::Keychain,
        2 => KeySource::Env(env.trim().to_owned()),
        _ => KeySource::None,
    }
}

pub fn dialog_ui(ui: &Ui, ctx: &WorkspaceContext<'_>, models: &ModelsOverview, state: &mut ModelsState) {
    let Some(open) = &mut state.dialog else { return };
    match Reply::take_from(&mut open.reply) {
        Some(Ok(_)) => {
            state.dialog = None;
            return;
        }
        Some(Err(error)) => open.error = Some(error),
        None => {}
    }
    open.take_picked();
    let title = open.title();
    let shown = dialog(ui.ctx(), "models dialog", &title, WIDTH, |ui| {
        fields_ui(ui, ctx, models, open);
        error_ui(ui, open.error.as_ref());
        buttons(ui, |ui| {
            let is_removing = matches!(open.kind, Kind::RemoveModel(_) | Kind::RemoveEndpoint(_));
            let action = Button::new(open.action()).disabled_because(open.why_not());
            let action = if is_removing { action.destructive() } else { action.primary() };
            if ui.add(action).clicked() {
                open.send(ctx);
            }
            ui.add(Button::new("Cancel")).clicked()
        })
    });
    if shown.is_left || shown.inner {
        state.dialog = None;
    }
}

fn error_ui(ui: &mut Ui, error: Option<&ApiError>) {
    let Some(error) = error else { return };
    let t = tokens(ui.ctx());
    text::label(ui, type_scale::BODY, error.to_string(), t.worse);
    if let Some(action) = &error.action {
        text::label(ui, type_scale::BODY, action, t.ink2);
    }
}

fn fields_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, models: &ModelsOverview, open: &mut Dialog) {
    let t = tokens(ui.ctx());
    let width = ui.available_width();
    if matches!(open.kind, Kind::AddModel { .. } | Kind::AddEndpoint { .. }) {
        let hint = if matches!(open.kind, Kind::AddModel { .. }) { "qwen-small" } else { "openai" };
        ui.add(Field::new("Name", &mut open.name).captioned().hint(hint).width(width));
    }
    match &mut open.kind {
        Kind::AddModel { is_local, endpoint, place } => {
            add_model_ui(ui, ctx, models, (is_local, endpoint, place), &mut open.picking);
        }
        Kind::AddEndpoint { base_url, key, env, limit } => add_endpoint_ui(ui, base_url, key, env, limit),
        Kind::SetKey { secret, .. } => {
            ui.add(Field::new("Key", secret).captioned().secret().width(width));
            let words = "It goes into the keychain of this machine and never into a file.";
            text::label(ui, type_scale::DENSE, words, t.ink2);
        }
        Kind::RemoveModel(_) => {
            let words = "It is taken out of `atelier.toml`. Files and stored outputs stay.";
            text::label(ui, type_scale::BODY, words, t.ink2);
        }
        Kind::RemoveEndpoint(_) => {
            let words = "It is taken out of `atelier.toml`. Its models cannot be asked any more.";
            text::label(ui, type_scale::BODY, words, t.ink2);
        }
    }
}

fn add_model_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    models: &ModelsOverview,
    (is_local, endpoint, place): (&mut bool, &mut Option<EndpointName>, &mut String),
    picking: &mut Option<Reply<HostAnswer>>,
) {
    let t = tokens(ui.ctx());
    let width = ui.available_width();
    let kinds = [Segment::new("On this machine"), Segment::new("On an endpoint")];
    if let Some(chosen) = segments(ui, "Where it runs", &kinds, usize::from(!*is_local)) {
        *is_local = chosen == 0;
        place.clear();
    }
    if *is_local {
        ui.add(Field::new("Path", place).captioned().mono().hint("models/qwen.gguf").width(width));
        if ui.add(Button::new("Choose a folder…")).clicked() {
            let reply = Reply::default();
            let request = HostRequest::PickFolder { title: "Folder with safetensors".to_owned() };
            ctx.commands.send(AppCommand::AskHost(request, reply.clone()));
            *picking = Some(reply);
        }
        text::label(ui, type_scale::DENSE, "A GGUF file, or a folder with safetensors and its tokenizer.", t.ink2);
        return;
    }
    if let ([only], None) = (models.endpoints.as_slice(), &endpoint) {
        *endpoint = Some(only.name.clone());
    }
    let shown = endpoint.as_ref().map_or("Choose", |name| name.as_str()).to_owned();
    text::caption(ui, "Endpoint");
    Choice::new("Endpoint", &shown).width(width).show(ui, |ui| {
        for known in &models.endpoints {
            if menu_row(ui, None, known.name.as_str(), "", endpoint.as_ref() == Some(&known.name)).clicked() {
                *endpoint = Some(known.name.clone());
            }
        }
    });
    if models.endpoints.is_empty() {
        text::label(ui, type_scale::DENSE, "Add an endpoint first.", t.ink2);
    }
    ui.add(Field::new("Id", place).captioned().mono().hint("gpt-4.1-mini").width(width));
}

fn add_endpoint_ui(ui: &mut Ui, base_url: &mut String, key: &mut usize, env: &mut String, limit: &mut String) {
    let t = tokens(ui.ctx());
    let width = ui.available_width();
    ui.add(Field::new("Address", base_url).captioned().mono().hint("https://api.openai.com/v1").width(width));
    text::caption(ui, "Key from");
    let kinds = ["No key", "Keychain", "Environment"].map(Segment::new);
    if let Some(chosen) = segments(ui, "Key from", &kinds, *key) {
        *key = chosen;
    }
    if *key == 2 {
        ui.add(Field::new("Variable", env).captioned().mono().hint("OPENAI_API_KEY").width(width));
    }
    ui.add(Field::new("Calls at once", limit).captioned().hint("8").width(120.0));
    text::label(
        ui,
        type_scale::DENSE,
        "Any server that speaks OpenAI's chat completions. Nothing is sent yet.",
        t.ink2,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_says_what_is_missing() {
        let mut open = Dialog::add_endpoint();
        assert_eq!(open.why_not(), Some("It needs a name."));
        open.name = "openai".to_owned();
        assert_eq!(open.why_not(), Some("It needs an address: https://…"));
        open.kind = Kind::AddEndpoint {
            base_url: "https://api.openai.com/v1".to_owned(),
            key: 2,
            env: String::new(),
            limit: "x".to_owned(),
        };
        assert_eq!(open.why_not(), Some("Which variable holds the key?"));
    }

    #[test]
    fn limits_are_numbers_or_nothing() {
        assert_eq!(parsed_limit(" "), Ok(None));
        assert_eq!(parsed_limit("8"), Ok(Some(8)));
        assert!(parsed_limit("many").is_err());
    }
}
