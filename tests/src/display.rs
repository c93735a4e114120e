//! A display of its own for a test: Xvfb with a window manager.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running X server. It ends when it is dropped.
pub struct Display {
    name: String,
    server: Child,
    window_manager: Option<Child>,
}

impl Display {
    pub fn start(width: u32, height: u32) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &format!("{width}x{height}x24")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed by `cargo xtask test`");
        let mut line = String::new();
        let output = server.stdout.take().expect("its output is piped");
        BufReader::new(output).read_line(&mut line).expect("Xvfb says its number");
        let name = format!(":{}", line.trim());
        let window_manager =
            Command::new("openbox").env("DISPLAY", &name).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok();
        Self { name, server, window_manager }
    }

    /// `:7`
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Types and clicks as a person would, by `xdotool`.
    pub fn xdotool(&self, arguments: &[&str]) {
        let status = Command::new("xdotool").env("DISPLAY", &self.name).args(arguments).status();
        assert!(status.is_ok_and(|status| status.success()), "xdotool {arguments:?} failed");
    }

    /// The whole display as a PNG file.
    pub fn screenshot(&self, file: &Path) {
        let status = Command::new("import").env("DISPLAY", &self.name).args(["-window", "root"]).arg(file).status();
        assert!(status.is_ok_and(|status| status.success()), "imagemagick's `import` failed");
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in self.window_manager.iter_mut().chain([&mut self.server]) {
            child.kill().ok();
            child.wait().ok();
        }
    }
}
