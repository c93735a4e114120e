//! Examines the shipped demo models through the real engine, on rows and wordings that training never showed.
//!
//! The everyday test takes few rows and asserts what must never break. `cargo test -p atelier-tests --test demo_model --
//! --ignored --nocapture` takes 300 rows a task and prints the table that the model card quotes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this is test code")]

use anyhow::{Context as _, ensure};
use atelier_demo_model::examination::{Asking, EXAMINED, Question, questions, share, sign_test};
use atelier_demo_model::tasks::spec::Task;
use atelier_demo_model::tasks::{Message, Role};
use atelier_tests::programs::program;
use atelier_tests::sandbox::Sandbox;
use atelier_tests::workspace::demo;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The first tasks are those that the model card promises something about: sentiment, extraction, capitals.
const NUM_PROMISED: usize = 3;
/// Another seed than the one that models are trained with, so that not even the generator's numbers are shared.
const SEED: u64 = 20_261;
const TOKEN: &str = "token-of-the-demo-model-test";

/// An engine with one of the shipped models loaded; it ends with this value.
struct Engine {
    child: Child,
    address: String,
}

impl Engine {
    fn with_model(name: &str) -> anyhow::Result<Self> {
        let mut child = Command::new(program("atelier-engine"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the engine did not start; `cargo build --workspace --bin atelier-engine` builds it")?;
        let stdin = child.stdin.as_mut().context("the engine has no stdin")?;
        writeln!(stdin, "{}", json!({ "token": TOKEN }))?;
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().context("the engine has no stdout")?).read_line(&mut line)?;
        let greeting: Value = serde_json::from_str(&line)?;
        let address = greeting["address"].as_str().context("the engine gave no address")?.to_owned();
        let engine = Self { child, address };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models").join(name);
        engine.post("/engine/load", &json!({ "id": "demo", "path": folder.canonicalize()? }))?;
        Ok(engine)
    }

    fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address)?;
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )?;
        let mut response = String::new();
        stream.read_to_string(&mut response)?;
        let (head, body) = response.split_once("\r\n\r\n").context("the engine broke off")?;
        ensure!(head.starts_with("HTTP/1.1 200"), "{response}");
        Ok(serde_json::from_str(body)?)
    }

    /// The greedy answer.
    fn answer(&self, messages: &[Message]) -> anyhow::Result<String> {
        let messages: Vec<Value> =
            messages.iter().map(|message| json!({ "role": role(message.role), "content": message.text })).collect();
        let request = json!({ "model": "demo", "messages": messages, "temperature": 0, "max_tokens": 80 });
        let response = self.post("/v1/chat/completions", &request)?;
        let text = response["choices"][0]["message"]["content"].as_str().context("there is no answer")?;
        Ok(text.trim().to_owned())
    }

    /// Which questions get exactly the expected answer.
    fn passed(&self, questions: &[Question], asking: Asking) -> anyhow::Result<Vec<bool>> {
        let passes = |question: &Question| Ok(self.answer(question.prompt(asking))? == question.expected);
        questions.iter().map(passes).collect()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// Asks `num_rows` questions of `task` clearly, vaguely, and with another task's instruction.
fn examine(engine: &Engine, task: Task, num_rows: usize) -> anyhow::Result<[Vec<bool>; 3]> {
    let questions = questions(task, num_rows, SEED);
    let passed = |asking| engine.passed(&questions, asking);
    Ok([passed(Asking::Clearly)?, passed(Asking::Vaguely)?, passed(Asking::AnotherTask)?])
}

fn mean(passed: &[bool]) -> f64 {
    share(passed).0
}

#[test]
fn the_model_reads_the_instruction_and_answers_rows_that_it_never_saw() {
    let engine = Engine::with_model("atelier-demo").unwrap();
    for (task, name) in &EXAMINED[..NUM_PROMISED] {
        let [clear, vague, another] = examine(&engine, *task, 24).unwrap();
        let p = sign_test(&clear, &vague);
        assert!(mean(&clear) > mean(&vague) && p < 0.01, "{name}: {} against {}", mean(&clear), mean(&vague));
        assert!(mean(&another) <= 1.0 / 3.0, "{name}: another task's instruction still gives {}", mean(&another));
    }
}

#[test]
#[ignore = "takes several minutes; prints the table of the model card"]
fn the_table_of_the_model_card() {
    for model in ["atelier-demo", "atelier-demo-mini"] {
        let engine = Engine::with_model(model).unwrap();
        for (task, name) in &EXAMINED[..NUM_PROMISED] {
            let [clear, vague, another] = examine(&engine, *task, 300).unwrap();
            let percent = |passed: &[bool]| {
                let (mean, low, high) = share(passed);
                format!("{:.1} [{:.1}, {:.1}]", 100.0 * mean, 100.0 * low, 100.0 * high)
            };
            let p = sign_test(&clear, &vague);
            println!(
                "| {model} | {name} | {} | {} | {p:.0e} | {} |",
                percent(&clear),
                percent(&vague),
                percent(&another)
            );
            assert!(mean(&clear) >= mean(&vague), "{name}");
        }
    }
}

#[test]
fn the_first_experiment_of_the_demo_shows_that_labels_in_the_prompt_help() {
    let sandbox = Sandbox::new();
    let folder = demo(&sandbox);
    let run = sandbox.json(&["--workspace", folder.to_str().unwrap(), "run", "sentiment-labels"]);
    let variants = run["variants"].as_array().unwrap();
    let share = |prompt: &str, model: &str| {
        let is_wanted = |one: &&Value| one["variant"]["prompt"] == prompt && one["variant"]["model"] == model;
        variants.iter().find(is_wanted).unwrap()["estimates"][0]["mean"].as_f64().unwrap()
    };
    for model in ["demo", "demo-mini"] {
        let (weak, better) = (share("support/sentiment-first-try", model), share("support/sentiment", model));
        assert!(better > weak + 0.3, "{model}: {weak} and {better}");
    }
}
