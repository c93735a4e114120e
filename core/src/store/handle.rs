//! The database file: one writer, a few readers, errors that say what to do.
//!
//! There are two ways to write. [`Store::write`] commits by itself, for what a person does now and then.
//! [`Store::queue`] joins the next group commit, for the many small writes of a run; see [`super::group`].

use super::group::Group;
use super::migration;
use atelier_types::error::{ApiError, ErrorKind};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Another program on the same workspace may hold the write lock for a group commit; nothing of ours holds it longer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_IDLE_READERS: usize = 4;
const MAX_CACHED_STATEMENTS: usize = 64;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("Failed to open the database: {path}")]
    Open { path: PathBuf, source: rusqlite::Error },
    #[error("The database was written by a newer Atelier (its format is {found}, this program knows {known}): {path}")]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("Failed to create the folder of the database: {path}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("The disk is full, so nothing more can be stored")]
    DiskFull { source: rusqlite::Error },
    #[error("Failed to start the thread that writes to the database")]
    Thread { source: std::io::Error },
    #[error("The database was closed before this was stored")]
    Closed,
    #[error("Failed to use the database")]
    Sql(#[source] rusqlite::Error),
}

impl StoreError {
    /// The failure of a group commit once more, for each write that was in the group.
    pub(super) fn repeated(&self) -> Self {
        match self {
            Self::DiskFull { source } => Self::DiskFull { source: repeated(source) },
            Self::Sql(source) => Self::Sql(repeated(source)),
            _ => Self::Closed,
        }
    }
}

fn repeated(err: &rusqlite::Error) -> rusqlite::Error {
    let code = err.sqlite_error().copied().unwrap_or(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR));
    rusqlite::Error::SqliteFailure(code, Some(err.to_string()))
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull { source },
            _ => Self::Sql(source),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(err: StoreError) -> Self {
        let (code, action) = match &err {
            StoreError::Open { .. } => ("store.unreadable", "Check that the folder can be read and written."),
            StoreError::Newer { .. } => ("store.newer_version", "Open the workspace with the newer Atelier."),
            StoreError::Folder { .. } => ("store.no_folder", "Check that the data folder can be written."),
            StoreError::DiskFull { .. } => ("store.disk_full", "Free some space and try again."),
            StoreError::Thread { .. } => ("store.no_thread", "Close other programs and try again."),
            StoreError::Closed => ("store.closed", "Open the workspace again."),
            StoreError::Sql(_) => ("store.failed", "Try again; run `atelier doctor` if it goes on."),
        };
        let mut api = ApiError::new(ErrorKind::Unavailable, code, err.to_string()).with_action(action);
        let mut cause = std::error::Error::source(&err);
        while let Some(source) = cause {
            api = api.with_cause(source);
            cause = source.source();
        }
        api
    }
}

/// The open database. All calls block: call them from a blocking thread.
pub struct Store {
    path: PathBuf,
    writer: Arc<Mutex<Connection>>,
    group: Group,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens or creates the file and brings its tables up to date.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder { path: folder.to_owned(), source })?;
        }
        let open_error = |source| StoreError::Open { path: path.to_owned(), source };
        let mut writer = Connection::open(path).map_err(open_error)?;
        writer.busy_timeout(BUSY_TIMEOUT).map_err(open_error)?;
        migration::refuse_newer(&writer, path)?;
        // NORMAL syncs at checkpoints only; a kill loses nothing, since WAL frames are with the kernel by then. Power
        // loss may cost the last commits but never the file's consistency.
        writer
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;")
            .map_err(open_error)?;
        migration::migrate(&mut writer)?;
        writer.set_prepared_statement_cache_capacity(MAX_CACHED_STATEMENTS);
        let writer = Arc::new(Mutex::new(writer));
        let group = Group::start(writer.clone()).map_err(|source| StoreError::Thread { source })?;
        Ok(Self { path: path.to_owned(), writer, group, readers: Mutex::new(Vec::new()) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in one write transaction; it is committed when `work` succeeds.
    pub fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Runs `work` in the next group commit and answers when that is committed, so `Ok` means durable. The write
    /// happens whether or not the answer is awaited. `work` must not use this store again, and should be small.
    pub fn queue<T, F>(&self, work: F) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        self.group.queue(work)
    }

    /// Runs `work` on a connection that cannot write.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let idle = lock(&self.readers).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => self.open_reader()?,
        };
        let value = work(&reader);
        let mut readers = lock(&self.readers);
        if readers.len() < MAX_IDLE_READERS {
            readers.push(reader);
        }
        Ok(value?)
    }

    fn open_reader(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags)
            .map_err(|source| StoreError::Open { path: self.path.clone(), source })?;
        reader.busy_timeout(BUSY_TIMEOUT)?;
        reader.set_prepared_statement_cache_capacity(MAX_CACHED_STATEMENTS);
        Ok(reader)
    }
}

/// A panic while the lock was held leaves a rolled-back transaction behind, which is a state to go on from.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
