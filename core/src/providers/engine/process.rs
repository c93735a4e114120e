//! One run of the program, from its start to its end.

use super::EngineSettings;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::model::EngineState;
use serde::Deserialize;
use std::collections::VecDeque;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::oneshot;

/// A cold disk and a busy machine need time to bring in a large program.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// Between the end of a program's output and its own end.
const END_GRACE: Duration = Duration::from_secs(5);
/// Last lines of stderr that are kept for the report of its end.
const NUM_KEPT_LINES: usize = 12;
const TOKEN_DIGITS: usize = 64;

/// A running engine. Dropping it ends the program.
pub(super) struct Process {
    pub base_url: String,
    pub token: String,
    version: String,
    device: String,
    pid: u32,
    /// The engine ends when this closes, also when the studio is killed.
    _stdin: ChildStdin,
    kill: std::sync::Mutex<Option<Kill>>,
    end: Arc<OnceLock<ApiError>>,
}

struct Kill {
    _dropped_is_the_signal: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
}

#[derive(Deserialize)]
struct Greeting {
    address: std::net::SocketAddr,
    version: String,
    device: String,
    pid: u32,
}

impl Process {
    /// Starts the program and waits until it says where it listens. `on_end` hears of an end that nobody asked for.
    pub async fn start(
        settings: &EngineSettings,
        on_end: impl FnOnce(&str, ApiError) + Send + 'static,
    ) -> Result<Self, ApiError> {
        let failed = |cause: String| start_failed().with_cause(cause);
        let token = settings.random.hex(TOKEN_DIGITS);
        let mut child = spawn(settings).map_err(|error| failed(error.to_string()))?;
        let (Some(mut stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed("it has no pipes".to_owned()));
        };
        let last_words = tokio::spawn(last_lines(stderr));
        let mut stdout = BufReader::new(stdout);
        let greeted = tokio::time::timeout(START_TIMEOUT, greet(&mut stdin, &mut stdout, &token)).await;
        let greeting = match greeted {
            Ok(Ok(greeting)) => greeting,
            Ok(Err(cause)) => return Err(explained(failed(cause), child, last_words).await),
            Err(_) => return Err(failed(format!("no sign of life within {} s", START_TIMEOUT.as_secs()))),
        };
        // Nothing of interest follows, but a full pipe would stop whoever writes.
        tokio::spawn(async move { tokio::io::copy(&mut stdout, &mut tokio::io::sink()).await });
        let (kill, killed) = oneshot::channel();
        let (ended, is_over) = oneshot::channel();
        let end = Arc::new(OnceLock::new());
        let (own_token, own_end) = (token.clone(), Arc::clone(&end));
        tokio::spawn(async move {
            if let Some(error) = watch(child, killed, last_words).await {
                // First noted, then told: whoever keeps the process after it was told sees the note.
                let _set_only_here = own_end.set(error.clone());
                on_end(&own_token, error);
            }
            drop(ended);
        });
        Ok(Self {
            base_url: format!("http://{}", greeting.address),
            token,
            version: greeting.version,
            device: greeting.device,
            pid: greeting.pid,
            _stdin: stdin,
            kill: std::sync::Mutex::new(Some(Kill { _dropped_is_the_signal: kill, ended: is_over })),
            end,
        })
    }

    /// Why it has ended by itself, if it has.
    pub fn end(&self) -> Option<&ApiError> {
        self.end.get()
    }

    /// Ends the program and returns when it has ended.
    pub async fn kill(&self) {
        let kill = self.kill.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(Kill { _dropped_is_the_signal: signal, ended }) = kill {
            drop(signal);
            let _sender_is_dropped_at_the_end = ended.await;
        }
    }

    pub fn state(&self, resident_bytes: Option<u64>) -> EngineState {
        EngineState::Running {
            version: self.version.clone(),
            device: self.device.clone(),
            pid: self.pid,
            resident_bytes,
        }
    }
}

fn spawn(settings: &EngineSettings) -> std::io::Result<Child> {
    Command::new(&settings.program)
        .env("HF_HOME", &settings.home)
        // The heap of a freed model goes back to the system only where large blocks are mapped on their own; without
        // this, glibc raises the limit as it goes.
        .env("MALLOC_MMAP_THRESHOLD_", "8388608")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

async fn greet(
    stdin: &mut ChildStdin,
    stdout: &mut (impl AsyncBufRead + Unpin),
    token: &str,
) -> Result<Greeting, String> {
    let line = format!("{}\n", serde_json::json!({"token": token}));
    // A program that has ended already says more on stderr than this failure would.
    let _may_be_gone = stdin.write_all(line.as_bytes()).await;
    let _may_be_gone = stdin.flush().await;
    let mut answer = String::new();
    let num_read = stdout.read_line(&mut answer).await.map_err(|error| error.to_string())?;
    if num_read == 0 {
        return Err("it ended before it said where it listens".to_owned());
    }
    serde_json::from_str(&answer).map_err(|error| format!("its greeting is not understood: {error}"))
}

/// Returns when the program has ended; with the reason, where nobody asked for it.
async fn watch(
    mut child: Child,
    killed: oneshot::Receiver<()>,
    last_words: tokio::task::JoinHandle<Vec<String>>,
) -> Option<ApiError> {
    let status = tokio::select! {
        status = child.wait() => status,
        _asked_or_dropped = killed => {
            let _may_have_ended = child.kill().await;
            return None;
        }
    };
    Some(with_words(super::link::lost().with_cause(describe(status)), last_words.await.unwrap_or_default()))
}

/// The error of a failed start, with the exit status and what the program wrote.
async fn explained(error: ApiError, mut child: Child, last_words: tokio::task::JoinHandle<Vec<String>>) -> ApiError {
    let error = match tokio::time::timeout(END_GRACE, child.wait()).await {
        Ok(status) => error.with_cause(describe(status)),
        // It goes on without a greeting.
        Err(_) => {
            let _may_have_ended = child.kill().await;
            error
        }
    };
    with_words(error, last_words.await.unwrap_or_default())
}

fn with_words(error: ApiError, lines: Vec<String>) -> ApiError {
    lines.into_iter().fold(error, ApiError::with_cause)
}

fn describe(status: std::io::Result<ExitStatus>) -> String {
    match status {
        Ok(status) => format!("the program ended with {status}"),
        Err(error) => format!("its end is not known: {error}"),
    }
}

async fn last_lines(stderr: impl AsyncRead + Unpin) -> Vec<String> {
    let mut reader = BufReader::new(stderr);
    let mut lines = VecDeque::new();
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).await.is_ok_and(|num_read| num_read > 0) {
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        line.clear();
        if text.is_empty() {
            continue;
        }
        if lines.len() == NUM_KEPT_LINES {
            lines.pop_front();
        }
        lines.push_back(text);
    }
    lines.into()
}

pub(super) fn missing(program: &Path) -> ApiError {
    ApiError::new(ErrorKind::Unavailable, "engine.missing", "The program that runs local models is not installed")
        .with_cause(format!("there is no file: {}", program.display()))
        .with_action("Build or install `atelier-engine` beside Atelier, or take a remote model.")
}

fn start_failed() -> ApiError {
    ApiError::new(ErrorKind::Unavailable, "engine.start_failed", "The program that runs local models did not start")
        .with_action("Start `atelier-engine --version` in a terminal to see what is wrong.")
}
