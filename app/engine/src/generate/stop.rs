//! Stop strings in a stream of text.
//!
//! mistral.rs streams the stop string itself and what follows it, and finds it one token late. Here text that might be
//! the start of a stop string is held back until it is decided, so that no byte of a stop string is ever sent.

#[derive(Debug)]
pub struct StopMatcher {
    stops: Vec<String>,
    /// Received and not yet sent: a beginning of some stop string.
    held: String,
}

/// What a piece of text led to.
#[derive(Debug, PartialEq, Eq)]
pub struct Passed {
    /// Text that is certainly part of the answer.
    pub text: String,
    /// A stop string was found behind `text`; nothing more is to be pushed.
    pub is_stopped: bool,
}

impl StopMatcher {
    /// Empty stop strings are dropped: they would stop everything at once.
    pub fn new(stops: &[String]) -> Self {
        Self { stops: stops.iter().filter(|stop| !stop.is_empty()).cloned().collect(), held: String::new() }
    }

    pub fn push(&mut self, text: &str) -> Passed {
        self.held.push_str(text);
        if let Some(at) = self.stops.iter().filter_map(|stop| self.held.find(stop.as_str())).min() {
            let text = self.held[..at].to_owned();
            self.held.clear();
            return Passed { text, is_stopped: true };
        }
        let held_from = self.held.len() - self.num_undecided_bytes();
        let undecided = self.held.split_off(held_from);
        Passed { text: std::mem::replace(&mut self.held, undecided), is_stopped: false }
    }

    /// What was held back, when the answer has ended without a stop string.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// Length of the longest end of `held` that begins a stop string.
    fn num_undecided_bytes(&self) -> usize {
        let begins = |stop: &String| {
            let longest = stop.len().saturating_sub(1).min(self.held.len());
            (1..=longest).rev().find(|length| self.held.as_bytes().ends_with(&stop.as_bytes()[..*length]))
        };
        let length = self.stops.iter().filter_map(begins).max().unwrap_or(0);
        // A beginning of a stop string that ends within a character cannot occur: `held` is whole characters.
        if self.held.is_char_boundary(self.held.len() - length) { length } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pushes the pieces and returns what was sent in all, and whether it stopped.
    fn run(stops: &[&str], pieces: &[&str]) -> (String, bool) {
        let mut matcher = StopMatcher::new(&stops.iter().map(|stop| (*stop).to_owned()).collect::<Vec<_>>());
        let mut sent = String::new();
        for piece in pieces {
            let passed = matcher.push(piece);
            sent.push_str(&passed.text);
            if passed.is_stopped {
                return (sent, true);
            }
        }
        sent.push_str(&matcher.finish());
        (sent, false)
    }

    #[test]
    fn a_stop_string_across_pieces_is_never_sent() {
        let whole = "one two END three";
        for first in 0..whole.len() {
            for second in first..whole.len() {
                let pieces = [&whole[..first], &whole[first..second], &whole[second..]];
                assert_eq!(run(&["END"], &pieces), ("one two ".to_owned(), true), "{pieces:?}");
            }
        }
    }

    #[test]
    fn text_that_only_begins_like_a_stop_string_is_sent_in_the_end() {
        assert_eq!(run(&["END"], &["the E", "N", "T"]), ("the ENT".to_owned(), false));
        assert_eq!(run(&["END"], &["the EN"]), ("the EN".to_owned(), false));
    }

    #[test]
    fn nothing_is_held_back_without_need() {
        let mut matcher = StopMatcher::new(&["END".to_owned()]);
        assert_eq!(matcher.push("abcE"), Passed { text: "abc".to_owned(), is_stopped: false });
        assert_eq!(matcher.push("x"), Passed { text: "Ex".to_owned(), is_stopped: false });
    }

    #[test]
    fn the_earliest_of_several_stop_strings_counts() {
        assert_eq!(run(&["later", "now"], &["stop now or later"]), ("stop ".to_owned(), true));
    }

    #[test]
    fn a_stop_string_that_overlaps_itself_is_found() {
        assert_eq!(run(&["aab"], &["a", "a", "a", "b"]), ("a".to_owned(), true));
    }

    #[test]
    fn characters_of_several_bytes_stay_whole() {
        assert_eq!(run(&["→!"], &["a→", "→", "!b"]), ("a→".to_owned(), true));
        assert_eq!(run(&["\u{2192}x"], &["\u{2191}"]), ("\u{2191}".to_owned(), false));
    }

    #[test]
    fn an_empty_stop_string_stops_nothing() {
        assert_eq!(run(&[""], &["text"]), ("text".to_owned(), false));
    }
}
