//! Which models there are, as `atelier.toml` names them, and how each is reached.

use super::local;
use crate::providers::errors::{failure, to_api_error};
use crate::providers::limiter::{Limiter, Limits};
use crate::providers::{Provider, http};
use atelier_types::ids::{EndpointName, ModelName};
use atelier_types::model::{EndpointConfig, EndpointState, ModelConfig, ModelSource, Price};
use atelier_types::provider::{ErrorCategory, ProviderError};
use atelier_types::time::MillisSinceEpoch;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What a workspace says about models: the part of its manifest that calls need.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// Folder that relative paths of weights start from.
    pub workspace: PathBuf,
    pub endpoints: BTreeMap<EndpointName, EndpointConfig>,
    pub models: BTreeMap<ModelName, ModelConfig>,
}

/// Where a model is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelPlace {
    Local { path: PathBuf },
    Remote { endpoint: EndpointName },
}

/// An endpoint while the workspace is open: its limits hold over all calls, whoever makes them.
pub(super) struct Endpoint {
    pub name: EndpointName,
    pub config: EndpointConfig,
    /// `None` for this machine.
    remote_host: Option<String>,
    limiter: Arc<Limiter>,
    state: Mutex<EndpointState>,
}

impl Endpoint {
    fn new(name: &EndpointName, config: &EndpointConfig) -> Self {
        let limits = Limits {
            max_concurrency: config.max_concurrency,
            requests_per_minute: config.requests_per_minute,
            tokens_per_minute: config.tokens_per_minute,
        };
        Self {
            name: name.clone(),
            config: config.clone(),
            remote_host: http::remote_host(&config.base_url),
            limiter: Limiter::new(limits),
            state: Mutex::default(),
        }
    }

    pub fn is_remote(&self) -> bool {
        self.remote_host.is_some()
    }

    pub fn state(&self) -> EndpointState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes down how a call ended. `true` where the endpoint answers that did not before, or the other way round.
    pub fn note(&self, error: Option<&ProviderError>, now: MillisSinceEpoch) -> bool {
        let state = match error {
            Some(error) if is_about_endpoint(&error.category) => {
                let what = format!("The endpoint `{}` does not answer as it should", self.name);
                EndpointState::Failed { at: now, error: to_api_error(error, &what) }
            }
            Some(error) if error.category == ErrorCategory::Cancelled => return false,
            _ => EndpointState::Answered { at: now },
        };
        let mut known = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let has_changed = std::mem::discriminant(&*known) != std::mem::discriminant(&state);
        *known = state;
        has_changed
    }
}

/// Whether a failure says something about the server, and not only about one request.
fn is_about_endpoint(category: &ErrorCategory) -> bool {
    use ErrorCategory::*;
    matches!(category, Auth | Overloaded { .. } | Network | Timeout | Protocol)
}

/// One model and the way to it.
pub(super) struct Target {
    pub config: ModelConfig,
    pub way: Way,
    /// Made at the first call, since keys are read then, and again after a key was turned down.
    pub provider: tokio::sync::Mutex<Option<Arc<dyn Provider>>>,
}

pub(super) enum Way {
    Remote {
        endpoint: Arc<Endpoint>,
        id: String,
    },
    /// `limiter` lets one call through at a time: decoding in batches on a CPU mixes up the answers.
    Local {
        path: PathBuf,
        shown_path: String,
        limiter: Arc<Limiter>,
    },
}

impl Target {
    pub fn limiter(&self) -> &Arc<Limiter> {
        match &self.way {
            Way::Remote { endpoint, .. } => &endpoint.limiter,
            Way::Local { limiter, .. } => limiter,
        }
    }

    pub fn price(&self) -> Option<Price> {
        let free = Price { input_usd_per_mtok: 0.0, output_usd_per_mtok: 0.0 };
        self.config.price.or(matches!(self.way, Way::Local { .. }).then_some(free))
    }

    pub fn remote_host(&self) -> Option<&str> {
        match &self.way {
            Way::Remote { endpoint, .. } => endpoint.remote_host.as_deref(),
            Way::Local { .. } => None,
        }
    }

    pub fn place(&self) -> ModelPlace {
        match &self.way {
            Way::Remote { endpoint, .. } => ModelPlace::Remote { endpoint: endpoint.name.clone() },
            Way::Local { path, .. } => ModelPlace::Local { path: path.clone() },
        }
    }

    /// A connection to the engine that breaks is an engine that ended.
    pub fn own_words(&self, error: ProviderError) -> ProviderError {
        match self.way {
            Way::Local { .. } if error.category == ErrorCategory::Network => {
                ProviderError { category: ErrorCategory::EngineLost, ..error }
            }
            _ => error,
        }
    }
}

/// The catalog with its ways worked out.
#[derive(Default)]
pub(super) struct Known {
    pub catalog: Catalog,
    endpoints: BTreeMap<EndpointName, Arc<Endpoint>>,
    targets: HashMap<ModelName, Arc<Target>>,
    local_limiters: HashMap<PathBuf, Arc<Limiter>>,
}

impl Known {
    /// Endpoints that are the same as in `before` keep their limiter and state, so that an edit elsewhere in the file
    /// does not open a second window of requests.
    pub fn new(catalog: Catalog, builtin_models: &Path, before: &Known) -> Self {
        let endpoint = |(name, config): (&EndpointName, &EndpointConfig)| {
            let same = before.endpoints.get(name).filter(|endpoint| endpoint.config == *config);
            (name.clone(), same.cloned().unwrap_or_else(|| Arc::new(Endpoint::new(name, config))))
        };
        let mut known = Self {
            endpoints: catalog.endpoints.iter().map(endpoint).collect(),
            targets: HashMap::new(),
            local_limiters: before.local_limiters.clone(),
            catalog: Catalog::default(),
        };
        for (name, config) in &catalog.models {
            if let Some(way) = known.way(&catalog.workspace, builtin_models, &config.source) {
                let target = Target { config: config.clone(), way, provider: Default::default() };
                known.targets.insert(name.clone(), Arc::new(target));
            }
        }
        known.catalog = catalog;
        known
    }

    /// `None` where the endpoint does not exist.
    fn way(&mut self, workspace: &Path, builtin_models: &Path, source: &ModelSource) -> Option<Way> {
        match source {
            ModelSource::Endpoint { endpoint, id } => {
                Some(Way::Remote { endpoint: self.endpoints.get(endpoint)?.clone(), id: id.clone() })
            }
            ModelSource::Local { path: shown_path } => {
                let path = local::resolve(shown_path, workspace, builtin_models);
                let one_at_a_time = Limits { max_concurrency: Some(1), ..Limits::default() };
                let limiter =
                    self.local_limiters.entry(path.clone()).or_insert_with(|| Limiter::new(one_at_a_time)).clone();
                Some(Way::Local { path, shown_path: shown_path.clone(), limiter })
            }
        }
    }

    pub fn endpoint(&self, name: &EndpointName) -> Option<&Arc<Endpoint>> {
        self.endpoints.get(name)
    }

    pub fn target(&self, name: &ModelName) -> Result<Arc<Target>, ProviderError> {
        if let Some(target) = self.targets.get(name) {
            return Ok(target.clone());
        }
        let message = match self.catalog.models.get(name).map(|config| &config.source) {
            Some(ModelSource::Endpoint { endpoint, .. }) => {
                format!("The model `{name}` is on the endpoint `{endpoint}`, which atelier.toml does not have")
            }
            _ => format!("There is no model `{name}` in atelier.toml"),
        };
        Err(ProviderError {
            provider_code: Some("unknown_model".to_owned()),
            ..failure(ErrorCategory::BadRequest, message)
        })
    }
}
