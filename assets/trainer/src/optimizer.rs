//! Updates of the weights: orthogonalised momentum (Muon) for matrices inside layers, AdamW for embeddings and norms.

use crate::layout::{Kind, Layout, Tensor};
use crate::matmul::{Matrix, product};

const MOMENTUM: f32 = 0.95;
const FIRST_DECAY: f32 = 0.9;
const SECOND_DECAY: f32 = 0.98;
const WEIGHT_DECAY: f32 = 0.02;

/// Learning rates of one step.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub matrix: f32,
    pub table: f32,
}

/// State of both methods, weight by weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimizer {
    pub first: Vec<f32>,
    /// Used by AdamW alone.
    pub second: Vec<f32>,
    pub num_steps: i32,
}

impl Optimizer {
    pub fn new(num_weights: usize) -> Self {
        Self { first: vec![0.0; num_weights], second: vec![0.0; num_weights], num_steps: 0 }
    }

    /// Updates all weights. Tensors do not touch each other, so they are shared out among two threads.
    pub fn step(&mut self, layout: &Layout, weights: &mut [f32], gradient: &[f32], rates: Rates) {
        self.num_steps += 1;
        let num_steps = self.num_steps;
        let mut halves: [Vec<Part<'_>>; 2] = [Vec::new(), Vec::new()];
        let (mut weights, mut first, mut second) = (weights, self.first.as_mut_slice(), self.second.as_mut_slice());
        for (index, tensor) in layout.tensors.iter().enumerate() {
            let length = tensor.range().len();
            let part = Part {
                tensor,
                weights: split_off(&mut weights, length),
                gradient: &gradient[tensor.range()],
                first: split_off(&mut first, length),
                second: split_off(&mut second, length),
            };
            halves[index % 2].push(part);
        }
        std::thread::scope(|scope| {
            for half in halves {
                scope.spawn(move || half.into_iter().for_each(|part| part.step(num_steps, rates)));
            }
        });
    }
}

fn split_off<'a>(rest: &mut &'a mut [f32], length: usize) -> &'a mut [f32] {
    let (part, left) = std::mem::take(rest).split_at_mut(length);
    *rest = left;
    part
}

/// One tensor with its gradient and moments.
struct Part<'a> {
    tensor: &'a Tensor,
    weights: &'a mut [f32],
    gradient: &'a [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
}

impl Part<'_> {
    fn step(self, num_steps: i32, rates: Rates) {
        match self.tensor.kind {
            Kind::Matrix | Kind::Output => self.step_matrix(rates.matrix),
            Kind::Table | Kind::Norm => self.step_single(num_steps, rates.table),
        }
    }

    fn step_matrix(self, rate: f32) {
        let mut ahead = Vec::with_capacity(self.gradient.len());
        for (momentum, gradient) in self.first.iter_mut().zip(self.gradient) {
            *momentum += (1.0 - MOMENTUM) * (gradient - *momentum);
            ahead.push(gradient + MOMENTUM * (*momentum - gradient));
        }
        let (rows, cols) = (self.tensor.rows, self.tensor.cols);
        let update = orthogonalised(&ahead, rows, cols);
        let rate_here = rate * (rows as f32 / cols as f32).max(1.0).sqrt();
        let keep = 1.0 - rate * WEIGHT_DECAY;
        self.weights.iter_mut().zip(&update).for_each(|(weight, update)| *weight = *weight * keep - rate_here * update);
    }

    fn step_single(self, num_steps: i32, rate: f32) {
        let first_share = 1.0 - FIRST_DECAY.powi(num_steps);
        let second_share = 1.0 - SECOND_DECAY.powi(num_steps);
        let keep = if self.tensor.kind == Kind::Norm { 1.0 } else { 1.0 - rate * WEIGHT_DECAY };
        let moments = self.first.iter_mut().zip(self.second);
        for ((weight, gradient), (first, second)) in self.weights.iter_mut().zip(self.gradient).zip(moments) {
            *first += (1.0 - FIRST_DECAY) * (gradient - *first);
            *second += (1.0 - SECOND_DECAY) * (gradient * gradient - *second);
            let size = (*second / second_share).sqrt() + 1e-8;
            *weight = *weight * keep - rate * (*first / first_share) / size;
        }
    }
}

/// The matrix with (nearly) all its singular values moved to 1, by five Newton–Schulz steps.
fn orthogonalised(matrix: &[f32], rows: usize, cols: usize) -> Vec<f32> {
    if rows > cols {
        let flipped = orthogonalised(&flip(matrix, rows, cols), cols, rows);
        return flip(&flipped, cols, rows);
    }
    let size = matrix.iter().map(|value| value * value).sum::<f32>().sqrt() + 1e-12;
    let mut current: Vec<f32> = matrix.iter().map(|value| value / size).collect();
    for _ in 0..5 {
        let view = Matrix::new(&current, rows, cols);
        let square = product(view, view.transposed());
        let mut mixed = product(Matrix::new(&square, rows, rows), Matrix::new(&square, rows, rows));
        mixed.iter_mut().zip(&square).for_each(|(fourth, second)| *fourth = 2.0315 * *fourth - 4.775 * second);
        let bent = product(Matrix::new(&mixed, rows, rows), view);
        current.iter_mut().zip(&bent).for_each(|(value, bent)| *value = 3.4445 * *value + bent);
    }
    current
}

fn flip(matrix: &[f32], rows: usize, cols: usize) -> Vec<f32> {
    (0..cols).flat_map(|col| (0..rows).map(move |row| matrix[row * cols + col])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn orthogonalised_rows_have_about_unit_length_and_stand_upright() {
        let mut random = Random::new(4);
        let matrix: Vec<f32> = (0..6 * 10).map(|_| random.normal()).collect();
        let result = orthogonalised(&matrix, 6, 10);
        for (first, one) in result.chunks(10).enumerate() {
            for (second, other) in result.chunks(10).enumerate() {
                let along: f32 = one.iter().zip(other).map(|(one, other)| one * other).sum();
                let wanted = if first == second { 1.0 } else { 0.0 };
                assert!((along - wanted).abs() < 0.45, "rows {first} and {second}: {along}");
            }
        }
    }
}
