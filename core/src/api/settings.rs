//! Verbs of `settings`: what is remembered on this machine in `settings.toml`, and what was found on it.

use super::{Result, Studio};
use crate::support::Env;
use crate::workspace::{Manifest, program_version, write_whole};
use atelier_types::api::{Nothing, SettingsSaveRequest};
use atelier_types::error::{ApiError, ErrorKind, Location};
use atelier_types::event::Tag;
use atelier_types::model::KeySource;
use atelier_types::settings::Settings;
use atelier_types::workspace::{CheckState, MachineCheck};
use std::fs::File;
use std::path::PathBuf;

const FILE: &str = "settings.toml";
const LOCK_FILE: &str = "settings.lock";
const MAX_RECENT: usize = 12;
/// Asked for to see whether there is a keychain; nobody ever stores it.
const PROBE_ACCOUNT: &str = "atelier-check";

/// What is remembered on this machine.
pub async fn show(studio: &Studio, _request: Nothing) -> Result<Settings> {
    let env = studio.env().clone();
    studio.blocking(move || read(&env)).await
}

/// Remember settings.
pub async fn save(studio: &Studio, request: SettingsSaveRequest) -> Result<Nothing> {
    let env = studio.env().clone();
    studio
        .blocking(move || {
            let _alone = lock(&env);
            write(&env, &request.settings)
        })
        .await?;
    studio.events().stale(&[Tag::Settings]);
    Ok(Nothing {})
}

/// What was found on this machine.
pub async fn machine(studio: &Studio, _request: Nothing) -> Result<Vec<MachineCheck>> {
    let (env, session) = (studio.env().clone(), studio.try_session());
    studio
        .blocking(move || {
            let manifest = session.and_then(|session| session.workspace.manifest().ok());
            Ok(vec![
                engine_check(&env),
                git_check(),
                keychain_check(&env),
                environment_check(&env, manifest.as_ref()),
                network_check(manifest.as_ref()),
            ])
        })
        .await
}

/// Puts a workspace at the head of the recent ones. Blocks.
pub(super) fn remember_workspace(env: &Env, path: &str) -> Result<()> {
    let _alone = lock(env);
    let mut settings = read(env)?;
    settings.last_workspace = Some(path.to_owned());
    settings.recent_workspaces.retain(|known| known != path);
    settings.recent_workspaces.insert(0, path.to_owned());
    settings.recent_workspaces.truncate(MAX_RECENT);
    write(env, &settings)
}

fn file(env: &Env) -> PathBuf {
    env.paths.data.join(FILE)
}

/// Windows of several programs remember things one after the other. Without a lock the later one wins.
fn lock(env: &Env) -> Option<File> {
    std::fs::create_dir_all(&env.paths.data).ok()?;
    let file = File::create(env.paths.data.join(LOCK_FILE)).ok()?;
    file.lock().ok()?;
    Some(file)
}

pub(super) fn read(env: &Env) -> Result<Settings> {
    let path = file(env);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => return Ok(Settings::default()),
        Err(err) => {
            return Err(ApiError::new(ErrorKind::Unavailable, "settings.unreadable", "The settings cannot be read")
                .with_cause(err)
                .with_action("Check that the file can be read."));
        }
    };
    toml::from_str(&text).map_err(|err| {
        let before = err.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count() + 1).and_then(|line| u32::try_from(line).ok());
        ApiError::new(ErrorKind::Invalid, "settings.malformed", "The settings are no valid TOML")
            .with_cause(err.message())
            .at(Location { file: path.display().to_string(), line, column: None })
            .with_action("Mend the file, or delete it to start with the defaults.")
    })
}

fn write(env: &Env, settings: &Settings) -> Result<()> {
    let text = toml::to_string(settings).map_err(|err| {
        ApiError::new(ErrorKind::Internal, "settings.malformed", "The settings cannot be written as TOML")
            .with_cause(err)
    })?;
    Ok(write_whole(&file(env), text.as_bytes())?)
}

fn check(key: &str, state: CheckState, title: &str, detail: String) -> MachineCheck {
    MachineCheck { key: key.to_owned(), state, title: title.to_owned(), detail }
}

fn engine_check(env: &Env) -> MachineCheck {
    let path = env.paths.engine.display();
    if env.paths.engine.is_file() {
        return check("engine", CheckState::Good, "Local models can run", format!("The engine is {path}."));
    }
    let detail = format!("There is no engine program at {path}. Models at endpoints work without it.");
    check("engine", CheckState::Problem, "Local models cannot run", detail)
}

fn git_check() -> MachineCheck {
    match program_version() {
        Some(version) => {
            let detail = format!("Version {version}. It clones and signs with your own configuration.");
            check("git", CheckState::Good, "git is installed", detail)
        }
        None => {
            let detail =
                "The built-in git is used. It knows neither your ssh configuration nor your credential helpers.";
            check("git", CheckState::Note, "git is not installed", detail.to_owned())
        }
    }
}

fn keychain_check(env: &Env) -> MachineCheck {
    match env.keys.get(PROBE_ACCOUNT) {
        Ok(_) => {
            let detail = "Keys are kept by the operating system and never in files.".to_owned();
            check("keychain", CheckState::Good, "The keychain answers", detail)
        }
        Err(reason) => {
            let detail = format!("{reason}. Keys can be read from environment variables instead.");
            check("keychain", CheckState::Problem, "There is no keychain", detail)
        }
    }
}

fn environment_check(env: &Env, manifest: Option<&Manifest>) -> MachineCheck {
    let sources = manifest.into_iter().flat_map(|manifest| manifest.endpoints.values()).map(|endpoint| &endpoint.key);
    let names = sources.filter_map(|key| match key {
        KeySource::Env(name) => Some(name.as_str()),
        KeySource::None | KeySource::Keychain => None,
    });
    let (set, missing): (Vec<&str>, Vec<&str>) = names.partition(|name| (env.variables)(name).is_some());
    let key = "environment_keys";
    if !missing.is_empty() {
        let detail = format!("Not set: {}.", missing.join(", "));
        check(key, CheckState::Problem, "A key is missing in the environment", detail)
    } else if set.is_empty() {
        let detail = "No endpoint of this workspace reads its key from an environment variable.".to_owned();
        check(key, CheckState::Note, "No keys from the environment", detail)
    } else {
        check(key, CheckState::Good, "Keys from the environment are set", format!("Set: {}.", set.join(", ")))
    }
}

fn network_check(manifest: Option<&Manifest>) -> MachineCheck {
    let endpoints = manifest.into_iter().flat_map(|manifest| manifest.endpoints.values());
    let host = |url: &str| reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let mut hosts: Vec<String> = endpoints.filter_map(|endpoint| host(&endpoint.base_url)).collect();
    hosts.sort();
    hosts.dedup();
    let title = "No connection is opened unless you ask for it";
    let detail = match hosts.is_empty() {
        true => "This workspace names no other machine.".to_owned(),
        false => format!("A call to a model at an endpoint goes to {}, and nowhere else.", hosts.join(", ")),
    };
    check("network", CheckState::Good, title, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use crate::workspace::ManifestEdit;
    use atelier_types::settings::WindowState;
    use std::sync::Arc;

    #[tokio::test]
    async fn saved_settings_are_there_for_the_next_program() {
        let folder = tempfile::tempdir().unwrap();
        let studio = Studio::new(testing::env(folder.path()));
        assert_eq!(show(&studio, Nothing {}).await.unwrap(), Settings::default());
        let window = WindowState { x: 1.0, y: 2.5, width: 1280.0, height: 720.0, is_maximized: false };
        let last_workspace = Some("/w \"x\"".to_owned());
        let settings = Settings { zoom: Some(1.25), window: Some(window), last_workspace, ..Settings::default() };
        save(&studio, SettingsSaveRequest { settings: settings.clone() }).await.unwrap();
        let next = Studio::new(testing::env(folder.path()));
        assert_eq!(show(&next, Nothing {}).await.unwrap(), settings);
    }

    #[tokio::test]
    async fn broken_settings_are_named_by_line_and_never_overwritten_by_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let env = testing::env(folder.path());
        let text = "zoom = 1.0\ntheme = \"neon\"\n";
        std::fs::create_dir_all(&env.paths.data).unwrap();
        std::fs::write(file(&env), text).unwrap();
        assert!(remember_workspace(&env, "/w").is_err());
        let err = show(&Studio::new(env.clone()), Nothing {}).await.unwrap_err();
        assert_eq!((err.code.as_str(), err.location.unwrap().line), ("settings.malformed", Some(2)));
        assert_eq!(std::fs::read_to_string(file(&env)).unwrap(), text);
    }

    #[test]
    fn recent_workspaces_are_newest_first_each_once_and_few() {
        let folder = tempfile::tempdir().unwrap();
        let env = testing::env(folder.path());
        for number in 0..20 {
            remember_workspace(&env, &format!("/w{number}")).unwrap();
        }
        remember_workspace(&env, "/w15").unwrap();
        let settings = read(&env).unwrap();
        assert_eq!(settings.recent_workspaces[..3], ["/w15", "/w19", "/w18"]);
        assert_eq!((settings.recent_workspaces.len(), settings.last_workspace.as_deref()), (MAX_RECENT, Some("/w15")));
    }

    #[tokio::test]
    async fn machine_names_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let studio = testing::studio(folder.path()).await;
        let config =
            toml::from_str("base_url = \"https://lab.example:8000/v1\"\nkey = { env = \"LAB_KEY\" }\n").unwrap();
        let edit = ManifestEdit::PutEndpoint("lab".into(), config);
        studio.session().unwrap().workspace.edit_manifest(&edit).unwrap();
        let checks = machine(&studio, Nothing {}).await.unwrap();
        let state = |key: &str| {
            let found = checks.iter().find(|check| check.key == key).unwrap();
            (found.state, found.detail.clone())
        };
        assert_eq!(state("engine").0, CheckState::Problem);
        assert_eq!(state("keychain").0, CheckState::Good);
        assert_eq!(state("environment_keys"), (CheckState::Problem, "Not set: LAB_KEY.".to_owned()));
        assert!(state("network").1.contains("lab.example"));
    }

    #[test]
    fn machine_without_a_keychain_says_so() {
        struct Absent;
        impl crate::support::KeyStore for Absent {
            fn get(&self, _account: &str) -> std::result::Result<Option<String>, String> {
                Err("No secret service is running".to_owned())
            }
            fn set(&self, _account: &str, _key: Option<&str>) -> std::result::Result<(), String> {
                self.get("").map(drop)
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let env = Env { keys: Arc::new(Absent), ..testing::env(folder.path()) };
        assert_eq!(keychain_check(&env).state, CheckState::Problem);
    }
}
