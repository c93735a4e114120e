//! Server-sent events, as the WHATWG specification reads them, from chunks that may end anywhere: inside a character,
//! inside a line break, inside a field.
//!
//! Bytes are only looked at as whole lines, so text is never decoded in halves.

/// More than this in one event is no answer of a model.
const MAX_EVENT_BYTES: usize = 32 << 20;

/// What came where an event was expected.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than {MAX_EVENT_BYTES} bytes")]
pub struct TooLarge;

/// Takes chunks, gives the data of events.
#[derive(Default)]
pub struct SseDecoder {
    buffer: Vec<u8>,
    /// Bytes of `buffer` that were consumed.
    start: usize,
    /// Bytes of `buffer` that hold no line end; they are not looked at again.
    searched: usize,
    data: Vec<u8>,
    has_data: bool,
    /// The last line ended with CR; an LF right after it belongs to it.
    after_carriage_return: bool,
    is_past_mark: bool,
}

impl SseDecoder {
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), TooLarge> {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        if self.buffer.len() + self.data.len() + chunk.len() > MAX_EVENT_BYTES {
            return Err(TooLarge);
        }
        self.buffer.extend_from_slice(chunk);
        Ok(())
    }

    /// Copies the data of the next complete event into `event`. `false` when more bytes are needed.
    pub fn next_event(&mut self, event: &mut Vec<u8>) -> bool {
        while let Some((from, to)) = self.next_line() {
            if from == to {
                if self.take_event(event) {
                    return true;
                }
            } else {
                self.take_field(from, to);
            }
        }
        false
    }

    /// The stream ended: what is left counts as an event, although the specification would drop it. Servers that
    /// forget the last empty line are common, and a broken answer shows by itself.
    pub fn finish(&mut self, event: &mut Vec<u8>) -> bool {
        let (from, to) = (self.start, self.buffer.len());
        self.start = to;
        self.searched = to;
        if from < to {
            self.take_field(from, to);
        }
        self.take_event(event)
    }

    fn take_event(&mut self, event: &mut Vec<u8>) -> bool {
        if !self.has_data {
            return false;
        }
        self.has_data = false;
        event.clear();
        std::mem::swap(&mut self.data, event);
        true
    }

    /// Bounds of the next line in `buffer`, without its end.
    fn next_line(&mut self) -> Option<(usize, usize)> {
        if self.after_carriage_return && self.start < self.buffer.len() {
            self.after_carriage_return = false;
            if self.buffer[self.start] == b'\n' {
                self.start += 1;
                self.searched = self.searched.max(self.start);
            }
        }
        let Some(offset) = self.buffer[self.searched..].iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            self.searched = self.buffer.len();
            return None;
        };
        let end = self.searched + offset;
        let line = (self.start, end);
        self.after_carriage_return = self.buffer[end] == b'\r';
        self.start = end + 1;
        self.searched = end + 1;
        Some(line)
    }

    fn take_field(&mut self, from: usize, to: usize) {
        const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
        let mut line = &self.buffer[from..to];
        if !self.is_past_mark {
            self.is_past_mark = true;
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        let Some(value) = line.strip_prefix(b"data") else { return };
        let value = match value {
            [] => value,
            [b':', b' ', rest @ ..] | [b':', rest @ ..] => rest,
            // Another field whose name only begins like this one.
            _ => return,
        };
        if self.has_data {
            self.data.push(b'\n');
        }
        self.has_data = true;
        self.data.extend_from_slice(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events(chunks: &[&[u8]]) -> Vec<String> {
        let mut decoder = SseDecoder::default();
        let mut found = Vec::new();
        let mut event = Vec::new();
        for chunk in chunks {
            decoder.push(chunk).unwrap();
            while decoder.next_event(&mut event) {
                found.push(String::from_utf8(event.clone()).unwrap());
            }
        }
        if decoder.finish(&mut event) {
            found.push(String::from_utf8(event).unwrap());
        }
        found
    }

    const TORTURE: &str = "\u{feff}: keep-alive\n\ndata: one\n\nevent: x\r\nid: 7\r\ndata:two\r\ndata:  lines\r\n\r\n\
                           retry: 5\rdata\rdata: größer\r\r:\n\n\n\ndatabase: no\ndata: {\"a\": \"日本\"}\n\ndata: last";

    #[test]
    fn every_line_end_comment_and_field_is_read() {
        let expected = ["one", "two\n lines", "\ngrößer", "{\"a\": \"日本\"}", "last"];
        assert_eq!(events(&[TORTURE.as_bytes()]), expected);
    }

    #[test]
    fn chunks_of_one_byte_give_the_same_events() {
        let bytes: Vec<&[u8]> = TORTURE.as_bytes().chunks(1).collect();
        assert_eq!(events(&bytes), events(&[TORTURE.as_bytes()]));
    }

    proptest! {
        #[test]
        fn chunk_borders_change_nothing(cuts in prop::collection::vec(0..TORTURE.len(), 0..12)) {
            let mut cuts = cuts;
            cuts.extend([0, TORTURE.len()]);
            cuts.sort_unstable();
            let chunks: Vec<&[u8]> = cuts.windows(2).map(|cut| &TORTURE.as_bytes()[cut[0]..cut[1]]).collect();
            prop_assert_eq!(events(&chunks), events(&[TORTURE.as_bytes()]));
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut decoder = SseDecoder::default();
            let mut event = Vec::new();
            decoder.push(&bytes).unwrap();
            while decoder.next_event(&mut event) {}
            decoder.finish(&mut event);
        }
    }

    #[test]
    fn endless_event_is_refused() {
        let mut decoder = SseDecoder::default();
        let half = vec![b'x'; MAX_EVENT_BYTES / 2 + 1];
        assert_eq!(decoder.push(&half), Ok(()));
        assert!(!decoder.next_event(&mut Vec::new()));
        assert_eq!(decoder.push(&half), Err(TooLarge));
    }
}
