//! The files of the web interface. They are listed once at the start, so a request can name nothing else.

use super::Shared;
use atelier_types::error::{ApiError, ErrorKind};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use std::collections::BTreeMap;
use std::sync::Arc;

const INDEX: &str = "index.html";

pub(crate) struct Files(BTreeMap<String, axum::body::Bytes>);

impl Files {
    pub(super) fn read(folder: &std::path::Path) -> Result<Self, ApiError> {
        let missing = |err: std::io::Error| {
            ApiError::new(
                ErrorKind::Unavailable,
                "serve.no_web_interface",
                "The web interface is not where it should be",
            )
            .with_cause(format!("{}: {err}", folder.display()))
            .with_action("Build it with `cargo xtask run`, or install Atelier again.")
        };
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(missing)? {
            let entry = entry.map_err(missing)?;
            if entry.path().is_file() {
                let bytes = std::fs::read(entry.path()).map_err(missing)?;
                files.insert(entry.file_name().to_string_lossy().into_owned(), bytes.into());
            }
        }
        if !files.contains_key(INDEX) {
            return Err(missing(std::io::Error::new(std::io::ErrorKind::NotFound, "there is no index.html")));
        }
        Ok(Self(files))
    }

    fn response(&self, name: &str) -> Response {
        match self.0.get(name) {
            Some(bytes) => ([(header::CONTENT_TYPE, content_type(name))], bytes.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }
}

pub(super) async fn index(State(shared): State<Arc<Shared>>) -> Response {
    shared.files.response(INDEX)
}

pub(super) async fn file(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Response {
    shared.files.response(&name)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ttf") => "font/ttf",
        _ => "application/octet-stream",
    }
}
