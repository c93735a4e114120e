//! The text cursor stops blinking while nobody does anything: whenever it comes or goes, the whole frame is drawn again.

use super::App;
use egui::Context;

/// As long as the desktops around us let a cursor blink.
const BLINK_SECS: f64 = 10.0;

/// When something was done last, and whether the cursor was brought to rest since.
#[derive(Default)]
pub(super) struct Cursor {
    acted_secs: f64,
    is_resting: bool,
}

impl Cursor {
    /// Whether it has to begin or to end its rest in this frame.
    fn turns(&mut self, has_acted: bool, now_secs: f64) -> bool {
        if has_acted {
            self.acted_secs = now_secs;
        }
        (now_secs - self.acted_secs >= BLINK_SECS) != self.is_resting
    }
}

impl App {
    /// Where nothing blinks by itself, as in tests, nothing is changed.
    pub(super) fn rest_cursor(&mut self, ctx: &Context, now_secs: f64) {
        let has_acted = ctx.input(|input| !input.events.is_empty());
        let is_blinking = ctx.global_style().visuals.text_cursor.blink;
        if self.cursor.turns(has_acted, now_secs) && is_blinking != self.cursor.is_resting {
            self.cursor.is_resting = is_blinking;
            ctx.all_styles_mut(|style| style.visuals.text_cursor.blink = !is_blinking);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rests_after_a_while_and_wakes_with_the_next_act() {
        let mut cursor = Cursor::default();
        assert!(!cursor.turns(true, 5.0) && !cursor.turns(false, 14.9));
        assert!(cursor.turns(false, 15.0));
        cursor.is_resting = true;
        assert!(!cursor.turns(false, 16.0));
        assert!(cursor.turns(true, 17.0));
    }
}
