//! Named steps with their wall times, so that a slow run says what made it slow.

use std::time::{Duration, Instant};

/// Steps that were done so far.
pub struct Steps {
    started: Instant,
    done: Vec<(String, Duration)>,
}

impl Steps {
    pub fn new() -> Self {
        Self { started: Instant::now(), done: Vec::new() }
    }

    /// Runs one step. The first that fails ends the task.
    pub fn run<T>(&mut self, name: &str, step: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        eprintln!("\n── {name}");
        let started = Instant::now();
        let result = step();
        self.done.push((name.to_owned(), started.elapsed()));
        if result.is_err() {
            eprintln!("── {name} failed");
            self.print();
        }
        result
    }

    /// Prints the table of wall times.
    pub fn print(&self) {
        eprintln!("\nWall time of each step:");
        for (name, duration) in &self.done {
            eprintln!("{:>8.1} s  {name}", duration.as_secs_f64());
        }
        eprintln!("{:>8.1} s  all", self.started.elapsed().as_secs_f64());
    }
}
