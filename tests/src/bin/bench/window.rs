//! The window: time to its first frame, memory over all processes, processor time while nothing happens.

use super::{Figure, processes};
use atelier_tests::display::Display;
use atelier_tests::programs::program;
use atelier_tests::sandbox::Sandbox;
use atelier_tests::workspace::demo;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
/// Time for what a start leaves behind to settle, and then to watch it.
const SETTLE: Duration = Duration::from_secs(5);
const WATCH: Duration = Duration::from_secs(10);
/// A window that has drawn text has many colours; an empty one has a handful.
const MIN_COLOURS: u32 = 200;

pub fn native() -> Vec<Figure> {
    measure("--native", "≤ 0.7 s", 0.7)
}

pub fn webview() -> Vec<Figure> {
    measure("--webview", "≤ 2.5 s", 2.5)
}

fn measure(kind: &str, promised: &'static str, max_seconds: f64) -> Vec<Figure> {
    let sandbox = Sandbox::new();
    let folder = demo(&sandbox);
    let start = |display: &Display| {
        let mut command = sandbox.command(program("atelier-desktop"));
        command.env("DISPLAY", display.name()).env("LIBGL_ALWAYS_SOFTWARE", "1");
        command.env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        command.arg(&folder).arg(kind).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the window starts")
    };
    // The first start reads everything from disk; the promise is about a warm one. It has a display of its own, on which
    // what it drew may stay.
    let cold = Display::start(1440, 900);
    end(wait_for_frame(start(&cold), &cold).0);
    let display = Display::start(1440, 900);
    let started = Instant::now();
    let (child, is_drawn) = wait_for_frame(start(&display), &display);
    let first_frame = started.elapsed();
    std::thread::sleep(SETTLE);
    let all = processes::tree(child.id());
    let memory = processes::memory(&all) as f64 / 1e6;
    let before = processes::cpu(&all);
    std::thread::sleep(WATCH);
    let idle = (processes::cpu(&all) - before).as_secs_f64() / WATCH.as_secs_f64() * 100.0;
    end(child);
    vec![
        Figure {
            what: format!("warm start to a drawn window ({kind}), looked at every 0.1 s"),
            measured: if is_drawn { format!("{:.1} s", first_frame.as_secs_f64()) } else { "never".to_owned() },
            promised,
            is_met: is_drawn && first_frame.as_secs_f64() <= max_seconds,
        },
        Figure {
            what: "memory over all processes".to_owned(),
            measured: format!("{memory:.0} MB"),
            promised: "≤ 600 MB",
            is_met: memory <= 600.0,
        },
        Figure {
            what: "processor while nothing happens, of one core".to_owned(),
            measured: format!("{idle:.2} %"),
            promised: "< 1 %",
            is_met: idle < 1.0,
        },
    ]
}

fn wait_for_frame(child: Child, display: &Display) -> (Child, bool) {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if num_colours(display) >= MIN_COLOURS {
            return (child, true);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    (child, false)
}

fn num_colours(display: &Display) -> u32 {
    let mut command = Command::new("import");
    command.env("DISPLAY", display.name()).args(["-window", "root", "-format", "%k", "info:"]);
    let output = command.output().expect("imagemagick is installed by `cargo xtask bench`");
    String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(0)
}

fn end(mut child: Child) {
    child.kill().ok();
    child.wait().ok();
}
