//! The main job as a person does it in front of the interface: edit a prompt, commit it, run it on a local and on a
//! remote model at once, rate pairs of their answers blind by keyboard, export what was rated.
//!
//! Browser and window share it. What it leaves behind is read by [`left_behind`] from the files, from git and from the
//! database, never from the screen.

pub mod left_behind;

use crate::sandbox::Sandbox;
use crate::stand_in::StandIn;
use crate::webdriver::Driver;
use crate::workspace::greetings_near_and_far;
use std::path::{Path, PathBuf};

/// Rows of the dataset that the job runs on; each becomes a pair to rate.
const NUM_ROWS: usize = 4;
/// Answers by real mistral.rs in the studio's engine program.
const LOCAL: &str = "demo";
/// Answers over HTTP.
const REMOTE: &str = "echo";
const NUM_PROMPTS: usize = 2;
const NUM_VARIANTS: usize = 2 * NUM_PROMPTS;
const NUM_CELLS: usize = NUM_VARIANTS * NUM_ROWS;
/// The first prompt's answers, one of each model, are the pair.
const NUM_RATED: usize = 2 * NUM_ROWS;
const RATED_PROMPT: &str = "greet";
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

/// The workspace that the job is done in.
pub fn workspace(sandbox: &Sandbox, stand_in: &StandIn) -> PathBuf {
    greetings_near_and_far(sandbox, stand_in, NUM_ROWS)
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

/// Opens a prompt of the demo workspace and reads its text. Whenever nothing happens the interface draws nothing, and it
/// wakes up for what is done next.
pub async fn look_at_demo(driver: &Driver) {
    driver.click("button", "End the tour").await;
    driver.wait_asleep().await;
    driver.click("tab", "Prompts").await;
    driver.click_like("option", "restaurant-name, v").await;
    driver.find("textbox", "Text of travel/restaurant-name").await;
    driver.wait_asleep().await;
    driver.click("tab", "Home").await;
    driver.wait_gone("textbox", "Text of travel/restaurant-name").await;
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
    person.driver.find("grid", &format!("Results, {NUM_ROWS} rows, {NUM_VARIANTS} variants")).await;
    for model in [LOCAL, REMOTE] {
        for row in 0..NUM_ROWS {
            person.driver.find_like("cell", &format!("p{row}, {model}: ")).await;
        }
    }
    // The engine starts and loads the weights before the local answers come.
    person.driver.find("text", &format!("{NUM_CELLS} of {NUM_CELLS}")).await;
    person.driver.find("text", "passed: Done").await;
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
    person.driver.find("text", &format!("Preview of {NUM_RATED} records")).await;
    person.click("button", "Export").await;
    person.driver.wait_gone("button", "Freeze as eval set").await;
}
