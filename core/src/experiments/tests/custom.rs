//! Scorers that users wrote, inside runs: scripts in the sandbox, and programs of this machine.

use super::judging::detail_of_first;
use super::puppet::Puppet;
use super::*;
use atelier_types::score::{NamedScore, Score};
use atelier_types::settings::Runner;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Beside the programs, where `cargo xtask test` puts it.
fn interpreter() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(std::path::Path::parent).unwrap().join("resources/script.wasm")
}

/// A machine whose runners are shell commands.
fn tools(runners: &[(&str, &str)]) -> Tools {
    let runner = |(name, script): &(&str, &str)| {
        let command = ["sh", "-c", script].map(str::to_owned).to_vec();
        ((*name).to_owned(), Runner { command, timeout_millis: Some(2_000) })
    };
    let runners: BTreeMap<String, Runner> = runners.iter().map(runner).collect();
    let variable = |name: &str| Some(if name == "PATH" { std::env::var("PATH").ok()? } else { "set".to_owned() });
    Tools::new(interpreter(), Arc::new(move || runners.clone()), Arc::new(variable))
}

/// One answer of "word0", scored.
async fn scored(scorers: Value, scripts: &[(&str, &str)], tools: Tools) -> Vec<NamedScore> {
    let bed = Bed::new(Puppet::obedient());
    let runs = bed.program_with(1, tools);
    let spec = ExperimentSpec {
        repeats: 1,
        models: vec!["one".into()],
        scorers: serde_json::from_value(scorers).unwrap(),
        ..spec()
    };
    let scripts = scripts.iter().map(|(file, text)| ((*file).to_owned(), text.as_bytes().to_vec())).collect();
    let (prompts, rows) = (&prompts()[..1], &rows(1));
    let new =
        NewPlan { experiment: &"e".into(), spec, prompts, judge_prompts: &[], scripts, rows, dataset_hash: "hash" };
    let ready = runs.create(new).unwrap();
    let run = finish(&runs, ready, RunOptions::default()).await.id;
    detail_of_first(&runs, &run).scores
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_scores_what_the_run_answered_and_keeps_to_its_limits() {
    let scorers = json!([
        {"scorer": "script", "file": "scorers/same.rhai", "name": "same"},
        {"scorer": "script", "file": "scorers/endless.rhai", "name": "endless"},
        {"scorer": "script", "file": "scorers/row.rhai", "name": "row"},
    ]);
    let scripts = [
        ("scorers/same.rhai", "fn score(output, expected, row) { output == expected }"),
        ("scorers/endless.rhai", "fn score(output, expected, row) { loop {} }"),
        ("scorers/row.rhai", "fn score(output, expected, row) { #{ score: row.word.len, reason: row.word } }"),
    ];
    let scores = scored(scorers, &scripts, tools(&[])).await;
    assert_eq!(scores[0].score, Score::Number(1.0));
    assert_eq!(scores[1].score, Score::unscored("The script did not end within its limit of steps"));
    assert_eq!((&scores[2].score, scores[2].explanation.as_deref()), (&Score::Number(5.0), Some("word0")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_reads_the_output_and_answers_within_its_time() {
    let runners = [
        ("tests", r#"grep -q '"output":"word0"' && echo '{"passed": 3, "total": 4}'"#),
        ("fails", "echo 'no such module' >&2; exit 3"),
        ("sleeps", "sleep 60"),
        ("talks", "yes | head -c 200000"),
        // Of the environment it has what every program needs, and nothing else.
        ("curious", "cat > /dev/null; env | grep -c -E '^(ATELIER|OPENAI|HOME=set)'"),
    ];
    let spec = |name: &str| json!({"scorer": "command", "runner": name, "name": name});
    let scorers = Value::Array(runners.iter().map(|(name, _)| spec(name)).collect());
    let scores = scored(scorers, &[], tools(&runners)).await;
    let unscored = |place: usize| match &scores[place].score {
        Score::Unscored { unscored } => unscored.clone(),
        Score::Number(number) => panic!("{number}"),
    };
    assert_eq!((&scores[0].score, scores[0].explanation.as_deref()), (&Score::Number(0.75), Some("3 of 4 passed")));
    assert!(unscored(1).ends_with("no such module"), "{}", unscored(1));
    assert_eq!(unscored(2), "The program did not end within 2000 ms");
    assert!(unscored(3).contains("not JSON"), "{}", unscored(3));
    assert_eq!(scores[4].score, Score::Number(1.0));
}

#[test]
fn scripts_and_runners_that_are_not_there_say_so_before_a_run() {
    let tools = tools(&[]);
    let broken = tools.script("scorers/a.rhai", b"fn score(output, expected, row) { output +  }").err().unwrap();
    assert!(broken.starts_with("`scorers/a.rhai`: "), "{broken}");
    let module = tools.script("scorers/a.wasm", b"\0asm").err().unwrap();
    assert!(module.contains("no WebAssembly module"), "{module}");
    let runner = tools.runner("tests").err().unwrap();
    assert!(runner.contains("[runners.tests]"), "{runner}");
}
