//! Browser and webview through WebDriver. Elements are found by role and name, in the mirror of the accessibility tree.

use crate::sandbox::Sandbox;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a test waits for something to appear before it fails. Never a measure of speed.
const PATIENCE: Duration = Duration::from_secs(120);

/// A driver process with one session.
pub struct Driver {
    process: Child,
    port: u16,
    session: String,
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
        let client = client.unwrap_or_else(|err| panic!("no session: {err}"));
        let session = client.session_id().await.ok().flatten().expect("a session has an id");
        Self { process, port, session, client }
    }

    /// Waits for an element with this role and accessible name.
    pub async fn find(&self, role: &str, name: &str) -> Element {
        self.wait_for(&selector(role, name)).await
    }

    /// Waits for an element whose accessible name begins like this.
    pub async fn find_like(&self, role: &str, beginning: &str) -> Element {
        self.wait_for(&selector_like(role, beginning)).await
    }

    async fn wait_for(&self, selector: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(err) => panic!("no {selector} ({err}); there is:\n{}", self.outline().await),
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

    /// Clicks the element as soon as it can be used.
    pub async fn click(&self, role: &str, name: &str) {
        self.act(&selector(role, name), "element.click();", Value::Null).await;
    }

    /// Clicks the element whose accessible name begins like this.
    pub async fn click_like(&self, role: &str, beginning: &str) {
        self.act(&selector_like(role, beginning), "element.click();", Value::Null).await;
    }

    /// Sets a text field's value as an assistive program would.
    pub async fn set_text(&self, name: &str, text: &str) {
        let write = "element.focus(); element.value = arguments[1]; \
                     element.dispatchEvent(new Event('input', { bubbles: true }));";
        self.act(&selector("textbox", name), write, json!(text)).await;
    }

    /// Finds and acts in one step: between two the page may draw a frame and put another element there.
    async fn act(&self, selector: &str, action: &str, argument: Value) {
        let usable = json!(format!("{selector}:not([aria-disabled])"));
        let script = format!(
            "const element = document.querySelector(arguments[0]); if (!element) return false; {action} return true;"
        );
        for _ in 0..PATIENCE.as_millis() / 100 {
            let answer = self.client.execute(&script, vec![usable.clone(), argument.clone()]).await;
            if answer.expect("the page runs scripts") == true {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no {selector} that can be used; there is:\n{}", self.outline().await);
    }

    /// Presses a key on the canvas, as a person does who has the picture before them.
    pub async fn press(&self, key: char) {
        let focus = "document.getElementById('atelier').focus()";
        self.client.execute(focus, Vec::new()).await.expect("the canvas takes the focus");
        let keys = KeyActions::new("keyboard".to_owned());
        let keys = keys.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        self.client.perform_actions(keys).await.expect("the key can be pressed");
    }

    /// Waits until the page draws no more frames and none is to come by itself.
    pub async fn wait_asleep(&self) {
        for _ in 0..PATIENCE.as_millis() / 100 {
            let answer = self.client.execute("return window.atelierFrames.isAsleep();", Vec::new()).await;
            if answer.expect("the page runs scripts") == true {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the page goes on drawing; there is:\n{}", self.outline().await);
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

    /// Ends the session, and with it the program that shows it: a driver that is killed would leave it behind.
    fn end_session(&self) -> std::io::Result<()> {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (session, port) = (&self.session, self.port);
        write!(stream, "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new()).map(drop)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.end_session().ok();
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn selector(role: &str, name: &str) -> String {
    format!("[role=\"{role}\"][aria-label=\"{}\"]", escaped(name))
}

fn selector_like(role: &str, beginning: &str) -> String {
    format!("[role=\"{role}\"][aria-label^=\"{}\"]", escaped(beginning))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("the listener's address").port()
}
