//! A scorer of a user's own at work on one output: its script in the sandbox, or its program as a process.

use super::tools::Tool;
use crate::metrics::custom::CustomScorer;
use crate::metrics::scripts;
use atelier_types::JsonMap;
use atelier_types::score::{NamedScore, Score};
use atelier_types::settings::Runner;
use serde_json::json;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

/// What a program may take where its entry says nothing.
const DEFAULT_TIMEOUT_MILLIS: u64 = 30_000;
/// More of what a program writes is not read.
const MAX_ANSWER_BYTES: u64 = 64 << 10;

type Answer = (Score, Option<String>);

/// `None` where it was cancelled. Everything else that goes wrong is a reason to be unscored.
pub(super) async fn score(
    scorer: &CustomScorer,
    tool: &Tool,
    output: &str,
    row: &JsonMap,
    cancel: &CancellationToken,
) -> Option<NamedScore> {
    let expected = scorer.expected(row).cloned();
    let answer = match tool {
        Tool::Script(script) => {
            let (script, output, row) = (script.clone(), output.to_owned(), row.clone());
            let run = move || script.score(&output, expected.as_ref(), &row);
            tokio::task::spawn_blocking(run).await.ok()?
        }
        Tool::Command { runner, environment } => {
            let request = json!({"output": output, "expected": expected, "row": row}).to_string();
            let answer = cancel.run_until_cancelled(run(runner, environment, request)).await?;
            answer.unwrap_or_else(|reason| (Score::unscored(reason), None))
        }
    };
    let (score, explanation) = answer;
    Some(NamedScore { name: scorer.info().name.clone(), score, explanation })
}

/// The error is why there is no score. The process is ended when this is dropped.
async fn run(runner: &Runner, environment: &[(String, String)], request: String) -> Result<Answer, String> {
    let (program, arguments) = runner.command.split_first().ok_or("The runner has no command")?;
    let folder = tempfile::tempdir().map_err(|err| format!("There is no temporary folder: {err}"))?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder.path()).kill_on_drop(true);
    command.env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|err| format!("Failed to start `{program}`: {err}"))?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async move {
        if let Some(mut stdin) = stdin {
            // A program that does not read its input may still answer.
            stdin.write_all(request.as_bytes()).await.ok();
        }
    };
    let millis = runner.timeout_millis.unwrap_or(DEFAULT_TIMEOUT_MILLIS);
    let talk = async {
        let ((), answer, complaint) = tokio::join!(write, beginning(stdout), beginning(stderr));
        (answer, complaint, child.wait().await)
    };
    let ended = tokio::time::timeout(Duration::from_millis(millis), talk).await;
    let (answer, complaint, status) = ended.map_err(|_| format!("The program did not end within {millis} ms"))?;
    let status = status.map_err(|err| format!("The program was lost: {err}"))?;
    if !status.success() {
        let complaint = String::from_utf8_lossy(&complaint);
        let last = complaint.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        return Err(format!("The program ended with {status}: {last}"));
    }
    scripts::answer_of(&answer)
}

/// What comes through a pipe, up to the most that is read; the rest is read and dropped, so that nobody waits.
async fn beginning(pipe: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let Some(mut pipe) = pipe else { return bytes };
    (&mut pipe).take(MAX_ANSWER_BYTES).read_to_end(&mut bytes).await.ok();
    tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await.ok();
    bytes
}
