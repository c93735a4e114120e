//! Runs against a puppet that answers, fails or hangs as each test wants, on a real database.

mod custom;
mod judging;
mod puppet;
mod results;
mod running;
mod stopping;

use super::live::OnProgress;
use super::{NewPlan, Parts, PreparedPrompt, ReadyRun, RunOptions, Runs, Tools};
use crate::store::Store;
use crate::support::{SeededRandom, TickingClock};
use crate::testing;
use crate::workspace::prompt::Bundle;
use atelier_types::dataset::Row;
use atelier_types::experiment::{ExperimentSpec, RunSummary};
use atelier_types::ids::RunId;
use atelier_types::time::MillisSinceEpoch;
use puppet::Puppet;
use serde_json::{Value, json};
use std::sync::Arc;

/// A database in a temporary folder, and who answers.
struct Bed {
    folder: tempfile::TempDir,
    puppet: Arc<Puppet>,
}

impl Bed {
    fn new(puppet: Puppet) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), puppet: Arc::new(puppet) }
    }

    /// What one program has of it. Seeds differ from program to program, as their owners' names must.
    fn program(&self, seed: u64) -> Arc<Runs> {
        self.program_with(seed, testing::tools())
    }

    fn program_with(&self, seed: u64, tools: Tools) -> Arc<Runs> {
        let store = Store::open(&self.folder.path().join("runs.sqlite")).unwrap();
        Arc::new(Runs::new(Parts {
            store: Arc::new(store),
            models: self.puppet.clone(),
            clock: Arc::new(TickingClock::new(MillisSinceEpoch(1_767_225_600_000), 10)),
            random: Arc::new(SeededRandom::new(seed)),
            tools: Arc::new(tools),
        }))
    }
}

/// Two prompts with one input; the second one asks in other words.
fn prompts() -> Vec<PreparedPrompt> {
    let prompt = |name: &str, text: &str| {
        let text = format!(
            "---\nname: {name}\ninputs:\n  - name: word\n    kind: string\n    required: true\n---\nuser:\n{text}\n"
        );
        let bundle = Bundle::resolve(name.into(), text, &|_| None);
        let prompt = bundle.parse().unwrap();
        PreparedPrompt { bundle, prompt, version_title: "v1".to_owned(), is_committed: true }
    };
    vec![prompt("plain", "Say {{ word }}"), prompt("polite", "Please say {{ word }}")]
}

fn rows(num_rows: usize) -> Vec<Row> {
    let row = |number: usize| {
        let values = json!({"word": format!("word{number}"), "expected": format!("word{number}")});
        Row { id: format!("r{number}").into(), values: values.as_object().unwrap().clone() }
    };
    (0..num_rows).map(row).collect()
}

/// Two prompts on two models, two repeats, two checks.
fn spec() -> ExperimentSpec {
    let scorers: Value = json!([{"scorer": "exact_match"}, {"scorer": "contains", "ignore_case": true}]);
    ExperimentSpec {
        dataset: "words".into(),
        repeats: 2,
        models: vec!["one".into(), "two".into()],
        scorers: serde_json::from_value(scorers).unwrap(),
        ..ExperimentSpec::default()
    }
}

fn create(runs: &Runs, spec: ExperimentSpec, rows: &[Row]) -> ReadyRun {
    let new = NewPlan {
        experiment: &"e".into(),
        spec,
        prompts: &prompts(),
        judge_prompts: &[],
        scripts: Default::default(),
        rows,
        dataset_hash: "hash",
    };
    runs.create(new).unwrap()
}

fn silent() -> OnProgress {
    Arc::new(|_| {})
}

/// Works on a run to its end.
async fn finish(runs: &Runs, ready: ReadyRun, options: RunOptions) -> RunSummary {
    let run = ready.id().clone();
    runs.launch(ready, options, silent()).ended().await;
    runs.show(&run).unwrap()
}

/// Starts a run and works on it to its end.
async fn run(runs: &Runs, spec: ExperimentSpec, num_rows: usize) -> RunSummary {
    let ready = create(runs, spec, &rows(num_rows));
    finish(runs, ready, RunOptions::default()).await
}

async fn resume(runs: &Runs, run: &RunId) -> RunSummary {
    let ready = runs.take_over(run).unwrap();
    finish(runs, ready, RunOptions::default()).await
}

/// Waits until so many cells are recorded.
async fn until_recorded(runs: &Runs, run: &RunId, num_cells: u32) {
    while runs.show(run).unwrap().progress.finished() < num_cells {
        tokio::task::yield_now().await;
    }
}
