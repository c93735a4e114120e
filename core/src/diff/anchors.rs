//! Anchors: runs of tokens that each of two texts has exactly once, in the longest order that both agree on.

use std::ops::Range;

/// A token before and its equal after.
pub(super) type Pair = (usize, usize);

/// Of the runs in a large part only one in four is looked at, by its hash, so the same ones on both sides.
const LARGE: usize = 1 << 16;
const LARGE_SAMPLE: u64 = 0b11 << 40;

/// Where the runs of `length` tokens start that stand once in either range, in ascending order on both sides.
pub(super) fn anchors(before: &[u32], after: &[u32], ranges: (Range<usize>, Range<usize>), length: usize) -> Vec<Pair> {
    let is_sampled = length > 1 && ranges.0.len() + ranges.1.len() > LARGE;
    let is_looked_at = |hash: &u64| !is_sampled || hash & LARGE_SAMPLE == 0;
    let hashes = |tokens: &[u32], range: &Range<usize>| {
        let runs = tokens[range.clone()].windows(length).map(hash).zip(range.clone());
        runs.filter(|(hash, _)| is_looked_at(hash)).collect::<Vec<_>>()
    };
    let runs = hashes(before, &ranges.0);
    let mut table = Table::for_runs(runs.len());
    for (hash, at) in runs {
        if let Some(slot) = table.slot(hash, true) {
            slot.before.add(at);
        }
    }
    for (hash, at) in hashes(after, &ranges.1) {
        if let Some(slot) = table.slot(hash, false) {
            slot.after.add(at);
        }
    }
    let is_equal = |(one, other): &Pair| before[*one..*one + length] == after[*other..*other + length];
    let mut pairs: Vec<Pair> = table.unique_pairs().filter(is_equal).collect();
    pairs.sort_unstable();
    longest_ascending(&pairs)
}

fn hash(run: &[u32]) -> u64 {
    const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = run.iter().fold(0, |hash: u64, id| (hash.rotate_left(23) ^ u64::from(*id)).wrapping_mul(MULTIPLIER));
    // Zero marks an empty slot.
    (mixed ^ (mixed >> 29)) | 1
}

/// How often a run stands on a side, and where: a place, or one of two marks.
#[derive(Clone, Copy)]
struct Seen(u32);

impl Seen {
    const NEVER: Self = Self(u32::MAX);
    const OFTEN: Self = Self(u32::MAX - 1);

    fn add(&mut self, at: usize) {
        let place = u32::try_from(at).ok().filter(|place| *place < Self::OFTEN.0);
        *self = if self.0 == Self::NEVER.0 { place.map_or(Self::OFTEN, Self) } else { Self::OFTEN };
    }

    fn once(self) -> Option<usize> {
        (self.0 < Self::OFTEN.0).then_some(self.0 as usize)
    }
}

#[derive(Clone, Copy)]
struct Slot {
    hash: u64,
    before: Seen,
    after: Seen,
}

/// An open hash table that is filled once and never grows.
struct Table {
    slots: Vec<Slot>,
}

impl Table {
    fn for_runs(num_runs: usize) -> Self {
        let num_slots = (num_runs * 2).next_power_of_two().max(16);
        Self { slots: vec![Slot { hash: 0, before: Seen::NEVER, after: Seen::NEVER }; num_slots] }
    }

    /// The slot of a run; where there is none, it is taken or left.
    fn slot(&mut self, hash: u64, is_added: bool) -> Option<&mut Slot> {
        let mask = self.slots.len() - 1;
        let mut index = (hash >> 17) as usize & mask;
        while self.slots[index].hash != 0 && self.slots[index].hash != hash {
            index = (index + 1) & mask;
        }
        let slot = &mut self.slots[index];
        if slot.hash == 0 && !is_added {
            return None;
        }
        slot.hash = hash;
        Some(slot)
    }

    fn unique_pairs(&self) -> impl Iterator<Item = Pair> {
        self.slots.iter().filter_map(|slot| Some((slot.before.once()?, slot.after.once()?)))
    }
}

/// The longest part of `pairs`, sorted by the first side, that ascends on the second side too.
fn longest_ascending(pairs: &[Pair]) -> Vec<Pair> {
    // `tails[n]` ends the ascending part of n + 1 pairs whose end is smallest; `previous` leads back through it.
    let mut tails: Vec<usize> = Vec::new();
    let mut previous = vec![usize::MAX; pairs.len()];
    for (index, (_, after)) in pairs.iter().enumerate() {
        let place = tails.partition_point(|tail| pairs[*tail].1 < *after);
        if let Some(before) = place.checked_sub(1) {
            previous[index] = tails[before];
        }
        if place == tails.len() {
            tails.push(index);
        } else {
            tails[place] = index;
        }
    }
    let mut longest = Vec::with_capacity(tails.len());
    let mut next = tails.last().copied();
    while let Some(index) = next {
        longest.push(pairs[index]);
        next = Some(previous[index]).filter(|index| *index != usize::MAX);
    }
    longest.reverse();
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_stand_once_on_both_sides_anchor_in_agreeing_order() {
        let before = [1, 2, 3, 9, 4, 5, 6, 7, 7];
        let after = [4, 5, 1, 2, 3, 8, 6, 7, 7];
        let found = anchors(&before, &after, (0..9, 0..9), 2);
        assert_eq!(found, [(0, 2), (1, 3), (6, 6), (7, 7)]);
        assert_eq!(anchors(&before, &after, (0..0, 0..9), 2), []);
        assert_eq!(anchors(&[7, 7, 7], &[7, 7, 7], (0..3, 0..3), 1), []);
    }
}
