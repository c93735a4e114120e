//! Blind review. A set is made from a run's outputs; reviewers see texts and random ids and nothing else; their ratings
//! are lines that are only ever appended, one file a set, reviewer and device, so that they merge whatever happens.
//!
//! Which output an item shows stays in the maker's database, with a hash of it in the set, until the set is closed and
//! the mapping is published beside the items. Runs and outputs are handed in; nothing here knows how they came about.

mod answers;
mod calibration;
mod error;
mod files;
mod make;
mod results;

pub use answers::{check, counting};
pub use calibration::calibrations;
pub use error::ReviewError;
pub use files::{Mapping, SetFiles, append, check_reviewer, names, publish_mapping};
pub use make::{Candidate, NewSet, make, order_for};
pub use results::results;

use crate::store::{Store, reviews as table};
use crate::workspace::Workspace;
use atelier_types::ids::ReviewSetName;
use atelier_types::review::Rating;

pub type Result<T> = std::result::Result<T, ReviewError>;

/// All ratings of a set, oldest first, after the index has caught up with the files.
pub fn ratings(workspace: &Workspace, store: &Store, set: &ReviewSetName) -> Result<Vec<Rating>> {
    let known = store.read(|connection| table::stamps(connection, set))?;
    let found = files::rating_stamps(workspace, set)?;
    let changed: Vec<_> = found.iter().filter(|stamp| !known.contains(stamp)).collect();
    let gone: Vec<_> = known.iter().filter(|old| !found.iter().any(|new| new.path == old.path)).collect();
    if !changed.is_empty() || !gone.is_empty() {
        let mut read = Vec::new();
        for stamp in changed {
            read.push((stamp, files::read_ratings(workspace, &stamp.path)?));
        }
        store.write(|transaction| {
            gone.iter().try_for_each(|stamp| table::forget_file(transaction, &stamp.path))?;
            read.iter().try_for_each(|(stamp, ratings)| table::index_file(transaction, set, stamp, ratings))
        })?;
    }
    Ok(store.read(|connection| table::ratings(connection, set))?)
}

/// Which output each item shows: as published, or as this machine made it; `None` where neither is at hand.
pub fn mapping(workspace: &Workspace, store: &Store, set: &SetFiles) -> Result<Option<Mapping>> {
    let text = match set.published_mapping(workspace)? {
        Some(text) => Some(text),
        None => store.read(|connection| table::mapping(connection, set.name()))?,
    };
    text.map(|text| set.verified_mapping(&text)).transpose()
}

#[cfg(test)]
mod tests;
