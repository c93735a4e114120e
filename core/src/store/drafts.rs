//! Drafts: what was typed and not saved. They are nobody's but this machine's, and outlive the program.

use atelier_types::ids::PromptName;
use atelier_types::time::MillisSinceEpoch;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

pub(super) const MIGRATION: &str = "
CREATE TABLE drafts (
    -- of the prompt or fragment
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    -- SHA-256 in hex of the file that it was based on; empty for a file that did not exist
    base_content_hash TEXT NOT NULL,
    -- milliseconds since 1970
    kept_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// A draft as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRecord {
    pub name: PromptName,
    pub text: String,
    pub base_content_hash: String,
    pub kept_at: MillisSinceEpoch,
}

/// All drafts, newest first.
pub fn all(connection: &Connection) -> rusqlite::Result<Vec<DraftRecord>> {
    let sql = "SELECT name, text, base_content_hash, kept_at FROM drafts ORDER BY kept_at DESC, name";
    connection.prepare_cached(sql)?.query_map([], record)?.collect()
}

pub fn get(connection: &Connection, name: &PromptName) -> rusqlite::Result<Option<DraftRecord>> {
    let sql = "SELECT name, text, base_content_hash, kept_at FROM drafts WHERE name = ?1";
    connection.prepare_cached(sql)?.query_row([name.as_str()], record).optional()
}

/// Puts a draft in the place of the one before.
pub fn keep(transaction: &Transaction<'_>, draft: &DraftRecord) -> rusqlite::Result<()> {
    let DraftRecord { name, text, base_content_hash, kept_at } = draft;
    let sql = "INSERT OR REPLACE INTO drafts (name, text, base_content_hash, kept_at) VALUES (?1, ?2, ?3, ?4)";
    transaction.prepare_cached(sql)?.execute(params![name.as_str(), text, base_content_hash, kept_at.0])?;
    Ok(())
}

/// Says whether there was one.
pub fn discard(transaction: &Transaction<'_>, name: &PromptName) -> rusqlite::Result<bool> {
    Ok(transaction.prepare_cached("DELETE FROM drafts WHERE name = ?1")?.execute([name.as_str()])? > 0)
}

/// Takes a draft along to its prompt's new name.
pub fn rename(transaction: &Transaction<'_>, from: &PromptName, to: &PromptName) -> rusqlite::Result<()> {
    let sql = "UPDATE OR REPLACE drafts SET name = ?2 WHERE name = ?1";
    transaction.prepare_cached(sql)?.execute([from.as_str(), to.as_str()])?;
    Ok(())
}

fn record(row: &Row<'_>) -> rusqlite::Result<DraftRecord> {
    Ok(DraftRecord {
        name: row.get::<_, String>(0)?.into(),
        text: row.get(1)?,
        base_content_hash: row.get(2)?,
        kept_at: MillisSinceEpoch(row.get(3)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn draft(name: &str, text: &str, kept_at: i64) -> DraftRecord {
        let kept_at = MillisSinceEpoch(kept_at);
        DraftRecord { name: name.into(), text: text.to_owned(), base_content_hash: "h".to_owned(), kept_at }
    }

    #[test]
    fn newest_text_of_each_name_is_kept_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("atelier.db");
        let store = Store::open(&path).unwrap();
        for one in [draft("a", "first", 1), draft("b", "other", 2), draft("a", "second", 3)] {
            store.write(move |transaction| keep(transaction, &one)).unwrap();
        }
        drop(store);
        let store = Store::open(&path).unwrap();
        assert_eq!(store.read(all).unwrap(), [draft("a", "second", 3), draft("b", "other", 2)]);
        assert_eq!(store.read(|connection| get(connection, &"c".into())).unwrap(), None);
    }

    #[test]
    fn discarded_draft_is_gone_and_a_renamed_one_moves() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("atelier.db")).unwrap();
        store.write(|transaction| keep(transaction, &draft("a", "text", 1))).unwrap();
        store.write(|transaction| rename(transaction, &"a".into(), &"b".into())).unwrap();
        assert_eq!(store.read(all).unwrap(), [draft("b", "text", 1)]);
        assert!(store.write(|transaction| discard(transaction, &"b".into())).unwrap());
        assert!(!store.write(|transaction| discard(transaction, &"b".into())).unwrap());
        assert_eq!(store.read(all).unwrap(), []);
    }
}
