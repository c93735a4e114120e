//! Weights on disk: what they are, and everything that can be checked before mistral.rs sees them.
//!
//! A path that does not exist must never reach mistral.rs: it would be taken as the name of a model on a hub. A broken
//! tokenizer would panic there, and a missing tensor would load and fail at each request. Nothing here loads weights.

mod expected;
mod fault;
mod folder;
mod gguf;
mod safetensors_file;

pub use fault::LoadFault;
pub use safetensors_file::read_metadata;
use std::path::{Path, PathBuf};

/// The two shapes in which weights come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Folder,
    Gguf,
}

/// Weights that passed the checks.
#[derive(Clone, Debug)]
pub struct Weights {
    /// Absolute.
    pub path: PathBuf,
    pub format: Format,
    /// As the files say: `Q4_K_M`, `BF16`.
    pub quantisation: Option<String>,
    pub chat_template: Option<String>,
    /// Gives vectors of texts: a decoder in a folder of sentence-transformers.
    pub is_decoder: bool,
    /// What decides the answers, in a fixed order; the identity hashes these.
    pub files: Vec<PathBuf>,
}

pub fn inspect(path: &Path) -> Result<Weights, LoadFault> {
    let path = std::fs::canonicalize(path).map_err(|_| LoadFault::NoSuchPath(path.to_owned()))?;
    if path.to_str().is_none() {
        return Err(LoadFault::PathNotText(path));
    }
    if path.is_dir() {
        return folder::inspect(path);
    }
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf")) {
        return gguf::inspect(path);
    }
    Err(LoadFault::NotWeights(path))
}

fn read(path: &Path) -> Result<Vec<u8>, LoadFault> {
    std::fs::read(path).map_err(|error| LoadFault::Unreadable { path: path.to_owned(), cause: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_does_not_exist_is_refused_before_anything_else() {
        let path = Path::new("/nowhere/some-org/some-model");
        assert_eq!(inspect(path).unwrap_err(), LoadFault::NoSuchPath(path.to_owned()));
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        let fault = inspect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))).unwrap_err();
        assert!(matches!(fault, LoadFault::NotWeights(_)), "{fault:?}");
    }
}
