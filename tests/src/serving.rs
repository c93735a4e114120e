//! `atelier serve` on a workspace.

use crate::sandbox::Sandbox;
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Stdio};

/// A running server. It ends when it is dropped.
pub struct Serving {
    server: Child,
    url: String,
}

impl Serving {
    /// Starts it and waits until it listens.
    pub fn start(sandbox: &Sandbox, folder: &Path) -> Self {
        let folder = folder.to_str().expect("a temporary path is text");
        let mut command = sandbox.atelier(&["serve", folder, "--json"]);
        let mut server = command.stdout(Stdio::piped()).spawn().expect("atelier starts");
        let output = server.stdout.take().expect("its output is piped");
        let mut documents = serde_json::Deserializer::from_reader(output).into_iter::<Value>();
        let said = documents.next().expect("the server says its address").expect("and says it as JSON");
        let url = said["url"].as_str().expect("the address to open is a text").to_owned();
        Self { server, url }
    }

    /// The address to open, with the token.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}
