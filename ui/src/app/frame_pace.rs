//! Whether drawing is slow. With some drivers a webview draws in software and does not say so. So the interface draws some
//! frames one right after the other, once after each start, and measures the time from each to the next.

use egui::Context;

/// The start itself, with all that is read and drawn first, is not judged.
const WARM_UP_SECS: f64 = 1.0;
/// Frames that are judged: few, since drawing them is work.
const NUM_FRAMES: usize = 20;
/// Slow is when more than half of them take longer than this, under twenty a second.
const MAX_MEDIAN_SECS: f64 = 0.05;
/// No frame takes this long: the page was hidden or the machine slept.
const MAX_INTERVAL_SECS: f64 = 1.0;

/// The frames since the start.
#[derive(Debug, Default)]
pub(super) struct FramePace {
    begun_secs: Option<f64>,
    /// From each frame to the next.
    intervals_secs: Vec<f64>,
    /// The frame before this one asked for it.
    is_asked_for: bool,
}

impl FramePace {
    /// Takes in the frame that has just begun, and asks for the next while there are too few. Answers with the last of
    /// them, and only then, whether drawing is slow.
    pub(super) fn observe(&mut self, ctx: &Context) -> bool {
        if self.intervals_secs.len() == NUM_FRAMES {
            return false;
        }
        let (now_secs, interval_secs) = ctx.input(|input| (input.time, f64::from(input.unstable_dt)));
        let wait_secs = *self.begun_secs.get_or_insert(now_secs) + WARM_UP_SECS - now_secs;
        if wait_secs > 0.0 {
            ctx.request_repaint_after_secs(wait_secs as f32);
            return false;
        }
        if std::mem::replace(&mut self.is_asked_for, true) && interval_secs < MAX_INTERVAL_SECS {
            self.intervals_secs.push(interval_secs);
        }
        if self.intervals_secs.len() < NUM_FRAMES {
            ctx.request_repaint();
            return false;
        }
        is_slow(&self.intervals_secs)
    }
}

/// Whether more than half of the frames took too long, in seconds from each frame to the next.
fn is_slow(intervals_secs: &[f64]) -> bool {
    let num_long = intervals_secs.iter().filter(|secs| **secs > MAX_MEDIAN_SECS).count();
    2 * num_long > intervals_secs.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames at this pace until nothing more is asked for; whether drawing was found slow, and how many frames it took.
    fn frames(secs: f64) -> (bool, usize) {
        let (ctx, mut pace) = (Context::default(), FramePace::default());
        let mut is_slow = false;
        for frame in 0..1000 {
            let input = egui::RawInput { time: Some(frame as f64 * secs), ..egui::RawInput::default() };
            let output = ctx.run_ui(input, |ui| is_slow |= pace.observe(ui.ctx()));
            output.drop_without_applying_deltas();
            if pace.intervals_secs.len() == NUM_FRAMES {
                return (is_slow, frame + 1);
            }
        }
        (is_slow, 1000)
    }

    #[test]
    fn slow_frames_are_found_and_quick_ones_are_not() {
        assert!(frames(0.2).0);
        assert!(!frames(0.016).0);
    }

    #[test]
    fn it_ends_soon_after_the_start() {
        let (_, num_frames) = frames(0.1);
        assert!((28..36).contains(&num_frames), "{num_frames}");
        assert_eq!(frames(1.5).1, 1000, "a machine that slept is not judged");
    }

    #[test]
    fn single_hitches_are_not_a_slow_webview() {
        assert!(!is_slow(&[[0.2; NUM_FRAMES / 2], [0.016; NUM_FRAMES / 2]].concat()));
        assert!(!is_slow(&[MAX_MEDIAN_SECS; NUM_FRAMES]));
    }
}
