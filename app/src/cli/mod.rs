//! The command line. A command parses its arguments, calls the API, and prints the answer: JSON with `--json`, else
//! words and tables for people. Answers go to standard output, progress and messages to standard error.

mod answers;
mod api;
mod context;
mod export;
mod junit;
mod models;
mod prompt;
mod review;
mod run;
mod runs;
mod score;
mod serve;
mod stats;
mod workspace;

use crate::statuses;
use atelier_types::error::ApiError;
use clap::{Parser, Subcommand};
use context::Context;
use std::path::PathBuf;
use std::process::ExitCode;

/// Prompt-engineering studio: versioned prompts, experiments, blind review, eval sets.
#[derive(Parser)]
#[command(name = "atelier", version, about, long_about = None)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Args)]
struct Global {
    /// The workspace; default: the current folder or the nearest one above it with an atelier.toml
    #[arg(long, global = true, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Open the window where there is a display, else serve to a browser
    Open(serve::OpenOptions),
    /// Serve the interface to a browser
    Serve(serve::ServeOptions),
    /// Create a workspace
    Init(workspace::InitOptions),
    /// Say what was found on this machine
    Doctor,
    /// Find a text in prompts, datasets, experiments, reviews and outputs
    Search(workspace::SearchOptions),
    /// Prompts: list, show, render, save, history, diff, restore, label
    #[command(subcommand)]
    Prompt(prompt::Command),
    /// Datasets: list, show, delete
    #[command(subcommand)]
    Dataset(workspace::DatasetCommand),
    /// Read a JSONL or CSV file into the workspace as a dataset
    Import(workspace::ImportOptions),
    /// Run an experiment
    Run(run::Options),
    /// Runs: list, show, compare, plan, delete
    #[command(subcommand)]
    Runs(runs::Command),
    /// Score outputs against references: JSONL in, JSONL out
    Score(score::Options),
    /// Blind review: new, status, import, close
    #[command(subcommand)]
    Review(review::Command),
    /// Statistics of JSONL records: agreement, rank, compare
    #[command(subcommand)]
    Stats(stats::Command),
    /// Write a run or a review set as an eval set
    Export(export::Options),
    /// Models and endpoints: list, probe, add, remove, load, unload, verify
    #[command(subcommand)]
    Models(models::Command),
    /// Call any verb of the API with JSON
    Api(api::Options),
}

/// A finished command's exit status, or what went wrong.
type Outcome = Result<u8, ApiError>;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let is_json = arguments.global.json;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(err) => {
            eprintln!("error: Failed to start: {err}");
            return statuses::FAILED.into();
        }
    };
    let outcome = runtime.block_on(dispatch(arguments));
    // A call that is still waiting for a network must not keep a finished command from ending.
    runtime.shutdown_background();
    match outcome {
        Ok(status) => status.into(),
        Err(err) => {
            answers::print_error(&err, is_json);
            statuses::exit_status(err.kind).into()
        }
    }
}

async fn dispatch(arguments: Arguments) -> Outcome {
    let context = Context::new(arguments.global.workspace, arguments.global.json)?;
    match arguments.command {
        Command::Open(options) => serve::open(&context, options).await,
        Command::Serve(options) => serve::serve(&context, options).await,
        Command::Init(options) => workspace::init(&context, options).await,
        Command::Doctor => workspace::doctor(&context).await,
        Command::Search(options) => workspace::search(&context, options).await,
        Command::Prompt(command) => prompt::run(&context, command).await,
        Command::Dataset(command) => workspace::dataset(&context, command).await,
        Command::Import(options) => workspace::import(&context, options).await,
        Command::Run(options) => run::run(&context, options).await,
        Command::Runs(command) => runs::run(&context, command).await,
        Command::Score(options) => score::run(&context, &options).await,
        Command::Review(command) => review::run(&context, command).await,
        Command::Stats(command) => stats::run(&context, command).await,
        Command::Export(options) => export::run(&context, options).await,
        Command::Models(command) => models::run(&context, command).await,
        Command::Api(options) => api::run(&context, options).await,
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::CommandFactory as _;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
