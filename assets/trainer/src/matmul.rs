//! Single-threaded `f32` matrix products, fast enough to train on a CPU.
//!
//! Both operands are packed into panels that fit the caches, then multiplied tile by tile by the best kernel that the
//! processor has. The sum of one element runs over `k` in the same order whatever the sizes, so a result depends on the
//! operands and the kernel alone. This is the one file of the trainer with `unsafe`: vector instructions need it.

use std::cell::RefCell;

/// Rows of the left operand that are packed together.
const BLOCK_ROWS: usize = 240;
/// Depth that is packed together.
const BLOCK_DEPTH: usize = 256;

/// A view of numbers as a matrix; rows and columns may lie apart.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Row after row.
    pub fn new(data: &'a [f32], rows: usize, cols: usize) -> Self {
        Self::strided(data, rows, cols, cols)
    }

    /// Rows begin `row_stride` apart.
    pub fn strided(data: &'a [f32], rows: usize, cols: usize, row_stride: usize) -> Self {
        assert!(rows == 0 || (rows - 1) * row_stride + cols <= data.len(), "the matrix is larger than its numbers");
        Self { data, rows, cols, row_stride, col_stride: 1 }
    }

    #[must_use]
    pub fn transposed(self) -> Self {
        Self { rows: self.cols, cols: self.rows, row_stride: self.col_stride, col_stride: self.row_stride, ..self }
    }
}

/// Where a product goes: rows begin `row_stride` apart.
pub struct Target<'a> {
    pub data: &'a mut [f32],
    pub row_stride: usize,
    /// Adds to what is there instead of replacing it.
    pub adds: bool,
}

/// `left · right` into (or onto) `target`.
pub fn multiply(left: Matrix<'_>, right: Matrix<'_>, target: Target<'_>) {
    assert_eq!(left.cols, right.rows, "inner sizes differ");
    thread_local!(static PACKED: RefCell<(Vec<f32>, Vec<f32>)> = const { RefCell::new((Vec::new(), Vec::new())) });
    PACKED.with_borrow_mut(|(packed_left, packed_right)| {
        let kernel = Kernel::best();
        let mut target = target;
        for depth in (0..left.cols).step_by(BLOCK_DEPTH) {
            let num_deep = BLOCK_DEPTH.min(left.cols - depth);
            pack(right.transposed(), 0..right.cols, depth..depth + num_deep, kernel.cols, packed_right);
            target.adds |= depth > 0;
            for row in (0..left.rows).step_by(BLOCK_ROWS) {
                let rows = row..(row + BLOCK_ROWS).min(left.rows);
                pack(left, rows.clone(), depth..depth + num_deep, kernel.rows, packed_left);
                kernel.multiply_block(num_deep, packed_left, packed_right, rows, right.cols, &mut target);
            }
        }
    });
}

/// `left · right` as a fresh matrix, row after row.
pub fn product(left: Matrix<'_>, right: Matrix<'_>) -> Vec<f32> {
    let mut data = vec![0.0; left.rows * right.cols];
    let row_stride = right.cols;
    multiply(left, right, Target { data: &mut data, row_stride, adds: false });
    data
}

/// Copies `rows` × `depth` of `matrix` into panels of `width` rows each, depth first, padded with zeros.
fn pack(
    matrix: Matrix<'_>,
    rows: std::ops::Range<usize>,
    depth: std::ops::Range<usize>,
    width: usize,
    packed: &mut Vec<f32>,
) {
    let num_panels = rows.len().div_ceil(width);
    packed.clear();
    packed.resize(num_panels * width * depth.len(), 0.0);
    for (panel, first) in packed.chunks_exact_mut(width * depth.len()).zip(rows.clone().step_by(width)) {
        let num_rows = width.min(rows.end - first);
        if matrix.row_stride == 1 {
            for (line, at) in panel.chunks_exact_mut(width).zip(depth.clone()) {
                let start = at * matrix.col_stride + first;
                line[..num_rows].copy_from_slice(&matrix.data[start..start + num_rows]);
            }
        } else {
            for row in 0..num_rows {
                let start = (first + row) * matrix.row_stride;
                for (line, at) in panel.chunks_exact_mut(width).zip(depth.clone()) {
                    line[row] = matrix.data[start + at * matrix.col_stride];
                }
            }
        }
    }
}

/// Largest tile of any kernel.
const MAX_TILE: usize = 12 * 32;

/// Multiplies a panel of `rows` by a panel of `cols` into a tile.
#[derive(Clone, Copy)]
struct Kernel {
    rows: usize,
    cols: usize,
    run: fn(&[f32], &[f32], &mut [f32; MAX_TILE]),
}

impl Kernel {
    fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                return Self { rows: 12, cols: 32, run: x86::tile_avx512 };
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self { rows: 6, cols: 16, run: x86::tile_avx2 };
            }
        }
        Self { rows: 4, cols: 8, run: tile_portable }
    }

    fn multiply_block(
        self,
        num_deep: usize,
        left: &[f32],
        right: &[f32],
        rows: std::ops::Range<usize>,
        num_cols: usize,
        target: &mut Target<'_>,
    ) {
        let mut tile = [0.0; MAX_TILE];
        for (right, col) in right.chunks_exact(self.cols * num_deep).zip((0..num_cols).step_by(self.cols)) {
            let width = self.cols.min(num_cols - col);
            for (left, row) in left.chunks_exact(self.rows * num_deep).zip(rows.clone().step_by(self.rows)) {
                (self.run)(left, right, &mut tile);
                let lines = tile.chunks_exact(self.cols).take(rows.end - row);
                for (line, row) in lines.take(self.rows).zip(row..) {
                    let start = row * target.row_stride + col;
                    let out = &mut target.data[start..start + width];
                    if target.adds {
                        out.iter_mut().zip(line).for_each(|(out, value)| *out += value);
                    } else {
                        out.copy_from_slice(&line[..width]);
                    }
                }
            }
        }
    }
}

fn tile_portable(left: &[f32], right: &[f32], tile: &mut [f32; MAX_TILE]) {
    let mut sums = [[0.0f32; 8]; 4];
    for (left, right) in left.chunks_exact(4).zip(right.chunks_exact(8)) {
        for (sums, &factor) in sums.iter_mut().zip(left) {
            sums.iter_mut().zip(right).for_each(|(sum, value)| *sum += factor * value);
        }
    }
    tile.chunks_exact_mut(8).zip(&sums).for_each(|(line, sums)| line.copy_from_slice(sums));
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod x86 {
    use super::MAX_TILE;
    use std::arch::x86_64::{
        _mm256_broadcast_ss, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_setzero_ps, _mm256_storeu_ps, _mm512_fmadd_ps,
        _mm512_loadu_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps,
    };

    pub(super) fn tile_avx512(left: &[f32], right: &[f32], tile: &mut [f32; MAX_TILE]) {
        assert_eq!(left.len() / 12, right.len() / 32);
        // SAFETY: `Kernel::best` hands this out only where the processor has AVX-512; both panels are `12 × depth` and
        // `32 × depth` long, and the tile holds `12 × 32`.
        unsafe { run_avx512(left.len() / 12, left.as_ptr(), right.as_ptr(), tile.as_mut_ptr()) }
    }

    #[target_feature(enable = "avx512f")]
    unsafe fn run_avx512(depth: usize, left: *const f32, right: *const f32, tile: *mut f32) {
        let mut sums = [[_mm512_setzero_ps(); 2]; 12];
        for at in 0..depth {
            // SAFETY: the caller gives panels of `depth` steps of 12 and 32 numbers.
            unsafe {
                let first = _mm512_loadu_ps(right.add(at * 32));
                let second = _mm512_loadu_ps(right.add(at * 32 + 16));
                for (row, sums) in sums.iter_mut().enumerate() {
                    let factor = _mm512_set1_ps(*left.add(at * 12 + row));
                    sums[0] = _mm512_fmadd_ps(factor, first, sums[0]);
                    sums[1] = _mm512_fmadd_ps(factor, second, sums[1]);
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            // SAFETY: the tile holds 12 rows of 32 numbers.
            unsafe {
                _mm512_storeu_ps(tile.add(row * 32), sums[0]);
                _mm512_storeu_ps(tile.add(row * 32 + 16), sums[1]);
            }
        }
    }

    pub(super) fn tile_avx2(left: &[f32], right: &[f32], tile: &mut [f32; MAX_TILE]) {
        assert_eq!(left.len() / 6, right.len() / 16);
        // SAFETY: `Kernel::best` hands this out only where the processor has AVX2 and FMA; both panels are `6 × depth`
        // and `16 × depth` long, and the tile is larger than `6 × 16`.
        unsafe { run_avx2(left.len() / 6, left.as_ptr(), right.as_ptr(), tile.as_mut_ptr()) }
    }

    #[target_feature(enable = "avx2,fma")]
    unsafe fn run_avx2(depth: usize, left: *const f32, right: *const f32, tile: *mut f32) {
        let mut sums = [[_mm256_setzero_ps(); 2]; 6];
        for at in 0..depth {
            // SAFETY: the caller gives panels of `depth` steps of 6 and 16 numbers.
            unsafe {
                let first = _mm256_loadu_ps(right.add(at * 16));
                let second = _mm256_loadu_ps(right.add(at * 16 + 8));
                for (row, sums) in sums.iter_mut().enumerate() {
                    let factor = _mm256_broadcast_ss(&*left.add(at * 6 + row));
                    sums[0] = _mm256_fmadd_ps(factor, first, sums[0]);
                    sums[1] = _mm256_fmadd_ps(factor, second, sums[1]);
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            // SAFETY: the tile holds at least 6 rows of 16 numbers.
            unsafe {
                _mm256_storeu_ps(tile.add(row * 16), sums[0]);
                _mm256_storeu_ps(tile.add(row * 16 + 8), sums[1]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn plain(left: Matrix<'_>, right: Matrix<'_>) -> Vec<f32> {
        let at = |m: &Matrix<'_>, row: usize, col: usize| m.data[row * m.row_stride + col * m.col_stride];
        let mut out = Vec::new();
        for row in 0..left.rows {
            for col in 0..right.cols {
                out.push((0..left.cols).map(|deep| at(&left, row, deep) * at(&right, deep, col)).sum());
            }
        }
        out
    }

    #[test]
    fn products_of_odd_sizes_and_transposed_operands_are_right() {
        let mut random = Random::new(1);
        let mut numbers = |count: usize| (0..count).map(|_| random.normal()).collect::<Vec<_>>();
        for (rows, deep, cols) in [(1, 1, 1), (13, 300, 33), (250, 7, 65), (3, 257, 5)] {
            let (a, b) = (numbers(rows * deep), numbers(deep * cols));
            let cases = [
                (Matrix::new(&a, rows, deep), Matrix::new(&b, deep, cols)),
                (Matrix::new(&a, deep, rows).transposed(), Matrix::new(&b, cols, deep).transposed()),
            ];
            for (left, right) in cases {
                for (got, wanted) in product(left, right).iter().zip(plain(left, right)) {
                    assert!((got - wanted).abs() < 1e-3, "{got} is not {wanted}");
                }
            }
        }
    }

    #[test]
    fn every_kernel_agrees_with_the_portable_one() {
        let mut random = Random::new(2);
        let left: Vec<f32> = (0..4 * 50).map(|_| random.normal()).collect();
        let right: Vec<f32> = (0..8 * 50).map(|_| random.normal()).collect();
        let mut tile = [0.0; MAX_TILE];
        tile_portable(&left, &right, &mut tile);
        let best = product(Matrix::new(&left, 50, 4).transposed(), Matrix::new(&right, 50, 8));
        for (got, wanted) in best.iter().zip(&tile) {
            assert!((got - wanted).abs() < 1e-4, "{got} is not {wanted}");
        }
    }
}
