//! `atelier models …`

use super::Outcome;
use super::answers::{print_line, print_table};
use super::context::{Context, bad_argument};
use atelier_core::api::Result;
use atelier_types::api::{
    EndpointAddRequest, EndpointRequest, ModelAddRequest, ModelRequest, ModelsAdd, ModelsAddEndpoint, ModelsList,
    ModelsLoad, ModelsProbe, ModelsRemove, ModelsRemoveEndpoint, ModelsSetKey, ModelsUnload, ModelsVerify, Nothing,
    Secret, SetKeyRequest,
};
use atelier_types::model::{
    Dialect, EndpointConfig, EndpointState, KeySource, LoadState, ModelConfig, ModelSource, ModelsOverview,
};
use atelier_types::provider::Params;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Models, endpoints and memory
    List,
    /// Ask a model for one word
    Probe { name: String },
    /// Write a model into atelier.toml: local weights, or a model of an endpoint
    Add {
        name: String,
        /// A safetensors folder, a GGUF file, or `builtin:NAME`
        #[arg(long, conflicts_with_all = ["endpoint", "id"])]
        path: Option<String>,
        #[arg(long, requires = "id")]
        endpoint: Option<String>,
        /// The model's id at its endpoint
        #[arg(long)]
        id: Option<String>,
    },
    /// Take a model out of atelier.toml
    Remove { name: String },
    /// Write an endpoint into atelier.toml
    AddEndpoint {
        name: String,
        /// `https://api.example.com/v1`
        #[arg(long)]
        url: String,
        /// Read the key from this environment variable
        #[arg(long, conflicts_with = "keychain")]
        key_env: Option<String>,
        /// Read the key from the keychain
        #[arg(long)]
        keychain: bool,
    },
    /// Take an endpoint out of atelier.toml
    RemoveEndpoint { name: String },
    /// Put an endpoint's key into the keychain; it is read from standard input
    SetKey {
        endpoint: String,
        #[arg(long)]
        forget: bool,
    },
    /// Load a local model into memory
    Load { name: String },
    /// Give a local model's memory back
    Unload { name: String },
    /// Hash a local model's files
    Verify { name: String },
}

pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    let model = |name: String| ModelRequest { name: name.into() };
    match command {
        Command::List => {
            let overview = context.call::<ModelsList>(Nothing {}).await?;
            context.answer(&overview, print_overview)
        }
        Command::Probe { name } => {
            let probe = context.call::<ModelsProbe>(model(name)).await?;
            context.answer(&probe, |probe| {
                print_line(&format!("Answered in {:.0} ms: {}", probe.latency_millis, probe.text));
            })
        }
        Command::Verify { name } => {
            let hashes = context.call::<ModelsVerify>(model(name)).await?;
            context.answer(&hashes, |hashes| {
                hashes.iter().for_each(|(file, hash)| print_line(&format!("{file}: {hash}")));
            })
        }
        Command::Add { name, path, endpoint, id } => add(context, name, path, endpoint, id).await,
        Command::AddEndpoint { name, url, key_env, keychain } => {
            add_endpoint(context, name, url, key_env, keychain).await
        }
        Command::SetKey { endpoint, forget } => {
            let key = if forget { None } else { Some(Secret(read_key()?)) };
            done(context, context.call::<ModelsSetKey>(SetKeyRequest { endpoint: endpoint.into(), key }).await?)
        }
        Command::Remove { name } => done(context, context.call::<ModelsRemove>(model(name)).await?),
        Command::Load { name } => done(context, context.call::<ModelsLoad>(model(name)).await?),
        Command::Unload { name } => done(context, context.call::<ModelsUnload>(model(name)).await?),
        Command::RemoveEndpoint { name } => {
            done(context, context.call::<ModelsRemoveEndpoint>(EndpointRequest { name: name.into() }).await?)
        }
    }
}

fn done(context: &Context, nothing: Nothing) -> Outcome {
    context.answer(&nothing, |_| ())
}

async fn add(
    context: &Context,
    name: String,
    path: Option<String>,
    endpoint: Option<String>,
    id: Option<String>,
) -> Outcome {
    let source = match (path, endpoint, id) {
        (Some(path), None, None) => ModelSource::Local { path },
        (None, Some(endpoint), Some(id)) => ModelSource::Endpoint { endpoint: endpoint.into(), id },
        _ => return Err(bad_argument("Give either `--path`, or `--endpoint` with `--id`")),
    };
    let config = ModelConfig { source, params: Params::default(), price: None };
    done(context, context.call::<ModelsAdd>(ModelAddRequest { name: name.into(), config }).await?)
}

async fn add_endpoint(
    context: &Context,
    name: String,
    url: String,
    key_env: Option<String>,
    is_in_keychain: bool,
) -> Outcome {
    let key = match key_env {
        Some(variable) => KeySource::Env(variable),
        None if is_in_keychain => KeySource::Keychain,
        None => KeySource::None,
    };
    let config = EndpointConfig {
        dialect: Dialect::OpenaiChat,
        base_url: url.trim_end_matches('/').to_owned(),
        key,
        max_concurrency: None,
        requests_per_minute: None,
        tokens_per_minute: None,
        timeout_millis: None,
    };
    done(context, context.call::<ModelsAddEndpoint>(EndpointAddRequest { name: name.into(), config }).await?)
}

/// A key on the command line would stand in the shell's history and in the list of processes.
fn read_key() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|err| bad_argument("Failed to read the key").with_cause(err))?;
    let key = line.trim();
    if key.is_empty() {
        return Err(bad_argument("There is no key on standard input"));
    }
    Ok(key.to_owned())
}

fn print_overview(overview: &ModelsOverview) {
    let local = overview.local.iter().map(|model| {
        let state = match &model.load_state {
            LoadState::Unloaded => "not loaded".to_owned(),
            LoadState::Loading => "loading".to_owned(),
            LoadState::Loaded { .. } => "loaded".to_owned(),
            LoadState::Failed { error } => error.message.clone(),
        };
        let state = model.problem.as_ref().map(|problem| problem.message.clone()).unwrap_or(state);
        vec![model.name.to_string(), "local".to_owned(), model.path.clone(), state]
    });
    let remote = overview.remote.iter().map(|model| {
        let endpoint = overview.endpoints.iter().find(|endpoint| endpoint.name == model.endpoint);
        let state = match endpoint.map(|endpoint| &endpoint.state) {
            Some(EndpointState::Answered { .. }) => "answered",
            Some(EndpointState::Failed { .. }) => "failed",
            Some(EndpointState::NotAsked) => "not asked yet",
            None => "its endpoint is missing",
        };
        vec![model.name.to_string(), model.endpoint.to_string(), model.id.clone(), state.to_owned()]
    });
    let rows: Vec<Vec<String>> = local.chain(remote).collect();
    print_table(&["model", "where", "id", "state"], &rows);
}
