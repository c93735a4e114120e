//! Counting equal n-grams of two sequences without storing one, in one of two ways. Symbols are numbers from 0.
//!
//! - Where one of the sequences has at most 512 symbols, its places are bits: each n-gram of the other takes the first
//!   equal one that is not taken yet.
//! - Else all suffixes of a sequence, cut to the longest order, are packed into numbers and sorted. Those that begin
//!   with the same n symbols are neighbours then, for every n. A symbol is one more in there; 0 fills up suffixes at
//!   the end that are shorter. The packing is exact: a width that would not hold all symbols is not offered.

use std::ops::{BitOr, Shl, Shr};

/// A number that suffixes are packed into.
pub(super) trait Packed:
    Copy + Ord + Default + From<u32> + Shl<u32, Output = Self> + Shr<u32, Output = Self> + BitOr<Output = Self>
{
    const BITS: u32;
}

impl Packed for u64 {
    const BITS: u32 = u64::BITS;
}

impl Packed for u128 {
    const BITS: u32 = u128::BITS;
}

/// The n-grams of one sequence, for n from 1 to `max_order`.
pub(super) struct Ngrams<P> {
    sorted: Vec<P>,
    max_order: u32,
}

/// How many different symbols `P` can hold at this order.
pub(super) fn capacity<P: Packed>(max_order: usize) -> u64 {
    (1 << (P::BITS / max_order as u32).min(32)) - 1
}

impl<P: Packed> Ngrams<P> {
    /// Of symbols below `capacity`.
    pub(super) fn new(symbols: &[u32], max_order: usize) -> Self {
        let max_order = max_order as u32;
        let width = P::BITS / max_order;
        let mut sorted = Vec::with_capacity(symbols.len());
        let mut key = P::default();
        // From the end, so that each key is the one before it with a symbol put in front.
        for symbol in symbols.iter().rev() {
            key = (P::from(*symbol + 1) << (width * (max_order - 1))) | (key >> width);
            sorted.push(key);
        }
        sorted.sort_unstable();
        Self { sorted, max_order }
    }

    /// The runs of equal n-grams of an order, in order: the n-gram and how often it occurs.
    fn runs(&self, order: usize) -> impl Iterator<Item = (P, u64)> {
        let width = P::BITS / self.max_order;
        let shift = width * (self.max_order - order as u32);
        let mut keys = self.sorted.iter().map(move |key| *key >> shift).peekable();
        std::iter::from_fn(move || {
            let first = keys.next()?;
            let mut num = 1;
            while keys.next_if_eq(&first).is_some() {
                num += 1;
            }
            Some((first, num))
        })
        .filter(move |(key, _)| !ends_early(*key, width))
    }

    /// How many n-grams both have, each as often as the one that has it less often.
    fn num_common_of_two(&self, other: &Self, order: usize) -> u64 {
        let width = P::BITS / self.max_order;
        let shift = width * (self.max_order - order as u32);
        let (first, second) = (self.sorted.as_slice(), other.sorted.as_slice());
        let (mut i, mut j, mut num_common) = (0, 0, 0);
        // Which of the two goes on is as good as random, so that it is computed rather than branched on.
        while i < first.len() && j < second.len() {
            let (a, b) = (first[i] >> shift, second[j] >> shift);
            num_common += u64::from(a == b && !ends_early(a, width));
            i += usize::from(a <= b);
            j += usize::from(b <= a);
        }
        num_common
    }

    /// How many n-grams occur in the others too, each at most as often as in the one that has it most often.
    pub(super) fn num_common(&self, others: &[Self], order: usize) -> u64 {
        let mut others: Vec<_> = others.iter().map(|other| other.runs(order).peekable()).collect();
        let mut num_common = 0;
        for (key, num) in self.runs(order) {
            let mut allowed = 0;
            for other in &mut others {
                while other.next_if(|(next, _)| *next < key).is_some() {}
                if let Some((_, num)) = other.next_if(|(next, _)| *next == key) {
                    allowed = num.max(allowed);
                }
            }
            num_common += num.min(allowed);
        }
        num_common
    }
}

/// How many n-grams two sequences have in common, each as often as the one that has it less often, for n from 1 to `N`.
/// All symbols are below `num_symbols`.
pub(super) fn num_common<const N: usize>(first: &[u32], second: &[u32], num_symbols: usize) -> [u64; N] {
    let (long, short) = if first.len() < second.len() { (second, first) } else { (first, second) };
    match short.len() {
        0..=64 => num_common_with_short::<1, N>(long, short, num_symbols),
        65..=128 => num_common_with_short::<2, N>(long, short, num_symbols),
        129..=192 => num_common_with_short::<3, N>(long, short, num_symbols),
        193..=256 => num_common_with_short::<4, N>(long, short, num_symbols),
        257..=512 => num_common_with_short::<8, N>(long, short, num_symbols),
        _ if num_symbols as u64 <= capacity::<u64>(N) => num_common_of_sorted::<u64, N>(long, short),
        _ => num_common_of_sorted::<u128, N>(long, short),
    }
}

/// With a sequence of at most `BLOCKS` · 64 symbols.
fn num_common_with_short<const BLOCKS: usize, const N: usize>(
    long: &[u32],
    short: &[u32],
    num_symbols: usize,
) -> [u64; N] {
    let mut places = vec![[0_u64; BLOCKS]; num_symbols];
    short.iter().enumerate().for_each(|(at, symbol)| places[*symbol as usize][at / 64] |= 1 << (at % 64));
    let (mut ends, mut taken) = ([[0; BLOCKS]; N], [[0; BLOCKS]; N]);
    for symbol in long {
        let places = &places[*symbol as usize];
        // Where n-grams end in the short sequence that equal the one that ends here.
        let mut equal = [u64::MAX; BLOCKS];
        for (ends, taken) in ends.iter_mut().zip(&mut taken) {
            let before = *ends;
            *ends = std::array::from_fn(|block| equal[block] & places[block]);
            take_first(ends, taken);
            equal = moved_on(&before);
        }
    }
    taken.map(|taken| taken.into_iter().map(|block| u64::from(block.count_ones())).sum())
}

/// Takes the first place that is not taken yet, if there is one.
#[inline]
fn take_first<const BLOCKS: usize>(places: &[u64; BLOCKS], taken: &mut [u64; BLOCKS]) {
    let mut is_open = true;
    for (places, taken) in places.iter().zip(taken) {
        let free = *places & !*taken;
        let first = match BLOCKS {
            // By its place: else compilers put the orders side by side into vectors, where one step after the other
            // takes several times as long.
            1 => u64::from(free != 0) << (free.trailing_zeros() % 64),
            _ => free & free.wrapping_neg(),
        };
        *taken |= if is_open { first } else { 0 };
        is_open &= free == 0;
    }
}

/// Each place one further.
#[inline]
fn moved_on<const BLOCKS: usize>(places: &[u64; BLOCKS]) -> [u64; BLOCKS] {
    std::array::from_fn(|block| places[block] << 1 | if block > 0 { places[block - 1] >> 63 } else { 0 })
}

fn num_common_of_sorted<P: Packed, const N: usize>(first: &[u32], second: &[u32]) -> [u64; N] {
    let (first, second) = (Ngrams::<P>::new(first, N), Ngrams::new(second, N));
    std::array::from_fn(|at| first.num_common_of_two(&second, at + 1))
}

/// Whether the sequence ended before the last symbol of an n-gram.
fn ends_early<P: Packed>(key: P, width: u32) -> bool {
    (key >> width) << width == key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::statistics::Draws;

    #[test]
    fn counts_are_clipped_at_the_most_of_any_other() {
        let first = Ngrams::<u64>::new(&[1, 1, 1, 2, 1, 2], 4);
        let others = [Ngrams::new(&[1, 1, 3], 4), Ngrams::new(&[1, 2, 1], 4)];
        let common: Vec<u64> = (1..=4).map(|order| first.num_common(&others, order)).collect();
        // 1 twice and 2 once; 1 1, 1 2 and 2 1 once each; 1 2 1 once.
        assert_eq!(common, [3, 3, 1, 0]);
    }

    #[test]
    fn both_ways_count_the_same() {
        let mut draws = Draws::new(3);
        for round in 0..500 {
            let num_symbols = 2 + round % 30;
            let mut sequence = |most: usize| -> Vec<u32> {
                (0..draws.below(most + 1)).map(|_| draws.below(num_symbols) as u32).collect()
            };
            let (first, second) = (sequence(700), sequence(64 << (round % 4)));
            let expected = num_common_of_sorted::<u64, 6>(&first, &second);
            assert_eq!(num_common(&second, &first, num_symbols), expected, "{first:?} {second:?}");
            assert_eq!(num_common_with_short::<8, 6>(&first, &second, num_symbols), expected);
            assert_eq!(num_common_of_sorted::<u128, 6>(&first, &second), expected);
        }
        assert_eq!(num_common(&[], &[0], 1), [0, 0]);
        assert_eq!(num_common(&[0; 700], &[0; 600], 1), [600, 599]);
    }
}
