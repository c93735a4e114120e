//! What is promised about speed, measured here and printed with its conditions. `cargo xtask bench` builds everything
//! and runs it; a word on the command line runs only the benches whose name contains it.
//!
//! Timing decides nothing: a bench that misses its promise says so and the others go on.
#![expect(clippy::expect_used, reason = "a bench that cannot go on stops")]

mod cells;
mod frames;
mod processes;
mod scripts;
mod speed;
mod statistics;
mod window;

/// One measured number beside what was promised.
#[derive(Clone)]
pub struct Figure {
    pub what: String,
    pub measured: String,
    pub promised: &'static str,
    pub is_met: bool,
}

type Bench = fn() -> Vec<Figure>;

const BENCHES: &[(&str, Bench)] = &[
    ("cells", cells::instant),
    ("latency", cells::at_fifty_millis),
    ("frames", frames::native),
    ("scoring", speed::scoring),
    ("scripts", scripts::scripts),
    ("statistics", statistics::statistics),
    ("volumes", speed::volumes),
    ("native", window::native),
    ("webview", window::webview),
];

fn main() {
    let filter = std::env::args().nth(1).unwrap_or_default();
    println!("{}", conditions());
    for (name, bench) in BENCHES.iter().filter(|(name, _)| name.contains(&filter)) {
        println!("\n{name}");
        for figure in bench() {
            let word = if figure.is_met { "met" } else { "MISSED" };
            println!("  {:<68} {:>16}   promised {:<14} {word}", figure.what, figure.measured, figure.promised);
        }
    }
}

fn conditions() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let processor = read("/proc/cpuinfo");
    let processor = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown");
    let num_cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = read("/proc/loadavg");
    let load = load.split_whitespace().next().unwrap_or("unknown").to_owned();
    format!(
        "Processor{processor}, {num_cores} cores, load {load} before the start, profile `dev` of this workspace.\n\
         Everything, stand-ins included, runs on this machine; displays are Xvfb with software rendering."
    )
}
