//! Trains the small language models that ship with Atelier, from scratch, on text that this crate makes itself.
//!
//! The studio uses nothing of this: it reads what this crate wrote to `assets/models/`. Random numbers, text, vocabulary
//! and the order of every sum are determined by the recipe's seed.

pub mod answering;
pub mod checkpoint;
pub mod config;
pub mod conversation;
pub mod examination;
pub mod layers;
pub mod layout;
pub mod matmul;
pub mod model;
pub mod optimizer;
pub mod random;
pub mod tasks;
pub mod tokenizer;
pub mod training;
