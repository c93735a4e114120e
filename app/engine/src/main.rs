//! `atelier-engine`: the program that hosts local models.
//!
//! It is the only room that knows mistral.rs, and what it cannot load: text encoders of the BERT family. It runs as a process of its own, so that a crash, a panic in model code
//! or an out-of-memory kill takes no studio with it. Nothing here reads a workspace, keeps a conversation or talks to a
//! hub: weights come from a local path, requests from one parent.
//!
//! # How the studio and the engine talk
//!
//! 1. The studio starts this program without arguments and with pipes on stdin and stdout.
//! 2. The studio writes one line of JSON to stdin: `{"token": "<secret of at least 16 bytes>"}`.
//! 3. The engine binds a free port of 127.0.0.1 and writes one line of JSON to stdout:
//!    `{"address": "127.0.0.1:PORT", "version": "0.1.0", "device": "cpu", "pid": 123}`. Nothing else goes to stdout.
//! 4. From then on they speak HTTP. Each request carries `Authorization: Bearer <token>` and a loopback `Host`.
//! 5. Stdin stays open. When it closes, the parent is gone and the engine ends at once.
//!
//! `atelier-engine --listen ADDR --token-file FILE` serves the same routes to somebody else. There is no TLS yet, so an
//! address beyond loopback also needs `--insecure`.
//!
//! # Routes
//!
//! | route | what |
//! |---|---|
//! | `POST /v1/chat/completions` | OpenAI's dialect, streaming and whole |
//! | `POST /v1/embeddings` | OpenAI's dialect, and vectors of tokens beside it; local encoders only |
//! | `GET /v1/models` | the loaded models, in OpenAI's dialect |
//! | `POST /engine/load {id, path}` | loads weights; answers when they can be used, with their identity |
//! | `POST /engine/unload {id}` | cancels what runs on the model and gives its memory back |
//! | `GET /engine/status` | models, resident memory, device, versions |
//! | `POST /engine/tokenize {id, texts}` or `{id, messages}` | token counts |
//!
//! Failures are `{"error": {message, type, code, category, …}}`, where `category` and its counts are those of
//! [`atelier_types::provider::ErrorCategory`].

mod chat;
mod embeddings;
mod encoder;
mod error;
mod generate;
mod guard;
mod memory;
mod model;
mod server;
mod weights;

use anyhow::{Context as _, bail};
use clap::Parser as _;
use guard::{HostRule, Token};
use serde::Deserialize;
use std::io::{BufRead as _, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;

/// Hosts local models. Without arguments it is a child of the studio and waits for a token on stdin.
#[derive(clap::Parser)]
#[command(version)]
struct Arguments {
    /// Serve on this address instead of being a child of the studio
    #[arg(long, value_name = "ADDR", requires = "token_file")]
    listen: Option<SocketAddr>,
    /// File that holds the bearer token
    #[arg(long, value_name = "FILE", requires = "listen")]
    token_file: Option<PathBuf>,
    /// Allow an address beyond loopback although the connection is not encrypted
    #[arg(long, requires = "listen")]
    insecure: bool,
}

#[derive(Deserialize)]
struct Greeting {
    token: String,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let outcome = match (arguments.listen, arguments.token_file) {
        (Some(address), Some(file)) => runtime.block_on(serve_others(address, &file, arguments.insecure)),
        _ => runtime.block_on(serve_parent()),
    };
    // A model that is computing has no say in when the program ends.
    runtime.shutdown_background();
    outcome
}

async fn serve_parent() -> anyhow::Result<()> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("Failed to read the greeting from stdin")?;
    let greeting: Greeting = serde_json::from_str(&line)
        .context("Failed to understand the greeting on stdin, {\"token\": …} is expected")?;
    let token = Token::new(&greeting.token)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("Failed to bind a loopback port")?;
    let answer = serde_json::json!({
        "address": listener.local_addr()?.to_string(),
        "version": env!("CARGO_PKG_VERSION"),
        "device": model::device_name(),
        "pid": std::process::id(),
    });
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{answer}")?;
    stdout.flush()?;
    drop(stdout);
    tokio::select! {
        outcome = server::serve(listener, token, HostRule::LoopbackOnly) => outcome,
        () = parent_gone() => Ok(()),
    }
}

async fn parent_gone() {
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        // End of file and an error mean the same: nobody is there any more.
        let _ended = std::io::stdin().lock().read_to_end(&mut Vec::new());
        drop(sender);
    });
    let _closed = receiver.await;
}

async fn serve_others(address: SocketAddr, token_file: &Path, insecure: bool) -> anyhow::Result<()> {
    if !address.ip().is_loopback() && !insecure {
        bail!(
            "{address} can be reached from other machines and the connection is not encrypted; add --insecure to allow it"
        );
    }
    let text = std::fs::read_to_string(token_file)
        .with_context(|| format!("Failed to read the token file: {}", token_file.display()))?;
    let token = Token::new(text.trim())?;
    let listener = TcpListener::bind(address).await.with_context(|| format!("Failed to bind {address}"))?;
    eprintln!("atelier-engine {} listens on {}", env!("CARGO_PKG_VERSION"), listener.local_addr()?);
    let rule = if address.ip().is_loopback() { HostRule::LoopbackOnly } else { HostRule::Any };
    server::serve(listener, token, rule).await
}
