//! How long scorers and statistics take, in process and on one thread.

mod pairs;
mod scoring;
mod volumes;

pub use scoring::figures as scoring;
pub use volumes::figures as volumes;

use cpu_time::ThreadTime;
use std::time::Duration;

/// Processor time of the quickest of a few passes: what else runs on the machine only ever makes one slower.
fn quickest(num_passes: usize, mut pass: impl FnMut()) -> Duration {
    let passes = (0..num_passes).map(|_| {
        let started = ThreadTime::now();
        pass();
        started.elapsed()
    });
    passes.min().unwrap_or_default()
}
