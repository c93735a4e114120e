//! The world as the core gets it: clock, randomness, keychain, environment, memory, folders and HTTP of this machine.

use crate::keychain::Keychain;
use atelier_core::support::{Env, Memory, Paths, SystemClock, SystemRandom};
use atelier_types::error::{ApiError, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps everything that Atelier remembers in another folder than the user's data folder.
pub const DATA_VARIABLE: &str = "ATELIER_DATA";
/// Where web interface, demo and demo models are, when they are not beside the program.
pub const RESOURCES_VARIABLE: &str = "ATELIER_RESOURCES";

/// Builds the environment of this process.
pub fn environment() -> Result<Env, ApiError> {
    Ok(Env {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        keys: Arc::new(Keychain::default()),
        variables: Arc::new(|name| std::env::var(name).ok()),
        memory: memory(),
        paths: paths()?,
        http: http_client()?,
        fallback_author: fallback_author(),
    })
}

/// The folder with `web`, `demo` and `models`: beside the program when built here, `../share/atelier` when installed.
pub fn resources() -> PathBuf {
    if let Some(folder) = std::env::var_os(RESOURCES_VARIABLE) {
        return PathBuf::from(folder);
    }
    let programs = programs();
    let installed = programs.join("../share/atelier");
    if installed.is_dir() { installed } else { programs.join("resources") }
}

/// The folder of the running program, where its sisters are too.
pub fn programs() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let program = program.canonicalize().unwrap_or(program);
    program.parent().map(Path::to_owned).unwrap_or_default()
}

/// A sister program's path; it need not be there.
pub fn sister(name: &str) -> PathBuf {
    programs().join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// On Linux a window needs X11 or Wayland; elsewhere there is always something to draw on.
pub fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn paths() -> Result<Paths, ApiError> {
    let data = std::env::var_os(DATA_VARIABLE).map(PathBuf::from);
    let data = data.or_else(|| dirs::data_dir().map(|folder| folder.join("atelier"))).ok_or_else(|| {
        ApiError::new(ErrorKind::Unavailable, "machine.no_data_folder", "This user has no data folder")
            .with_action(format!("Set {DATA_VARIABLE} to a folder that can be written."))
    })?;
    let resources = resources();
    Ok(Paths {
        data,
        demo: resources.join("demo"),
        builtin_models: resources.join("models"),
        interpreter: resources.join("script.wasm"),
        engine: sister("atelier-engine"),
    })
}

fn http_client() -> Result<reqwest::Client, ApiError> {
    atelier_core::providers::http::client().map_err(|err| {
        ApiError::new(ErrorKind::Unavailable, "machine.no_http", "Failed to set up HTTP on this machine")
            .with_cause(err)
            .with_action("Check the proxy settings in the environment.")
    })
}

fn memory() -> Arc<dyn Fn() -> Memory + Send + Sync> {
    // A system that does not say how much memory it has is shown as such: 0 of 0.
    let system = Mutex::new(sysinfo::System::new().ok());
    Arc::new(move || {
        let mut system = system.lock().unwrap_or_else(PoisonError::into_inner);
        system.as_mut().map_or_else(Memory::default, |system| {
            system.refresh_memory();
            Memory { total_bytes: system.total_memory(), available_bytes: system.available_memory() }
        })
    })
}

fn fallback_author() -> (String, String) {
    let user = ["USER", "USERNAME", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let user = user.filter(|user| !user.is_empty()).unwrap_or_else(|| "atelier".to_owned());
    let email = format!("{user}@localhost");
    (user, email)
}
