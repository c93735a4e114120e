//! A small workspace as a prompt engineer would know it, and a studio that answers from it.

pub mod experiments;
mod models;
mod prompts;
pub mod reviews;
mod workspace;

pub use workspace::settings;

use crate::transport::fake::Studio;
use atelier_types::time::MillisSinceEpoch;

/// The moment at which every test happens: 24 November 2026, 10:00 UTC.
pub const NOW: MillisSinceEpoch = MillisSinceEpoch(1_795_514_400_000);

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn before_now(millis: i64) -> MillisSinceEpoch {
    MillisSinceEpoch(NOW.0 - millis)
}

/// A studio with the canned workspace open. A test may change any answer.
pub fn studio() -> Studio {
    let studio = Studio::default();
    workspace::answer(&studio);
    prompts::answer(&studio);
    models::answer(&studio);
    experiments::answer(&studio);
    reviews::answer(&studio);
    studio
}
