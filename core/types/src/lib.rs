//! The words that every room of Atelier speaks.
//!
//! Plain data: ids, prompts, models, experiments, scores, ratings, and the requests and answers of the API.
//! Nothing here does I/O, reads a clock or draws a random number, and all of it compiles to wasm32, because the
//! interface in the webview shares it with the engine of the studio. Behaviour belongs in `atelier-core`.

pub mod api;
pub mod dataset;
pub mod diff;
pub mod error;
pub mod event;
pub mod experiment;
pub mod export;
pub mod ids;
pub mod judge;
pub mod model;
pub mod output;
pub mod prompt;
pub mod provider;
pub mod review;
pub mod score;
pub mod settings;
pub mod statistics;
pub mod time;
pub mod workspace;

/// A JSON object whose keys keep the order in which they were written.
pub type JsonMap = serde_json::Map<String, serde_json::Value>;
