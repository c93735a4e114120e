//! `atelier open` and `atelier serve`.

use super::Outcome;
use super::answers::{print_json, print_line};
use super::context::{Context, bad_argument};
use crate::environment::{has_display, resources, sister};
use crate::serve::{Access, Options, Server};
use crate::start::{self, First};
use crate::statuses;
use atelier_types::error::{ApiError, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct OpenOptions {
    /// A workspace; default: the one that was open last
    folder: Option<PathBuf>,
    /// Open the demo workspace
    #[arg(long, conflicts_with = "folder")]
    demo: bool,
    /// Draw the interface without a webview
    #[arg(long)]
    native: bool,
}

#[derive(clap::Args)]
pub(super) struct ServeOptions {
    /// A workspace; default: the one that was open last
    folder: Option<PathBuf>,
    /// Open the demo workspace
    #[arg(long, conflicts_with = "folder")]
    demo: bool,
    /// Address to listen on; other machines reach anything but loopback
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// 0 takes any that is free
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// A further name under which browsers may address this server
    #[arg(long = "host-name")]
    host_names: Vec<String>,
    /// PEM certificate chain
    #[arg(long, requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// PEM key of the certificate
    #[arg(long, requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Serve other machines without TLS; everything can be read on the way
    #[arg(long)]
    insecure: bool,
    /// File of `NAME ROLE TOKEN` lines; roles are reader, reviewer, editor, owner
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
}

fn first(context: &Context, folder: Option<PathBuf>, is_demo: bool) -> First {
    match (folder, is_demo) {
        (_, true) => First::Demo,
        (Some(folder), _) => First::Folder(folder),
        (None, _) => context.named_workspace().map(First::Folder).unwrap_or_default(),
    }
}

pub(super) async fn open(context: &Context, options: OpenOptions) -> Outcome {
    let desktop = sister("atelier-desktop");
    if !has_display() || !desktop.is_file() {
        eprintln!("There is no display, so the interface is served to a browser. Open this address:");
        let folder = options.folder;
        let serve_options = ServeOptions {
            folder,
            demo: options.demo,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            host_names: Vec::new(),
            tls_certificate: None,
            tls_key: None,
            insecure: false,
            tokens: None,
        };
        return serve(context, serve_options).await;
    }
    let mut command = tokio::process::Command::new(&desktop);
    match first(context, options.folder, options.demo) {
        First::Demo => command.arg("--demo"),
        First::Folder(folder) => command.arg(folder),
        First::Last => &mut command,
    };
    if options.native {
        command.arg("--native");
    }
    let status = command.status().await.map_err(|err| {
        ApiError::new(ErrorKind::Unavailable, "desktop.not_started", "Failed to start the window")
            .with_cause(err)
            .with_action("Use `atelier serve` and a browser instead.")
    })?;
    Ok(if status.success() { statuses::DONE } else { statuses::FAILED })
}

pub(super) async fn serve(context: &Context, options: ServeOptions) -> Outcome {
    refuse_open_door(&options)?;
    let access = match &options.tokens {
        Some(file) => Access::from_file(file)?,
        None => Access::owner(&*context.studio.env().random),
    };
    let token = access.first().to_owned();
    let first = first(context, options.folder, options.demo);
    let server = Server::bind(
        context.studio.clone(),
        Options {
            address: SocketAddr::new(options.address, options.port),
            access,
            host_names: options.host_names,
            tls: options.tls_certificate.zip(options.tls_key),
            web: resources().join("web"),
        },
    )?;
    start::open(&context.studio, &first).await?;
    let url = server.url(&token);
    if context.is_json {
        print_json(&serde_json::json!({ "url": url, "address": server.address(), "token": token }))?;
    } else {
        print_line(&url);
    }
    server
        .run(async {
            let _stopped = tokio::signal::ctrl_c().await;
        })
        .await?;
    Ok(statuses::DONE)
}

/// Other machines are let in only with named tokens, and only over TLS or with open eyes.
fn refuse_open_door(options: &ServeOptions) -> Result<(), ApiError> {
    if options.address.is_loopback() {
        return Ok(());
    }
    if options.tls_certificate.is_none() && !options.insecure {
        return Err(bad_argument(format!("{} is reached by other machines, and there is no TLS", options.address))
            .with_action("Give `--tls-certificate` and `--tls-key`, or say `--insecure`."));
    }
    if options.tokens.is_none() {
        return Err(bad_argument(format!(
            "{} is reached by other machines, and there are no named tokens",
            options.address
        ))
        .with_action("Give `--tokens FILE` with one `NAME ROLE TOKEN` a line."));
    }
    Ok(())
}
