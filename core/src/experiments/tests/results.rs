//! What finished runs say: filters, windows, thresholds, comparisons, single cells.

use super::super::ExperimentError;
use super::puppet::{Puppet, Reply, last_word};
use super::*;
use crate::store::cells;
use atelier_types::api::{CompareRequest, GridRequest, RepeatsRequest, RunShowRequest};
use atelier_types::experiment::{FilterCounts, GridPage, RowFilter, RunDetail};
use atelier_types::provider::ErrorCategory;
use atelier_types::statistics::{Judgement, RowChange};
use std::ops::ControlFlow;

/// The polite prompt gets rows 0 to 3 wrong and row 4 refused; the plain one gets row 9 wrong, in one repeat of two.
fn picky() -> Puppet {
    Puppet::new(|call, _| {
        let (word, is_polite) = (last_word(call), call.messages[0].content.starts_with("Please"));
        match (is_polite, word.as_str()) {
            (true, "word0" | "word1" | "word2" | "word3") => Reply::Text(format!("Größe: {word}!")),
            (true, "word4") => Reply::Fail(ErrorCategory::ContentRefused),
            (false, "word9") if call.repeat == 1 => Reply::Text("nothing".to_owned()),
            _ => Reply::Text(word),
        }
    })
}

fn one_model() -> ExperimentSpec {
    ExperimentSpec { models: vec!["one".into()], ..spec() }
}

fn show(runs: &Runs, run: &RunId) -> RunDetail {
    runs.detail(&RunShowRequest { run: run.clone(), baseline: None }).unwrap()
}

fn page(runs: &Runs, run: &RunId, filter: RowFilter, find: &str, offset: u32, limit: u32) -> GridPage {
    let request = GridRequest { run: run.clone(), baseline: None, filter, find: find.to_owned(), offset, limit };
    runs.grid(&request).unwrap()
}

fn row_names(page: &GridPage) -> Vec<&str> {
    page.rows.iter().map(|row| row.row.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_search_find_their_rows_in_windows() {
    let bed = Bed::new(picky());
    let runs = bed.program(1);
    let run = run(&runs, one_model(), 12).await.id;
    let counts = show(&runs, &run).filter_counts;
    assert_eq!(counts, FilterCounts { all: 12, failing: 6, flipped: 5, unscored: 0 });
    let names = |filter, find: &str, offset, limit| {
        let page = page(&runs, &run, filter, find, offset, limit);
        (page.num_rows, row_names(&page).join(" "))
    };
    assert_eq!(names(RowFilter::All, "", 10, 5), (12, "r10 r11".to_owned()));
    assert_eq!(names(RowFilter::All, "", 50, 5), (12, String::new()));
    assert_eq!(names(RowFilter::Failing, "", 0, 50), (6, "r0 r1 r2 r3 r4 r9".to_owned()));
    assert_eq!(names(RowFilter::Failing, "", 3, 2), (6, "r3 r4".to_owned()));
    assert_eq!(names(RowFilter::Flipped, "", 0, 50), (5, "r0 r1 r2 r3 r9".to_owned()));
    assert_eq!(names(RowFilter::Unscored, "", 0, 50), (0, String::new()));
    assert_eq!(names(RowFilter::All, "GRÖSSE", 0, 50), (0, String::new()));
    assert_eq!(names(RowFilter::All, "GRÖßE: WORD", 1, 2), (4, "r1 r2".to_owned()));
    assert_eq!(names(RowFilter::Failing, "nothing", 0, 50), (1, "r9".to_owned()));
    assert_eq!(names(RowFilter::All, "wor.", 0, 50), (0, String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_without_what_is_expected_are_unscored_and_not_failing() {
    let bed = Bed::new(Puppet::obedient());
    let runs = bed.program(1);
    let mut rows = rows(4);
    rows[2].values.insert("expected".to_owned(), Value::Null);
    let ready = create(&runs, one_model(), &rows);
    let run = finish(&runs, ready, RunOptions::default()).await.id;
    let detail = show(&runs, &run);
    assert_eq!(detail.filter_counts, FilterCounts { all: 4, failing: 0, flipped: 0, unscored: 1 });
    assert_eq!(detail.variants[0].estimates[0].num_unscored, 2);
    assert_eq!(row_names(&page(&runs, &run, RowFilter::Unscored, "", 0, 9)), ["r2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_say_means_passes_and_effort() {
    let mut puppet = picky();
    puppet.cost_usd = Some(0.5);
    let bed = Bed::new(puppet);
    let runs = bed.program(1);
    let run = run(&runs, one_model(), 12).await.id;
    let detail = show(&runs, &run);
    let [plain, polite] = &detail.variants[..] else { panic!("{:?}", detail.variants) };
    assert_eq!((plain.num_done, plain.num_failed, polite.num_done, polite.num_failed), (24, 0, 22, 2));
    assert_eq!(plain.pass_histogram, [0, 1, 11]);
    assert_eq!(polite.pass_histogram, [4, 0, 7]);
    let [of_two] = plain.passes.as_slice() else { panic!("{:?}", plain.passes) };
    assert_eq!((of_two.num_tries, of_two.any.mean), (2, 1.0), "each row passed at least once");
    assert!((of_two.all.mean - 11.0 / 12.0).abs() < 1e-12);
    assert!((plain.estimates[0].mean - 11.5 / 12.0).abs() < 1e-12);
    assert_eq!((plain.latency_millis_p50, plain.cost_usd), (Some(5.0), Some(12.0)));
    assert!(plain.verdicts.is_empty());
    assert_eq!((polite.verdicts[0].num_regressed, polite.verdicts[0].num_improved), (4, 1));
    assert_eq!(detail.baseline.as_ref(), Some(&plain.variant.id));
    let swapped = runs.detail(&RunShowRequest { run, baseline: Some(polite.variant.id.clone()) }).unwrap();
    assert_eq!((swapped.variants[0].verdicts[0].num_improved, swapped.variants[1].verdicts.len()), (4, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn comparison_puts_regressed_rows_first_and_pairs_runs_by_row() {
    let bed = Bed::new(picky());
    let runs = bed.program(1);
    let [first, second] = [run(&runs, one_model(), 12).await.id, run(&runs, one_model(), 11).await.id];
    let variants = show(&runs, &first).variants;
    let request = |candidate_run: &RunId| CompareRequest {
        baseline_run: first.clone(),
        baseline: variants[0].variant.id.clone(),
        candidate_run: candidate_run.clone(),
        candidate: variants[1].variant.id.clone(),
        measure: None,
        margin: None,
    };
    let same = runs.compare(&request(&first)).unwrap();
    let names: Vec<&str> = same.measures.iter().map(|measure| measure.name.as_str()).collect();
    assert_eq!(names, ["exact_match", "contains", "latency", "tokens", "cost"]);
    let moves: Vec<_> = same.rows.iter().take(7).map(|row| (row.row.as_str(), row.change)).collect();
    use RowChange::{Improved, Missing, Regressed, Unchanged};
    let regressed = ["r0", "r1", "r2", "r3"].map(|row| (row, Regressed));
    assert_eq!(moves[..4], regressed);
    assert_eq!(moves[4..], [("r4", Missing), ("r9", Improved), ("r5", Unchanged)]);
    assert_eq!((same.rows[0].baseline, same.rows[0].candidate, same.rows[0].num_repeats), (Some(2.0), Some(0.0), 2));
    assert_eq!(same.measures[4].verdict.judgement, Judgement::Unscored);
    let across = runs.compare(&request(&second)).unwrap();
    assert_eq!(across.rows.iter().filter(|row| row.change == Missing).count(), 2);
    let by_latency = CompareRequest { measure: Some("latency".into()), ..request(&first) };
    assert_eq!(runs.compare(&by_latency).unwrap().rows[0].change, Missing);
    let unknown = CompareRequest { measure: Some("none".into()), ..request(&first) };
    assert!(matches!(runs.compare(&unknown), Err(ExperimentError::NoMeasure { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn thresholds_need_the_mean_and_every_cell() {
    let bed = Bed::new(picky());
    let runs = bed.program(1);
    let mut spec = one_model();
    spec.scorers[0].min_mean = Some(0.95);
    spec.scorers[1].min_mean = Some(0.5);
    let run = run(&runs, spec, 12).await.id;
    let checks = runs.thresholds(&run).unwrap();
    let passed: Vec<_> = checks.iter().map(|check| (check.scorer.as_str(), check.passed)).collect();
    // The polite prompt contains every word, but one row was refused.
    let expected = [("exact_match", true), ("contains", true), ("exact_match", false), ("contains", false)];
    assert_eq!(passed, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_follow_what_another_program_records() {
    let bed = Bed::new(picky());
    let [here, there] = [bed.program(1), bed.program(2)];
    let ready = create(&here, one_model(), &rows(12));
    let run = ready.id().clone();
    let before = show(&there, &run);
    assert_eq!((before.variants[0].num_done, before.variants[0].estimates[0].num_rows), (0, 0));
    finish(&here, ready, RunOptions::default()).await;
    let after = show(&there, &run);
    assert_eq!(after, show(&bed.program(3), &run));
    assert_eq!(after.variants[0].num_done, 24);
}

#[tokio::test(flavor = "multi_thread")]
async fn single_cells_are_found_shown_and_asked_again() {
    let bed = Bed::new(picky());
    let runs = bed.program(1);
    let run = run(&runs, one_model(), 12).await.id;
    let variant = show(&runs, &run).variants[1].variant.id.clone();
    let request = RepeatsRequest { run: run.clone(), variant, row: "r0".into() };
    let repeats = runs.repeats(&request).unwrap();
    assert_eq!(repeats.iter().map(|found| found.repeat).collect::<Vec<_>>(), [0, 1]);
    assert_eq!((repeats[1].preview.as_str(), repeats[1].scores.len()), ("Größe: word0!", 2));
    let gone = RepeatsRequest { row: "none".into(), ..request };
    assert!(matches!(runs.repeats(&gone), Err(ExperimentError::NoRow { .. })));
    let cell = repeats[1].cell.unwrap();
    let detail = runs.cell_detail(cell).unwrap();
    assert_eq!((detail.row.as_str(), detail.repeat, detail.num_repeats), ("r0", 1, 2));
    assert_eq!(detail.output.text, "Größe: word0!");
    assert_eq!((detail.inputs.len(), detail.expected), (1, Some(json!("word0"))));
    assert_eq!(detail.scores.iter().map(|score| score.score.number()).collect::<Vec<_>>(), [Some(0.0), Some(1.0)]);
    bed.puppet.behave(|_, _| Reply::Fail(ErrorCategory::Timeout));
    assert!(matches!(runs.ask_again(cell).await, Err(ExperimentError::Call { .. })));
    assert_eq!(runs.text_of(cell).unwrap(), "Größe: word0!");
    bed.puppet.behave(|call, _| Reply::Text(last_word(call)));
    runs.ask_again(cell).await.unwrap();
    assert_eq!(runs.text_of(cell).unwrap(), "word0");
    assert!(!bed.puppet.calls().last().unwrap().use_cache);
    assert_eq!(show(&runs, &run).variants[1].pass_histogram, [3, 1, 7]);
    assert_eq!(runs.show(&run).unwrap().progress.finished(), 48);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_said_by_name() {
    let bed = Bed::new(Puppet::obedient());
    let runs = bed.program(1);
    assert!(matches!(runs.show(&"none".into()), Err(ExperimentError::NoRun { .. })));
    assert!(matches!(runs.cell_detail(atelier_types::ids::CellId(5)), Err(ExperimentError::NoCell { .. })));
    let run = run(&runs, one_model(), 2).await.id;
    let request = RunShowRequest { run: run.clone(), baseline: Some("none".into()) };
    assert!(matches!(runs.detail(&request), Err(ExperimentError::NoVariant { .. })));
    runs.delete(&run).unwrap();
    assert!(matches!(runs.detail(&RunShowRequest { run, baseline: None }), Err(ExperimentError::NoRun { .. })));
}

#[tokio::test]
async fn texts_of_all_runs_are_told_newest_first_until_it_is_enough() {
    let bed = Bed::new(Puppet::obedient());
    let runs = bed.program(1);
    let ids = [run(&runs, one_model(), 2).await.id, run(&runs, one_model(), 1).await.id];
    let store = Store::open(&bed.folder.path().join("runs.sqlite")).unwrap();
    let mut told = Vec::new();
    let first_five = |_, run: &str, text: &str| {
        told.push((run.to_owned(), text.to_owned()));
        if told.len() < 5 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    store.read(|connection| cells::newest_texts(connection, first_five)).unwrap();
    let newer = (ids[1].to_string(), "word0".to_owned());
    let older = (ids[0].to_string(), "word1".to_owned());
    assert_eq!(told, [newer.clone(), newer.clone(), newer.clone(), newer, older]);
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_that_few_rows_share_make_a_confusion_matrix() {
    let bed = Bed::new(Puppet::new(|call, _| match last_word(call).as_str() {
        "good" => Reply::Text(" good\n".to_owned()),
        "bad" if call.prompt == Some("plain".into()) => Reply::Text("good".to_owned()),
        "bad" => Reply::Text("It is bad".to_owned()),
        other => Reply::Text(other.to_owned()),
    }));
    let runs = bed.program(1);
    let row = |(number, label): (usize, &str)| {
        let values = json!({"word": label, "expected": label});
        Row { id: format!("r{number}").into(), values: values.as_object().unwrap().clone() }
    };
    let labelled: Vec<Row> = ["good", "bad", "good", "bad", "fair", "good"].into_iter().enumerate().map(row).collect();
    let ready = create(&runs, ExperimentSpec { repeats: 1, ..one_model() }, &labelled);
    let run = finish(&runs, ready, RunOptions::default()).await.id;
    let report = runs.classes(&run).unwrap().unwrap();
    assert_eq!(report.labels, ["good", "bad", "fair"]);
    let [plain, polite] = report.variants.as_slice() else { panic!("{report:?}") };
    assert_eq!(plain.counts, [[3, 0, 0, 0], [2, 0, 0, 0], [0, 0, 1, 0]]);
    assert_eq!((plain.scores[0].precision, plain.scores[1].precision), (Some(0.6), None));
    assert_eq!(polite.counts[1], [0, 0, 0, 2], "an answer around the label is no label");
    let unlabelled = super::run(&runs, one_model(), 5).await.id;
    assert_eq!(runs.classes(&unlabelled).unwrap(), None);
}
