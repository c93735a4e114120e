//! Judges inside runs: what they ask, what they cost, and what becomes of answers that are of no use.

use super::puppet::{Puppet, Reply, last_word};
use super::*;
use crate::calls::Call;
use crate::experiments::LineScorers;
use crate::metrics::judges::builtin_prompt;
use crate::metrics::scorers::Line;
use atelier_types::judge::OrderedPair;
use atelier_types::provider::ErrorCategory;
use atelier_types::score::Score;
use atelier_types::statistics::Winner;

fn judge_prompts() -> Vec<PreparedPrompt> {
    ["judges/rubric", "judges/repair"].map(prepared).into()
}

fn prepared(name: &str) -> PreparedPrompt {
    let bundle = Bundle::resolve(name.into(), builtin_prompt(name).unwrap().to_owned(), &|_| None);
    let prompt = bundle.parse().unwrap();
    PreparedPrompt { bundle, prompt, version_title: "built in".to_owned(), is_committed: true }
}

/// One prompt's answers, judged by a second model.
fn judged() -> ExperimentSpec {
    let scorers =
        json!([{"scorer": "exact_match"}, {"scorer": "judge", "model": "critic", "question": "Is it polite?"}]);
    ExperimentSpec {
        repeats: 1,
        models: vec!["one".into()],
        scorers: serde_json::from_value(scorers).unwrap(),
        ..spec()
    }
}

/// Answers what is expected, and as a judge what `verdict` says.
fn bench(verdict: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Puppet {
    Puppet::new(move |call, _| match call.model.as_str() {
        "critic" => verdict(call),
        _ => Reply::Text(last_word(call)),
    })
}

fn start(runs: &Runs, num_rows: usize) -> ReadyRun {
    start_spec(runs, judged(), num_rows)
}

fn start_spec(runs: &Runs, spec: ExperimentSpec, num_rows: usize) -> ReadyRun {
    let (prompts, judge_prompts) = (&prompts()[..1], &judge_prompts());
    let new = NewPlan {
        experiment: &"e".into(),
        spec,
        prompts,
        judge_prompts,
        scripts: Default::default(),
        rows: &rows(num_rows),
        dataset_hash: "hash",
    };
    runs.create(new).unwrap()
}

pub(super) fn detail_of_first(runs: &Runs, run: &RunId) -> atelier_types::experiment::CellDetail {
    use atelier_types::api::{RepeatsRequest, RunShowRequest};
    let head = runs.detail(&RunShowRequest { run: run.clone(), baseline: None }).unwrap();
    let variant = head.variants[0].variant.id.clone();
    let found = runs.repeats(&RepeatsRequest { run: run.clone(), variant, row: "r0".into() }).unwrap();
    runs.cell_detail(found[0].cell.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judge_scores_each_output_and_its_calls_are_kept_with_it() {
    let answer = |_: &Call| Reply::Text("{\"reason\": \"It is.\", \"score\": 4}".to_owned());
    let mut puppet = bench(answer);
    puppet.cost_usd = Some(0.01);
    let bed = Bed::new(puppet);
    let runs = bed.program(1);
    let ready = start(&runs, 3);
    let summary = finish(&runs, ready, RunOptions::default()).await;
    let detail = detail_of_first(&runs, &summary.id);
    let scores: Vec<_> = detail.scores.iter().map(|score| score.score.number()).collect();
    assert_eq!(scores, [Some(1.0), Some(4.0)]);
    let calls: Vec<_> =
        detail.judge_calls.iter().map(|call| (call.scorer.as_str(), &call.output.receipt.prompt)).collect();
    assert_eq!(calls, [("judge", &Some("judges/rubric".into()))]);
    assert!(detail.judge_calls[0].output.receipt.params.json_schema.is_some());
    // Three answers and three judgements.
    assert!((summary.cost_usd.unwrap() - 0.06).abs() < 1e-9, "{:?}", summary.cost_usd);
    assert_eq!(detail.output.receipt.cost_usd, Some(0.01));
}

#[tokio::test(flavor = "multi_thread")]
async fn log_probabilities_give_perplexity_and_the_score_behind_a_judges_score() {
    let mut puppet = bench(|_| Reply::Text("{\"reason\": \"It is.\", \"score\": 4}".to_owned()));
    puppet.gives_logprobs = true;
    let bed = Bed::new(puppet);
    let runs = bed.program(1);
    let scorers = json!([{"scorer": "perplexity"},
        {"scorer": "judge", "model": "critic", "question": "Is it polite?"}]);
    let spec = ExperimentSpec { scorers: serde_json::from_value(scorers).unwrap(), ..judged() };
    let ready = start_spec(&runs, spec, 1);
    let run = finish(&runs, ready, RunOptions::default()).await.id;
    let detail = detail_of_first(&runs, &run);
    let scores: Vec<f64> = detail.scores.iter().filter_map(|score| score.score.number()).collect();
    assert!((scores[0] - 2.0).abs() < 1e-9, "{scores:?}");
    assert!((scores[1] - 13.0 / 3.0).abs() < 1e-9, "{scores:?}");
    let asked: Vec<_> = bed.puppet.calls().iter().map(|call| call.params.top_logprobs).collect();
    assert_eq!(asked, [Some(0), Some(5)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn vectors_are_compared_and_their_cost_counts() {
    let scorers = json!([{"scorer": "cosine", "model": "encoder"}]);
    let spec = ExperimentSpec { scorers: serde_json::from_value(scorers).unwrap(), ..judged() };
    let mut puppet = Puppet::obedient();
    puppet.cost_usd = Some(0.01);
    let bed = Bed::new(puppet);
    let runs = bed.program(1);
    let ready = start_spec(&runs, spec.clone(), 1);
    let summary = finish(&runs, ready, RunOptions::default()).await;
    assert!((detail_of_first(&runs, &summary.id).scores[0].score.number().unwrap() - 1.0).abs() < 1e-9);
    assert!((summary.cost_usd.unwrap() - 0.02).abs() < 1e-9, "{:?}", summary.cost_usd);

    let mut puppet = Puppet::obedient();
    puppet.embed_failure = Some(ErrorCategory::Network);
    let bed = Bed::new(puppet);
    let runs = bed.program(1);
    let ready = start_spec(&runs, spec, 1);
    let run = finish(&runs, ready, RunOptions::default()).await.id;
    let Score::Unscored { unscored } = detail_of_first(&runs, &run).scores[0].score.clone() else { panic!("scored") };
    assert_eq!(unscored, "There are no vectors: The puppet fails (HTTP 500)");
    let before = bed.puppet.num_calls();
    assert_eq!(resume(&runs, &run).await.progress.finished(), 1);
    assert_eq!(bed.puppet.num_calls(), before + 1, "the cell is open again until there are vectors");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_all_references_have_count_nothing_and_are_counted_once() {
    let scorers = json!([{"scorer": "bert_score", "model": "encoder", "idf": true}]);
    let spec = ExperimentSpec { scorers: serde_json::from_value(scorers).unwrap(), ..judged() };
    let mut puppet = Puppet::new(|call, _| Reply::Text(last_word(call).replace('1', "x")));
    puppet.cost_usd = Some(0.01);
    let bed = Bed::new(puppet);
    let runs = bed.program(1);
    let ready = start_spec(&runs, spec.clone(), 2);
    let summary = finish(&runs, ready, RunOptions::default()).await;
    let head = runs.detail(&atelier_types::api::RunShowRequest { run: summary.id, baseline: None }).unwrap();
    // Only the digit tells references apart: one row has it, the other does not. All five letters would make it 0.9.
    assert!((head.variants[0].estimates[0].mean - 0.5).abs() < 1e-9, "{:?}", head.variants[0].estimates);
    // Two answers, two comparisons, and the references of both rows once.
    assert!((summary.cost_usd.unwrap() - 0.05).abs() < 1e-9, "{:?}", summary.cost_usd);

    let of_lines = LineScorers::new(spec.scorers, Vec::new(), &Default::default(), runs.tools()).unwrap();
    let line = json!({"id": "1", "output": "word", "expected": "word"});
    let line = Line::new(line.as_object().unwrap().clone()).unwrap();
    let scored = serde_json::to_string(&runs.score_lines(&of_lines, vec![line]).await).unwrap();
    assert!(scored.contains("`idf` counts the references of a run"), "{scored}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_no_use_leave_outputs_unscored_with_the_reason() {
    for (reply, reason) in [
        (Reply::Text("Polite enough.".to_owned()), "JSON"),
        (Reply::Text("{\"reason\": \"\", \"score\": 9}".to_owned()), "9"),
        (Reply::Fail(ErrorCategory::ContentRefused), "refus"),
        (Reply::Fail(ErrorCategory::Network), "puppet fails"),
    ] {
        let reply = std::sync::Mutex::new(reply);
        let bed = Bed::new(bench(move |_| reply.lock().unwrap().clone()));
        let runs = bed.program(1);
        let ready = start(&runs, 1);
        let summary = finish(&runs, ready, RunOptions::default()).await;
        let detail = detail_of_first(&runs, &summary.id);
        assert_eq!(detail.scores[0].score, Score::Number(1.0));
        let Score::Unscored { unscored } = &detail.scores[1].score else { panic!("{:?}", detail.scores) };
        assert!(unscored.to_lowercase().contains(&reason.to_lowercase()), "{unscored}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_paid_for_outlives_a_run_that_stops_while_it_is_judged() {
    let mut puppet = bench(|_| Reply::Hang);
    puppet.cost_usd = Some(0.01);
    let bed = Bed::new(puppet);
    let runs = bed.program(1);
    let ready = start(&runs, 1);
    let run = ready.id().clone();
    let live = runs.launch(ready, RunOptions::default(), silent());
    while bed.puppet.num_calls() < 2 {
        tokio::task::yield_now().await;
    }
    live.cancel();
    live.ended().await;
    let stopped = runs.show(&run).unwrap();
    assert_eq!((stopped.progress.finished(), stopped.cost_usd), (0, Some(0.01)));
    assert_eq!(live.progress().cost_usd, Some(0.01));
    let store = Store::open(&bed.folder.path().join("runs.sqlite")).unwrap();
    let texts: Vec<String> = store
        .read(|connection| {
            connection
                .prepare("SELECT text FROM outputs")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()
        })
        .unwrap();
    assert_eq!(texts, ["word0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judge_that_could_not_be_reached_is_asked_again_on_resume() {
    let bed = Bed::new(bench(|_| Reply::Fail(ErrorCategory::Network)));
    let runs = bed.program(1);
    let ready = start(&runs, 2);
    let run = finish(&runs, ready, RunOptions::default()).await.id;
    assert_eq!(detail_of_first(&runs, &run).scores[1].score.number(), None);
    let num_before = bed.puppet.num_calls();
    bed.puppet.behave(|call, _| match call.model.as_str() {
        "critic" => Reply::Text("{\"reason\": \"It is.\", \"score\": 2}".to_owned()),
        _ => Reply::Text(last_word(call)),
    });
    let summary = resume(&runs, &run).await;
    assert_eq!(summary.progress.finished(), 2);
    assert_eq!(detail_of_first(&runs, &run).scores[1].score.number(), Some(2.0));
    let judged = bed.puppet.calls()[num_before..].iter().filter(|call| call.model.as_str() == "critic").count();
    assert_eq!(judged, 2);
    assert_eq!(resume(&runs, &run).await.progress.finished(), 2);
    assert_eq!(bed.puppet.calls().iter().filter(|call| call.model.as_str() == "critic").count(), judged + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_run_takes_its_judges_calls_along() {
    let bed = Bed::new(bench(|_| Reply::Text("{\"reason\": \"It is.\", \"score\": 4}".to_owned())));
    let runs = bed.program(1);
    let ready = start(&runs, 2);
    let run = finish(&runs, ready, RunOptions::default()).await.id;
    runs.delete(&run).unwrap();
    let store = Store::open(&bed.folder.path().join("runs.sqlite")).unwrap();
    let count = |table: &str| {
        store.read(|connection| {
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0))
        })
    };
    assert_eq!((count("outputs").unwrap(), count("judge_calls").unwrap()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn pairs_are_judged_against_the_first_variants_outputs() {
    // It always prefers the place where the polite prompt's answer stands.
    let prefers_polite = |call: &Call| {
        let text = &call.messages.last().unwrap().content;
        let winner = if text.find("polite").unwrap() < text.find("plain").unwrap() { "first" } else { "second" };
        Reply::Text(format!("{{\"reason\": \"It is kind.\", \"winner\": \"{winner}\"}}"))
    };
    let bed = Bed::new(Puppet::new(move |call, _| match call.model.as_str() {
        "critic" => prefers_polite(call),
        _ => Reply::Text(call.prompt.as_ref().unwrap().to_string()),
    }));
    let runs = bed.program(1);
    let scorers = json!([{"scorer": "pairwise", "model": "critic", "question": "Which is kinder?"}]);
    let spec = ExperimentSpec { scorers: serde_json::from_value(scorers).unwrap(), ..judged() };
    let judge_prompts = ["judges/pairwise", "judges/repair"].map(prepared);
    let new = NewPlan {
        experiment: &"e".into(),
        spec,
        prompts: &prompts(),
        judge_prompts: &judge_prompts,
        scripts: Default::default(),
        rows: &rows(2),
        dataset_hash: "hash",
    };
    let ready = runs.create(new).unwrap();
    let summary = finish(&runs, ready, RunOptions::default()).await;
    assert_eq!((summary.progress.new, summary.problem), (4, None));
    let pairs = &runs.judged(&summary.id).unwrap()[0].pairs;
    assert_eq!(*pairs, [OrderedPair { a_first: Winner::A, b_first: Winner::A }; 2], "the order decided nothing");
    let grid = runs
        .grid(&atelier_types::api::GridRequest {
            run: summary.id,
            baseline: None,
            filter: atelier_types::experiment::RowFilter::All,
            find: String::new(),
            offset: 0,
            limit: 10,
        })
        .unwrap();
    let scores: Vec<Vec<Option<f64>>> =
        grid.rows.iter().map(|row| row.cells.iter().map(|cells| cells[0].scores[0].number()).collect()).collect();
    assert_eq!(scores, vec![vec![None, Some(1.0)]; 2]);
}
