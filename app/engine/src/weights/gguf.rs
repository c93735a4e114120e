//! Headers of GGUF files: enough to tell a damaged or truncated file, its quantisation and its chat template.
//!
//! Source: the GGUF specification of the ggml project, versions 2 and 3.

use super::{Format, LoadFault, Weights};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::PathBuf;

const DEFAULT_ALIGNMENT: u64 = 32;
/// No name, and no number of keys or tensors, is larger than this in a sound file.
const MAX_COUNT: u64 = 1 << 24;

/// Metadata keys whose values are kept; the vocabulary is skipped.
const KEPT: &[&str] = &["general.architecture", "general.file_type", "general.alignment", "tokenizer.chat_template"];

pub fn inspect(path: PathBuf) -> Result<Weights, LoadFault> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unreadable = |error: std::io::Error| LoadFault::Unreadable { path: path.clone(), cause: error.to_string() };
    let file = File::open(&path).map_err(unreadable)?;
    let num_file_bytes = file.metadata().map_err(unreadable)?.len();
    let header = read_header(BufReader::new(file), num_file_bytes)
        .map_err(|cause| LoadFault::BadWeights { name, cause: cause.to_string() })?;
    Ok(Weights {
        format: Format::Gguf,
        quantisation: header.number("general.file_type").map(|code| file_type(code).to_owned()),
        chat_template: header.text("tokenizer.chat_template").map(str::to_owned),
        is_decoder: false,
        files: vec![path.clone()],
        path,
    })
}

#[derive(Debug, Default)]
struct Header {
    values: BTreeMap<String, Kept>,
}

#[derive(Debug)]
enum Kept {
    Text(String),
    Number(u64),
}

impl Header {
    fn number(&self, key: &str) -> Option<u64> {
        match self.values.get(key)? {
            Kept::Number(number) => Some(*number),
            Kept::Text(_) => None,
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.values.get(key)? {
            Kept::Text(text) => Some(text),
            Kept::Number(_) => None,
        }
    }
}

fn damage(cause: impl Into<String>) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, cause.into())
}

fn read_header(reader: impl Read + Seek, num_file_bytes: u64) -> std::io::Result<Header> {
    let mut reader = Reader(reader);
    if reader.bytes::<4>()? != *b"GGUF" {
        return Err(damage("the file does not start as a GGUF file does"));
    }
    let version = reader.u32()?;
    if !(2..=3).contains(&version) {
        return Err(damage(format!("version {version} of the format is not known")));
    }
    let num_tensors = reader.count()?;
    let num_keys = reader.count()?;
    let mut header = Header::default();
    for _ in 0..num_keys {
        let key = reader.string()?;
        let kind = reader.u32()?;
        if let Some(value) = reader.value(kind, KEPT.contains(&key.as_str()))? {
            header.values.insert(key, value);
        }
    }
    let mut end = 0;
    for _ in 0..num_tensors {
        end = end.max(reader.tensor_end()?);
    }
    let alignment = header.number("general.alignment").unwrap_or(DEFAULT_ALIGNMENT).max(1);
    let start = reader.0.stream_position()?.next_multiple_of(alignment);
    if start.saturating_add(end) > num_file_bytes {
        let num_expected = start.saturating_add(end);
        return Err(damage(format!("{num_expected} bytes are expected, the file has {num_file_bytes}")));
    }
    Ok(header)
}

struct Reader<R>(R);

impl<R: Read + Seek> Reader<R> {
    fn bytes<const N: usize>(&mut self) -> std::io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> std::io::Result<u32> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    fn u64(&mut self) -> std::io::Result<u64> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    fn count(&mut self) -> std::io::Result<u64> {
        match self.u64()? {
            count if count <= MAX_COUNT => Ok(count),
            count => Err(damage(format!("a count of {count} is not plausible"))),
        }
    }

    fn string(&mut self) -> std::io::Result<String> {
        let length = self.count()?;
        let mut bytes = Vec::new();
        let num_read = (&mut self.0).take(length).read_to_end(&mut bytes)?;
        if num_read as u64 != length {
            return Err(damage("the file ends within a name"));
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reads one value and returns it where it is a text or an unsigned number that is to be kept.
    fn value(&mut self, kind: u32, is_kept: bool) -> std::io::Result<Option<Kept>> {
        let kept = match kind {
            0 | 1 | 7 => Kept::Number(u64::from(self.bytes::<1>()?[0])),
            2 | 3 => Kept::Number(u64::from(u16::from_le_bytes(self.bytes()?))),
            4..=6 => Kept::Number(u64::from(self.u32()?)),
            10..=12 => Kept::Number(self.u64()?),
            8 => Kept::Text(self.string()?),
            9 => {
                self.skip_array()?;
                return Ok(None);
            }
            other => return Err(damage(format!("value type {other} is not known"))),
        };
        Ok(is_kept.then_some(kept))
    }

    fn skip_array(&mut self) -> std::io::Result<()> {
        let kind = self.u32()?;
        let length = self.count()?;
        if kind == 9 {
            return Err(damage("arrays of arrays are not known"));
        }
        for _ in 0..length {
            self.value(kind, false)?;
        }
        Ok(())
    }

    /// Offset after the last byte of the next tensor, counted from the start of the data.
    fn tensor_end(&mut self) -> std::io::Result<u64> {
        let name = self.string()?;
        let num_dimensions = self.u32()?;
        if num_dimensions > 4 {
            return Err(damage(format!("`{name}` has {num_dimensions} dimensions")));
        }
        let mut num_elements: u64 = 1;
        for _ in 0..num_dimensions {
            num_elements = num_elements
                .checked_mul(self.u64()?)
                .ok_or_else(|| damage(format!("`{name}` is larger than any file")))?;
        }
        let kind = self.u32()?;
        let offset = self.u64()?;
        Ok(offset.saturating_add(num_bytes(kind, num_elements)))
    }
}

/// Bytes of so many elements; 0 where the element type is not known, which only weakens the check.
fn num_bytes(kind: u32, num_elements: u64) -> u64 {
    let (block, bytes) = match kind {
        0 => (1, 4),
        1 | 30 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        10 => (256, 84),
        11 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        _ => return 0,
    };
    (num_elements / block).saturating_mul(bytes)
}

/// Names of `general.file_type`.
fn file_type(code: u64) -> &'static str {
    match code {
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
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn string(text: &str) -> Vec<u8> {
        let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    /// One tensor of eight floats and two keys.
    fn sound() -> Vec<u8> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend(1_u64.to_le_bytes());
        bytes.extend(2_u64.to_le_bytes());
        bytes.extend(string("general.file_type"));
        bytes.extend(4_u32.to_le_bytes());
        bytes.extend(15_u32.to_le_bytes());
        bytes.extend(string("tokenizer.chat_template"));
        bytes.extend(8_u32.to_le_bytes());
        bytes.extend(string("{{ messages }}"));
        bytes.extend(string("output.weight"));
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(8_u64.to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(0_u64.to_le_bytes());
        bytes.resize(bytes.len().next_multiple_of(32) + 32, 0);
        bytes
    }

    fn read(bytes: &[u8]) -> std::io::Result<Header> {
        read_header(Cursor::new(bytes), bytes.len() as u64)
    }

    #[test]
    fn a_sound_header_gives_quantisation_and_template() {
        let header = read(&sound()).unwrap();
        assert_eq!(header.number("general.file_type").map(file_type), Some("Q4_K_M"));
        assert_eq!(header.text("tokenizer.chat_template"), Some("{{ messages }}"));
    }

    #[test]
    fn no_truncated_file_is_taken_for_sound() {
        let bytes = sound();
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_err(), "{length} of {} bytes", bytes.len());
        }
    }

    #[test]
    fn absurd_counts_are_damage() {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend([0xff; 16]);
        assert!(read(&bytes).unwrap_err().to_string().contains("not plausible"));
    }
}
