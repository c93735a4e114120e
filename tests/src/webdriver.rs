//! Browser and webview through WebDriver. Elements are found by role and name, in the mirror of the accessibility tree.

use crate::sandbox::Sandbox;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a test waits for something to appear before it fails. Never a measure of speed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A driver process with one session.
pub struct Driver {
    process: Child,
    pub client: Client,
}

impl Driver {
    /// Headless Chromium.
    pub async fn chromium(sandbox: &Sandbox, width: u32, height: u32) -> Self {
        let profile = sandbox.path().join("chromium");
        let arguments = json!([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader",
            "--force-device-scale-factor=1",
            format!("--user-data-dir={}", profile.display()),
            format!("--window-size={width},{height}"),
        ]);
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
        Self::start(sandbox.command("chromedriver"), "--port=", capabilities).await
    }

    /// The real window. The driver starts the program itself, with the driver's environment.
    pub async fn webkit(mut driver: Command, program: &std::path::Path, arguments: &[&str]) -> Self {
        driver.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        let mut capabilities = Capabilities::new();
        capabilities.insert("webkitgtk:browserOptions".to_owned(), json!({ "binary": program, "args": arguments }));
        Self::start(driver, "--port=", capabilities).await
    }

    async fn start(mut command: Command, port_argument: &str, capabilities: Capabilities) -> Self {
        let port = free_port();
        command.arg(format!("{port_argument}{port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().expect("the driver is installed by `cargo xtask test`");
        let address = format!("http://127.0.0.1:{port}");
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&address).await;
        Self { process, client: client.unwrap_or_else(|err| panic!("no session: {err}")) }
    }

    /// Waits for an element with this role and accessible name.
    pub async fn find(&self, role: &str, name: &str) -> fantoccini::elements::Element {
        let selector = selector(role, name);
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(&selector)).await;
        match found {
            Ok(element) => element,
            Err(err) => panic!("no {role} named `{name}` ({err}); there is:\n{}", self.outline().await),
        }
    }

    /// Waits until nothing has this role and name any more.
    pub async fn wait_gone(&self, role: &str, name: &str) {
        let selector = selector(role, name);
        for _ in 0..PATIENCE.as_millis() / 100 {
            if self.client.find_all(Locator::Css(&selector)).await.is_ok_and(|found| found.is_empty()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{role} named `{name}` is still there");
    }

    pub async fn click(&self, role: &str, name: &str) {
        let element = self.find(role, name).await;
        let arguments = vec![json!(element)];
        self.client.execute("arguments[0].click()", arguments).await.expect("the element can be clicked");
    }

    /// Sets a text field's value as an assistive program would.
    pub async fn set_text(&self, name: &str, text: &str) {
        let element = self.find("textbox", name).await;
        let script = "arguments[0].focus(); arguments[0].value = arguments[1]; \
                      arguments[0].dispatchEvent(new Event('input', { bubbles: true }))";
        self.client.execute(script, vec![json!(element), json!(text)]).await.expect("the field takes text");
    }

    /// Roles and names of everything in the mirror, for a failure's message.
    pub async fn outline(&self) -> String {
        let script = "return Array.from(document.querySelectorAll('[role]')).map(e => \
                      e.getAttribute('role') + ' ' + (e.getAttribute('aria-label') || '')).join('\\n')";
        match self.client.execute(script, Vec::new()).await {
            Ok(Value::String(text)) => text,
            other => format!("{other:?}"),
        }
    }

    /// Ends the session and the driver.
    pub async fn close(mut self) {
        self.client.clone().close().await.ok();
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn selector(role: &str, name: &str) -> String {
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("[role=\"{role}\"][aria-label=\"{name}\"]")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("the listener's address").port()
}
