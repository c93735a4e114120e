//! Distances of two sequences, 64 columns at a time.
//!
//! - Longest common subsequence: Hyyrö's bit-parallel recurrence (*Bit-parallel LCS-length computation revisited*,
//!   2004), time O(n·m/64).
//! - Levenshtein distance: Myers' bit vectors in blocks (Hyyrö, *A bit-vector algorithm for computing Levenshtein and
//!   Damerau edit distances*, 2003), time O(n·m/64).

/// What a sequence consists of: bytes of an ASCII text, characters, or numbers of words.
pub(super) trait Symbol: Copy + Eq {
    fn code(self) -> u32;
}

impl Symbol for u8 {
    fn code(self) -> u32 {
        self.into()
    }
}

impl Symbol for char {
    fn code(self) -> u32 {
        self.into()
    }
}

impl Symbol for u32 {
    fn code(self) -> u32 {
        self
    }
}

/// Calls a function or method with two texts as the cheapest sequences of their characters.
macro_rules! of_characters {
    ($a:expr, $b:expr, $($measure:ident).+) => {
        if $a.is_ascii() && $b.is_ascii() {
            $($measure).+($a.as_bytes(), $b.as_bytes())
        } else {
            let (a, b): (Vec<char>, Vec<char>) = ($a.chars().collect(), $b.chars().collect());
            $($measure).+(&a, &b)
        }
    };
}
pub(super) use of_characters;

/// Insertions, deletions and substitutions of characters that turn one text into the other, and the length of the
/// longer one in characters.
pub(super) fn levenshtein_of(a: &str, b: &str) -> (usize, usize) {
    fn measure<T: Symbol>(a: &[T], b: &[T]) -> (usize, usize) {
        (levenshtein(a, b), a.len().max(b.len()))
    }
    of_characters!(a, b, measure)
}

/// Insertions and deletions of characters that turn one text into the other, and the sum of their lengths.
pub(super) fn indel_of(a: &str, b: &str) -> (usize, usize) {
    fn measure<T: Symbol>(a: &[T], b: &[T]) -> (usize, usize) {
        let num_symbols = a.len() + b.len();
        (num_symbols - 2 * lcs_length(a, b), num_symbols)
    }
    of_characters!(a, b, measure)
}

/// Where each symbol of a pattern stands, as bits.
pub(super) struct Places {
    num_blocks: usize,
    /// Rows of the symbols under 128 by their code, a row of zeros, and rows of the others as they are first seen.
    rows: Vec<u64>,
    /// Which rows those are: open addressing, 0 for an empty place, else symbol + 1 and row.
    large: Vec<(u32, u32)>,
}

const NUM_SMALL: usize = 128;
const ROW_OF_ZEROS: u32 = 128;
const GOLDEN_RATIO: u32 = 0x9e37_79b1;

impl Places {
    pub(super) fn of<T: Symbol>(pattern: &[T]) -> Self {
        let num_blocks = pattern.len().div_ceil(64).max(1);
        let mut places = Self { num_blocks, rows: vec![0; (NUM_SMALL + 1) * num_blocks], large: Vec::new() };
        for (at, symbol) in pattern.iter().enumerate() {
            let row = match symbol.code() {
                code if (code as usize) < NUM_SMALL => code as usize,
                code => places.row_for(code, pattern.len()),
            };
            places.rows[row * num_blocks + at / 64] |= 1 << (at % 64);
        }
        places
    }

    fn row_for(&mut self, code: u32, length: usize) -> usize {
        if self.large.is_empty() {
            self.large = vec![(0, ROW_OF_ZEROS); (2 * length).next_power_of_two()];
        }
        let place = self.place_of(code);
        if self.large[place].0 == 0 {
            self.large[place] = (code + 1, (self.rows.len() / self.num_blocks) as u32);
            self.rows.resize(self.rows.len() + self.num_blocks, 0);
        }
        self.large[place].1 as usize
    }

    pub(super) fn num_blocks(&self) -> usize {
        self.num_blocks
    }

    /// The first place of a symbol from `low` to `high`, both included, whose bit in `free` is set.
    pub(super) fn first<T: Symbol>(&self, symbol: T, free: &[u64], low: usize, high: usize) -> Option<usize> {
        if low > high {
            return None;
        }
        let row = self.row(symbol.code());
        let from_low = u64::MAX << (low % 64);
        let found = (low / 64..=high / 64).find_map(|block| {
            let wanted = if block == low / 64 { from_low } else { u64::MAX };
            let places = row[block] & free[block] & wanted;
            (places != 0).then(|| block * 64 + places.trailing_zeros() as usize)
        });
        found.filter(|place| *place <= high)
    }

    /// Where a symbol stands in `large`, or the empty place where it would.
    fn place_of(&self, code: u32) -> usize {
        let mask = self.large.len() - 1;
        let mut place = (code.wrapping_mul(GOLDEN_RATIO) >> 7) as usize & mask;
        while self.large[place].0 != 0 && self.large[place].0 != code + 1 {
            place = (place + 1) & mask;
        }
        place
    }

    #[inline]
    fn row(&self, code: u32) -> &[u64] {
        let row = match code {
            0..ROW_OF_ZEROS => code,
            _ if self.large.is_empty() => ROW_OF_ZEROS,
            _ => self.large[self.place_of(code)].1,
        };
        let start = row as usize * self.num_blocks;
        &self.rows[start..start + self.num_blocks]
    }
}

/// Bits of the last of `num_blocks` blocks that a pattern of this length uses.
fn used_bits(length: usize) -> u64 {
    match length % 64 {
        0 => u64::MAX,
        rest => (1 << rest) - 1,
    }
}

/// Leaves out what both begin and end with; answers how much that was.
fn without_common_ends<'a, T: Symbol>(a: &'a [T], b: &'a [T]) -> (&'a [T], &'a [T], usize) {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    (&a[..a.len() - end], &b[..b.len() - end], start + end)
}

/// Length of the longest common subsequence.
pub(super) fn lcs_length<T: Symbol>(a: &[T], b: &[T]) -> usize {
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
    let mut column = [u64::MAX; N];
    for symbol in text {
        if let Some(row) = places.row(symbol.code()).first_chunk::<N>() {
            lcs_step(&mut column, row);
        }
    }
    num_zeros(&column, length)
}

fn lcs_in<T: Symbol>(column: &mut [u64], places: &Places, length: usize, text: &[T]) -> usize {
    for symbol in text {
        lcs_step(column, places.row(symbol.code()));
    }
    num_zeros(column, length)
}

/// One symbol of the text: a bit that is 0 stands for a place of the pattern where the length grows by one.
#[inline]
fn lcs_step(column: &mut [u64], row: &[u64]) {
    let mut carry = false;
    for (block, places) in column.iter_mut().zip(row) {
        let matches = *block & places;
        let (sum, first) = block.overflowing_add(matches);
        let (sum, second) = sum.overflowing_add(carry.into());
        carry = first | second;
        *block = sum | (*block & !places);
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

/// Positions in `a` of one longest common subsequence with `b`, whose `places` they are, last first. Of several it is the one that is found by going
/// back through the table of lengths from its end and leaving out symbols of `b` only where that keeps more.
pub(super) fn lcs_positions(a: &[u32], b: &[u32], places: &Places) -> Vec<usize> {
    let num_blocks = places.num_blocks;
    let mut rows = vec![u64::MAX; num_blocks * (a.len() + 1)];
    for (at, symbol) in a.iter().enumerate() {
        rows.copy_within(at * num_blocks..(at + 1) * num_blocks, (at + 1) * num_blocks);
        lcs_step(&mut rows[(at + 1) * num_blocks..(at + 2) * num_blocks], places.row(*symbol));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Sequences of a few symbols, so that much is equal, of lengths on both sides of a block's end.
    fn sequences() -> impl Iterator<Item = (Vec<u32>, Vec<u32>)> {
        let mut state = 1_u64;
        let mut draw = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        std::iter::repeat_with(move || {
            let num_symbols = 2 + draw(5);
            let mut sequence = |length: u64| (0..length).map(|_| (draw(num_symbols) * 60) as u32).collect::<Vec<_>>();
            let (a, b) = (sequence(7), sequence(9));
            let lengths = [(0, 3), (5, 1), (63, 64), (65, 20), (128, 130), (200, 70)];
            let (long, short) = lengths[(a.iter().sum::<u32>() as usize) % lengths.len()];
            if b[0] == 0 { (a, b) } else { (sequence(long), sequence(short)) }
        })
        .take(400)
    }

    /// The plain tables of lengths and of distances.
    fn tables(a: &[u32], b: &[u32]) -> (Vec<Vec<usize>>, usize) {
        let mut lengths = vec![vec![0; b.len() + 1]; a.len() + 1];
        let mut costs: Vec<Vec<usize>> = (0..=a.len()).map(|i| (i..=i + b.len()).collect()).collect();
        for (i, left) in a.iter().enumerate() {
            for (j, right) in b.iter().enumerate() {
                lengths[i + 1][j + 1] =
                    if left == right { lengths[i][j] + 1 } else { lengths[i][j + 1].max(lengths[i + 1][j]) };
                let swap = costs[i][j] + usize::from(left != right);
                costs[i + 1][j + 1] = swap.min(costs[i][j + 1] + 1).min(costs[i + 1][j] + 1);
            }
        }
        let distance = costs[a.len()][b.len()];
        (lengths, distance)
    }

    #[test]
    fn distances_are_those_of_the_plain_tables() {
        for (a, b) in sequences() {
            let (lengths, distance) = tables(&a, &b);
            assert_eq!(lcs_length(&a, &b), lengths[a.len()][b.len()], "{a:?} {b:?}");
            assert_eq!(levenshtein(&a, &b), distance, "{a:?} {b:?}");
        }
    }

    #[test]
    fn positions_are_those_of_a_walk_back_through_the_table() {
        for (a, b) in sequences() {
            let (lengths, _) = tables(&a, &b);
            let (mut i, mut j, mut walked) = (a.len(), b.len(), Vec::new());
            while i > 0 && j > 0 {
                if a[i - 1] == b[j - 1] {
                    (i, j) = (i - 1, j - 1);
                    walked.push(i);
                } else if lengths[i][j - 1] > lengths[i - 1][j] {
                    j -= 1;
                } else {
                    i -= 1;
                }
            }
            assert_eq!(lcs_positions(&a, &b, &Places::of(&b)), walked, "{a:?} {b:?}");
        }
    }

    #[test]
    fn characters_count_as_one_whatever_their_bytes() {
        assert_eq!(levenshtein_of("größe", "grösse"), (2, 6));
        assert_eq!(levenshtein_of("", "漢字"), (2, 2));
        assert_eq!(indel_of("kitten", "sitting"), (5, 13));
    }
}
