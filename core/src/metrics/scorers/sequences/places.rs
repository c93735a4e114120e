//! Where the symbols of a sequence stand, as bits, 64 of them a block.

use super::Symbol;

/// Where each symbol of a pattern stands, as bits.
pub(in super::super) struct Places {
    pub(super) num_blocks: usize,
    /// Rows of the symbols under 128 by their code, a row of zeros, and rows of the others as they are first seen.
    pub(super) rows: Vec<u64>,
    /// Which rows those are: open addressing, 0 for an empty place, else symbol + 1 and row.
    large: Vec<(u32, u32)>,
}

const NUM_SMALL: usize = 128;
const ROW_OF_ZEROS: u32 = 128;
const GOLDEN_RATIO: u32 = 0x9e37_79b1;

impl Places {
    pub(in super::super) fn of<T: Symbol>(pattern: &[T]) -> Self {
        let num_blocks = pattern.len().div_ceil(64).max(1);
        let mut places = Self { num_blocks, rows: vec![0; (NUM_SMALL + 1) * num_blocks], large: Vec::new() };
        for (block, symbols) in pattern.chunks(64).enumerate() {
            let mut bit = 1;
            for symbol in symbols {
                let row = match symbol.code() {
                    code if (code as usize) < NUM_SMALL => code as usize,
                    code => places.row_for(code, pattern.len()),
                };
                places.rows[row * num_blocks + block] |= bit;
                bit <<= 1;
            }
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

    pub(in super::super) fn num_blocks(&self) -> usize {
        self.num_blocks
    }

    /// The first place of a symbol from `low` to `high`, both included, whose bit in `free` is set.
    pub(in super::super) fn first<T: Symbol>(&self, symbol: T, free: &[u64], low: usize, high: usize) -> Option<usize> {
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
    pub(super) fn row(&self, code: u32) -> &[u64] {
        let start = self.row_number(code) * self.num_blocks;
        &self.rows[start..start + self.num_blocks]
    }

    #[inline]
    pub(super) fn row_number(&self, code: u32) -> usize {
        let row = match code {
            0..ROW_OF_ZEROS => code,
            _ if self.large.is_empty() => ROW_OF_ZEROS,
            _ => self.large[self.place_of(code)].1,
        };
        row as usize
    }
}
