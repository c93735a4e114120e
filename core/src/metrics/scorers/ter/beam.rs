//! Edit distance of words near the diagonal, for an output whose words are shifted about.
//!
//! The rows of the current output are kept, so that the distance of a shifted one is computed from the first row that
//! the shift changes. Every row holds only the cells near the diagonal of a table whose sides differ in length; which
//! those are depends on the two lengths alone, and they do not change by shifts.

use std::ops::Range;

/// Cells on either side of the diagonal.
const BEAM_WIDTH: usize = 25;
const INFINITE: u32 = u32::MAX / 2;

/// A step from the output to the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Keep,
    Substitute,
    /// Leaves out a word of the output.
    Delete,
    /// Puts in a word of the reference.
    Insert,
}

pub(super) struct Beam<'a> {
    reference: &'a [u32],
    /// Columns of each row.
    ranges: Vec<Range<usize>>,
    /// Costs of the current output's cells, row by row.
    costs: Vec<u32>,
    /// Where each row begins in `costs`.
    starts: Vec<usize>,
    /// Two rows of the whole width.
    above: Vec<u32>,
    below: Vec<u32>,
}

impl<'a> Beam<'a> {
    pub(super) fn new(reference: &'a [u32], output: &[u32]) -> Self {
        let ranges = ranges(output.len(), reference.len());
        let starts = ranges.iter().scan(0, |end, range| {
            let start = *end;
            *end += range.len();
            Some(start)
        });
        let starts = starts.collect();
        let num_cells = ranges.iter().map(Range::len).sum();
        let row = vec![INFINITE; reference.len() + 1];
        let mut beam =
            Self { reference, ranges, costs: vec![INFINITE; num_cells], starts, above: row.clone(), below: row };
        for column in 0..=reference.len() {
            beam.costs[column] = column as u32;
        }
        beam.set(output, 0);
        beam
    }

    /// Makes this the current output, which has the same words as before up to `num_equal`.
    pub(super) fn set(&mut self, output: &[u32], num_equal: usize) {
        self.load(num_equal);
        for row in num_equal + 1..=output.len() {
            self.next_row(row, output[row - 1]);
            let (range, start) = (self.ranges[row].clone(), self.starts[row]);
            self.costs[start..start + range.len()].copy_from_slice(&self.above[range]);
        }
    }

    /// The current output's distance.
    pub(super) fn distance(&self) -> u32 {
        self.costs.last().copied().unwrap_or_default()
    }

    /// The distance of another output of the same length, whose words are the current one's up to `num_equal`.
    pub(super) fn distance_of(&mut self, output: &[u32], num_equal: usize) -> u32 {
        self.load(num_equal);
        for row in num_equal + 1..=output.len() {
            self.next_row(row, output[row - 1]);
        }
        self.above[self.reference.len()]
    }

    /// Puts a row of the current output into `above`.
    fn load(&mut self, row: usize) {
        let (range, start) = (self.ranges[row].clone(), self.starts[row]);
        self.above.fill(INFINITE);
        self.below.fill(INFINITE);
        self.above[range.clone()].copy_from_slice(&self.costs[start..start + range.len()]);
    }

    /// Computes a row from the one in `above`, and leaves it there.
    fn next_row(&mut self, row: usize, word: u32) {
        let Range { start, end } = self.ranges[row].clone();
        let mut left = INFINITE;
        let first = start.max(1);
        if start == 0 {
            left = self.above[0] + 1;
            self.below[0] = left;
        } else {
            self.below[start - 1] = INFINITE;
        }
        let mut diagonal = self.above[first - 1];
        let cells = self.below[first..end].iter_mut().zip(&self.above[first..end]).zip(&self.reference[first - 1..]);
        for ((cell, above), reference) in cells {
            let cost = (diagonal + u32::from(*reference != word)).min(above + 1).min(left + 1);
            diagonal = *above;
            left = cost;
            *cell = cost;
        }
        std::mem::swap(&mut self.above, &mut self.below);
    }

    fn cost(&self, row: usize, column: usize) -> u32 {
        let range = &self.ranges[row];
        if range.contains(&column) { self.costs[self.starts[row] + column - range.start] } else { INFINITE }
    }

    /// The steps that lead to the current output's distance, last first. Of equal ones, a kept or substituted word
    /// goes before a deletion, and that before an insertion.
    pub(super) fn steps(&self, output: &[u32]) -> Vec<Step> {
        let (mut row, mut column) = (output.len(), self.reference.len());
        let mut steps = Vec::with_capacity(row.max(column));
        while row > 0 || column > 0 {
            let step = self.step(output, row, column);
            steps.push(step);
            row -= usize::from(step != Step::Insert);
            column -= usize::from(step != Step::Delete);
        }
        steps
    }

    fn step(&self, output: &[u32], row: usize, column: usize) -> Step {
        if row == 0 {
            return Step::Insert;
        }
        if column == 0 {
            return Step::Delete;
        }
        let cost = self.cost(row, column);
        let is_equal = output[row - 1] == self.reference[column - 1];
        if self.cost(row - 1, column - 1) + u32::from(!is_equal) == cost {
            if is_equal { Step::Keep } else { Step::Substitute }
        } else if self.cost(row - 1, column) + 1 == cost {
            Step::Delete
        } else {
            Step::Insert
        }
    }
}

/// The columns of each row: all of the first, then those near the diagonal, and up to the last column in the last row.
fn ranges(num_output: usize, num_reference: usize) -> Vec<Range<usize>> {
    let ratio = num_reference as f64 / num_output.max(1) as f64;
    let width = if (BEAM_WIDTH as f64) < ratio / 2.0 { (ratio / 2.0).ceil() as usize + BEAM_WIDTH } else { BEAM_WIDTH };
    let range = |row: usize| {
        let diagonal = (row as f64 * ratio).floor() as usize;
        let end = if row == num_output { num_reference + 1 } else { (diagonal + width).min(num_reference + 1) };
        diagonal.saturating_sub(width)..end
    };
    std::iter::once(0..num_reference + 1).chain((1..=num_output).map(range)).collect()
}
