//! Longest common subsequence: Hyyrö's bit-parallel recurrence (*Bit-parallel LCS-length computation revisited*, 2004),
//! time O(n·m/64).

use super::{Places, Symbol, without_common_ends};
use std::array::{from_mut, from_ref};

/// Length of the longest common subsequence.
pub(in super::super) fn lcs_length<T: Symbol>(a: &[T], b: &[T]) -> usize {
    let (a, b, num_common) = without_common_ends(a, b);
    if a.is_empty() || b.is_empty() {
        return num_common;
    }
    let (pattern, text) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let places = Places::of(pattern);
    let length = match places.num_blocks {
        1 => lcs_of_blocks::<1, T>(&places, pattern.len(), text),
        2 => lcs_of_blocks::<2, T>(&places, pattern.len(), text),
        3 => lcs_of_blocks::<3, T>(&places, pattern.len(), text),
        4 => lcs_of_blocks::<4, T>(&places, pattern.len(), text),
        5 => lcs_of_blocks::<5, T>(&places, pattern.len(), text),
        6 => lcs_of_blocks::<6, T>(&places, pattern.len(), text),
        num => lcs_in(&mut vec![u64::MAX; num], &places, pattern.len(), text),
    };
    num_common + length
}

/// A column of so few blocks stays in registers.
fn lcs_of_blocks<const N: usize, T: Symbol>(places: &Places, length: usize, text: &[T]) -> usize {
    // Each row is as many blocks.
    let (rows, _) = places.rows.as_chunks::<N>();
    let mut column = [u64::MAX; N];
    for symbol in text {
        lcs_step(&mut column, &rows[places.row_number(symbol.code())], false);
    }
    // A copy, since what is handed on by its address lies in memory all along.
    num_zeros(&{ column }, length)
}

fn lcs_in<T: Symbol>(column: &mut [u64], places: &Places, length: usize, text: &[T]) -> usize {
    for symbol in text {
        lcs_step_of_any(column, places.row(symbol.code()));
    }
    num_zeros(column, length)
}

fn lcs_step_of_any(column: &mut [u64], row: &[u64]) {
    let blocks = column.iter_mut().zip(row);
    blocks.fold(false, |carry, (block, places)| lcs_step(from_mut(block), from_ref(places), carry));
}

/// One symbol of the text: a bit that is 0 stands for a place of the pattern where the length grows by one. Takes and
/// gives what is carried from block to block.
#[inline]
fn lcs_step<const N: usize>(column: &mut [u64; N], row: &[u64; N], mut carry: bool) -> bool {
    // One after the other, so that the additions are neighbours: then the processor's carry is used as it is.
    let matches: [u64; N] = std::array::from_fn(|at| column[at] & row[at]);
    let mut sums = [0; N];
    for at in 0..N {
        (sums[at], carry) = column[at].carrying_add(matches[at], carry);
    }
    *column = std::array::from_fn(|at| sums[at] | (column[at] ^ matches[at]));
    carry
}

/// Bits of the last block that a pattern of this length uses.
fn used_bits(length: usize) -> u64 {
    match length % 64 {
        0 => u64::MAX,
        rest => (1 << rest) - 1,
    }
}

/// Zeros among the first `length` bits.
fn num_zeros(bits: &[u64], length: usize) -> usize {
    let whole: usize = bits[..length / 64].iter().map(|block| block.count_zeros() as usize).sum();
    match length % 64 {
        0 => whole,
        _ => whole + (!bits[length / 64] & used_bits(length)).count_ones() as usize,
    }
}

/// Positions in `a` of one longest common subsequence with `b`, whose `places` they are, last first. Of several it is
/// the one that is found by going back through the table of lengths from its end and leaving out symbols of `b` only
/// where that keeps more.
pub(in super::super) fn lcs_positions(a: &[u32], b: &[u32], places: &Places) -> Vec<usize> {
    let num_blocks = places.num_blocks;
    let mut rows = vec![u64::MAX; num_blocks * (a.len() + 1)];
    for (at, symbol) in a.iter().enumerate() {
        rows.copy_within(at * num_blocks..(at + 1) * num_blocks, (at + 1) * num_blocks);
        lcs_step_of_any(&mut rows[(at + 1) * num_blocks..(at + 2) * num_blocks], places.row(*symbol));
    }
    let row = |i: usize| &rows[i * num_blocks..(i + 1) * num_blocks];
    let (mut i, mut j) = (a.len(), b.len());
    let mut length = num_zeros(row(i), j);
    let mut positions = Vec::with_capacity(length);
    while i > 0 && j > 0 {
        if a[i - 1] == b[j - 1] {
            (i, j, length) = (i - 1, j - 1, length - 1);
            positions.push(i);
            continue;
        }
        let grows_here = row(i)[(j - 1) / 64] >> ((j - 1) % 64) & 1 == 0;
        let left = length - usize::from(grows_here);
        let up = num_zeros(row(i - 1), j);
        if left > up {
            (j, length) = (j - 1, left);
        } else {
            (i, length) = (i - 1, up);
        }
    }
    positions
}
