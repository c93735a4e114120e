//! The main job as a person does it in front of the interface: edit a prompt, commit it, run it, rate pairs blind by
//! keyboard, export what was rated.
//!
//! Browser and window share it. What it leaves behind is read from the files, from git and from the database, never
//! from the screen.

use crate::sandbox::Sandbox;
use crate::stand_in::StandIn;
use crate::webdriver::Driver;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Rows of the dataset that the job runs on; each becomes a pair to rate.
pub const NUM_ROWS: usize = 4;
/// Two prompts on each row.
const NUM_CELLS: usize = 2 * NUM_ROWS;
const BEFORE: &str = "Greet {{ name }}.";
const AFTER: &str = "Greet {{ name }} by the first name alone.";
const MESSAGE: &str = "Greet by the first name";
const REVIEWER: &str = "ann";
const PROMPT: &str = "prompts/greet.prompty";
/// WebDriver's code of the key.
const ARROW_LEFT: char = '\u{e012}';

/// Whoever does the job, and how often something had to be done.
struct Person<'a> {
    driver: &'a Driver,
    num_actions: usize,
}

impl Person<'_> {
    async fn click(&mut self, role: &str, name: &str) {
        self.driver.click(role, name).await;
        self.num_actions += 1;
    }

    async fn write(&mut self, name: &str, text: &str) {
        self.driver.set_text(name, text).await;
        self.num_actions += 1;
    }

    async fn press(&mut self, key: char) {
        self.driver.press(key).await;
        self.num_actions += 1;
    }
}

/// Does the whole job in an interface that has just started on the workspace. Answers the number of actions.
pub async fn do_main_job(driver: &Driver, folder: &Path) -> usize {
    let mut person = Person { driver, num_actions: 0 };
    person.click("button", "End the tour").await;
    edit_and_commit(&mut person, folder).await;
    run(&mut person).await;
    rate(&mut person).await;
    export(&mut person).await;
    person.num_actions
}

/// Opens a prompt of the demo workspace and reads its text.
pub async fn look_at_demo(driver: &Driver) {
    driver.click("button", "End the tour").await;
    driver.click("tab", "Prompts").await;
    driver.click_like("option", "restaurant-name, v").await;
    driver.find("textbox", "Text of travel/restaurant-name").await;
}

async fn edit(person: &mut Person<'_>, folder: &Path) {
    person.click("tab", "Prompts").await;
    person.click("option", "greet, not committed").await;
    let text = std::fs::read_to_string(folder.join(PROMPT)).expect("the prompt can be read");
    person.write("Text of greet", &text.replace(BEFORE, AFTER)).await;
    person.click("button", "Save").await;
    person.driver.find("button", "Commit…").await;
}

async fn edit_and_commit(person: &mut Person<'_>, folder: &Path) {
    edit(person, folder).await;
    person.click("button", "Commit…").await;
    person.write("Message", MESSAGE).await;
    person.click("button", "Commit").await;
    person.driver.find("text", "Committed 1 file").await;
}

async fn run(person: &mut Person<'_>) {
    person.click("tab", "Experiments").await;
    person.driver.find_like("row", "greetings").await;
    person.click("row", "greetings").await;
    person.driver.find("button", "All experiments").await;
    person.click("button", "Run").await;
    person.driver.find("grid", &format!("Results, {NUM_ROWS} rows, 2 variants")).await;
    for row in 0..NUM_ROWS {
        person.driver.find_like("cell", &format!("p{row}, echo: ")).await;
    }
}

async fn rate(person: &mut Person<'_>) {
    person.click("button", "Send to review…").await;
    // The dialog is complete when it shows the question and the variants that it had to ask for.
    person.driver.find("text", "Which greeting is warmer?").await;
    person.driver.find_like("checkbox", "greet-warmly draft").await;
    person.click("button", "Create").await;
    person.write("Your name as a reviewer", REVIEWER).await;
    person.click("button", "Start").await;
    for place in 1..=NUM_ROWS {
        person.driver.find("text", &format!("{place} of {NUM_ROWS}")).await;
        person.press(ARROW_LEFT).await;
    }
    person.click("button", "Show results").await;
}

async fn export(person: &mut Person<'_>) {
    person.click("button", "Export…").await;
    person.driver.find("text", &format!("Preview of {NUM_CELLS} records")).await;
    person.click("button", "Export").await;
    person.driver.wait_gone("button", "Freeze as eval set").await;
}

/// All that the job is done for is really there.
pub fn assert_done(sandbox: &Sandbox, folder: &Path, stand_in: &StandIn) {
    let saved = std::fs::read_to_string(folder.join(PROMPT)).expect("the prompt can be read");
    assert!(saved.contains(AFTER), "{saved}");
    assert_committed(sandbox, folder);
    let sent: BTreeSet<String> = stand_in.log().into_iter().map(|logged| logged.text).collect();
    assert_eq!(sent.len(), NUM_CELLS);
    assert_stored(&database(&sandbox.data()), &sent);
    assert_rated(folder);
    assert_exported(folder, &sent);
}

fn assert_committed(sandbox: &Sandbox, folder: &Path) {
    assert_eq!(sandbox.git(folder, &["log", "-1", "--format=%s"]).trim(), MESSAGE);
    assert_eq!(sandbox.git(folder, &["show", "--name-only", "--format=", "HEAD"]).trim(), PROMPT);
    let committed = sandbox.git(folder, &["show", &format!("HEAD:{PROMPT}")]);
    assert!(committed.contains(AFTER), "{committed}");
}

fn assert_stored(database: &Path, sent: &BTreeSet<String>) {
    let connection = rusqlite::Connection::open(database).expect("the database can be opened");
    let run = |column: &str| -> i64 {
        let query = format!("SELECT {column} FROM runs WHERE experiment = 'greetings' AND status = 'done'");
        connection.query_row(&query, [], |row| row.get(0)).expect("there is one run that is done")
    };
    assert_eq!((run("num_new"), run("num_failed")), (NUM_CELLS as i64, 0));
    let mut query = connection
        .prepare("SELECT outputs.text FROM cells JOIN outputs ON outputs.id = cells.output")
        .expect("cells have outputs");
    let stored: rusqlite::Result<BTreeSet<String>> =
        query.query_map([], |row| row.get(0)).expect("outputs can be read").collect();
    assert_eq!(&stored.expect("outputs have texts"), sent);
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

fn assert_exported(folder: &Path, sent: &BTreeSet<String>) {
    let records = json_lines(&folder.join("exports/greetings.jsonl"));
    assert_eq!(records.len(), NUM_CELLS);
    let texts = records.iter().map(|record| record["output"].as_str().expect("an output is a text").to_owned());
    assert_eq!(&texts.collect::<BTreeSet<String>>(), sent);
    assert!(records.iter().all(|record| record["ratings"][0]["reviewer"] == REVIEWER), "{records:?}");
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
