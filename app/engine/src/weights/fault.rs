//! Why weights could not be loaded, in words for the person who chose them.

use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadFault {
    #[error("There is nothing at this path: {}", .0.display())]
    NoSuchPath(PathBuf),
    #[error("The path is not valid text: {}", .0.display())]
    PathNotText(PathBuf),
    #[error("Neither a folder with safetensors nor a GGUF file: {}", .0.display())]
    NotWeights(PathBuf),
    #[error("The model folder has no `{name}`: {}", .folder.display())]
    MissingFile { folder: PathBuf, name: &'static str },
    #[error("Failed to read a file of the model: {}", .path.display())]
    Unreadable { path: PathBuf, cause: String },
    #[error("`{name}` is damaged.")]
    BadFile { name: String, cause: String },
    #[error("The tokenizer in `tokenizer.json` is damaged.")]
    BadTokenizer { cause: String },
    #[error("`{name}` is damaged or was not copied completely.")]
    BadWeights { name: String, cause: String },
    #[error("The weights lack {num_missing} tensors that the configuration asks for.")]
    MissingTensors { num_missing: usize, first: Vec<String> },
    #[error("The model library could not load the model.")]
    Refused { causes: Vec<String> },
    #[error("The model library gave up while loading the model.")]
    Panicked { cause: String },
    #[error("The model loads, but cannot produce a token.")]
    ProbeFailed { cause: String },
}

impl LoadFault {
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchPath(_) => "engine.no_such_path",
            Self::PathNotText(_) | Self::NotWeights(_) => "engine.not_weights",
            Self::MissingFile { .. } => "engine.missing_file",
            Self::Unreadable { .. } => "engine.unreadable_file",
            Self::BadFile { .. } => "engine.bad_file",
            Self::BadTokenizer { .. } => "engine.bad_tokenizer",
            Self::BadWeights { .. } => "engine.bad_weights",
            Self::MissingTensors { .. } => "engine.missing_tensors",
            Self::Refused { .. } => "engine.load_refused",
            Self::Panicked { .. } => "engine.load_panicked",
            Self::ProbeFailed { .. } => "engine.probe_failed",
        }
    }

    pub fn causes(&self) -> Vec<String> {
        match self {
            Self::NoSuchPath(_) | Self::PathNotText(_) | Self::NotWeights(_) | Self::MissingFile { .. } => Vec::new(),
            Self::Unreadable { cause, .. }
            | Self::BadFile { cause, .. }
            | Self::BadTokenizer { cause }
            | Self::BadWeights { cause, .. }
            | Self::Panicked { cause }
            | Self::ProbeFailed { cause } => vec![cause.clone()],
            Self::MissingTensors { first, .. } => first.iter().map(|name| format!("missing: `{name}`")).collect(),
            Self::Refused { causes } => causes.clone(),
        }
    }

    /// The one thing to do about it.
    pub fn action(&self) -> &'static str {
        match self {
            Self::NoSuchPath(_) | Self::PathNotText(_) => "Check the model's path.",
            Self::NotWeights(_) => "Choose a folder with safetensors files or a file that ends in .gguf.",
            Self::MissingFile { .. } | Self::BadFile { .. } | Self::BadTokenizer { .. } => {
                "Copy the missing or damaged file from the model's source again."
            }
            Self::Unreadable { .. } => "Check the file's permissions.",
            Self::BadWeights { .. } | Self::MissingTensors { .. } | Self::ProbeFailed { .. } => {
                "Copy the weights from the model's source again."
            }
            Self::Refused { .. } | Self::Panicked { .. } => {
                "Check that this architecture is supported and the files are complete."
            }
        }
    }
}
