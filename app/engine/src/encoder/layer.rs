//! One layer of the encoder: attention between all tokens of a text, then a feed-forward part for each token, both added
//! to what came in and normalised afterwards.
//!
//! Source: Devlin et al., NAACL 2019; RoBERTa and DistilBERT have the same layer under other names.

use super::config::{Activation, Config, Family};
use super::files::WeightFiles;
use candle_core::{Device, Result, Tensor};
use candle_nn::{Linear, Module as _, ops};

/// Tensors under the prefix that a file has.
pub struct Source<'a> {
    pub files: &'a WeightFiles,
    pub prefix: &'static str,
    pub device: &'a Device,
    pub epsilon: f64,
}

pub struct Norm {
    weight: Tensor,
    bias: Tensor,
    epsilon: f64,
}

pub struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Linear,
    attention_norm: Norm,
    inner: Linear,
    outer: Linear,
    output_norm: Norm,
    num_heads: usize,
    activation: Activation,
}

struct Names {
    layers: &'static str,
    query: &'static str,
    key: &'static str,
    value: &'static str,
    attended: &'static str,
    attention_norm: &'static str,
    inner: &'static str,
    outer: &'static str,
    output_norm: &'static str,
}

const USUAL: Names = Names {
    layers: "encoder.layer",
    query: "attention.self.query",
    key: "attention.self.key",
    value: "attention.self.value",
    attended: "attention.output.dense",
    attention_norm: "attention.output.LayerNorm",
    inner: "intermediate.dense",
    outer: "output.dense",
    output_norm: "output.LayerNorm",
};

const DISTILLED: Names = Names {
    layers: "transformer.layer",
    query: "attention.q_lin",
    key: "attention.k_lin",
    value: "attention.v_lin",
    attended: "attention.out_lin",
    attention_norm: "sa_layer_norm",
    inner: "ffn.lin1",
    outer: "ffn.lin2",
    output_norm: "output_layer_norm",
};

impl Source<'_> {
    pub fn tensor(&self, name: &str, shape: &[usize]) -> std::result::Result<Tensor, String> {
        self.files.tensor(&format!("{}{name}", self.prefix), shape, self.device)
    }

    fn linear(&self, name: &str, from: usize, to: usize) -> std::result::Result<Linear, String> {
        let weight = self.tensor(&format!("{name}.weight"), &[to, from])?;
        Ok(Linear::new(weight, Some(self.tensor(&format!("{name}.bias"), &[to])?)))
    }

    pub fn norm(&self, name: &str, width: usize) -> std::result::Result<Norm, String> {
        // Checkpoints that came from TensorFlow keep its names.
        let is_old = self.files.has(&format!("{}{name}.gamma", self.prefix));
        let (weight, bias) = if is_old { ("gamma", "beta") } else { ("weight", "bias") };
        let weight = self.tensor(&format!("{name}.{weight}"), &[width])?;
        Ok(Norm { weight, bias: self.tensor(&format!("{name}.{bias}"), &[width])?, epsilon: self.epsilon })
    }
}

impl Norm {
    /// The mean is taken off before the squares are summed: the fused kernel subtracts two large sums.
    pub fn forward(&self, input: &Tensor) -> Result<Tensor> {
        ops::layer_norm_slow(input, &self.weight, &self.bias, self.epsilon as f32)
    }
}

impl Layer {
    pub fn read(source: &Source<'_>, config: &Config, at: usize) -> std::result::Result<Self, String> {
        let names = if config.family == Family::DistilBert { DISTILLED } else { USUAL };
        let (width, inner_width) = (config.width, config.inner_width);
        let linear = |name, from, to| source.linear(&format!("{}.{at}.{name}", names.layers), from, to);
        let norm = |name| source.norm(&format!("{}.{at}.{name}", names.layers), width);
        Ok(Self {
            query: linear(names.query, width, width)?,
            key: linear(names.key, width, width)?,
            value: linear(names.value, width, width)?,
            attended: linear(names.attended, width, width)?,
            attention_norm: norm(names.attention_norm)?,
            inner: linear(names.inner, width, inner_width)?,
            outer: linear(names.outer, inner_width, width)?,
            output_norm: norm(names.output_norm)?,
            num_heads: config.num_heads,
            activation: config.activation,
        })
    }

    /// `input` is (texts, tokens, width), `mask` (texts, 1, 1, tokens) is added to the attention's scores.
    pub fn forward(&self, input: &Tensor, mask: &Tensor) -> Result<Tensor> {
        let attended = self.attended.forward(&self.attention(input, mask)?)?;
        let attended = self.attention_norm.forward(&(attended + input)?)?;
        let inner = self.inner.forward(&attended)?;
        let inner = match self.activation {
            Activation::GeluExact => inner.gelu_erf(),
            Activation::GeluTanh => inner.gelu(),
            Activation::Relu => inner.relu(),
        }?;
        self.output_norm.forward(&(self.outer.forward(&inner)? + attended)?)
    }

    fn attention(&self, input: &Tensor, mask: &Tensor) -> Result<Tensor> {
        let (num_texts, num_tokens, width) = input.dims3()?;
        let head_width = width / self.num_heads;
        let heads = |part: &Linear| {
            let shape = (num_texts, num_tokens, self.num_heads, head_width);
            part.forward(input)?.reshape(shape)?.transpose(1, 2)?.contiguous()
        };
        let scores = heads(&self.query)?.matmul(&heads(&self.key)?.t()?)?;
        let scores = (scores / (head_width as f64).sqrt())?.broadcast_add(mask)?;
        let mixed = ops::softmax_last_dim(&scores)?.matmul(&heads(&self.value)?)?;
        mixed.transpose(1, 2)?.reshape((num_texts, num_tokens, width))
    }
}
