//! The database file: one writer, a few readers, errors that say what to do.

use super::migration;
use atelier_types::error::{ApiError, ErrorKind};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Another program on the same workspace may hold the write lock for a group commit; nothing of ours holds it longer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_IDLE_READERS: usize = 4;

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
    #[error("Failed to use the database")]
    Sql(#[source] rusqlite::Error),
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
    writer: Mutex<Connection>,
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
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), readers: Mutex::new(Vec::new()) })
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
        Ok(reader)
    }
}

/// A panic while the lock was held leaves a rolled-back transaction behind, which is a state to go on from.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
