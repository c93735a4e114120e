//! Distances of two sequences, 64 columns at a time.

mod lcs;
mod levenshtein;
mod places;

pub(super) use lcs::{lcs_length, lcs_positions};
use levenshtein::levenshtein;
pub(super) use places::Places;

/// What a sequence consists of: bytes of an ASCII text, characters, or numbers of words.
pub(super) trait Symbol: Copy + Eq {
    fn code(self) -> u32;
}

impl Symbol for u8 {
    #[inline]
    fn code(self) -> u32 {
        // The compiler does not know that texts of bytes are ASCII.
        (self & 0x7f).into()
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

/// Leaves out what both begin and end with; answers how much that was.
fn without_common_ends<'a, T: Symbol>(a: &'a [T], b: &'a [T]) -> (&'a [T], &'a [T], usize) {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    (&a[..a.len() - end], &b[..b.len() - end], start + end)
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
