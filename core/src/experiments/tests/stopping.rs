//! Runs that stop before their end, whoever stops them, and go on.

use super::super::ExperimentError;
use super::puppet::{Puppet, Reply, last_word};
use super::*;
use crate::store::cells;
use atelier_types::experiment::{Progress, RunStatus};
use atelier_types::provider::ErrorCategory;
use std::time::Duration;

/// Answers so many calls and hangs at every one after them.
fn hanging_after(num_answers: usize) -> Puppet {
    Puppet::new(move |call, number| if number < num_answers { Reply::Text(last_word(call)) } else { Reply::Hang })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_run_keeps_what_was_answered_and_asks_only_the_rest() {
    let bed = Bed::new(hanging_after(30));
    let runs = bed.program(1);
    let ready = create(&runs, spec(), &rows(20));
    let run = ready.id().clone();
    let live = runs.launch(ready, RunOptions::default(), silent());
    until_recorded(&runs, &run, 30).await;
    live.cancel();
    live.ended().await;
    let summary = runs.show(&run).unwrap();
    assert_eq!((summary.status, summary.progress.new, summary.progress.running), (RunStatus::Cancelled, 30, 0));
    let num_before = bed.puppet.num_calls();
    bed.puppet.behave(|call, _| Reply::Text(last_word(call)));
    let resumed = resume(&runs, &run).await;
    assert_eq!((resumed.status, resumed.progress.new), (RunStatus::Done, 160));
    assert_eq!(bed.puppet.num_calls() - num_before, 130);
}

#[test]
fn run_of_a_dead_program_is_interrupted_and_goes_on_without_repeating() {
    let concurrency = RunOptions::default().concurrency as usize;
    let bed = Bed::new(hanging_after(0));
    let mut run = None;
    for kill in 0..5 {
        let num_before = bed.puppet.num_calls();
        let num_answers = num_before + 17;
        bed.puppet.behave(
            move |call, number| {
                if number < num_answers { Reply::Text(last_word(call)) } else { Reply::Hang }
            },
        );
        let runtime = runtime();
        let runs = bed.program(kill + 1);
        let ready = match &run {
            None => create(&runs, spec(), &rows(20)),
            Some(run) => {
                assert_eq!(runs.show(run).unwrap().status, RunStatus::Interrupted);
                runs.take_over(run).unwrap()
            }
        };
        let id = ready.id().clone();
        runtime.block_on(async {
            runs.launch(ready, RunOptions::default(), silent());
            until_recorded(&runs, &id, (kill as u32 + 1) * 17).await;
        });
        run = Some(id);
        // Nothing gets to say goodbye: every task is dropped where it stands.
        runtime.shutdown_timeout(Duration::from_secs(60));
        drop(runs);
    }
    let run = run.unwrap();
    bed.puppet.behave(|call, _| Reply::Text(last_word(call)));
    let runs = bed.program(99);
    let runtime = runtime();
    let summary = runtime.block_on(resume(&runs, &run));
    assert_eq!(summary.progress, Progress { total: 160, new: 160, ..Progress::default() });
    assert!(bed.puppet.num_calls() <= 160 + concurrency * 5, "{} calls", bed.puppet.num_calls());
    let check: String = runs
        .parts
        .store
        .read(|connection| connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)))
        .unwrap();
    assert_eq!(check, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_budget_cannot_pay_is_left_for_a_resume() {
    let mut puppet = Puppet::obedient();
    puppet.cost_usd = Some(0.25);
    let bed = Bed::new(puppet);
    let runs = bed.program(1);
    let ready = create(&runs, spec(), &rows(10));
    let run = ready.id().clone();
    let limited = |usd| RunOptions { max_cost_usd: Some(usd), ..RunOptions::default() };
    let summary = finish(&runs, ready, limited(3.1)).await;
    assert_eq!((summary.status, summary.cost_usd, summary.progress.new), (RunStatus::Failed, Some(3.0), 12));
    assert_eq!(summary.problem.unwrap().code, "run.over_budget");
    let ready = runs.take_over(&run).unwrap();
    let resumed = finish(&runs, ready, limited(20.0)).await;
    assert_eq!((resumed.status, resumed.cost_usd, resumed.progress.new), (RunStatus::Done, Some(20.0), 80));
    assert_eq!(resumed.problem, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_key_stops_its_model_at_once_and_a_mended_one_goes_on() {
    let bed = Bed::new(Puppet::new(|call, _| match call.model.as_str() {
        "one" => Reply::Fail(ErrorCategory::Auth),
        _ => Reply::Text(last_word(call)),
    }));
    let runs = bed.program(1);
    let summary = run(&runs, spec(), 50).await;
    assert_eq!((summary.status, summary.progress.new), (RunStatus::Failed, 200));
    assert!(summary.progress.failed <= 2 * RunOptions::default().concurrency, "{:?}", summary.progress);
    let problem = summary.problem.unwrap();
    assert_eq!(problem.code, "provider.auth");
    assert!(problem.message.contains("`one`"), "{problem}");
    bed.puppet.behave(|call, _| Reply::Text(last_word(call)));
    let resumed = resume(&runs, &summary.id).await;
    assert_eq!(resumed.progress, Progress { total: 400, new: 400, ..Progress::default() });
}

#[tokio::test(flavor = "multi_thread")]
async fn model_that_never_answers_stops_and_one_that_did_goes_on() {
    let bed = Bed::new(Puppet::new(|call, number| match (call.model.as_str(), number) {
        ("one", _) => Reply::Fail(ErrorCategory::Network),
        (_, 20..) => Reply::Fail(ErrorCategory::Timeout),
        _ => Reply::Text(last_word(call)),
    }));
    let runs = bed.program(1);
    let summary = run(&runs, spec(), 50).await;
    assert_eq!(summary.status, RunStatus::Failed);
    let num_asked = bed.puppet.calls().iter().filter(|call| call.model.as_str() == "two").count();
    assert_eq!(num_asked, 200);
    assert!(summary.progress.waiting() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_keep_out_of_each_others_runs() {
    let bed = Bed::new(hanging_after(10));
    let [here, there] = [bed.program(1), bed.program(2)];
    let ready = create(&here, spec(), &rows(5));
    let run = ready.id().clone();
    let live = here.launch(ready, RunOptions::default(), silent());
    until_recorded(&here, &run, 10).await;
    assert_eq!(there.show(&run).unwrap().status, RunStatus::Running);
    assert!(matches!(there.take_over(&run), Err(ExperimentError::RunElsewhere { .. })));
    assert!(matches!(there.delete(&run), Err(ExperimentError::StillRunning { .. })));
    assert!(matches!(here.take_over(&run), Err(ExperimentError::AlreadyRunning { .. })));
    live.cancel();
    live.ended().await;
    bed.puppet.behave(|call, _| Reply::Text(last_word(call)));
    let (first, second) = tokio::join!(resume(&there, &run), super::run(&here, spec(), 30));
    assert_eq!((first.status, first.progress.new), (RunStatus::Done, 40));
    assert_eq!((second.status, second.progress.new), (RunStatus::Done, 240));
}

#[tokio::test(flavor = "multi_thread")]
async fn letting_go_of_the_runs_cancels_them() {
    let bed = Bed::new(hanging_after(10));
    let runs = bed.program(1);
    let ready = create(&runs, spec(), &rows(5));
    let run = ready.id().clone();
    let live = runs.launch(ready, RunOptions::default(), silent());
    until_recorded(&runs, &run, 10).await;
    drop(runs);
    live.ended().await;
    assert_eq!(bed.program(2).show(&run).unwrap().status, RunStatus::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn resumed_run_asks_what_it_asked_before_whatever_became_of_the_files() {
    let bed = Bed::new(hanging_after(0));
    let runs = bed.program(1);
    let ready = create(&runs, spec(), &rows(3));
    let run = ready.id().clone();
    let live = runs.launch(ready, RunOptions::default(), silent());
    live.cancel();
    live.ended().await;
    drop(runs);
    // Only the database is left of prompts and rows.
    bed.puppet.behave(|call, _| Reply::Text(last_word(call)));
    let runs = bed.program(2);
    assert_eq!(resume(&runs, &run).await.progress.new, 24);
    let mut asked: Vec<String> = bed.puppet.calls().iter().map(|call| call.messages[0].content.clone()).collect();
    asked.sort();
    asked.dedup();
    let texts = ["Please say word0", "Please say word1", "Please say word2", "Say word0", "Say word1", "Say word2"];
    assert_eq!(asked, texts);
    let shape = runs.record(&run).unwrap().shape;
    assert_eq!(runs.parts.store.read(|connection| cells::window(connection, &shape, 0..3)).unwrap().len(), 24);
}
