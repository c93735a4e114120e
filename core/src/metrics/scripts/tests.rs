use super::limits::Ending;
use super::*;
use serde_json::json;

mod hostile;
mod interpreter;
mod modules;

const MEMORY: &str = r#"(memory (export "memory") 1)"#;
const ALLOCATE: &str = r#"(func (export "allocate") (param i32) (result i32) i32.const 4096)"#;
/// Enough for all that is right in these tests, and soon spent by what is wrong.
fn few_steps() -> Limits {
    Limits { fuel: 2_000_000, ..Limits::default() }
}

fn bytes(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// A scorer whose function `score` has this body, and that has these fields.
fn module(fields: &str, body: &str) -> Vec<u8> {
    let score = format!(r#"(func (export "score") (param $at i32) (param $len i32) (result i64) {body})"#);
    bytes(&format!("(module {MEMORY} {ALLOCATE} {score} {fields})"))
}

/// A scorer that answers with this text.
fn answering(text: &str, fields: &str) -> Vec<u8> {
    let escaped: String = text.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    let data = format!(r#"(data (i32.const 0) "{escaped}")"#);
    module(&format!("{data} {fields}"), &format!("i64.const {}", text.len()))
}

fn script(module: &[u8]) -> Script {
    Script::new(Arc::new(Program::with_limits(module, few_steps()).unwrap()), None)
}

fn scored(script: &Script, output: &str) -> (Score, Option<String>) {
    script.score(output, None, &JsonMap::new())
}

fn unscored(reason: &str) -> (Score, Option<String>) {
    (Score::unscored(reason), None)
}
