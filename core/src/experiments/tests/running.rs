//! What a run asks, records and tells while everything goes well, or only single cells go wrong.

use super::puppet::{Puppet, Reply, last_word};
use super::*;
use crate::store::{cells, runs as table};
use atelier_types::experiment::{CellStatus, Progress, RowFilter, RunStatus};
use atelier_types::provider::ErrorCategory;
use std::sync::Mutex;

fn grid(runs: &Runs, run: &RunId) -> Vec<atelier_types::experiment::GridRow> {
    let request = atelier_types::api::GridRequest {
        run: run.clone(),
        baseline: None,
        filter: RowFilter::All,
        find: String::new(),
        offset: 0,
        limit: 500,
    };
    runs.grid(&request).unwrap().rows
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_of_the_plan_is_asked_once_scored_and_stored() {
    let bed = Bed::new(Puppet::obedient());
    let runs = bed.program(1);
    let summary = run(&runs, spec(), 100).await;
    assert_eq!(summary.status, RunStatus::Done);
    assert_eq!(summary.progress, Progress { total: 800, new: 800, ..Progress::default() });
    assert_eq!(bed.puppet.counts().len(), 800);
    assert_eq!(bed.puppet.num_calls(), 800);
    assert!(bed.puppet.max_in_flight() <= RunOptions::default().concurrency as usize);
    for (number, row) in grid(&runs, &summary.id).iter().enumerate() {
        assert_eq!(row.row.as_str(), format!("r{number}"));
        for cell in row.cells.iter().flatten() {
            assert_eq!((&cell.status, cell.preview.as_str()), (&CellStatus::Done, format!("word{number}").as_str()));
            assert_eq!(cell.scores.iter().filter_map(|score| score.number()).sum::<f64>(), 2.0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_agree_with_the_cells_they_count() {
    let bed = Bed::new(Puppet::new(|call, number| match number % 5 {
        0 => Reply::Fail(ErrorCategory::ContentRefused),
        _ => Reply::Text(last_word(call)),
    }));
    let runs = bed.program(1);
    let summary = run(&runs, spec(), 20).await;
    let shape = runs.record(&summary.id).unwrap().shape;
    let rows = runs.parts.store.read(|connection| cells::window(connection, &shape, 0..20)).unwrap();
    let num_failed = rows.iter().filter(|row| matches!(row.record.end, cells::CellEnd::Failed { .. })).count();
    assert_eq!((rows.len(), num_failed), (160, 32));
    assert_eq!(summary.progress, Progress { total: 160, new: 128, failed: 32, ..Progress::default() });
    assert_eq!(summary.status, RunStatus::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_cells_keep_their_error_and_only_hopeful_ones_are_asked_again() {
    let bed = Bed::new(Puppet::new(|call, _| match last_word(call).as_str() {
        "word1" => Reply::Fail(ErrorCategory::ContentRefused),
        "word2" => Reply::Fail(ErrorCategory::Timeout),
        word => Reply::Text(word.to_owned()),
    }));
    let runs = bed.program(1);
    let summary = run(&runs, spec(), 10).await;
    assert_eq!(summary.progress.failed, 16);
    let failed = &grid(&runs, &summary.id)[1].cells[0][0];
    let message = "The puppet fails (HTTP 500)".to_owned();
    assert_eq!(failed.status, CellStatus::Failed { code: "provider.content_refused".to_owned(), message });
    let num_before = bed.puppet.num_calls();
    bed.puppet.behave(|call, _| Reply::Text(last_word(call)));
    let resumed = resume(&runs, &summary.id).await;
    assert_eq!(resumed.progress, Progress { total: 80, new: 72, failed: 8, ..Progress::default() });
    assert_eq!(bed.puppet.num_calls() - num_before, 8);
    let ready = runs.take_over(&summary.id).unwrap();
    let all = finish(&runs, ready, RunOptions { retry_failed: true, ..RunOptions::default() }).await;
    assert_eq!(all.progress, Progress { total: 80, new: 80, ..Progress::default() });
}

#[tokio::test(flavor = "multi_thread")]
async fn row_that_does_not_fit_the_prompt_fails_alone() {
    let bed = Bed::new(Puppet::obedient());
    let runs = bed.program(1);
    let mut rows = rows(3);
    rows[1].values.shift_remove("word");
    let ready = create(&runs, spec(), &rows);
    let summary = finish(&runs, ready, RunOptions::default()).await;
    assert_eq!(summary.progress, Progress { total: 24, new: 16, failed: 8, ..Progress::default() });
    let CellStatus::Failed { code, .. } = &grid(&runs, &summary.id)[1].cells[0][0].status else { panic!() };
    assert!(code.starts_with("prompt."), "{code}");
}

#[tokio::test(flavor = "multi_thread")]
async fn local_models_take_turns_and_one_call_at_a_time() {
    let bed = Bed::new(Puppet::obedient());
    let runs = bed.program(1);
    let spec = ExperimentSpec { models: vec!["local-a".into(), "local-b".into()], ..spec() };
    run(&runs, spec, 5).await;
    let models: Vec<String> = bed.puppet.calls().iter().map(|call| call.model.to_string()).collect();
    assert_eq!((models.len(), bed.puppet.max_in_flight()), (40, 1));
    assert!(models.is_sorted(), "{models:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_ends_with_what_is_stored() {
    let bed = Bed::new(Puppet::obedient());
    let runs = bed.program(1);
    let told = Arc::new(Mutex::new(Vec::new()));
    let on_progress: OnProgress = {
        let told = told.clone();
        Arc::new(move |progress| told.lock().unwrap().push(progress))
    };
    let ready = create(&runs, spec(), &rows(30));
    let run = ready.id().clone();
    let live = runs.launch(ready, RunOptions::default(), on_progress);
    live.ended().await;
    while told.lock().unwrap().last().is_none_or(|last| last.status == RunStatus::Running) {
        tokio::task::yield_now().await;
    }
    let told = told.lock().unwrap();
    let last = told.last().unwrap();
    assert_eq!((last.status, last.progress), (RunStatus::Done, runs.show(&run).unwrap().progress));
    assert!(told.iter().map(|progress| progress.progress.finished()).is_sorted());
}

#[tokio::test(flavor = "multi_thread")]
async fn same_values_are_kept_once_for_all_runs_and_go_with_the_last() {
    let bed = Bed::new(Puppet::obedient());
    let runs = bed.program(1);
    let count = |table: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        runs.parts.store.read(|connection| connection.query_row(&sql, [], |row| row.get(0))).unwrap()
    };
    let [first, second] = [run(&runs, spec(), 5).await, run(&runs, spec(), 5).await];
    assert_eq!([count("row_values"), count("run_rows"), count("cells"), count("outputs")], [5, 10, 80, 80]);
    runs.delete(&first.id).unwrap();
    assert_eq!([count("row_values"), count("run_rows"), count("cells"), count("outputs")], [5, 5, 40, 40]);
    runs.delete(&second.id).unwrap();
    let tables = ["row_values", "run_rows", "cells", "outputs", "scores", "runs", "run_plans", "traces"];
    assert_eq!(tables.map(count), [0; 8]);
    assert!(runs.parts.store.read(table::running).unwrap().is_empty());
}
