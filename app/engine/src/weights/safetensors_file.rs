//! Headers of safetensors files, read without mapping or loading the data.

use super::LoadFault;
use safetensors::tensor::Metadata;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

/// A header is JSON; a longer one is damage, and not worth the memory.
const MAX_HEADER_BYTES: u64 = 100_000_000;

/// Names of the tensors and how many bytes each element type takes in all.
#[derive(Debug, Default)]
pub struct Header {
    pub names: Vec<String>,
    pub bytes_by_type: BTreeMap<String, usize>,
}

pub fn read_header(path: &Path) -> Result<Header, LoadFault> {
    read_metadata(path).map(|(metadata, _)| summary(&metadata))
}

/// The header, whose sizes are checked against the file's, and where the data begin.
pub fn read_metadata(path: &Path) -> Result<(Metadata, u64), LoadFault> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bad = |cause: String| LoadFault::BadWeights { name: name.clone(), cause };
    let unreadable = |error: std::io::Error| LoadFault::Unreadable { path: path.to_owned(), cause: error.to_string() };
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let num_file_bytes = file.metadata().map_err(unreadable)?.len();
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(|_| bad("the file is shorter than its header".to_owned()))?;
    let num_header_bytes = u64::from_le_bytes(length);
    if num_header_bytes > MAX_HEADER_BYTES || num_header_bytes + 8 > num_file_bytes {
        return Err(bad(format!("the header claims {num_header_bytes} bytes, the file has {num_file_bytes}")));
    }
    let mut text = Vec::new();
    file.take(num_header_bytes).read_to_end(&mut text).map_err(unreadable)?;
    let metadata: Metadata = serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
    let start = 8 + num_header_bytes;
    let num_expected_bytes = start + metadata.data_len() as u64;
    if num_expected_bytes != num_file_bytes {
        return Err(bad(format!("{num_expected_bytes} bytes are expected, the file has {num_file_bytes}")));
    }
    Ok((metadata, start))
}

fn summary(metadata: &Metadata) -> Header {
    let mut header = Header { names: metadata.offset_keys(), ..Header::default() };
    for info in metadata.tensors().values() {
        let (start, end) = info.data_offsets;
        *header.bytes_by_type.entry(format!("{:?}", info.dtype)).or_default() += end - start;
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    fn bytes_with(header: &str, num_data_bytes: usize) -> Vec<u8> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.resize(bytes.len() + num_data_bytes, 0);
        bytes
    }

    const TWO_FLOATS: &str = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;

    #[test]
    fn a_sound_header_gives_names_and_element_types() {
        let (_folder, path) = file(&bytes_with(TWO_FLOATS, 8));
        let header = read_header(&path).unwrap();
        assert_eq!(header.names, ["a"]);
        assert_eq!(header.bytes_by_type, BTreeMap::from([("F32".to_owned(), 8)]));
    }

    #[test]
    fn a_truncated_file_is_found_without_reading_its_data() {
        let (_folder, path) = file(&bytes_with(TWO_FLOATS, 7));
        assert!(matches!(read_header(&path), Err(LoadFault::BadWeights { .. })));
    }

    #[test]
    fn an_absurd_header_length_is_damage_and_allocates_nothing() {
        let (_folder, path) = file(&[0xff; 64]);
        assert!(matches!(read_header(&path), Err(LoadFault::BadWeights { .. })));
    }

    #[test]
    fn an_empty_file_is_damage() {
        let (_folder, path) = file(&[]);
        assert!(matches!(read_header(&path), Err(LoadFault::BadWeights { .. })));
    }
}
