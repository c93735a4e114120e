//! Cells of an experiment: against a stand-in that answers at once, and against one that takes 50 ms.

use super::Figure;
use atelier_tests::sandbox::Sandbox;
use atelier_tests::stand_in::StandIn;
use atelier_tests::workspace::{greetings, write};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

const NUM_INSTANT_ROWS: usize = 5_000;
const NUM_SLOW_CELLS: usize = 2_000;
const SLOW: Duration = Duration::from_millis(50);
const CONCURRENCY: usize = 32;

struct Ground {
    sandbox: Sandbox,
    stand_in: StandIn,
    folder: PathBuf,
}

impl Ground {
    /// `num_rows` × two prompts, three scorers.
    fn new(num_rows: usize) -> Self {
        let (sandbox, stand_in) = (Sandbox::new(), StandIn::start());
        let folder = greetings(&sandbox, &stand_in, &["echo"], num_rows);
        let file = folder.join("experiments/greetings.toml");
        let text = std::fs::read_to_string(&file).expect("the experiment was written");
        write(
            &folder,
            "experiments/greetings.toml",
            &format!("{text}\n[[scorers]]\nscorer = \"regex\"\npattern = \"[0-9]\"\n"),
        );
        Self { sandbox, stand_in, folder }
    }

    /// Wall and processor time of a whole run, the program's start included.
    fn run(&self) -> (Duration, Duration) {
        let mut command = self.sandbox.command("sh");
        command.args(["-c", "\"$@\" >/dev/null 2>&1 || exit 1; times", "sh"]);
        command.arg(atelier_tests::programs::program("atelier"));
        command.args(["--workspace", self.folder.to_str().expect("a temporary path is text"), "run", "greetings"]);
        command.args(["--concurrency", &CONCURRENCY.to_string(), "--json"]);
        let started = Instant::now();
        let output = command.output().expect("sh starts");
        let wall = started.elapsed();
        assert!(output.status.success(), "the run failed");
        let times = String::from_utf8_lossy(&output.stdout).into_owned();
        let children = times.lines().nth(1).expect("`times` writes two lines");
        (wall, children.split_whitespace().map(seconds).sum())
    }
}

/// `0m1.250s` as `times` writes it.
fn seconds(text: &str) -> Duration {
    let (minutes, rest) = text.trim_end_matches('s').split_once('m').unwrap_or(("0", "0"));
    let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
    Duration::from_secs_f64(number(minutes) * 60.0 + number(rest))
}

pub fn instant() -> Vec<Figure> {
    let ground = Ground::new(NUM_INSTANT_ROWS);
    let (wall, cpu) = ground.run();
    let num_cells = (2 * NUM_INSTANT_ROWS) as f64;
    let rate = num_cells / wall.as_secs_f64();
    let cpu_millis = cpu.as_secs_f64() * 1000.0 / num_cells;
    vec![
        Figure {
            what: format!("cells a second, {num_cells} cells, three scorers, stored"),
            measured: format!("{rate:.0}"),
            promised: "≥ 5,000",
            is_met: rate >= 5_000.0,
        },
        Figure {
            what: "processor time a cell of ours".to_owned(),
            measured: format!("{cpu_millis:.3} ms"),
            promised: "≤ 0.2 ms",
            is_met: cpu_millis <= 0.2,
        },
    ]
}

pub fn at_fifty_millis() -> Vec<Figure> {
    let ground = Ground::new(NUM_SLOW_CELLS / 2);
    ground.stand_in.set_delay(SLOW);
    let bare = bare_load(&ground.stand_in);
    let (wall, _) = ground.run();
    let ratio = wall.as_secs_f64() / bare.as_secs_f64();
    vec![Figure {
        what: format!(
            "{NUM_SLOW_CELLS} cells at 50 ms, {CONCURRENCY} at once: ours / bare load ({:.2} s)",
            bare.as_secs_f64()
        ),
        measured: format!("{ratio:.2} ×"),
        promised: "≤ 1.05 ×",
        is_met: ratio <= 1.05,
    }]
}

/// The same number of requests by threads that do nothing else, each on a connection that stays open.
fn bare_load(stand_in: &StandIn) -> Duration {
    let address = stand_in.base_url().trim_start_matches("http://").trim_end_matches("/v1").to_owned();
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CONCURRENCY {
            scope.spawn(|| load_once(&address, NUM_SLOW_CELLS / CONCURRENCY));
        }
    });
    started.elapsed()
}

fn load_once(address: &str, num_requests: usize) {
    let body = "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"bare\"}]}";
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = std::net::TcpStream::connect(address).expect("the stand-in listens");
    let mut answer = vec![0; 64 * 1024];
    for _ in 0..num_requests {
        stream.write_all(request.as_bytes()).expect("the stand-in reads");
        let mut num_bytes = 0;
        while !answer[..num_bytes].ends_with(b"}") {
            num_bytes += stream.read(&mut answer[num_bytes..]).expect("the stand-in answers");
        }
    }
}
