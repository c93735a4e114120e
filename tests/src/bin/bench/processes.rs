//! Time and memory of processes, from `/proc`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Clock ticks a second of `/proc/*/stat` on every Linux that we build for.
const TICKS_PER_SECOND: f64 = 100.0;

/// A process and everything below it.
pub fn tree(root: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").expect("this is Linux").flatten() {
        if let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok())
            && let Some(parent) = field(process, 3)
        {
            children.entry(parent as u32).or_default().push(process);
        }
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(process) = found.get(next).copied() {
        found.extend(children.get(&process).into_iter().flatten());
        next += 1;
    }
    found
}

/// Processor time that all of them have used.
pub fn cpu(processes: &[u32]) -> Duration {
    let ticks = |process: &u32| Some(field(*process, 13)? + field(*process, 14)?);
    Duration::from_secs_f64(processes.iter().filter_map(ticks).sum::<f64>() / TICKS_PER_SECOND)
}

/// Memory in bytes; pages that several of them share count once in all.
pub fn memory(processes: &[u32]) -> u64 {
    let share = |process: &u32| {
        let text = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("smaps_rollup")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    processes.iter().filter_map(share).sum::<u64>() * 1024
}

/// A number of `/proc/<process>/stat`, counted from 0; the name in parentheses may hold spaces.
fn field(process: u32, number: usize) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let after_name = text.rsplit_once(')')?.1;
    after_name.split_whitespace().nth(number - 2)?.parse().ok()
}
