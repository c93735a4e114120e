//! Scorers of users' own that mean harm, each in the sandbox: how long it takes to end, what memory it takes meanwhile, and
//! whether the next scorer is right.

use super::Figure;
use atelier_core::metrics::scripts::{Limits, Program, Script};
use atelier_tests::programs::program;
use atelier_types::JsonMap;
use atelier_types::score::Score;
use std::sync::Arc;
use std::time::{Duration, Instant};

const MAX_WALL: Duration = Duration::from_secs(5);
/// What a script may have, and what its machine and its argument take.
const MAX_MEMORY_BYTES: u64 = (64 + 32) << 20;

const HOSTILE: [(&str, &str); 8] = [
    ("an endless loop", "loop {}"),
    ("a string that doubles", "let text = \"x\"; loop { text += text; }"),
    ("a map that grows", "let map = #{}; let i = 0; loop { map[i.to_string()] = \"x\"; i += 1; }"),
    ("a list within a list", "let list = [1]; loop { list = [list, list]; }"),
    ("a call within a call", "score(output, expected, row)"),
    ("a print without end", "loop { print(output); }"),
    ("an import", "import \"/etc/passwd\" as secrets; 1"),
    ("the clock", "timestamp().elapsed"),
];

pub fn scripts() -> Vec<Figure> {
    let resources = program("atelier").with_file_name("resources");
    let module = std::fs::read(resources.join("script.wasm")).expect("the interpreter is built");
    let compiled = Program::with_limits(&module, Limits::of_interpreter()).expect("the interpreter is a scorer");
    let interpreter = Arc::new(compiled);
    let script = |body: &str| {
        let source = format!("fn score(output, expected, row) {{ {body} }}");
        Script::new(interpreter.clone(), Some(source))
    };
    let right = script("output.len");
    let row = JsonMap::new();
    let score = |script: &Script| script.score("hello", None, &row).0;
    assert_eq!(score(&right), Score::Number(5.0));
    let started = Instant::now();
    let num_plain = 200;
    (0..num_plain).for_each(|_| assert_eq!(score(&right), Score::Number(5.0)));
    let each = started.elapsed() / num_plain;
    let mut figures = vec![Figure {
        what: "a script that means well, one score".to_owned(),
        measured: format!("{:.2} ms", each.as_secs_f64() * 1e3),
        promised: "≤ 20 ms",
        is_met: each <= Duration::from_millis(20),
    }];
    for (name, body) in HOSTILE {
        let before = resident_peak_bytes();
        let started = Instant::now();
        let ended = score(&script(body));
        let wall = started.elapsed();
        let grown = resident_peak_bytes().saturating_sub(before);
        let is_next_right = score(&right) == Score::Number(5.0);
        let is_unscored = matches!(ended, Score::Unscored { .. });
        figures.push(Figure {
            what: format!("{name}: ends unscored, memory +{} MiB, next is right", grown >> 20),
            measured: format!("{:.0} ms", wall.as_secs_f64() * 1e3),
            promised: "≤ 5 s, ≤ 96 MiB",
            is_met: wall <= MAX_WALL && grown <= MAX_MEMORY_BYTES && is_next_right && is_unscored,
        });
    }
    figures
}

/// The most memory that this process had so far; 0 where the system does not say.
fn resident_peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}
