//! The greedy search for shifts, in the order and with the limits of Tercom as sacreBLEU reads it.

use super::beam::{Beam, Step};

const MAX_RUN: usize = 10;
const MAX_MOVE: usize = 50;
const MAX_CANDIDATES: usize = 1000;

/// Shifts and remaining insertions, deletions and substitutions that turn the output into the reference.
pub(super) fn num_edits(output: &[u32], reference: &[u32]) -> u64 {
    if reference.is_empty() {
        return output.len() as u64;
    }
    let mut search = Search {
        beam: Beam::new(reference, output),
        output: output.to_vec(),
        reference,
        shifted: Vec::with_capacity(output.len()),
        num_candidates: 0,
    };
    let mut num_shifts = 0;
    while let Some(shift) = search.best_shift() {
        search.make(shift);
        num_shifts += 1;
    }
    num_shifts + u64::from(search.beam.distance())
}

struct Search<'a> {
    beam: Beam<'a>,
    output: Vec<u32>,
    reference: &'a [u32],
    /// Room for a shifted output.
    shifted: Vec<u32>,
    num_candidates: usize,
}

/// Moves `length` words from `start` before the word at `target`.
#[derive(Clone, Copy)]
struct Shift {
    start: usize,
    length: usize,
    target: usize,
}

/// How output and reference lie beside each other.
struct Alignment {
    /// For each word of the reference, one more than the place of the output's word beside it; 0 before the first.
    next_of: Vec<usize>,
    /// How many words of the output are wrong before each place.
    wrong_output: Vec<usize>,
    /// How many words of the reference are missed before each place.
    wrong_reference: Vec<usize>,
}

impl Search<'_> {
    /// The shift that lowers the distance most; of several the longest, then the one that starts first, then the one
    /// that goes least far right. Nothing once the candidates are used up.
    fn best_shift(&mut self) -> Option<Shift> {
        let alignment = Alignment::new(&self.beam.steps(&self.output));
        let distance = i64::from(self.beam.distance());
        let mut best: Option<((i64, usize, isize, isize), Shift)> = None;
        'search: for start in 0..self.output.len() {
            let low = start.saturating_sub(MAX_MOVE);
            for place in low..self.reference.len().min(start + MAX_MOVE + 1) {
                let pairs = self.output[start..].iter().zip(&self.reference[place..]).take(MAX_RUN);
                let longest = pairs.take_while(|(a, b)| a == b).count();
                for length in 1..=longest {
                    if !alignment.is_worth_moving(start, place, length) {
                        continue;
                    }
                    for target in alignment.targets(place, length) {
                        let shift = Shift { start, length, target };
                        let gain = distance - i64::from(self.distance_after(shift));
                        let rank = (gain, length, -(start as isize), -(target as isize));
                        self.num_candidates += 1;
                        if best.is_none_or(|(other, _)| rank > other) {
                            best = Some((rank, shift));
                        }
                    }
                    if self.num_candidates >= MAX_CANDIDATES {
                        break 'search;
                    }
                }
            }
        }
        if self.num_candidates >= MAX_CANDIDATES {
            return None;
        }
        best.filter(|((gain, ..), _)| *gain > 0).map(|(_, shift)| shift)
    }

    fn distance_after(&mut self, shift: Shift) -> u32 {
        let num_equal = shift.apply(&self.output, &mut self.shifted);
        self.beam.distance_of(&self.shifted, num_equal)
    }

    fn make(&mut self, shift: Shift) {
        let num_equal = shift.apply(&self.output, &mut self.shifted);
        std::mem::swap(&mut self.output, &mut self.shifted);
        self.beam.set(&self.output, num_equal);
    }
}

impl Shift {
    /// Writes the shifted words; answers how many at the start stay.
    fn apply(self, words: &[u32], shifted: &mut Vec<u32>) -> usize {
        let Self { start, length, target } = self;
        let end = start + length;
        // A target within the run counts from its end: the words that follow change places with the run.
        let (from, to) = match target {
            _ if target < start => (target, end),
            _ if target > end => (start, target),
            _ => (start, (length + target).min(words.len())),
        };
        shifted.clear();
        shifted.extend_from_slice(&words[..from]);
        if target < start {
            shifted.extend_from_slice(&words[start..end]);
            shifted.extend_from_slice(&words[target..start]);
        } else {
            shifted.extend_from_slice(&words[end..to.max(end)]);
            shifted.extend_from_slice(&words[start..end]);
        }
        shifted.extend_from_slice(&words[to.max(end)..]);
        from
    }
}

impl Alignment {
    /// `steps` lead from the output to the reference, last first.
    fn new(steps: &[Step]) -> Self {
        let mut alignment = Self { next_of: Vec::new(), wrong_output: vec![0], wrong_reference: vec![0] };
        let mut place = 0;
        let push = |sums: &mut Vec<usize>, is_wrong: bool| {
            sums.push(sums.last().copied().unwrap_or_default() + usize::from(is_wrong));
        };
        for step in steps.iter().rev() {
            let is_wrong = *step != Step::Keep;
            if *step != Step::Insert {
                place += 1;
                push(&mut alignment.wrong_output, is_wrong);
            }
            if *step != Step::Delete {
                alignment.next_of.push(place);
                push(&mut alignment.wrong_reference, is_wrong);
            }
        }
        alignment
    }

    /// Both sides have to be wrong where the run is and where it would go, and it may not go into itself.
    fn is_worth_moving(&self, start: usize, place: usize, length: usize) -> bool {
        let differs = |sums: &[usize], at: usize| sums[at + length] > sums[at];
        let beside = self.next_of[place];
        let is_within = start < beside && beside <= start + length;
        differs(&self.wrong_output, start) && differs(&self.wrong_reference, place) && !is_within
    }

    /// Where a run that equals the reference from `place` on could go, without repetitions of neighbours.
    fn targets(&self, place: usize, length: usize) -> impl Iterator<Item = usize> {
        let first = if place == 0 { 0 } else { self.next_of[place - 1] };
        let others = self.next_of[place..place + length].iter().copied();
        let mut previous = None;
        std::iter::once(first).chain(others).filter(move |target| previous.replace(*target) != Some(*target))
    }
}
