//! The header of a GGUF file: keys and values before the tensors.
//!
//! Source: the format's specification, `docs/gguf.md` of the ggml project, versions 2 and 3.

use super::{Weights, WeightsError, cache_bytes, failed};
use atelier_types::model::WeightsFormat;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

/// Longer keys and descriptions do not occur; longer strings are only skipped.
const MAX_TEXT_BYTES: u64 = 1 << 16;
const MAX_KEYS: u64 = 1 << 16;
const MAX_NESTING: u32 = 4;

pub(super) fn inspect(path: &Path, disk_bytes: u64) -> Result<Weights, WeightsError> {
    let file = File::open(path).map_err(|source| failed(path, source))?;
    let header = Header::read(BufReader::new(file), disk_bytes).map_err(|err| match err.kind() {
        io::ErrorKind::InvalidData => WeightsError::Damaged { path: path.to_owned(), reason: err.to_string() },
        io::ErrorKind::UnexpectedEof => {
            WeightsError::Damaged { path: path.to_owned(), reason: "the file ends in its header".to_owned() }
        }
        _ => failed(path, err),
    })?;
    Ok(Weights {
        format: WeightsFormat::Gguf,
        quantisation: header.numbers.get("general.file_type").map(|kind| file_type(*kind)),
        disk_bytes,
        context_tokens: header.of_architecture("context_length").and_then(|count| u32::try_from(count).ok()),
        cache_bytes_per_token: header.cache_bytes_per_token(),
    })
}

#[derive(Default)]
struct Header {
    architecture: String,
    numbers: HashMap<String, u64>,
}

impl Header {
    fn read(source: impl Read + Seek, num_bytes: u64) -> io::Result<Self> {
        let mut reader = Reader { source, num_bytes };
        if &reader.bytes::<4>()? != b"GGUF" {
            return Err(damaged("it is no GGUF file"));
        }
        let version = reader.u32()?;
        if !(2..=3).contains(&version) {
            return Err(damaged(&format!("its format version {version} is not known")));
        }
        let (_num_tensors, num_keys) = (reader.u64()?, reader.u64()?);
        if num_keys > MAX_KEYS {
            return Err(damaged("it claims to have more keys than any model"));
        }
        let mut header = Self::default();
        for _ in 0..num_keys {
            let key = reader.text()?.ok_or_else(|| damaged("a key is longer than any key"))?;
            let kind = reader.u32()?;
            match reader.value(kind, 0)? {
                Value::Number(number) => {
                    header.numbers.insert(key, number);
                }
                Value::Text(text) if key == "general.architecture" => header.architecture = text,
                Value::Text(_) | Value::Other => {}
            }
        }
        Ok(header)
    }

    fn of_architecture(&self, key: &str) -> Option<u64> {
        self.numbers.get(&format!("{}.{key}", self.architecture)).copied()
    }

    fn cache_bytes_per_token(&self) -> Option<u64> {
        let num_heads = self.of_architecture("attention.head_count")?;
        let width = || self.of_architecture("embedding_length")?.checked_div(num_heads);
        let key_width = self.of_architecture("attention.key_length").or_else(width)?;
        let value_width = self.of_architecture("attention.value_length").or_else(width)?;
        let num_key_heads = self.of_architecture("attention.head_count_kv").unwrap_or(num_heads);
        cache_bytes(self.of_architecture("block_count")?, num_key_heads, key_width, value_width)
    }
}

enum Value {
    Number(u64),
    Text(String),
    Other,
}

struct Reader<R> {
    source: R,
    num_bytes: u64,
}

impl<R: Read + Seek> Reader<R> {
    fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> io::Result<u32> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    fn u64(&mut self) -> io::Result<u64> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    fn skip(&mut self, num_bytes: u64) -> io::Result<()> {
        if num_bytes > self.num_bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // The limit above is the file's size, which an `i64` holds.
        self.source.seek_relative(num_bytes.cast_signed())
    }

    /// `None` for a text that is too long to be of interest.
    fn text(&mut self) -> io::Result<Option<String>> {
        let length = self.u64()?;
        if length > MAX_TEXT_BYTES {
            self.skip(length)?;
            return Ok(None);
        }
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        self.source.read_exact(&mut bytes)?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn value(&mut self, kind: u32, nesting: u32) -> io::Result<Value> {
        const TEXT: u32 = 8;
        const ARRAY: u32 = 9;
        Ok(match kind {
            0 | 7 => Value::Number(u64::from(self.bytes::<1>()?[0])),
            2 => Value::Number(u64::from(u16::from_le_bytes(self.bytes()?))),
            4 => Value::Number(u64::from(self.u32()?)),
            5 => u64::try_from(i32::from_le_bytes(self.bytes()?)).map_or(Value::Other, Value::Number),
            10 => Value::Number(self.u64()?),
            11 => u64::try_from(i64::from_le_bytes(self.bytes()?)).map_or(Value::Other, Value::Number),
            TEXT => self.text()?.map_or(Value::Other, Value::Text),
            ARRAY => {
                self.skip_array(nesting)?;
                Value::Other
            }
            _ => {
                let width = width(kind).ok_or_else(|| damaged("a value has a type that is not known"))?;
                self.skip(width)?;
                Value::Other
            }
        })
    }

    fn skip_array(&mut self, nesting: u32) -> io::Result<()> {
        let (kind, length) = (self.u32()?, self.u64()?);
        if let Some(width) = width(kind) {
            return self.skip(length.saturating_mul(width));
        }
        // Each element takes eight bytes at least, so this ends with the file.
        if nesting >= MAX_NESTING || length.saturating_mul(8) > self.num_bytes {
            return Err(damaged("a list is longer than the file"));
        }
        for _ in 0..length {
            self.value(kind, nesting + 1)?;
        }
        Ok(())
    }
}

/// Bytes of a value of fixed size.
fn width(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

fn damaged(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// Names of `general.file_type`.
fn file_type(kind: u64) -> String {
    let name = match kind {
        0 => "F32",
        1 => "F16",
        2 => "Q4_0",
        3 => "Q4_1",
        7 => "Q8_0",
        8 => "Q5_0",
        9 => "Q5_1",
        10 => "Q2_K",
        11 => "Q3_K_S",
        12 => "Q3_K_M",
        13 => "Q3_K_L",
        14 => "Q4_K_S",
        15 => "Q4_K_M",
        16 => "Q5_K_S",
        17 => "Q5_K_M",
        18 => "Q6_K",
        32 => "BF16",
        _ => return format!("type {kind}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    /// A header with these keys; values are written with their type.
    fn header(version: u32, keys: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(version.to_le_bytes());
        bytes.extend(0_u64.to_le_bytes());
        bytes.extend((keys.len() as u64).to_le_bytes());
        for (key, value) in keys {
            bytes.extend(text(key));
            bytes.extend(value);
        }
        bytes
    }

    fn text(text: &str) -> Vec<u8> {
        [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
    }

    fn number(number: u32) -> Vec<u8> {
        [4_u32.to_le_bytes(), number.to_le_bytes()].concat()
    }

    fn typed(kind: u32, value: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes(), value].concat()
    }

    fn list(kind: u32, length: u64, elements: &[u8]) -> Vec<u8> {
        [&9_u32.to_le_bytes()[..], &kind.to_le_bytes(), &length.to_le_bytes(), elements].concat()
    }

    fn model() -> Vec<u8> {
        header(
            3,
            &[
                ("general.architecture", typed(8, &text("llama"))),
                ("tokenizer.ggml.tokens", list(8, 2, &[text("a"), text("größer")].concat())),
                ("tokenizer.ggml.scores", list(6, 2, &[0; 8])),
                ("general.file_type", number(15)),
                ("llama.rope.freq_base", typed(6, &[0; 4])),
                ("llama.context_length", number(2048)),
                ("llama.block_count", number(3)),
                ("llama.embedding_length", number(64)),
                ("llama.attention.head_count", number(4)),
                ("llama.attention.head_count_kv", number(2)),
            ],
        )
    }

    fn write(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn header_says_context_quantisation_and_cache() {
        let bytes = model();
        let file = write(&bytes);
        let weights = inspect(file.path(), bytes.len() as u64).unwrap();
        assert_eq!((weights.quantisation.as_deref(), weights.context_tokens), (Some("Q4_K_M"), Some(2048)));
        // 3 layers × 2 heads × (16 + 16) × 2 bytes.
        assert_eq!(weights.cache_bytes_per_token, Some(384));
    }

    #[test]
    fn every_cut_of_a_header_is_damage_and_no_panic() {
        let bytes = model();
        for length in 0..bytes.len() {
            let file = write(&bytes[..length]);
            let damaged = inspect(file.path(), length as u64);
            assert!(matches!(damaged, Err(WeightsError::Damaged { .. })), "{length}: {damaged:?}");
        }
    }

    #[test]
    fn impossible_lengths_are_refused() {
        let long_list = header(3, &[("a", list(8, u64::MAX, &[]))]);
        let long_text = header(3, &[("a", typed(8, &u64::MAX.to_le_bytes()))]);
        let unknown = header(3, &[("a", typed(99, &[]))]);
        let old = header(1, &[]);
        for bytes in [long_list, long_text, unknown, old] {
            assert!(Header::read(Cursor::new(&bytes), bytes.len() as u64).is_err());
        }
    }

    proptest! {
        #[test]
        fn changed_bytes_never_panic(at in 0..200_usize, byte in any::<u8>()) {
            let mut bytes = model();
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = Header::read(Cursor::new(&bytes), bytes.len() as u64);
        }
    }
}
