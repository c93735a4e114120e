//! Everything that the models screen shows.

use super::speed::speed;
use crate::api::{Result, Session, Studio};
use crate::calls::{BUILTIN, Caller, ModelPlace};
use crate::providers::secrets::keychain_account;
use crate::providers::weights;
use crate::store::{Store, outputs};
use crate::support::Env;
use atelier_types::error::ApiError;
use atelier_types::ids::{EndpointName, ModelName};
use atelier_types::model::{
    EndpointConfig, EndpointStatus, KeySource, LocalModel, ModelConfig, ModelSource, ModelsOverview, RemoteModel, Speed,
};
use std::path::PathBuf;

/// The newest calls say how fast a model is now.
const MAX_SPEED_SAMPLES: u32 = 200;

/// Blocks.
pub fn overview(studio: &Studio, session: &Session) -> Result<ModelsOverview> {
    let caller = session.caller()?;
    let catalog = caller.catalog();
    let (memory, env) = ((studio.env().memory)(), studio.env());
    let mut overview = ModelsOverview {
        total_memory_bytes: memory.total_bytes,
        available_memory_bytes: memory.available_bytes,
        num_threads: std::thread::available_parallelism().map_or(1, |count| count.get().try_into().unwrap_or(u32::MAX)),
        engine: studio.engine().state(),
        endpoints: catalog.endpoints.iter().map(|(name, config)| endpoint(name, config, &caller, env)).collect(),
        ..ModelsOverview::default()
    };
    for (name, config) in &catalog.models {
        let speed = measured_speed(&session.store, name)?;
        match caller.place(name) {
            Ok(ModelPlace::Local { path }) => overview.local.push(LocalModel {
                load_state: studio.engine().load_state(&path),
                last_used_at: session.store.read(|connection| outputs::last_used_at(connection, name))?,
                speed,
                ..local(name, config, path)
            }),
            _ => overview.remote.extend(remote(name, config, speed)),
        }
    }
    Ok(overview)
}

fn measured_speed(store: &Store, name: &ModelName) -> Result<Option<Speed>> {
    let samples = store.read(|connection| outputs::speed_samples(connection, name, MAX_SPEED_SAMPLES))?;
    Ok(speed(&samples))
}

fn endpoint(name: &EndpointName, config: &EndpointConfig, caller: &Caller, env: &Env) -> EndpointStatus {
    let is_text = |key: Option<String>| key.is_some_and(|key| !key.trim().is_empty());
    let has_key = match &config.key {
        KeySource::None => true,
        KeySource::Env(variable) => is_text((env.variables)(variable)),
        KeySource::Keychain => is_text(env.keys.get(&keychain_account(name, config)).ok().flatten()),
    };
    EndpointStatus { name: name.clone(), config: config.clone(), has_key, state: caller.endpoint_state(name) }
}

/// What the files say; what only the engine and the store know is filled in above.
fn local(name: &ModelName, config: &ModelConfig, path: PathBuf) -> LocalModel {
    let shown_path = match &config.source {
        ModelSource::Local { path } => path.clone(),
        ModelSource::Endpoint { .. } => path.display().to_string(),
    };
    let weights = weights::inspect(&path);
    let known = weights.as_ref().ok();
    LocalModel {
        name: name.clone(),
        is_builtin: shown_path.starts_with(BUILTIN),
        path: shown_path,
        format: known.map(|weights| weights.format),
        quantisation: known.and_then(|weights| weights.quantisation.clone()),
        disk_bytes: known.map(|weights| weights.disk_bytes),
        context_tokens: known.and_then(|weights| weights.context_tokens),
        needed_bytes: known.map(weights::Weights::needed_bytes),
        load_state: atelier_types::model::LoadState::Unloaded,
        speed: None,
        last_used_at: None,
        problem: weights.err().map(ApiError::from),
    }
}

fn remote(name: &ModelName, config: &ModelConfig, speed: Option<Speed>) -> Option<RemoteModel> {
    let ModelSource::Endpoint { endpoint, id } = &config.source else { return None };
    Some(RemoteModel { name: name.clone(), endpoint: endpoint.clone(), id: id.clone(), price: config.price, speed })
}
