//! Where each weight lies in the one long list of numbers that is the model.

use crate::config::Sizes;
use crate::layers::rotary_speed;
use crate::random::Random;
use std::ops::Range;

/// How a weight is initialised and trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Embeddings, which are the output layer as well.
    Table,
    /// A matrix inside a layer.
    Matrix,
    /// A matrix whose product is added to the stream between layers.
    Output,
    /// Factors of a norm.
    Norm,
}

/// One tensor, row after row, named as Llama checkpoints name it.
#[derive(Clone, Debug)]
pub struct Tensor {
    pub name: String,
    pub rows: usize,
    pub cols: usize,
    pub kind: Kind,
    pub start: usize,
}

impl Tensor {
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.rows * self.cols
    }

    pub fn shape(&self) -> Vec<usize> {
        if self.kind == Kind::Norm { vec![self.cols] } else { vec![self.rows, self.cols] }
    }
}

/// Ranges of one layer's weights.
#[derive(Clone, Debug)]
pub struct LayerRanges {
    pub attention_norm: Range<usize>,
    pub query: Range<usize>,
    pub key: Range<usize>,
    pub value: Range<usize>,
    pub attention_output: Range<usize>,
    pub hidden_norm: Range<usize>,
    pub gate: Range<usize>,
    pub up: Range<usize>,
    pub down: Range<usize>,
}

/// First number of every embedding at the start; the others are about 0.02.
const CONSTANT: f32 = 0.1;
/// Pairs of a head that turn fast enough to tell neighbours apart.
const LOOK_BACK_PAIRS: usize = 6;
const LOOK_BACK_STRENGTH: f32 = 1.5;

#[derive(Clone, Debug)]
pub struct Layout {
    pub sizes: Sizes,
    pub tensors: Vec<Tensor>,
    pub table: Range<usize>,
    pub layers: Vec<LayerRanges>,
    pub final_norm: Range<usize>,
    pub num_weights: usize,
}

impl Layout {
    pub fn new(sizes: Sizes) -> Self {
        let mut tensors = Tensors { list: Vec::new(), end: 0 };
        let (width, hidden) = (sizes.width, sizes.hidden);
        let table = tensors.add("model.embed_tokens.weight".into(), sizes.vocabulary, width, Kind::Table);
        let layers = (0..sizes.num_layers)
            .map(|layer| {
                let mut add = |name: &str, rows, cols, kind| {
                    tensors.add(format!("model.layers.{layer}.{name}.weight"), rows, cols, kind)
                };
                LayerRanges {
                    attention_norm: add("input_layernorm", 1, width, Kind::Norm),
                    query: add("self_attn.q_proj", width, width, Kind::Matrix),
                    key: add("self_attn.k_proj", width, width, Kind::Matrix),
                    value: add("self_attn.v_proj", width, width, Kind::Matrix),
                    attention_output: add("self_attn.o_proj", width, width, Kind::Output),
                    hidden_norm: add("post_attention_layernorm", 1, width, Kind::Norm),
                    gate: add("mlp.gate_proj", hidden, width, Kind::Matrix),
                    up: add("mlp.up_proj", hidden, width, Kind::Matrix),
                    down: add("mlp.down_proj", width, hidden, Kind::Output),
                }
            })
            .collect();
        let final_norm = tensors.add("model.norm.weight".into(), 1, width, Kind::Norm);
        Self { sizes, table, layers, final_norm, num_weights: tensors.end, tensors: tensors.list }
    }

    pub fn initial_weights(&self, random: &mut Random) -> Vec<f32> {
        let depth = (2.0 * self.sizes.num_layers as f32).sqrt();
        let mut weights = Vec::with_capacity(self.num_weights);
        for tensor in &self.tensors {
            let scale = match tensor.kind {
                Kind::Table => 0.02,
                Kind::Matrix => 0.5 / (tensor.cols as f32).sqrt(),
                Kind::Output => 0.5 / (tensor.cols as f32).sqrt() / depth,
                Kind::Norm => 0.0,
            };
            let base = if tensor.kind == Kind::Norm { 1.0 } else { 0.0 };
            weights.extend(tensor.range().map(|_| base + scale * random.normal()));
        }
        self.look_back(&mut weights);
        weights
    }

    /// Lets half of the first layer's heads begin as heads that look at the token before (the last of them at the one
    /// before that). Copying needs two layers that only pay off together, so chance takes long to find the first of them.
    ///
    /// The first number of every embedding is the same, so that queries and keys have something constant to read; their
    /// rotary positions then agree best at the wanted distance.
    fn look_back(&self, weights: &mut [f32]) {
        let (width, head) = (self.sizes.width, self.sizes.head_width());
        for row in weights[self.table.clone()].chunks_exact_mut(width) {
            row[0] = CONSTANT;
        }
        let num_heads = self.sizes.num_heads / 2;
        for at in 0..num_heads {
            let distance = if at > 0 && at + 1 == num_heads { 2.0 } else { 1.0 };
            for pair in 0..LOOK_BACK_PAIRS.min(head / 2) {
                let (sin, cos) = (distance * rotary_speed(pair, head)).sin_cos();
                let mut set = |range: &Range<usize>, row: usize, value: f32| {
                    weights[range.start + (at * head + row) * width] = value * LOOK_BACK_STRENGTH;
                };
                let layer = &self.layers[0];
                set(&layer.query, pair, 1.0);
                set(&layer.key, pair, cos);
                set(&layer.key, pair + head / 2, sin);
            }
        }
    }
}

struct Tensors {
    list: Vec<Tensor>,
    end: usize,
}

impl Tensors {
    fn add(&mut self, name: String, rows: usize, cols: usize, kind: Kind) -> Range<usize> {
        let tensor = Tensor { name, rows, cols, kind, start: self.end };
        let range = tensor.range();
        self.end = range.end;
        self.list.push(tensor);
        range
    }
}
