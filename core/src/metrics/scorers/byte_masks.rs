//! Which bytes of a text are of a kind, as bits: eight bytes are looked at together, and where a run of them ends is
//! read off the bits rather than found byte by byte.
//!
//! A kind takes eight bytes as one number, the first byte lowest, and answers with the highest bit of each byte that is
//! of the kind.

use std::ops::Range;

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
const NUM_TOGETHER: usize = 64;

/// ASCII letters and digits.
#[inline]
pub(super) fn alphanumeric(bytes: u64) -> u64 {
    between(bytes | (LOW_BITS * 0x20), b'a', b'z') | between(bytes, b'0', b'9')
}

#[inline]
pub(super) fn equal(bytes: u64, byte: u8) -> u64 {
    between(bytes, byte, byte)
}

/// What Python's `str.split` parts ASCII at.
#[inline]
pub(super) fn space(bytes: u64) -> u64 {
    between(bytes, b'\t', b'\r') | between(bytes, 0x1c, b' ')
}

/// Bytes from `low` to `high`, both ASCII.
#[inline]
fn between(bytes: u64, low: u8, high: u8) -> u64 {
    let ascii = bytes & !HIGH_BITS;
    let is_from_low = ascii + LOW_BITS * u64::from(0x80 - low);
    let is_over_high = ascii + LOW_BITS * u64::from(0x7f - high);
    is_from_low & !is_over_high & !bytes & HIGH_BITS
}

/// Calls `each` for every 64 bytes with where they begin, a bit for each that is of the kind, and one for each that is not.
fn each_mask(bytes: &[u8], kind: impl Fn(u64) -> u64, mut each: impl FnMut(usize, u64, u64)) {
    let (blocks, rest) = bytes.as_chunks::<NUM_TOGETHER>();
    let mut last = [0; NUM_TOGETHER];
    last[..rest.len()].copy_from_slice(rest);
    for (at, block) in blocks.iter().chain([&last]).enumerate() {
        let mut found = [0; NUM_TOGETHER / 8];
        for (found, eight) in found.iter_mut().zip(block.as_chunks().0) {
            *found = (kind(u64::from_le_bytes(*eight)) & HIGH_BITS) >> 7;
        }
        let mut mask = 0;
        for bits in found.into_iter().rev() {
            // Gathers the lowest bits of the bytes in the highest byte.
            mask = mask << 8 | bits.wrapping_mul(0x0102_0408_1020_4080) >> 56;
        }
        let base = at * NUM_TOGETHER;
        let num_unused = (base + NUM_TOGETHER).saturating_sub(bytes.len());
        let used = u64::MAX.checked_shr(num_unused as u32).unwrap_or(0);
        each(base, mask & used, !mask & used);
    }
}

/// Calls `each` with every longest run of bytes of the kind.
pub(super) fn each_run(bytes: &[u8], kind: impl Fn(u64) -> u64, mut each: impl FnMut(Range<usize>)) {
    let (mut start, mut is_open) = (0, false);
    each_mask(bytes, kind, |base, mask, _| {
        let mut changes = mask ^ (mask << 1 | u64::from(is_open));
        while changes != 0 {
            let at = base + changes.trailing_zeros() as usize;
            changes &= changes.wrapping_sub(1);
            if is_open {
                each(start..at);
            }
            (start, is_open) = (at, !is_open);
        }
    });
    if is_open {
        each(start..bytes.len());
    }
}

/// Calls `each` with the place of every byte that is not of the kind.
pub(super) fn each_unlike(bytes: &[u8], kind: impl Fn(u64) -> u64, mut each: impl FnMut(usize)) {
    each_mask(bytes, kind, |base, _, mut unlike| {
        while unlike != 0 {
            each(base + unlike.trailing_zeros() as usize);
            unlike &= unlike.wrapping_sub(1);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::scorers::unicode::is_space;

    #[test]
    fn kinds_are_those_of_single_bytes() {
        for byte in 0..=u8::MAX {
            let eight = u64::from_le_bytes([b'-', byte, b'-', b'-', 0xff, b'-', b'-', byte]);
            let expected = u64::from(byte.is_ascii_alphanumeric()) * 0x8000_0000_0000_8000;
            assert_eq!(alphanumeric(eight), expected, "{byte:#x}");
            assert_eq!(equal(eight, b'\'') != 0, byte == b'\'', "{byte:#x}");
            assert_eq!(space(eight) != 0, byte.is_ascii() && is_space(byte.into()), "{byte:#x}");
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
            let mut others = Vec::new();
            each_unlike(text.as_bytes(), alphanumeric, |at| others.push(at));
            let expected = (0..text.len()).filter(|at| !text.as_bytes()[*at].is_ascii_alphanumeric());
            assert_eq!(others, expected.collect::<Vec<_>>());
        }
    }
}
