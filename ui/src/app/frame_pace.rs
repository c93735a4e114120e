//! Whether drawing is slow. With some drivers a webview draws in software and does not say so, so the time from one frame
//! to the next is measured while a person works.

use egui::Context;
use std::collections::VecDeque;

/// Frames that are judged: the newest ones that another frame had asked for at once.
const NUM_FRAMES: usize = 60;
/// Slow is when half of them take longer than this, under twenty a second.
const MAX_MEDIAN_SECS: f64 = 0.05;
/// A frame counts this long after the last input: neither the start nor what moves by itself is judged.
const ATTENTION_SECS: f64 = 1.0;
/// No frame takes this long: the page was hidden or the machine slept.
const MAX_INTERVAL_SECS: f64 = 1.0;

/// The newest intervals between frames.
#[derive(Debug, Default)]
pub(super) struct FramePace {
    intervals_secs: VecDeque<f64>,
    last_input_secs: Option<f64>,
}

impl FramePace {
    /// Takes in the frame that has just begun. Answers whether drawing is slow.
    pub(super) fn observe(&mut self, ctx: &Context) -> bool {
        let was_asked_for = ctx.requested_repaint_last_pass();
        let (now_secs, interval_secs, has_input) =
            ctx.input(|input| (input.time, f64::from(input.unstable_dt), !input.raw.events.is_empty()));
        if has_input {
            self.last_input_secs = Some(now_secs);
        }
        let is_attended = self.last_input_secs.is_some_and(|last_secs| now_secs - last_secs <= ATTENTION_SECS);
        if was_asked_for && is_attended && interval_secs < MAX_INTERVAL_SECS {
            self.push(interval_secs);
        }
        is_slow(self.intervals_secs.make_contiguous())
    }

    fn push(&mut self, interval_secs: f64) {
        if self.intervals_secs.len() == NUM_FRAMES {
            self.intervals_secs.pop_front();
        }
        self.intervals_secs.push_back(interval_secs);
    }
}

/// Whether so many frames took too long, in seconds from each frame to the next. Too few frames say nothing.
fn is_slow(intervals_secs: &[f64]) -> bool {
    let num_long = intervals_secs.iter().filter(|secs| **secs > MAX_MEDIAN_SECS).count();
    intervals_secs.len() >= NUM_FRAMES && 2 * num_long > intervals_secs.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_is_when_more_than_half_of_enough_frames_are_long() {
        assert!(!is_slow(&[]));
        assert!(!is_slow(&[0.2; NUM_FRAMES - 1]), "too few to say");
        assert!(is_slow(&[0.2; NUM_FRAMES]));
        assert!(!is_slow(&[0.016; NUM_FRAMES]));
        let half = [[0.2; NUM_FRAMES / 2], [0.016; NUM_FRAMES / 2]].concat();
        assert!(!is_slow(&half), "single hitches are not a slow webview");
        assert!(!is_slow(&[MAX_MEDIAN_SECS; NUM_FRAMES]));
    }

    #[test]
    fn only_the_newest_frames_count() {
        let mut pace = FramePace::default();
        (0..NUM_FRAMES).for_each(|_| pace.push(0.2));
        assert!(is_slow(pace.intervals_secs.make_contiguous()));
        (0..NUM_FRAMES).for_each(|_| pace.push(0.016));
        assert!(!is_slow(pace.intervals_secs.make_contiguous()));
        assert_eq!(pace.intervals_secs.len(), NUM_FRAMES);
    }

    #[test]
    fn frames_that_nobody_works_at_are_not_judged() {
        let (ctx, mut pace) = (Context::default(), FramePace::default());
        for frame in 0..2 * NUM_FRAMES {
            let input = egui::RawInput { time: Some(frame as f64 * 0.2), ..egui::RawInput::default() };
            let output = ctx.run_ui(input, |ui| {
                assert!(!pace.observe(ui.ctx()));
                ui.ctx().request_repaint();
            });
            output.drop_without_applying_deltas();
        }
    }

    #[test]
    fn long_frames_under_input_are_slow() {
        let (ctx, mut pace) = (Context::default(), FramePace::default());
        let mut is_slow = false;
        for frame in 0..2 * NUM_FRAMES {
            let events = vec![egui::Event::PointerMoved(egui::pos2(frame as f32, 1.0))];
            let input = egui::RawInput { time: Some(frame as f64 * 0.2), events, ..egui::RawInput::default() };
            let output = ctx.run_ui(input, |ui| {
                is_slow = pace.observe(ui.ctx());
                ui.ctx().request_repaint();
            });
            output.drop_without_applying_deltas();
        }
        assert!(is_slow);
    }
}
