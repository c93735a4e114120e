//! What is local or bulky, in one SQLite file a workspace: traces, outputs, scores, drafts, and indexes of the shared
//! files that can be dropped and built again. Shared truth never lives here alone.
//!
//! One file a table (or a few that belong together), its migration beside its rows.

mod group;
mod handle;
mod migration;
mod sql_json;

pub mod cells;
pub mod drafts;
pub mod embeddings;
pub mod judge_calls;
pub mod outputs;
pub mod reviews;
pub mod run_rows;
pub mod runs;
pub mod scores;
pub mod traces;

pub use handle::{Store, StoreError};
