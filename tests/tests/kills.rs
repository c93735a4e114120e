//! A run that is killed again and again is complete in the end, repeats nothing that was done, and its stored outputs
//! are what the provider sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this is test code")]

use atelier_tests::sandbox::Sandbox;
use atelier_tests::stand_in::StandIn;
use atelier_tests::workspace::greetings;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

const NUM_ROWS: usize = 500;
const NUM_CELLS: usize = 2_000;
const NUM_KILLS: usize = 20;
const CONCURRENCY: usize = 8;
const ANSWER: Duration = Duration::from_millis(20);

/// SplitMix64: the kills fall at the same places in every run of the test.
struct Draw(u64);

impl Draw {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) as f64 / u64::MAX as f64
    }
}

/// Numbers of requests at which the run is killed, spread over 5 to 95 % of it.
fn kills(seed: u64) -> Vec<usize> {
    let mut draw = Draw(seed);
    let width = 0.9 / NUM_KILLS as f64;
    let share = |number: usize, draw: &mut Draw| 0.05 + width * (number as f64 + draw.share());
    (0..NUM_KILLS).map(|number| (share(number, &mut draw) * NUM_CELLS as f64) as usize).collect()
}

#[test]
fn killed_run_goes_on_and_repeats_nothing() {
    let (sandbox, stand_in) = (Sandbox::new(), StandIn::start());
    stand_in.set_delay(ANSWER);
    let folder = greetings(&sandbox, &stand_in, &["echo", "other"], NUM_ROWS);
    let workspace = folder.to_str().unwrap();
    let concurrency = CONCURRENCY.to_string();
    let start = |resume: &[&str]| {
        let arguments =
            [&["--workspace", workspace, "run", "greetings", "--concurrency", &concurrency], resume].concat();
        sandbox.atelier(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    for (number, at) in kills(1).into_iter().enumerate() {
        let mut run = start(if number == 0 { &[] } else { &["--resume", "latest"] });
        while stand_in.num_requests() < at {
            assert!(run.try_wait().unwrap().is_none(), "the run ended before kill {number}");
            std::thread::sleep(Duration::from_millis(1));
        }
        // SIGKILL: nothing can be tidied up.
        run.kill().unwrap();
        run.wait().unwrap();
    }
    let end = sandbox.json(&[
        "--workspace",
        workspace,
        "run",
        "greetings",
        "--concurrency",
        &concurrency,
        "--resume",
        "latest",
    ]);
    let progress = &end["summary"]["progress"];
    assert_eq!((&progress["total"], &progress["failed"]), (&NUM_CELLS.into(), &0.into()), "{progress}");
    assert_eq!(
        progress["new"].as_u64().unwrap() + progress["stored"].as_u64().unwrap(),
        NUM_CELLS as u64,
        "{progress}"
    );
    assert_eq!(end["summary"]["status"], "done");

    let log = stand_in.log();
    assert!(log.len() <= NUM_CELLS + CONCURRENCY * NUM_KILLS, "{} requests", log.len());
    let answers: BTreeMap<String, String> = log
        .into_iter()
        .map(|logged| (key(&logged.request["model"], &logged.request["messages"]), logged.text))
        .collect();
    let outputs = sandbox.run(&["--workspace", workspace, "run", "greetings", "--resume", "latest", "--jsonl"]);
    assert_eq!(outputs.status, 0, "{}", outputs.stderr);
    let mut num_equal = 0;
    for line in outputs.stdout.lines() {
        let output: Value = serde_json::from_str(line).unwrap();
        let receipt = &output["output"]["receipt"];
        let sent = &answers[&key(&receipt["requested_model"], &receipt["messages"])];
        assert_eq!(output["output"]["text"], sent.as_str());
        num_equal += 1;
    }
    assert_eq!(num_equal, NUM_CELLS);
    assert_eq!(integrity(&database(&sandbox.data())), "ok");
}

fn key(model: &Value, messages: &Value) -> String {
    let contents: Vec<&str> = messages.as_array().unwrap().iter().map(|one| one["content"].as_str().unwrap()).collect();
    format!("{model} {}", contents.join("\n"))
}

/// The one database below the data folder.
fn database(data: &Path) -> PathBuf {
    let folders = std::fs::read_dir(data.join("workspaces")).unwrap();
    let found: Vec<PathBuf> =
        folders.map(|folder| folder.unwrap().path().join("atelier.db")).filter(|file| file.is_file()).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

fn integrity(database: &Path) -> String {
    let connection = rusqlite::Connection::open(database).unwrap();
    connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
}
