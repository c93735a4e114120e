//! Likeness of meaning, computed from vectors that a text encoder made.
//!
//! Nothing here encodes: who calls brings the vectors, so that the same formulas serve a local encoder and a provider's
//! embeddings. What is undefined is an error whose sentence is the reason for the missing score.

mod bert_score;
mod cosine;
mod scorer;

pub use bert_score::{Baseline, BertScore, InverseDocumentFrequencies, TokenVectors, TokenWeights, bert_score};
pub use cosine::cosine;
pub use scorer::Semantic;

#[cfg(test)]
mod tests;
