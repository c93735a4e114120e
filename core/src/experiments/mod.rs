//! Experiments: what is to be run, the run itself, and what its numbers say.
//!
//! What always holds:
//! - A run keeps to the plan that it was started with (experiment, prompts' texts, rows), which lies in the database. A
//!   file that changes later changes the next run and never a resumed one.
//! - A cell counts as done when its output, its scores and the run's counts are committed, in one write.
//! - One program runs a run. Which one is known from a lock that ends with the program, see [`owner`].
//! - Texts are never gathered: memory grows with the numbers of a grid that is looked at, and not with its outputs.
//!
//! How a model is reached and how a file is read do not belong here.

mod asking;
mod board;
mod budget;
mod check;
mod classes;
mod compare;
mod custom;
mod error;
mod forecast;
mod gauge;
mod grid;
mod job;
mod judging;
mod lanes;
mod lines;
mod live;
mod materials;
mod models;
mod numbers;
mod owner;
mod plan;
mod results;
mod runs;
mod scoring;
mod semantics;
mod slices;
mod summary;
mod tools;

pub use check::{Problem, problems};
pub use error::ExperimentError;
pub use gauge::scorer_names;
pub use lines::LineScorers;
pub use live::{LiveRun, RunProgress};
pub use materials::{Materials, judge_prompts, scripts};
pub use models::Models;
pub use plan::{PreparedPrompt, num_cells, num_rows};
pub use runs::{NewPlan, Parts, ReadyRun, RunOptions, Runs};
pub use tools::{ReadRunners, Tools};

type Result<T> = std::result::Result<T, ExperimentError>;

#[cfg(test)]
mod tests;
