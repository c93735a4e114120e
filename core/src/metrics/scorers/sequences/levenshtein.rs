//! Levenshtein distance: Myers' bit vectors in blocks (Hyyrö, *A bit-vector algorithm for computing Levenshtein and
//! Damerau edit distances*, 2003), time O(n·m/64).

use super::{Places, Symbol, without_common_ends};

/// Insertions, deletions and substitutions that turn one sequence into the other.
pub(super) fn levenshtein<T: Symbol>(a: &[T], b: &[T]) -> usize {
    let (a, b, _) = without_common_ends(a, b);
    let (pattern, text) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if pattern.is_empty() {
        return text.len();
    }
    let places = Places::of(pattern);
    match places.num_blocks {
        1 => levenshtein_in(&mut [BEFORE_TEXT; 1], &places, pattern.len(), text),
        2 => levenshtein_in(&mut [BEFORE_TEXT; 2], &places, pattern.len(), text),
        3 => levenshtein_in(&mut [BEFORE_TEXT; 3], &places, pattern.len(), text),
        4 => levenshtein_in(&mut [BEFORE_TEXT; 4], &places, pattern.len(), text),
        num => levenshtein_in(vec![BEFORE_TEXT; num].as_mut_slice(), &places, pattern.len(), text),
    }
}

/// Where a column grows and where it shrinks by one from place to place, as bits.
type Differences = (u64, u64);

const BEFORE_TEXT: Differences = (u64::MAX, 0);

/// Inlined into each caller, so that a column of a known number of blocks is unrolled.
#[inline(always)]
fn levenshtein_in<T: Symbol>(columns: &mut [Differences], places: &Places, length: usize, text: &[T]) -> usize {
    let last_bit = (length - 1) % 64;
    let mut distance = length;
    for symbol in text {
        let (mut carry_up, mut carry_down) = (1, 0);
        let (mut up, mut down) = (0, 0);
        for ((plus, minus), places) in columns.iter_mut().zip(places.row(symbol.code())) {
            let matches = places | carry_down;
            let diagonal = ((matches & *plus).wrapping_add(*plus) ^ *plus) | matches | *minus;
            up = *minus | !(diagonal | *plus);
            down = diagonal & *plus;
            let (shifted_up, shifted_down) = ((up << 1) | carry_up, (down << 1) | carry_down);
            (carry_up, carry_down) = (up >> 63, down >> 63);
            *plus = shifted_down | !(diagonal | shifted_up);
            *minus = shifted_up & diagonal;
        }
        distance += (up >> last_bit & 1) as usize;
        distance -= (down >> last_bit & 1) as usize;
    }
    distance
}
