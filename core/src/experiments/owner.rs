//! Which program runs a run, so that a killed program's runs are told from those of a program that lives.
//!
//! A program that runs something holds a lock on a file of its own beside the database. The operating system lets go of
//! the lock when the program ends, however it ends. Names are random and used once, so a file that is gone or not
//! locked belongs to a dead program for good.

use super::{ExperimentError, Result};
use crate::support::Random;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// This program's mark. Dropping it ends it.
pub(super) struct Owner {
    name: String,
    path: PathBuf,
    _locked: File,
}

impl Owner {
    pub fn new(folder: &Path, random: &dyn Random) -> Result<Self> {
        let name = random.hex(16);
        let path = file_of(folder, &name);
        let failed = |source| ExperimentError::Owner { path: path.clone(), source };
        let file = File::create_new(&path).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(Self { name, path, _locked: file })
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // A file that stays behind is taken for a dead program's, which is true.
        std::fs::remove_file(&self.path).ok();
    }
}

/// Whether the program of this name still lives. Clears away what a dead one left.
pub(super) fn is_alive(folder: &Path, name: &str) -> bool {
    let path = file_of(folder, name);
    let Ok(file) = File::open(&path) else { return false };
    match file.try_lock() {
        Ok(()) => {
            std::fs::remove_file(&path).ok();
            false
        }
        Err(TryLockError::WouldBlock) => true,
        // Where locks cannot be asked for, nobody's run is taken away.
        Err(TryLockError::Error(_)) => true,
    }
}

fn file_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("running-{name}.lock"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::SeededRandom;

    #[test]
    fn owner_lives_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let owner = Owner::new(folder.path(), &SeededRandom::new(1)).unwrap();
        let name = owner.name().to_owned();
        assert!(is_alive(folder.path(), &name));
        drop(owner);
        assert!(!is_alive(folder.path(), &name));
    }

    #[test]
    fn file_of_a_killed_program_is_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let left = file_of(folder.path(), "dead");
        std::fs::write(&left, "").unwrap();
        assert!(!is_alive(folder.path(), "dead"));
        assert!(!left.exists());
        assert!(!is_alive(folder.path(), "never"));
    }
}
