//! 2,000 cases of each statistic, drawn here as `drawn_statistics.py` and `drawn_agreement.py` in `core/tests/goldens`
//! draw them; the golden files hold only what the reference packages make of each, rounded to floats of 32 bits.
//!
//! NaN stands for what is undefined, there and here; infinity for what the reference gives up on.

use super::super::*;
use serde_json::Value;
use std::sync::LazyLock;

mod agreement;
mod tests;

const NUM_CASES: usize = 2_000;
/// The most of a statistic's numbers that a reference may give up on.
const MAX_SHARE_GIVEN_UP: f64 = 0.1;
const CONFIDENCES: [f64; 4] = [0.8, 0.9, 0.95, 0.99];

static GOLDENS: LazyLock<[Value; 2]> = LazyLock::new(|| {
    [
        include_str!("../../../../../tests/goldens/drawn_statistics.json"),
        include_str!("../../../../../tests/goldens/drawn_agreement.json"),
    ]
    .map(|text| serde_json::from_str(text).unwrap())
});

/// Knuth's linear congruential generator with 64 bits of state, of which the upper 31 are used.
struct Cases {
    state: u64,
}

impl Cases {
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % limit
    }

    fn among<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    /// Numbers from −3 to 3 in steps whose sums are exact.
    fn thousandth(&mut self) -> f64 {
        (self.below(6145) as f64 - 3072.0) / 1024.0
    }

    /// `least` to `most` of them.
    fn differences(&mut self, least: usize, most: usize) -> Vec<f64> {
        let count = least + self.below(most - least + 1);
        (0..count).map(|_| self.thousandth()).collect()
    }
}

/// Draws each case, calls `ours` with it and compares what it answers with the reference, number by number.
fn compare_all(name: &str, seed: u64, ours: impl Fn(&mut Cases) -> Vec<Option<f64>>) {
    let text = GOLDENS.iter().find_map(|golden| golden["numbers"][name].as_str()).unwrap();
    let mut expected = decoded(text).into_iter();
    let (mut cases, mut num_compared, mut num_given_up) = (Cases { state: seed }, 0, 0);
    for case in 0..NUM_CASES {
        for (place, found) in ours(&mut cases).into_iter().enumerate() {
            let wanted = f64::from(expected.next().unwrap());
            let is_equal = match found {
                _ if wanted.is_infinite() => {
                    num_given_up += 1;
                    true
                }
                Some(found) => (found - wanted).abs() <= 1e-6 * wanted.abs() + 1e-9,
                None => wanted.is_nan(),
            };
            assert!(is_equal, "{name}, case {case}, number {place}: {found:?} instead of {wanted}");
            num_compared += 1;
        }
    }
    assert_eq!(expected.next(), None, "{name}");
    assert!(f64::from(num_given_up) <= MAX_SHARE_GIVEN_UP * f64::from(num_compared), "{name}: {num_given_up} given up");
}

/// Base64 of little-endian floats.
fn decoded(text: &str) -> Vec<f32> {
    let sixth = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let (mut held, mut num_held, mut bytes) = (0_u32, 0, Vec::new());
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        held = held << 6 | u32::from(sixth(byte));
        num_held += 6;
        if num_held >= 8 {
            num_held -= 8;
            bytes.push((held >> num_held) as u8);
            held &= (1 << num_held) - 1;
        }
    }
    bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
}

#[test]
fn generator_draws_as_the_golden_files_have_it() {
    let mut cases = Cases { state: 1 };
    assert_eq!([1000; 3].map(|limit| cases.below(limit)), [774, 153, 196]);
    assert_eq!(decoded("AACAPwAAAMA="), [1.0, -2.0]);
}
