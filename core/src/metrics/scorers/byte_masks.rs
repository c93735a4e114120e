//! Which bytes of a text are of a kind, as bits: sixteen bytes are looked at together, and where a run of them begins
//! and ends is read off the bits of 64 rather than found byte by byte.
//!
//! A kind takes sixteen bytes and answers with all bits of each byte that is of the kind.

use std::ops::Range;
use wide::u8x16;

pub(super) const NUM_TOGETHER: usize = 64;

/// Sixty-four bytes of a text.
pub(super) struct Block([u8x16; NUM_TOGETHER / 16]);

/// What 64 bytes are to the parts of a text, as bits.
pub(super) struct Parts {
    /// Bytes that are one part with their neighbours of this kind.
    pub joined: u64,
    /// Bytes that are a part each.
    pub alone: u64,
}

impl Block {
    #[inline]
    fn new(bytes: &[u8; NUM_TOGETHER]) -> Self {
        let (sixteens, _) = bytes.as_chunks();
        Self(std::array::from_fn(|at| u8x16::new(sixteens[at])))
    }

    /// A bit for each byte that is of the kind, the first one lowest.
    #[inline]
    pub(super) fn mask(&self, kind: impl Fn(u8x16) -> u8x16) -> u64 {
        self.0.iter().rev().fold(0, |mask, bytes| mask << 16 | u64::from(kind(*bytes).to_bitmask()))
    }
}

/// ASCII letters and digits.
#[inline]
pub(super) fn alphanumeric(bytes: u8x16) -> u8x16 {
    between(bytes | u8x16::splat(0x20), b'a', b'z') | between(bytes, b'0', b'9')
}

#[inline]
pub(super) fn equal(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(byte))
}

/// What Python's `str.split` parts ASCII at.
#[inline]
pub(super) fn space(bytes: u8x16) -> u8x16 {
    between(bytes, b'\t', b'\r') | between(bytes, 0x1c, b' ')
}

/// Bytes from `low` to `high`.
#[inline]
pub(super) fn between(bytes: u8x16, low: u8, high: u8) -> u8x16 {
    // Bytes under `low` become large ones.
    let from_low = bytes - u8x16::splat(low);
    from_low.simd_eq(from_low.min(u8x16::splat(high - low)))
}

/// Calls `each` with every longest run of bytes of the kind.
#[inline]
pub(super) fn each_run(bytes: &[u8], kind: impl Fn(u8x16) -> u8x16, each: impl FnMut(Range<usize>)) {
    each_part(bytes, |_, block| Parts { joined: block.mask(&kind), alone: 0 }, each);
}

/// Calls `each` with every part of a text in order. `parts` says for every 64 bytes, and where these begin, what they
/// are; what it says of bytes past the end does not count.
#[inline]
pub(super) fn each_part(
    bytes: &[u8],
    mut parts: impl FnMut(usize, &Block) -> Parts,
    mut each: impl FnMut(Range<usize>),
) {
    let (blocks, rest) = bytes.as_chunks::<NUM_TOGETHER>();
    // There always is one that is not full, so that the last part ends in a block.
    let mut last = [0; NUM_TOGETHER];
    last[..rest.len()].copy_from_slice(rest);
    let (mut start, mut was_joined, mut was_alone) = (0, 0, 0);
    for (at, block) in blocks.iter().chain([&last]).enumerate() {
        let base = at * NUM_TOGETHER;
        let used = if at < blocks.len() { u64::MAX } else { (1 << rest.len()) - 1 };
        let Parts { joined, alone } = parts(base, &Block::new(block));
        let (joined, alone) = (joined & used, alone & used);
        let before = joined << 1 | was_joined;
        let mut starts = joined & !before | alone;
        let mut ends = before & !joined | alone << 1 | was_alone;
        (was_joined, was_alone) = (joined >> 63, alone >> 63);
        let mut next_start = || {
            let start = base + starts.trailing_zeros() as usize;
            starts &= starts.wrapping_sub(1);
            start
        };
        // Else a part is open that began before; without a start here, the next one is in a block to come.
        if start >= base {
            start = next_start();
        }
        while ends != 0 {
            each(start..base + ends.trailing_zeros() as usize);
            ends &= ends.wrapping_sub(1);
            start = next_start();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::scorers::unicode::is_space;

    #[test]
    fn kinds_are_those_of_single_bytes() {
        for byte in 0..=u8::MAX {
            let mut bytes = [b'-'; NUM_TOGETHER];
            [bytes[1], bytes[17], bytes[63]] = [byte; 3];
            let expected = |is_of_kind| u64::from(is_of_kind) * (1 << 1 | 1 << 17 | 1 << 63);
            let block = Block::new(&bytes);
            assert_eq!(block.mask(alphanumeric), expected(byte.is_ascii_alphanumeric()), "{byte:#x}");
            assert_eq!(block.mask(space), expected(byte.is_ascii() && is_space(byte.into())), "{byte:#x}");
            let apostrophe = block.mask(|bytes| equal(bytes, b'\''));
            assert_eq!(apostrophe, expected(byte == b'\''), "{byte:#x}");
        }
    }

    #[test]
    fn runs_and_what_is_between_are_found_in_whatever_block_they_lie() {
        let word = "x".repeat(61);
        for text in [
            "",
            "a",
            " a ",
            "a b",
            "größe 12",
            &word,
            &format!("{word} {word}{word}.{word}"),
            "1234567 12345678",
            &word.replace('x', "-a"),
        ] {
            let mut found = Vec::new();
            each_run(text.as_bytes(), alphanumeric, |place| found.push(&text[place]));
            let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
            assert_eq!(found, words.collect::<Vec<_>>());
            let mut parts = Vec::new();
            each_run(text.as_bytes(), |bytes| !space(bytes), |place| parts.push(&text[place]));
            assert_eq!(parts, text.split_ascii_whitespace().collect::<Vec<_>>());
            let each_alone = |_, block: &Block| Parts { joined: 0, alone: !block.mask(alphanumeric) };
            let mut others = Vec::new();
            each_part(text.as_bytes(), each_alone, |place| others.push(place));
            let expected = (0..text.len()).filter(|at| !text.as_bytes()[*at].is_ascii_alphanumeric());
            assert_eq!(others, expected.map(|at| at..at + 1).collect::<Vec<_>>());
        }
    }
}
