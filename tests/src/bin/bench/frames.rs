//! Frames of the native interface, timed without a window by a program that lies beside the interface's examples.

use super::Figure;
use atelier_tests::programs;
use serde_json::Value;
use std::process::Command;

/// Promises at the 99th percentile.
const MAX_TYPING_MILLIS: f64 = 16.0;
const MAX_FRAME_MILLIS: f64 = 4.0;

pub fn native() -> Vec<Figure> {
    println!(
        "  p99 of frames computed one after the other by one thread: logic, layout, accessibility tree, tessellation;\n  \
         no vertical sync, no window system, no graphics card. Typing is wall time, frames are processor time."
    );
    let program = programs::folder().join("examples").join(format!("frame_times{}", std::env::consts::EXE_SUFFIX));
    let output = Command::new(program).output().expect("`cargo xtask bench` builds the examples");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("figures are text");
    text.lines().map(|line| figure(&serde_json::from_str(line).expect("a figure is JSON"))).collect()
}

fn figure(measured: &Value) -> Figure {
    let millis = |name: &str| measured[name].as_f64().expect("a figure has a number");
    let (promised, max_millis) = match measured["kind"].as_str() {
        Some("typing") => ("≤ 16 ms", MAX_TYPING_MILLIS),
        _ => ("≤ 4 ms", MAX_FRAME_MILLIS),
    };
    Figure {
        what: format!("{}, {} times", measured["what"].as_str().unwrap_or_default(), measured["num"]),
        measured: format!("{:.2} ms", millis("p99_millis")),
        promised,
        is_met: millis("p99_millis") <= max_millis,
    }
}
