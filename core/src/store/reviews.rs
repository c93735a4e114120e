//! Which output an item of a review set shows, on the machine that made the set; and an index of the ratings files,
//! which can be dropped and is built again from them.

use super::sql_json;
use atelier_types::ids::ReviewSetName;
use atelier_types::review::Rating;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

pub(super) const MIGRATION: &str = "
CREATE TABLE review_mappings (
    review_set TEXT PRIMARY KEY,
    -- the mapping file as it will be published, to the byte that was committed to
    mapping TEXT NOT NULL
) STRICT;
CREATE TABLE rating_files (
    path TEXT PRIMARY KEY,
    review_set TEXT NOT NULL,
    num_bytes INTEGER NOT NULL,
    -- milliseconds since 1970
    modified_at INTEGER NOT NULL
) STRICT;
CREATE INDEX rating_files_by_set ON rating_files (review_set);
CREATE TABLE ratings (
    path TEXT NOT NULL REFERENCES rating_files (path) ON DELETE CASCADE,
    -- place in the file, counted from 0
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- JSON
    rating TEXT NOT NULL,
    PRIMARY KEY (path, number)
) STRICT, WITHOUT ROWID;
";

/// What tells a changed file from one that is indexed already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStamp {
    /// Relative to the workspace.
    pub path: String,
    pub num_bytes: i64,
    pub modified_at: i64,
}

pub fn keep_mapping(transaction: &Transaction<'_>, set: &ReviewSetName, mapping: &str) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO review_mappings VALUES (?1, ?2)";
    transaction.execute(sql, params![set.as_str(), mapping]).map(drop)
}

pub fn mapping(connection: &Connection, set: &ReviewSetName) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT mapping FROM review_mappings WHERE review_set = ?1";
    connection.query_row(sql, [set.as_str()], |row| row.get(0)).optional()
}

pub fn stamps(connection: &Connection, set: &ReviewSetName) -> rusqlite::Result<Vec<FileStamp>> {
    let sql = "SELECT path, num_bytes, modified_at FROM rating_files WHERE review_set = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let stamps = statement.query_map([set.as_str()], |row| {
        Ok(FileStamp { path: row.get(0)?, num_bytes: row.get(1)?, modified_at: row.get(2)? })
    })?;
    stamps.collect()
}

/// Puts a file's ratings in the place of those that were indexed for it.
pub fn index_file(
    transaction: &Transaction<'_>,
    set: &ReviewSetName,
    stamp: &FileStamp,
    ratings: &[Rating],
) -> rusqlite::Result<()> {
    forget_file(transaction, &stamp.path)?;
    transaction.execute(
        "INSERT INTO rating_files VALUES (?1, ?2, ?3, ?4)",
        params![stamp.path, set.as_str(), stamp.num_bytes, stamp.modified_at],
    )?;
    let mut insert = transaction.prepare_cached("INSERT INTO ratings VALUES (?1, ?2, ?3, ?4)")?;
    for (number, rating) in ratings.iter().enumerate() {
        insert.execute(params![stamp.path, number as i64, rating.at.0, sql_json::text(rating)?])?;
    }
    Ok(())
}

pub fn forget_file(transaction: &Transaction<'_>, path: &str) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM ratings WHERE path = ?1", [path])?;
    transaction.execute("DELETE FROM rating_files WHERE path = ?1", [path]).map(drop)
}

/// All ratings of a set in the order in which they were given.
pub fn ratings(connection: &Connection, set: &ReviewSetName) -> rusqlite::Result<Vec<Rating>> {
    let mut statement = connection.prepare_cached(
        "SELECT rating FROM ratings JOIN rating_files USING (path) WHERE review_set = ?1 ORDER BY at, path, number",
    )?;
    let ratings = statement.query_map([set.as_str()], |row| sql_json::value(row, 0))?;
    ratings.collect()
}
