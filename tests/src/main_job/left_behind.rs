//! What the main job leaves behind: in the prompt's file, in git, in the database, in the ratings and in the export.

use super::{AFTER, LOCAL, MESSAGE, NUM_CELLS, NUM_RATED, NUM_ROWS, PROMPT, RATED_PROMPT, REMOTE, REVIEWER};
use crate::engine::{Studio, with};
use crate::sandbox::Sandbox;
use crate::stand_in::StandIn;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// An output of the run as the database keeps it.
struct Stored {
    prompt: String,
    model: String,
    text: String,
    identity: Value,
    messages: Value,
    params: Value,
}

/// All that the job is done for is really there.
pub fn assert_done(sandbox: &Sandbox, folder: &Path, stand_in: &StandIn) {
    let saved = std::fs::read_to_string(folder.join(PROMPT)).expect("the prompt can be read");
    assert!(saved.contains(AFTER), "{saved}");
    assert_committed(sandbox, folder);
    let connection = rusqlite::Connection::open(database(&sandbox.data())).expect("the database can be opened");
    assert_run(&connection);
    let stored = stored(&connection);
    assert_answered_remotely(&stored, stand_in);
    assert_answered_locally(&stored);
    assert_rated(folder);
    assert_exported(folder, &stored);
}

fn assert_committed(sandbox: &Sandbox, folder: &Path) {
    assert_eq!(sandbox.git(folder, &["log", "-1", "--format=%s"]).trim(), MESSAGE);
    assert_eq!(sandbox.git(folder, &["show", "--name-only", "--format=", "HEAD"]).trim(), PROMPT);
    let committed = sandbox.git(folder, &["show", &format!("HEAD:{PROMPT}")]);
    assert!(committed.contains(AFTER), "{committed}");
}

fn assert_run(connection: &rusqlite::Connection) {
    let run = |column: &str| -> i64 {
        let query = format!("SELECT {column} FROM runs WHERE experiment = 'greetings' AND status = 'done'");
        connection.query_row(&query, [], |row| row.get(0)).expect("there is one run that is done")
    };
    assert_eq!((run("num_new"), run("num_failed")), (NUM_CELLS as i64, 0));
}

/// The output of each cell.
fn stored(connection: &rusqlite::Connection) -> Vec<Stored> {
    let sql = "SELECT prompt, model, text, identity, messages, params
        FROM cells JOIN outputs ON outputs.id = cells.output";
    let mut query = connection.prepare(sql).expect("cells have outputs");
    let json = |text: String| serde_json::from_str(&text).expect("the column holds JSON");
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Stored {
            prompt: row.get(0)?,
            model: row.get(1)?,
            text: row.get(2)?,
            identity: json(row.get(3)?),
            messages: json(row.get(4)?),
            params: json(row.get(5)?),
        })
    };
    let outputs: rusqlite::Result<Vec<Stored>> = query.query_map([], read).expect("outputs can be read").collect();
    let outputs = outputs.expect("outputs are whole");
    assert_eq!(outputs.len(), NUM_CELLS);
    outputs
}

fn of_model<'a>(stored: &'a [Stored], model: &str) -> Vec<&'a Stored> {
    let found: Vec<&Stored> = stored.iter().filter(|output| output.model == model).collect();
    assert_eq!(found.len(), NUM_CELLS / 2, "{model} answered half of the cells");
    found
}

/// What is stored is what the stand-in sent.
fn assert_answered_remotely(stored: &[Stored], stand_in: &StandIn) {
    let sent: BTreeSet<String> = stand_in.log().into_iter().map(|logged| logged.text).collect();
    let kept: BTreeSet<String> = of_model(stored, REMOTE).into_iter().map(|output| output.text.clone()).collect();
    assert_eq!(kept, sent);
}

/// The receipts name the demo model's weights, and a fresh engine makes the same answers from them.
fn assert_answered_locally(stored: &[Stored]) {
    let weights = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models/atelier-demo");
    let weights = weights.canonicalize().expect("the demo model is there");
    let bytes = std::fs::read(weights.join("model.safetensors")).expect("the weights can be read");
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let studio = Studio::new();
        let model = studio.load(&weights).await.unwrap_or_else(|error| panic!("{error}"));
        for output in of_model(stored, LOCAL) {
            assert_eq!(output.identity["files"]["model.safetensors"], json!(hash), "{}", output.identity);
            let request = with(output.params.clone(), "messages", output.messages.clone());
            assert_eq!(studio.text(&model, &request).await, output.text);
        }
    });
}

fn assert_rated(folder: &Path) {
    let files = std::fs::read_dir(folder.join("reviews/greetings")).expect("the set has a folder");
    let of_reviewer: Vec<PathBuf> = files
        .map(|entry| entry.expect("a folder can be read").path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{REVIEWER}."))))
        .collect();
    assert_eq!(of_reviewer.len(), 1, "{of_reviewer:?}");
    let ratings = json_lines(&of_reviewer[0]);
    assert_eq!(ratings.len(), NUM_ROWS);
    let items: BTreeSet<String> = ratings.iter().map(|rating| rating["item"].to_string()).collect();
    assert_eq!(items.len(), NUM_ROWS, "each item is rated once");
    for rating in &ratings {
        assert_eq!((&rating["reviewer"], &rating["answer"]["choice"]), (&REVIEWER.into(), &"left".into()));
    }
}

/// Each row is there twice, with what either model answered to the rated prompt.
fn assert_exported(folder: &Path, stored: &[Stored]) {
    let records = json_lines(&folder.join("exports/greetings.jsonl"));
    assert_eq!(records.len(), NUM_RATED);
    assert!(records.iter().all(|record| record["ratings"][0]["reviewer"] == REVIEWER), "{records:?}");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let places: BTreeSet<(String, String)> =
        records.iter().map(|record| (text(&record["row"]), text(&record["receipt"]["model"]))).collect();
    assert_eq!(places.len(), NUM_RATED, "{places:?}");
    assert!(places.iter().all(|(_, model)| [LOCAL, REMOTE].contains(&model.as_str())), "{places:?}");
    let exported = records.iter().map(|record| (text(&record["receipt"]["model"]), text(&record["output"])));
    let rated = stored.iter().filter(|output| output.prompt == RATED_PROMPT);
    let rated = rated.map(|output| (output.model.clone(), output.text.clone()));
    assert_eq!(sorted(exported), sorted(rated));
}

/// Models and texts in one order. Local answers need not differ from each other, so this is no set.
fn sorted(answers: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut answers: Vec<(String, String)> = answers.collect();
    answers.sort();
    answers
}

fn json_lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// The one database below the data folder.
fn database(data: &Path) -> PathBuf {
    let folders = std::fs::read_dir(data.join("workspaces")).expect("a workspace was opened");
    let files = folders.map(|folder| folder.expect("a folder can be read").path().join("atelier.db"));
    let found: Vec<PathBuf> = files.filter(|file| file.is_file()).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}
