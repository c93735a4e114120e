//! Vectors of texts that were paid for or computed once. Rows are only ever added.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

pub(super) const MIGRATION: &str = "
CREATE TABLE embeddings (
    id INTEGER PRIMARY KEY,
    -- SHA-256 in hex of model identity and text
    hash TEXT NOT NULL UNIQUE,
    -- 32-bit numbers, little-endian
    vector BLOB NOT NULL
) STRICT;
";

const NUMBER_BYTES: usize = size_of::<f32>();

pub fn find(connection: &Connection, hash: &str) -> rusqlite::Result<Option<Vec<f32>>> {
    let read = |row: &rusqlite::Row<'_>| {
        let bytes = row.get_ref(0)?.as_blob()?;
        Ok(bytes.as_chunks::<NUMBER_BYTES>().0.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect())
    };
    connection.prepare_cached("SELECT vector FROM embeddings WHERE hash = ?1")?.query_row([hash], read).optional()
}

pub fn insert(transaction: &Transaction<'_>, hash: &str, vector: &[f32]) -> rusqlite::Result<()> {
    let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
    transaction
        .prepare_cached("INSERT OR REPLACE INTO embeddings (hash, vector) VALUES (?1, ?2)")?
        .execute(params![hash, bytes])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    #[test]
    fn vectors_come_back_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("vectors.sqlite")).unwrap();
        let vector = [0.1, -0.0, f32::MIN_POSITIVE, f32::MAX];
        store.write(|transaction| insert(transaction, "a", &vector)).unwrap();
        let found = store.read(|connection| find(connection, "a")).unwrap().unwrap();
        let bits = |vector: &[f32]| vector.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&found), bits(&vector));
        assert_eq!(store.read(|connection| find(connection, "b")).unwrap(), None);
    }
}
