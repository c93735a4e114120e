//! The studio: what was handed in, and the workspace that is open.

use super::playground::Rounds;
use super::{EventHub, Result, calling};
use crate::calls::Caller;
use crate::experiments::Runs;
use crate::providers::engine::EngineHost;
use crate::store::Store;
use crate::support::{Env, sha256_hex};
use crate::workspace::{Author, Watch, Workspace};
use atelier_types::error::{ApiError, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// One program's studio. Cloning shares it.
#[derive(Clone)]
pub struct Studio {
    env: Arc<Env>,
    events: EventHub,
    session: Arc<RwLock<Option<Arc<Session>>>>,
    engine: Arc<EngineHost>,
    rounds: Rounds,
}

/// An open workspace with everything that belongs to it.
pub struct Session {
    pub workspace: Workspace,
    pub store: Arc<Store>,
    pub runs: Arc<Runs>,
    caller: Caller,
    _watch: Watch,
}

impl Session {
    /// Opens the workspace and its database, and tells from now on what other programs change. Blocks.
    pub(crate) fn open(studio: &Studio, path: &Path) -> Result<Self> {
        let workspace = Workspace::open(path)?;
        let store = Arc::new(Store::open(&database_path(&studio.env, &workspace)?)?);
        let caller = calling::caller(&studio.env, &studio.events, studio.engine.clone(), store.clone());
        let runs = Arc::new(Runs::new(calling::runs(&studio.env, store.clone(), caller.clone())));
        let events = studio.events.clone();
        let watch = workspace.watch(move |tags| events.stale(tags))?;
        Ok(Self { workspace, store, runs, caller, _watch: watch })
    }

    /// The way to the models as `atelier.toml` names them at this moment. Blocks.
    pub(crate) fn caller(&self) -> Result<Caller> {
        self.caller.set_manifest(calling::catalog(&self.workspace, self.workspace.manifest()?));
        Ok(self.caller.clone())
    }
}

impl Studio {
    pub fn new(env: Env) -> Self {
        let events = EventHub::default();
        let engine = Arc::new(calling::engine(&env, &events));
        Self { env: Arc::new(env), events, session: Arc::default(), engine, rounds: Rounds::default() }
    }

    pub fn env(&self) -> &Env {
        &self.env
    }

    pub fn events(&self) -> &EventHub {
        &self.events
    }

    /// The host of local models.
    pub(super) fn engine(&self) -> &EngineHost {
        &self.engine
    }

    /// Playground rounds that are under way.
    pub(super) fn rounds(&self) -> &Rounds {
        &self.rounds
    }

    /// Who commits where git's configuration names nobody.
    pub(crate) fn fallback_author(&self) -> Author {
        let (name, email) = self.env.fallback_author.clone();
        Author { name, email }
    }

    /// The open workspace, or an error that says to open one.
    pub fn session(&self) -> Result<Arc<Session>> {
        self.try_session().ok_or_else(|| {
            ApiError::new(ErrorKind::Invalid, "workspace.none_open", "No workspace is open")
                .with_action("Open a folder that has an atelier.toml, or create one with `atelier init`.")
        })
    }

    pub fn try_session(&self) -> Option<Arc<Session>> {
        self.session.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes `session` the open workspace; the one before ends when its last user lets go.
    pub(crate) fn set_session(&self, session: Option<Arc<Session>>) {
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = session;
    }

    /// Runs blocking work (files, git, SQLite) off the async threads.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|err| {
            Err(ApiError::new(ErrorKind::Internal, "internal.panic", "Atelier failed in a way it should not")
                .with_cause(err)
                .with_action("Report it with what you did; your files and outputs are safe."))
        })
    }

    /// Runs blocking work on the open workspace.
    pub(crate) async fn in_session<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Session) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let session = self.session()?;
        self.blocking(move || work(&session)).await
    }
}

/// Keyed by id and place, so that two copies of one workspace do not share what was answered in each.
fn database_path(env: &Env, workspace: &Workspace) -> Result<PathBuf> {
    let id: String = workspace.manifest()?.id.as_str().chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    let place = sha256_hex(workspace.root().to_string_lossy().as_bytes());
    Ok(env.paths.data.join("workspaces").join(format!("{id}-{}", &place[..12])).join("atelier.db"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use atelier_types::api::{PathRequest, WorkspaceOpen};
    use atelier_types::event::{Event, Tag};
    use std::time::Duration;

    #[tokio::test]
    async fn change_by_another_program_is_told() {
        let (folder, other_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let studio = testing::studio(folder.path()).await;
        let other = Studio::new(testing::env(other_folder.path()));
        let path = studio.session().unwrap().workspace.root().display().to_string();
        crate::api::call::<WorkspaceOpen>(&other, PathRequest { path }).await.unwrap();
        let mut events = other.events().subscribe();
        studio.session().unwrap().workspace.write_atomic("datasets/new.csv", b"id\n").unwrap();
        let told = async {
            loop {
                let batch = events.next_batch().await;
                if batch.iter().any(|one| matches!(one, Event::CacheStale { tags } if tags.contains(&Tag::Datasets))) {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), told).await.expect("the other program is told");
    }

    #[test]
    fn two_copies_of_a_workspace_have_a_database_each() {
        let (folder, workspace) = testing::workspace();
        let env = testing::env(folder.path());
        let copy = folder.path().join("copy");
        crate::workspace::clone_repository(&workspace.root().display().to_string(), &copy).unwrap();
        let copy = Workspace::open(&copy).unwrap();
        let paths = [&workspace, &copy].map(|workspace| database_path(&env, workspace).unwrap());
        assert_ne!(paths[0], paths[1]);
        assert!(paths.iter().all(|path| path.starts_with(&env.paths.data)));
    }
}
