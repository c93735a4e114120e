//! The studio: what was handed in, and the workspace that is open.

use super::{EventHub, Result};
use crate::store::Store;
use crate::support::Env;
use atelier_types::error::{ApiError, ErrorKind};
use std::sync::{Arc, PoisonError, RwLock};

/// One program's studio. Cloning shares it.
#[derive(Clone)]
pub struct Studio {
    env: Arc<Env>,
    events: EventHub,
    session: Arc<RwLock<Option<Arc<Session>>>>,
}

/// An open workspace with everything that belongs to it.
pub struct Session {
    pub store: Arc<Store>,
}

impl Studio {
    pub fn new(env: Env) -> Self {
        Self { env: Arc::new(env), events: EventHub::default(), session: Arc::default() }
    }

    pub fn env(&self) -> &Env {
        &self.env
    }

    pub fn events(&self) -> &EventHub {
        &self.events
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
}
