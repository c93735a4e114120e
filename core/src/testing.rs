//! What tests share: an [`Env`] that reaches nothing of the machine, and a small workspace in a temporary folder.
//!
//! The clock ticks by itself, randomness is seeded, keys are in memory, there are no environment variables, and git sees
//! no configuration but the repository's own. A failure here is a failure of the test that called it, so it panics.
#![expect(clippy::expect_used, reason = "test support: it fails the test that called it")]

use crate::api::Studio;
use crate::experiments::Tools;
use crate::support::{Env, KeyStore, Memory, Paths, SeededRandom, TickingClock};
use crate::workspace::{Author, Creation, Workspace};
use atelier_types::api::{WorkspaceCreate, WorkspaceCreateRequest};
use atelier_types::time::MillisSinceEpoch;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once};
use tempfile::TempDir;

/// 2026-01-01T00:00:00Z
pub const START: MillisSinceEpoch = MillisSinceEpoch(1_767_225_600_000);
const MIB: u64 = 1024 * 1024;

/// A machine without an interpreter of scripts and without runners.
pub fn tools() -> Tools {
    Tools::new(PathBuf::from("script.wasm"), Arc::new(Default::default), Arc::new(|_| None))
}

/// A keychain that forgets everything when the test ends.
#[derive(Default)]
pub struct MemoryKeys(Mutex<HashMap<String, String>>);

impl KeyStore for MemoryKeys {
    fn get(&self, account: &str) -> Result<Option<String>, String> {
        Ok(self.0.lock().map_err(|err| err.to_string())?.get(account).cloned())
    }

    fn set(&self, account: &str, key: Option<&str>) -> Result<(), String> {
        let mut keys = self.0.lock().map_err(|err| err.to_string())?;
        match key {
            Some(key) => keys.insert(account.to_owned(), key.to_owned()),
            None => keys.remove(account),
        };
        Ok(())
    }
}

/// An environment whose every path is below `folder`. The clock moves by a second each time it is read.
pub fn env(folder: &Path) -> Env {
    isolate_git();
    Env {
        clock: Arc::new(TickingClock::new(START, 1000)),
        random: Arc::new(SeededRandom::new(1)),
        keys: Arc::new(MemoryKeys::default()),
        variables: Arc::new(|_| None),
        memory: Arc::new(|| Memory { total_bytes: 16 * 1024 * MIB, available_bytes: 8 * 1024 * MIB }),
        paths: Paths {
            data: folder.join("data"),
            demo: folder.join("demo"),
            builtin_models: folder.join("models"),
            interpreter: PathBuf::from("script.wasm"),
            engine: folder.join("atelier-engine"),
        },
        http: reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("an HTTP client without a proxy can be made"),
        fallback_author: ("Test".to_owned(), "test@example.org".to_owned()),
    }
}

/// The starter workspace, committed, in a folder that goes away with the first value.
pub fn workspace() -> (TempDir, Workspace) {
    isolate_git();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let author = author();
    let creation = Creation { id: "test-workspace".into(), name: "Test", author: &author, at: START };
    let workspace = Workspace::create(&folder.path().join("workspace"), &creation).expect("a workspace can be created");
    (folder, workspace)
}

/// A studio with the starter workspace open, everything below `folder`.
pub async fn studio(folder: &Path) -> Studio {
    let studio = Studio::new(env(folder));
    let path = folder.join("workspace").display().to_string();
    let request = WorkspaceCreateRequest { path, name: "Test".to_owned() };
    let created = crate::api::call::<WorkspaceCreate>(&studio, request).await;
    created.expect("a workspace can be created and opened");
    studio
}

/// Who commits in tests.
pub fn author() -> Author {
    Author { name: "Test".to_owned(), email: "test@example.org".to_owned() }
}

/// Hides the system's and the user's git configuration from libgit2, once a process.
pub fn isolate_git() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        use git2::ConfigLevel::{Global, ProgramData, System, XDG};
        for level in [Global, ProgramData, System, XDG] {
            #[expect(unsafe_code, reason = "libgit2's search path is global; it is set once, before any test uses git")]
            let hidden = unsafe { git2::opts::set_search_path(level, "/nonexistent") };
            hidden.expect("libgit2 takes an empty search path");
        }
    });
}
