//! The Llama model: loss with gradients for training, and next-token scores for answering.
//!
//! Documents of a batch lie one after another without padding; attention never leaves its document.

use crate::config::{CONTEXT_TOKENS, Sizes};
use crate::layers::{
    Attended, Document, Rotary, attention, attention_backward, gated, gated_backward, linear, linear_backward, norm,
    norm_backward, softmax,
};
use crate::layout::{LayerRanges, Layout};

/// Tokens to learn from: at each of `answers`, the model should have said the token that follows.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub tokens: Vec<u32>,
    pub documents: Vec<Document>,
    /// Positions whose next token is learned, in rising order.
    pub answers: Vec<usize>,
}

pub struct Model {
    pub layout: Layout,
    pub weights: Vec<f32>,
    rotary: Rotary,
}

/// What the way forward through one layer leaves for the way back.
struct Layer {
    input: Vec<f32>,
    normed: (Vec<f32>, Vec<f32>),
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    shares: Vec<f32>,
    mixed: Vec<f32>,
    middle: Vec<f32>,
    middle_normed: (Vec<f32>, Vec<f32>),
    gate: Vec<f32>,
    up: Vec<f32>,
    hidden: Vec<f32>,
}

impl Model {
    pub fn new(layout: Layout, weights: Vec<f32>) -> Self {
        let rotary = Rotary::new(layout.sizes.head_width(), CONTEXT_TOKENS);
        Self { layout, weights, rotary }
    }

    fn sizes(&self) -> &Sizes {
        &self.layout.sizes
    }

    fn embed(&self, tokens: &[u32]) -> Vec<f32> {
        let width = self.sizes().width;
        let table = &self.weights[self.layout.table.clone()];
        tokens.iter().flat_map(|&token| &table[token as usize * width..(token as usize + 1) * width]).copied().collect()
    }

    fn layer(&self, ranges: &LayerRanges, input: Vec<f32>, documents: &[Document]) -> (Layer, Vec<f32>) {
        let sizes = self.sizes();
        let weight = |range: &std::ops::Range<usize>| &self.weights[range.clone()];
        let normed = norm(&input, weight(&ranges.attention_norm));
        let mut query = linear(&normed.0, weight(&ranges.query), sizes.width);
        let mut key = linear(&normed.0, weight(&ranges.key), sizes.width);
        let value = linear(&normed.0, weight(&ranges.value), sizes.width);
        self.rotary.turn_all(&mut query, sizes.width, documents, 1.0);
        self.rotary.turn_all(&mut key, sizes.width, documents, 1.0);
        let (mixed, shares) = attention(sizes, documents, &query, &key, &value);
        let mut middle = linear(&mixed, weight(&ranges.attention_output), sizes.width);
        add(&mut middle, &input);
        let middle_normed = norm(&middle, weight(&ranges.hidden_norm));
        let gate = linear(&middle_normed.0, weight(&ranges.gate), sizes.hidden);
        let up = linear(&middle_normed.0, weight(&ranges.up), sizes.hidden);
        let hidden = gated(&gate, &up);
        let mut output = linear(&hidden, weight(&ranges.down), sizes.width);
        add(&mut output, &middle);
        let kept = Layer { input, normed, query, key, value, shares, mixed, middle, middle_normed, gate, up, hidden };
        (kept, output)
    }

    /// Runs all layers; gives what each leaves for the way back and the last one's output.
    fn layers(&self, batch: &Batch) -> (Vec<Layer>, Vec<f32>) {
        let mut stream = self.embed(&batch.tokens);
        let mut kept = Vec::with_capacity(self.layout.layers.len());
        for ranges in &self.layout.layers {
            let (layer, output) = self.layer(ranges, stream, &batch.documents);
            kept.push(layer);
            stream = output;
        }
        (kept, stream)
    }

    /// Scores of every token of the vocabulary to follow each of `batch.answers`.
    pub fn scores(&self, batch: &Batch) -> Vec<f32> {
        let (_, stream) = self.layers(batch);
        let chosen = self.gather(&stream, &batch.answers);
        let (normed, _) = norm(&chosen, &self.weights[self.layout.final_norm.clone()]);
        linear(&normed, &self.weights[self.layout.table.clone()], self.sizes().vocabulary)
    }

    fn gather(&self, stream: &[f32], rows: &[usize]) -> Vec<f32> {
        let width = self.sizes().width;
        rows.iter().flat_map(|&row| &stream[row * width..(row + 1) * width]).copied().collect()
    }

    /// Summed loss over the batch's answers; adds the gradient of that sum times `scale` to `gradient`.
    pub fn loss(&self, batch: &Batch, scale: f32, gradient: &mut [f32]) -> f64 {
        let (kept, stream) = self.layers(batch);
        let width = self.sizes().width;
        let factors = &self.weights[self.layout.final_norm.clone()];
        let table = &self.weights[self.layout.table.clone()];
        let chosen = self.gather(&stream, &batch.answers);
        let (normed, inverses) = norm(&chosen, factors);
        let mut scores = linear(&normed, table, self.sizes().vocabulary);
        let loss = cross_entropy(&mut scores, batch, self.sizes().vocabulary, scale);

        let mut normed_gradient = vec![0.0; normed.len()];
        let table_gradient = &mut gradient[self.layout.table.clone()];
        let scores = (scores.as_slice(), self.sizes().vocabulary);
        linear_backward(&normed, table, scores, table_gradient, &mut normed_gradient);
        let mut chosen_gradient = vec![0.0; chosen.len()];
        let factor_gradient = &mut gradient[self.layout.final_norm.clone()];
        norm_backward(&chosen, factors, &inverses, &normed_gradient, factor_gradient, &mut chosen_gradient);
        let mut stream_gradient = vec![0.0; stream.len()];
        for (row, from) in batch.answers.iter().zip(chosen_gradient.chunks_exact(width)) {
            add(&mut stream_gradient[row * width..(row + 1) * width], from);
        }
        for (ranges, layer) in self.layout.layers.iter().zip(&kept).rev() {
            stream_gradient = self.layer_backward(ranges, layer, &batch.documents, stream_gradient, gradient);
        }
        let table_gradient = &mut gradient[self.layout.table.clone()];
        for (&token, from) in batch.tokens.iter().zip(stream_gradient.chunks_exact(width)) {
            add(&mut table_gradient[token as usize * width..(token as usize + 1) * width], from);
        }
        loss
    }

    /// Adds the gradients of one layer's weights and gives that of its input.
    fn layer_backward(
        &self,
        ranges: &LayerRanges,
        layer: &Layer,
        documents: &[Document],
        output_gradient: Vec<f32>,
        gradient: &mut [f32],
    ) -> Vec<f32> {
        let middle_gradient = self.hidden_backward(ranges, layer, output_gradient, gradient);
        let width = self.sizes().width;
        let weight = |range: &std::ops::Range<usize>| &self.weights[range.clone()];
        let mut mixed = vec![0.0; layer.mixed.len()];
        let range = &ranges.attention_output;
        let into = &mut gradient[range.clone()];
        linear_backward(&layer.mixed, weight(range), (&middle_gradient, width), into, &mut mixed);
        let Layer { query, key, value, shares, .. } = layer;
        let attended = Attended { query, key, value, shares };
        let [mut query, mut key, value] = attention_backward(self.sizes(), documents, &attended, &mixed);
        self.rotary.turn_all(&mut query, width, documents, -1.0);
        self.rotary.turn_all(&mut key, width, documents, -1.0);
        let mut normed = vec![0.0; layer.input.len()];
        for (range, from) in [(&ranges.query, &query), (&ranges.key, &key), (&ranges.value, &value)] {
            let into = &mut gradient[range.clone()];
            linear_backward(&layer.normed.0, weight(range), (from, width), into, &mut normed);
        }
        let mut input_gradient = middle_gradient;
        let range = &ranges.attention_norm;
        let into = &mut gradient[range.clone()];
        norm_backward(&layer.input, weight(range), &layer.normed.1, &normed, into, &mut input_gradient);
        input_gradient
    }

    /// The way back through the gated half of a layer.
    fn hidden_backward(
        &self,
        ranges: &LayerRanges,
        layer: &Layer,
        output_gradient: Vec<f32>,
        gradient: &mut [f32],
    ) -> Vec<f32> {
        let weight = |range: &std::ops::Range<usize>| &self.weights[range.clone()];
        let (width, num_hidden) = (self.sizes().width, self.sizes().hidden);
        let mut hidden = vec![0.0; layer.hidden.len()];
        let into = &mut gradient[ranges.down.clone()];
        linear_backward(&layer.hidden, weight(&ranges.down), (&output_gradient, width), into, &mut hidden);
        let (gate, up) = gated_backward(&layer.gate, &layer.up, &hidden);
        let mut normed = vec![0.0; layer.middle.len()];
        for (range, from) in [(&ranges.gate, &gate), (&ranges.up, &up)] {
            let into = &mut gradient[range.clone()];
            linear_backward(&layer.middle_normed.0, weight(range), (from, num_hidden), into, &mut normed);
        }
        let mut middle_gradient = output_gradient;
        let range = &ranges.hidden_norm;
        let into = &mut gradient[range.clone()];
        norm_backward(&layer.middle, weight(range), &layer.middle_normed.1, &normed, into, &mut middle_gradient);
        middle_gradient
    }
}

/// Gives the summed loss and turns scores into their gradient, times `scale`.
fn cross_entropy(scores: &mut [f32], batch: &Batch, vocabulary: usize, scale: f32) -> f64 {
    let mut loss = 0.0;
    for (row, &at) in scores.chunks_exact_mut(vocabulary).zip(&batch.answers) {
        let wanted = batch.tokens[at + 1] as usize;
        let score = row[wanted];
        loss += f64::from(softmax(row) - score);
        row[wanted] -= 1.0;
        row.iter_mut().for_each(|share| *share *= scale);
    }
    loss
}

fn add(into: &mut [f32], from: &[f32]) {
    into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn tiny() -> (Model, Batch) {
        let sizes = Sizes { vocabulary: 11, width: 8, num_layers: 2, num_heads: 2, hidden: 12 };
        let layout = Layout::new(sizes);
        let mut random = Random::new(3);
        let weights = layout.initial_weights(&mut random).iter().map(|weight| weight * 2.0).collect();
        let batch = Batch { tokens: vec![1, 5, 3, 7, 2, 9, 9, 4], documents: vec![0..5, 5..8], answers: vec![1, 3, 6] };
        (Model::new(layout, weights), batch)
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        let (mut model, batch) = tiny();
        let mut gradient = vec![0.0; model.layout.num_weights];
        model.loss(&batch, 1.0, &mut gradient);
        let mut unused = gradient.clone();
        for tensor in model.layout.tensors.clone() {
            let at = tensor.range().start + tensor.range().len() / 3;
            let weight = model.weights[at];
            let step = 3e-3;
            let mut loss_at = |weight| {
                model.weights[at] = weight;
                model.loss(&batch, 1.0, &mut unused)
            };
            let slope = (loss_at(weight + step) - loss_at(weight - step)) / (2.0 * f64::from(step));
            model.weights[at] = weight;
            let got = f64::from(gradient[at]);
            assert!((got - slope).abs() < 2e-3 + 0.02 * slope.abs(), "{}: {got} is not {slope}", tensor.name);
        }
    }

    #[test]
    fn a_document_does_not_see_its_neighbour() {
        let (model, mut batch) = tiny();
        let before = model.scores(&batch);
        batch.tokens[0] = 8;
        let after = model.scores(&batch);
        assert_ne!(before[..11], after[..11]);
        assert_eq!(before[22..], after[22..]);
    }
}
