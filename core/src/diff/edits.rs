//! From two lists of tokens to the edits between them.

use super::anchors::{Pair, anchors};
use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::ops::Range;

/// A part of both texts. Edits cover both texts in order; two replaced parts never touch.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Edit {
    Equal {
        before: Range<usize>,
        after: Range<usize>,
    },
    /// Either side may be empty, not both.
    Replaced {
        before: Range<usize>,
        after: Range<usize>,
    },
}

/// Parts with fewer tokens on both sides together get a shortest edit at once.
const MAX_SHORTEST: usize = 2_048;
/// Lengths of the runs that anchor larger parts: about four words, one word, one token.
const RUN_LENGTHS: &[usize] = &[8, 3, 1];
/// Most steps that are spent on shortest edits; what is left over then is replaced whole.
const MAX_STEPS: usize = 20_000_000;

pub(super) fn edits(before: &[u32], after: &[u32]) -> Vec<Edit> {
    let mut search = Search { before, after, edits: Vec::new(), num_steps: 0 };
    search.part(0..before.len(), 0..after.len(), 0);
    search.edits
}

struct Search<'a> {
    before: &'a [u32],
    after: &'a [u32],
    edits: Vec<Edit>,
    num_steps: usize,
}

impl Search<'_> {
    fn part(&mut self, before: Range<usize>, after: Range<usize>, first_length: usize) {
        let (before, after) = self.leading(before, after);
        let num_trailing = self.num_trailing(&before, &after);
        let inner = (before.start..before.end - num_trailing, after.start..after.end - num_trailing);
        self.inner(inner.0.clone(), inner.1.clone(), first_length);
        self.equal(inner.0.end..before.end, inner.1.end..after.end);
    }

    /// Takes what is equal at the start of both.
    fn leading(&mut self, before: Range<usize>, after: Range<usize>) -> (Range<usize>, Range<usize>) {
        let tokens = self.before[before.clone()].iter().zip(&self.after[after.clone()]);
        let num_equal = tokens.take_while(|(one, other)| one == other).count();
        let (middle_before, middle_after) = (before.start + num_equal, after.start + num_equal);
        self.equal(before.start..middle_before, after.start..middle_after);
        (middle_before..before.end, middle_after..after.end)
    }

    fn num_trailing(&self, before: &Range<usize>, after: &Range<usize>) -> usize {
        let tokens = self.before[before.clone()].iter().rev().zip(self.after[after.clone()].iter().rev());
        tokens.take_while(|(one, other)| one == other).count()
    }

    fn inner(&mut self, before: Range<usize>, after: Range<usize>, first_length: usize) {
        if before.is_empty() || after.is_empty() {
            self.replaced(before, after);
        } else if before.len() + after.len() <= MAX_SHORTEST {
            self.shortest(before, after);
        } else {
            self.anchored(before, after, first_length);
        }
    }

    /// Cuts a large part at its anchors, with shorter runs where longer ones give none.
    fn anchored(&mut self, before: Range<usize>, after: Range<usize>, first_length: usize) {
        for (index, length) in RUN_LENGTHS.iter().enumerate().skip(first_length) {
            let found = anchors(self.before, self.after, (before.clone(), after.clone()), *length);
            if !found.is_empty() {
                self.between(&found, before, after, index + 1);
                return;
            }
        }
        self.replaced(before, after);
    }

    fn between(&mut self, found: &[Pair], before: Range<usize>, after: Range<usize>, next_length: usize) {
        let (mut at_before, mut at_after) = (before.start, after.start);
        for (anchor_before, anchor_after) in found {
            self.part(at_before..*anchor_before, at_after..*anchor_after, next_length);
            self.equal(*anchor_before..anchor_before + 1, *anchor_after..anchor_after + 1);
            (at_before, at_after) = (anchor_before + 1, anchor_after + 1);
        }
        self.part(at_before..before.end, at_after..after.end, next_length);
    }

    fn shortest(&mut self, before: Range<usize>, after: Range<usize>) {
        self.num_steps = self.num_steps.saturating_add(before.len() * after.len());
        if self.num_steps > MAX_STEPS {
            self.replaced(before, after);
            return;
        }
        let (one, other) = (&self.before[before.clone()], &self.after[after.clone()]);
        for op in capture_diff_slices(Algorithm::RawMyers, one, other) {
            let (tag, old, new) = op.as_tag_tuple();
            let old = before.start + old.start..before.start + old.end;
            let new = after.start + new.start..after.start + new.end;
            match tag {
                DiffTag::Equal => self.equal(old, new),
                _ => self.replaced(old, new),
            }
        }
    }

    fn equal(&mut self, before: Range<usize>, after: Range<usize>) {
        if before.is_empty() {
            return;
        }
        match self.edits.last_mut() {
            Some(Edit::Equal { before: last_before, after: last_after }) => {
                last_before.end = before.end;
                last_after.end = after.end;
            }
            _ => self.edits.push(Edit::Equal { before, after }),
        }
    }

    fn replaced(&mut self, before: Range<usize>, after: Range<usize>) {
        if before.is_empty() && after.is_empty() {
            return;
        }
        match self.edits.last_mut() {
            Some(Edit::Replaced { before: last_before, after: last_after }) => {
                last_before.end = before.end;
                last_after.end = after.end;
            }
            _ => self.edits.push(Edit::Replaced { before, after }),
        }
    }
}
