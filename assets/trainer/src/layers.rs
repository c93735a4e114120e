//! The pieces of a Llama layer, forward and backward. Each works on rows of tokens that lie one after another.

use crate::config::{NORM_EPSILON, ROPE_THETA, Sizes};
use crate::matmul::{Matrix, Target, multiply};
use std::ops::Range;

/// A run of tokens that see each other.
pub type Document = Range<usize>;

/// `input · weightᵀ` for a weight of `outputs` rows.
pub fn linear(input: &[f32], weight: &[f32], outputs: usize) -> Vec<f32> {
    let inputs = weight.len() / outputs;
    let rows = input.len() / inputs;
    crate::matmul::product(Matrix::new(input, rows, inputs), Matrix::new(weight, outputs, inputs).transposed())
}

/// Adds the gradient of [`linear`]'s weight to `weight_gradient` and that of its input to `input_gradient`.
pub fn linear_backward(
    input: &[f32],
    weight: &[f32],
    output_gradient: (&[f32], usize),
    weight_gradient: &mut [f32],
    input_gradient: &mut [f32],
) {
    let (output_gradient, outputs) = output_gradient;
    let (inputs, rows) = (weight.len() / outputs, output_gradient.len() / outputs);
    let output_gradient = Matrix::new(output_gradient, rows, outputs);
    let target = Target { data: weight_gradient, row_stride: inputs, adds: true };
    multiply(output_gradient.transposed(), Matrix::new(input, rows, inputs), target);
    let target = Target { data: input_gradient, row_stride: inputs, adds: true };
    multiply(output_gradient, Matrix::new(weight, outputs, inputs), target);
}

/// Root-mean-square norm; gives the rows and what each was divided by, inverted.
pub fn norm(input: &[f32], factors: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let width = factors.len();
    let mut output = Vec::with_capacity(input.len());
    let mut inverses = Vec::with_capacity(input.len() / width);
    for row in input.chunks_exact(width) {
        let mean = row.iter().map(|value| value * value).sum::<f32>() / width as f32;
        let inverse = 1.0 / (mean + NORM_EPSILON).sqrt();
        output.extend(row.iter().zip(factors).map(|(value, factor)| value * inverse * factor));
        inverses.push(inverse);
    }
    (output, inverses)
}

pub fn norm_backward(
    input: &[f32],
    factors: &[f32],
    inverses: &[f32],
    output_gradient: &[f32],
    factor_gradient: &mut [f32],
    input_gradient: &mut [f32],
) {
    let width = factors.len();
    let rows = input.chunks_exact(width).zip(output_gradient.chunks_exact(width));
    for (((row, gradient), into), &inverse) in rows.zip(input_gradient.chunks_exact_mut(width)).zip(inverses) {
        let mut along = 0.0;
        for col in 0..width {
            factor_gradient[col] += gradient[col] * row[col] * inverse;
            along += gradient[col] * factors[col] * row[col];
        }
        let shrink = along * inverse * inverse * inverse / width as f32;
        for col in 0..width {
            into[col] += gradient[col] * factors[col] * inverse - row[col] * shrink;
        }
    }
}

/// Angle by which one step of position turns a pair of a head.
pub fn rotary_speed(pair: usize, head_width: usize) -> f32 {
    ROPE_THETA.powf(-2.0 * pair as f32 / head_width as f32)
}

/// Cosines and sines of rotary positions.
pub struct Rotary {
    half: usize,
    angles: Vec<(f32, f32)>,
}

impl Rotary {
    pub fn new(head_width: usize, num_positions: usize) -> Self {
        let half = head_width / 2;
        let angle = |at: usize| {
            let (position, pair) = (at / half, at % half);
            (position as f32 * rotary_speed(pair, head_width)).sin_cos()
        };
        Self { half, angles: (0..num_positions * half).map(angle).map(|(sin, cos)| (cos, sin)).collect() }
    }

    /// Turns each head of one token forward, or back where `direction` is -1.
    fn turn(&self, row: &mut [f32], position: usize, direction: f32) {
        let angles = &self.angles[position * self.half..(position + 1) * self.half];
        for head in row.chunks_exact_mut(2 * self.half) {
            let (low, high) = head.split_at_mut(self.half);
            for ((low, high), &(cos, sin)) in low.iter_mut().zip(high).zip(angles) {
                let sin = sin * direction;
                (*low, *high) = (*low * cos - *high * sin, *high * cos + *low * sin);
            }
        }
    }

    pub fn turn_all(&self, rows: &mut [f32], width: usize, documents: &[Document], direction: f32) {
        for document in documents {
            for (position, token) in document.clone().enumerate() {
                self.turn(&mut rows[token * width..(token + 1) * width], position, direction);
            }
        }
    }
}

/// Causal attention inside each document. Gives the mixed values, and the shares by document and head.
pub fn attention(
    sizes: &Sizes,
    documents: &[Document],
    query: &[f32],
    key: &[f32],
    value: &[f32],
) -> (Vec<f32>, Vec<f32>) {
    let (width, head) = (sizes.width, sizes.head_width());
    let mut output = vec![0.0; query.len()];
    let mut shares = Vec::new();
    for document in documents {
        let length = document.len();
        for start in (0..sizes.num_heads).map(|at| document.start * width + at * head) {
            let view = |data| Matrix::strided(slice(data, start), length, head, width);
            let first = shares.len();
            shares.resize(first + length * length, 0.0);
            let square = &mut shares[first..];
            multiply(view(query), view(key).transposed(), Target { data: square, row_stride: length, adds: false });
            softmax_causal(square, length, 1.0 / (head as f32).sqrt());
            let target = Target { data: &mut output[start..], row_stride: width, adds: false };
            multiply(Matrix::new(square, length, length), view(value), target);
        }
    }
    (output, shares)
}

fn slice(data: &[f32], start: usize) -> &[f32] {
    &data[start..]
}

fn softmax_causal(square: &mut [f32], length: usize, scale: f32) {
    for (at, row) in square.chunks_exact_mut(length).enumerate() {
        let (seen, hidden) = row.split_at_mut(at + 1);
        hidden.fill(0.0);
        seen.iter_mut().for_each(|score| *score *= scale);
        softmax(seen);
    }
}

/// Turns scores into shares and gives the logarithm of the sum of their exponentials.
pub fn softmax(scores: &mut [f32]) -> f32 {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - highest).exp();
        sum += *score;
    }
    let inverse = 1.0 / sum;
    scores.iter_mut().for_each(|score| *score *= inverse);
    highest + sum.ln()
}

/// What [`attention`] was computed from, for the way back.
pub struct Attended<'a> {
    pub query: &'a [f32],
    pub key: &'a [f32],
    pub value: &'a [f32],
    pub shares: &'a [f32],
}

/// Gradients of queries, keys and values.
pub fn attention_backward(
    sizes: &Sizes,
    documents: &[Document],
    attended: &Attended<'_>,
    gradient: &[f32],
) -> [Vec<f32>; 3] {
    let (width, head) = (sizes.width, sizes.head_width());
    let mut gradients = [(); 3].map(|()| vec![0.0; gradient.len()]);
    let mut shares = attended.shares;
    for document in documents {
        let length = document.len();
        for start in (0..sizes.num_heads).map(|at| document.start * width + at * head) {
            let view = |data| Matrix::strided(slice(data, start), length, head, width);
            let (square, rest) = shares.split_at(length * length);
            shares = rest;
            let shares = Matrix::new(square, length, length);
            let mut scores = crate::matmul::product(view(gradient), view(attended.value).transposed());
            softmax_backward(square, &mut scores, length, 1.0 / (head as f32).sqrt());
            let scores = Matrix::new(&scores, length, length);
            let [query, key, value] = &mut gradients;
            multiply(scores, view(attended.key), at(query, start, width));
            multiply(scores.transposed(), view(attended.query), at(key, start, width));
            multiply(shares.transposed(), view(gradient), at(value, start, width));
        }
    }
    gradients
}

fn at(data: &mut [f32], start: usize, row_stride: usize) -> Target<'_> {
    Target { data: &mut data[start..], row_stride, adds: false }
}

fn softmax_backward(shares: &[f32], gradient: &mut [f32], length: usize, scale: f32) {
    for (shares, gradient) in shares.chunks_exact(length).zip(gradient.chunks_exact_mut(length)) {
        let along: f32 = shares.iter().zip(gradient.iter()).map(|(share, gradient)| share * gradient).sum();
        gradient.iter_mut().zip(shares).for_each(|(gradient, share)| *gradient = share * (*gradient - along) * scale);
    }
}

/// `silu(gate) · up`
pub fn gated(gate: &[f32], up: &[f32]) -> Vec<f32> {
    gate.iter().zip(up).map(|(gate, up)| gate * sigmoid(*gate) * up).collect()
}

/// Gradients of gate and up.
pub fn gated_backward(gate: &[f32], up: &[f32], gradient: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let mut gate_gradient = Vec::with_capacity(gate.len());
    let mut up_gradient = Vec::with_capacity(gate.len());
    for ((&gate, up), gradient) in gate.iter().zip(up).zip(gradient) {
        let share = sigmoid(gate);
        up_gradient.push(gradient * gate * share);
        gate_gradient.push(gradient * up * share * (1.0 + gate * (1.0 - share)));
    }
    (gate_gradient, up_gradient)
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}
