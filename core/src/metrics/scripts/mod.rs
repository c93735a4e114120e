//! Scorers that a user wrote, run where they can compute and nothing else.
//!
//! A scorer is a WebAssembly module, or a script for the interpreter, which is such a module itself. It runs in a
//! virtual machine without a single import, so there is no file, network, environment, clock or random number for it to
//! reach. Each score gets a fresh instance, limited in steps and memory ([`Limits`]): what a scorer does to itself ends
//! with that score, and the next is as right as if nothing had been. The same argument gives the same score with the
//! same number of steps, on every machine and in any order.
//!
//! # How to write a module
//!
//! In any language that compiles to `wasm32` without WASI, for instance Rust for `wasm32-unknown-unknown`. It exports
//!
//! | Export | Meaning |
//! |---|---|
//! | `memory` | the module's one memory, 32-bit |
//! | `allocate(len: i32) -> i32` | gives the place of `len` bytes that the argument is written to |
//! | `score(pointer: i32, len: i32) -> i64` | scores the argument; gives the answer's place in the high 32 bits and its length in bytes in the low 32 bits |
//! | `check(pointer: i32, len: i32) -> i64` | optional, for an interpreter: whether the script is one; argument and answer below |
//! | `last_error() -> i64` | optional: called after a trap, gives the place of a text that says why, or length 0 |
//! | `_initialize()` | optional: called first, once |
//!
//! and imports nothing. It may have up to 8 MiB, 10,000 functions of 256 local variables each, and one memory. SIMD,
//! threads, exceptions and 64-bit memories are not known.
//!
//! The argument of `score` is JSON in UTF-8: `{"output": text, "expected": any value or null, "row": {…}}`, and for an
//! interpreter also `"script": text`. The answer is JSON in UTF-8 of at most 64 KiB: a number, true (1) or false (0), or
//! `{"score": number, true, false or null, "reason": text or null}`, or `{"passed": count, "total": count}` of tests that
//! were run. With null the output is unscored, for that reason.
//! Any other answer, and any ending but a return, is unscored too, with a sentence that says what was wrong.
//!
//! The argument of `check` is `{"script": text}`. The answer is null, or a text that says why the script cannot run.

mod answers;
mod limiter;
mod limits;
mod locals;
mod program;

pub use limits::Limits;
pub use program::Program;

use answers::Scored;
use atelier_types::JsonMap;
use atelier_types::score::Score;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

/// What a scorer answered, be it a script or a program. The error is why there is no score.
pub fn answer_of(answer: &[u8]) -> Result<(Score, Option<String>), String> {
    answers::scored(answer)
}

/// A user's scorer: a module, or the interpreter with a script for it.
#[derive(Clone)]
pub struct Script {
    program: Arc<Program>,
    source: Option<String>,
}

#[derive(Serialize)]
struct Argument<'a> {
    output: &'a str,
    expected: Option<&'a Value>,
    row: &'a JsonMap,
    #[serde(flatten)]
    source: Option<Source<'a>>,
}

#[derive(Serialize)]
struct Source<'a> {
    script: &'a str,
}

impl Script {
    /// With a `source` the program is an interpreter.
    pub fn new(program: Arc<Program>, source: Option<String>) -> Self {
        Self { program, source }
    }

    /// Compiles the source. The error is a sentence of what is wrong with it, and with where.
    pub fn check(&self) -> Result<(), String> {
        let Some(source) = self.source() else { return Ok(()) };
        let argument = json_of(&source)?;
        let Some(answer) = self.program.check(&argument).map_err(|ending| ending.to_string())? else { return Ok(()) };
        answers::fault(&answer).map_or(Ok(()), Err)
    }

    /// The score and, where the script gives one, its reason.
    pub fn score(&self, output: &str, expected: Option<&Value>, row: &JsonMap) -> (Score, Option<String>) {
        self.try_score(output, expected, row).unwrap_or_else(|reason| (Score::unscored(reason), None))
    }

    fn try_score(&self, output: &str, expected: Option<&Value>, row: &JsonMap) -> Result<Scored, String> {
        let argument = json_of(&Argument { output, expected, row, source: self.source() })?;
        let answer = self.program.score(&argument).map_err(|ending| ending.to_string())?;
        answers::scored(&answer)
    }

    fn source(&self) -> Option<Source<'_>> {
        self.source.as_deref().map(|script| Source { script })
    }
}

fn json_of(argument: &impl Serialize) -> Result<Vec<u8>, String> {
    serde_json::to_vec(argument).map_err(|err| format!("The script's argument cannot be written as JSON: {err}"))
}

#[cfg(test)]
mod tests;
