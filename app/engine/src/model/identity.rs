//! What exactly answers: hashes of the files, quantisation, chat template, engine and device. It goes into receipts.

use crate::weights::{LoadFault, Weights};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

/// Version of mistral.rs in this build. A test compares it with the lock file.
pub const MISTRALRS_VERSION: &str = "0.8.1";

const READ_BUFFER_BYTES: usize = 1 << 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// SHA-256 in hex by the name in the model's folder.
    pub files: BTreeMap<String, String>,
    pub quantisation: Option<String>,
    pub chat_template_sha256: Option<String>,
    /// Element type in which the model computes.
    pub computes_in: &'static str,
    pub device: &'static str,
    pub engine_version: &'static str,
    pub mistralrs_version: &'static str,
}

impl Identity {
    pub fn of(weights: &Weights) -> Result<Self, LoadFault> {
        let hash = |path: &std::path::PathBuf| {
            let name = path.strip_prefix(&weights.path).ok().filter(|name| !name.as_os_str().is_empty());
            let name = name.or(path.file_name().map(Path::new)).unwrap_or(path);
            file_sha256(path).map(|hash| (name.to_string_lossy().into_owned(), hash))
        };
        Ok(Self {
            files: weights.files.iter().map(hash).collect::<Result<_, _>>()?,
            quantisation: weights.quantisation.clone(),
            chat_template_sha256: weights.chat_template.as_ref().map(|text| hex(&Sha256::digest(text.as_bytes()))),
            computes_in: if super::is_cpu_build() { "F32" } else { "auto" },
            device: super::device_name(),
            engine_version: env!("CARGO_PKG_VERSION"),
            mistralrs_version: MISTRALRS_VERSION,
        })
    }

    /// Short text that changes whenever anything of the identity does.
    pub fn fingerprint(&self) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        format!("fp_{}", &hex(&Sha256::digest(&text))[..16])
    }
}

fn file_sha256(path: &Path) -> Result<String, LoadFault> {
    let unreadable = |error: std::io::Error| LoadFault::Unreadable { path: path.to_owned(), cause: error.to_string() };
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; READ_BUFFER_BYTES];
    loop {
        match file.read(&mut buffer).map_err(unreadable)? {
            0 => return Ok(hex(&hasher.finalize())),
            num_read => hasher.update(&buffer[..num_read]),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _strings_do_not_fail = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::Format;

    fn weights(content: &str, folder: &Path) -> Weights {
        let path = folder.join("model.gguf");
        std::fs::write(&path, content).unwrap();
        Weights {
            path: path.clone(),
            format: Format::Gguf,
            quantisation: Some("F32".to_owned()),
            chat_template: Some("abc".to_owned()),
            is_decoder: false,
            files: vec![path],
        }
    }

    #[test]
    fn files_and_template_are_hashed_with_sha256() {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::of(&weights("abc", folder.path())).unwrap();
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(identity.files, BTreeMap::from([("model.gguf".to_owned(), of_abc.to_owned())]));
        assert_eq!(identity.chat_template_sha256.as_deref(), Some(of_abc));
    }

    #[test]
    fn other_weights_have_another_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let first = Identity::of(&weights("abc", folder.path())).unwrap().fingerprint();
        let second = Identity::of(&weights("abd", folder.path())).unwrap().fingerprint();
        assert_ne!(first, second);
        assert_eq!(first.len(), 19);
    }

    #[test]
    fn the_version_of_mistralrs_is_the_locked_one() {
        let lock = include_str!("../../../../Cargo.lock");
        assert!(lock.contains(&format!("name = \"mistralrs\"\nversion = \"{MISTRALRS_VERSION}\"")));
    }
}
