//! What is on disk: prompts, datasets, the manifest and git.

pub mod prompt;
