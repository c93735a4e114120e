//! Puts together what makes calls, from what the studio was handed in and what the workspace says.

use super::{EventHub, settings};
use crate::calls::{Caller, Catalog, LocalEngine, Notice, Parts};
use crate::experiments::{self, Tools};
use crate::providers::engine::{EngineHost, EngineSettings};
use crate::providers::http;
use crate::store::Store;
use crate::support::Env;
use crate::workspace::{Manifest, Workspace};
use atelier_types::event::{Event, Tag};
use atelier_types::ids::ModelName;
use atelier_types::model::ModelConfig;
use std::sync::Arc;

/// The host of local models. Nothing is started before the first local call.
pub(super) fn engine(env: &Env, events: &EventHub) -> EngineHost {
    let settings = EngineSettings {
        program: env.paths.engine.clone(),
        home: env.paths.data.join("engine"),
        http: loopback_http(env),
        random: env.random.clone(),
    };
    let events = events.clone();
    let on_state = move |state| {
        events.publish(Event::EngineChanged { state });
        events.stale(&[Tag::Models]);
    };
    EngineHost::new(settings, Arc::new(on_state))
}

pub(super) fn caller(env: &Env, events: &EventHub, engine: Arc<dyn LocalEngine>, store: Arc<Store>) -> Caller {
    let events = events.clone();
    let notify = move |notice| match notice {
        Notice::Connections(hosts) => events.publish(Event::Connections { hosts }),
        Notice::EndpointChanged => events.stale(&[Tag::Models]),
    };
    let parts = Parts {
        http: env.http.clone(),
        loopback_http: loopback_http(env),
        clock: env.clock.clone(),
        random: env.random.clone(),
        keys: env.keys.clone(),
        variables: env.variables.clone(),
        builtin_models: env.paths.builtin_models.clone(),
        engine,
        notify: Arc::new(notify),
    };
    Caller::new(parts, store)
}

pub(super) fn runs(env: &Env, store: Arc<Store>, caller: Caller) -> experiments::Parts {
    let (clock, random) = (env.clock.clone(), env.random.clone());
    let of_machine = env.clone();
    // Settings that cannot be read name no runner; the settings' own verbs say what is wrong with them.
    let runners = move || settings::read(&of_machine).map(|settings| settings.runners).unwrap_or_default();
    let tools = Tools::new(env.paths.interpreter.clone(), Arc::new(runners), env.variables.clone());
    experiments::Parts { store, models: Arc::new(caller), clock, random, tools: Arc::new(tools) }
}

/// Setting up a second client fails only where the first one could not have been made.
fn loopback_http(env: &Env) -> reqwest::Client {
    http::loopback_client().unwrap_or_else(|_| env.http.clone())
}

/// The part of a workspace's file that calls need. Parameters for all models stand behind each model's own.
pub(super) fn catalog(workspace: &Workspace, manifest: Manifest) -> Catalog {
    let defaults = manifest.params;
    let with_defaults = |(name, config): (ModelName, ModelConfig)| {
        (name, ModelConfig { params: config.params.or(&defaults), ..config })
    };
    Catalog {
        workspace: workspace.root().to_owned(),
        endpoints: manifest.endpoints.into_iter().collect(),
        models: manifest.models.into_iter().map(with_defaults).collect(),
    }
}
