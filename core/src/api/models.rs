//! Verbs of `models`.

mod overview;
mod speed;

use super::{Result, Session, Studio};
use crate::calls::{Call, Caller, ModelPlace, local_files};
use crate::providers::secrets::keychain_account;
use crate::providers::{errors, openai_chat, weights};
use crate::support::hex;
use crate::workspace::ManifestEdit;
use atelier_types::JsonMap;
use atelier_types::api::{EndpointAddRequest, EndpointRequest, ModelAddRequest, ModelRequest, Nothing, SetKeyRequest};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::Tag;
use atelier_types::ids::{EndpointName, ModelName};
use atelier_types::model::{EndpointConfig, KeySource, ModelsOverview, Probe};
use atelier_types::prompt::{Message, Role};
use atelier_types::provider::{Params, ProviderError};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

const STALE: &[Tag] = &[Tag::Models, Tag::Workspace];

/// Models, endpoints, the engine and the memory.
pub async fn list(studio: &Studio, _request: Nothing) -> Result<ModelsOverview> {
    let asked = studio.clone();
    studio.in_session(move |session| overview::overview(&asked, session)).await
}

/// Write a model into atelier.toml.
pub async fn add(studio: &Studio, request: ModelAddRequest) -> Result<Nothing> {
    let ModelAddRequest { name, config } = request;
    check_name(name.as_str())?;
    edit(studio, ManifestEdit::PutModel(name, config)).await
}

/// Take a model out of atelier.toml.
pub async fn remove(studio: &Studio, request: ModelRequest) -> Result<Nothing> {
    let known = studio.in_session(|session| Ok(session.workspace.manifest()?.models)).await?;
    if !known.contains_key(&request.name) {
        return Err(unknown("model", request.name.as_str()));
    }
    edit(studio, ManifestEdit::RemoveModel(request.name)).await
}

/// Write an endpoint into atelier.toml.
pub async fn add_endpoint(studio: &Studio, request: EndpointAddRequest) -> Result<Nothing> {
    let EndpointAddRequest { name, config } = request;
    check_name(name.as_str())?;
    openai_chat::check_base_url(&config.base_url).map_err(|err| {
        ApiError::new(ErrorKind::Invalid, "endpoint.bad_address", format!("The endpoint `{name}` cannot be used"))
            .with_cause(err)
            .with_action("Give an address such as https://api.example.com/v1.")
    })?;
    edit(studio, ManifestEdit::PutEndpoint(name, config)).await
}

/// Take an endpoint out of atelier.toml.
pub async fn remove_endpoint(studio: &Studio, request: EndpointRequest) -> Result<Nothing> {
    endpoint(studio, &request.name).await?;
    edit(studio, ManifestEdit::RemoveEndpoint(request.name)).await
}

/// Put an endpoint's key into the keychain.
pub async fn set_key(studio: &Studio, request: SetKeyRequest) -> Result<Nothing> {
    let SetKeyRequest { endpoint: name, key } = request;
    let config = endpoint(studio, &name).await?;
    let is_set = key.is_some();
    let (keys, account) = (studio.env().keys.clone(), keychain_account(&name, &config));
    studio
        .blocking(move || {
            keys.set(&account, key.as_ref().map(|key| key.0.trim())).map_err(|reason| no_keychain(&reason))
        })
        .await?;
    // A key that was just given is the one to use.
    if is_set && config.key != KeySource::Keychain {
        edit(studio, ManifestEdit::PutEndpoint(name, EndpointConfig { key: KeySource::Keychain, ..config })).await?;
    }
    caller(studio).await?.forget_keys();
    studio.events().stale(STALE);
    Ok(Nothing {})
}

/// Ask a model for one word.
pub async fn probe(studio: &Studio, request: ModelRequest) -> Result<Probe> {
    const MAX_TOKENS: u32 = 16;
    let caller = caller(studio).await?;
    // The engine's own words about weights that cannot be loaded say more than those of a failed call.
    if let ModelPlace::Local { path } = place(&caller, &request.name)? {
        studio.engine().endpoint(&path).await?;
    }
    let what = format!("The model `{}` did not answer", request.name);
    let listed = caller.list_models(&request.name).await;
    let call = Call {
        prompt: None,
        version: None,
        model: request.name,
        messages: vec![Message { role: Role::User, content: "Answer with one word: ready".to_owned() }],
        params: Params { max_tokens: Some(MAX_TOKENS), ..Params::default() },
        repeat: 0,
        use_cache: false,
    };
    let output = caller.call(call, &|_| {}, &CancellationToken::new()).await.output;
    match output.error {
        Some(error) => Err(errors::to_api_error(&error, &what)),
        None => Ok(Probe {
            latency_millis: output.receipt.latency_millis,
            reported_model: output.receipt.reported_model,
            // Many servers answer without listing what they have.
            available: listed.unwrap_or_default(),
            text: output.text,
        }),
    }
}

/// Load a local model into memory.
pub async fn load(studio: &Studio, request: ModelRequest) -> Result<Nothing> {
    let path = local_path(studio, &request.name).await?;
    studio.engine().endpoint(&path).await?;
    Ok(Nothing {})
}

/// Give a local model's memory back.
pub async fn unload(studio: &Studio, request: ModelRequest) -> Result<Nothing> {
    let path = local_path(studio, &request.name).await?;
    studio.engine().unload(&path).await?;
    Ok(Nothing {})
}

/// Hash a local model's files.
pub async fn verify(studio: &Studio, request: ModelRequest) -> Result<JsonMap> {
    let path = local_path(studio, &request.name).await?;
    studio
        .blocking(move || {
            weights::inspect(&path)?;
            hashes(&path).map_err(|source| weights::WeightsError::Unreadable { path, source }.into())
        })
        .await
}

/// The way to the models as `atelier.toml` names them at this moment.
pub(super) async fn caller(studio: &Studio) -> Result<Caller> {
    studio.in_session(Session::caller).await
}

async fn edit(studio: &Studio, edit: ManifestEdit) -> Result<Nothing> {
    studio.in_session(move |session| Ok(session.workspace.edit_manifest(&edit)?)).await?;
    studio.events().stale(STALE);
    Ok(Nothing {})
}

async fn endpoint(studio: &Studio, name: &EndpointName) -> Result<EndpointConfig> {
    let endpoints = studio.in_session(|session| Ok(session.workspace.manifest()?.endpoints)).await?;
    endpoints.get(name).cloned().ok_or_else(|| unknown("endpoint", name.as_str()))
}

fn place(caller: &Caller, name: &ModelName) -> Result<ModelPlace> {
    caller.place(name).map_err(|_: ProviderError| unknown("model", name.as_str()))
}

async fn local_path(studio: &Studio, name: &ModelName) -> Result<PathBuf> {
    match place(&caller(studio).await?, name)? {
        ModelPlace::Local { path } => Ok(path),
        ModelPlace::Remote { endpoint } => {
            let message = format!("The model `{name}` is served by the endpoint `{endpoint}`");
            Err(ApiError::new(ErrorKind::Invalid, "model.not_local", message)
                .with_action("Choose a model whose weights are on this machine."))
        }
    }
}

/// `{"files": {"model.safetensors": "<SHA-256>"}}`, as the engine names them in receipts.
fn hashes(path: &Path) -> std::io::Result<JsonMap> {
    let mut files = local_files(path);
    files.sort();
    let mut hashes = JsonMap::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        hashes.insert(name, file_sha256(&file)?.into());
    }
    Ok(JsonMap::from_iter([("files".to_owned(), hashes.into())]))
}

fn file_sha256(path: &Path) -> std::io::Result<String> {
    const CHUNK_BYTES: usize = 1 << 20;
    let (mut file, mut hash, mut chunk) = (File::open(path)?, Sha256::new(), vec![0; CHUNK_BYTES]);
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hex(&hash.finalize())),
            count => hash.update(&chunk[..count]),
        }
    }
}

/// A name is a key in the file and a word in lists.
fn check_name(name: &str) -> Result<()> {
    let is_fine = !name.trim().is_empty() && name.trim() == name && !name.contains(char::is_control);
    if is_fine {
        return Ok(());
    }
    let message = format!("`{name}` cannot be a name");
    Err(ApiError::new(ErrorKind::Invalid, "model.bad_name", message)
        .with_action("Use a word without spaces around it."))
}

fn unknown(noun: &str, name: &str) -> ApiError {
    let message = format!("There is no {noun} `{name}` in atelier.toml");
    ApiError::new(ErrorKind::NotFound, &format!("{noun}.unknown"), message)
        .with_action("Choose one that `atelier models list` shows, or add it.")
}

fn no_keychain(reason: &str) -> ApiError {
    ApiError::new(ErrorKind::Unavailable, "keychain.unavailable", "The keychain of this system cannot be used")
        .with_cause(reason)
        .with_action("Put the key into an environment variable and name it in the endpoint: key = { env = \"NAME\" }.")
}

#[cfg(test)]
mod tests;
