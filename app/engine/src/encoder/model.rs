//! The forward pass: token ids to the hidden states of a layer.
//!
//! Everything is f32. Layer 0 is what goes into the first layer, layer N comes out of the last one, like
//! `output_hidden_states` of transformers.

use super::config::{Config, Family};
use super::files::{WeightFiles, first_line};
use super::layer::{Layer, Norm, Source};
use candle_core::{Device, Result, Tensor};
use candle_nn::{Embedding, Module as _};
use std::path::Path;

const WORDS: &str = "embeddings.word_embeddings.weight";
const POSITIONS: &str = "embeddings.position_embeddings.weight";
const TYPES: &str = "embeddings.token_type_embeddings.weight";

pub struct Model {
    pub config: Config,
    words: Embedding,
    positions: Embedding,
    /// The row of the first type, which all tokens of a single text have.
    kind: Option<Tensor>,
    norm: Norm,
    layers: Vec<Layer>,
    device: Device,
}

/// Texts of unequal lengths, padded to the longest.
struct Batch {
    ids: Tensor,
    positions: Tensor,
    mask: Tensor,
}

impl Model {
    pub fn read(folder: &Path, device: &Device) -> std::result::Result<Self, String> {
        let config = Config::read(folder)?;
        let files = WeightFiles::open(folder)?;
        let prefix = config.family.prefix();
        let prefix = if files.has(&format!("{prefix}{WORDS}")) { prefix } else { "" };
        let source = Source { files: &files, prefix, device, epsilon: config.epsilon };
        let width = config.width;
        let kinds = match config.num_types {
            0 => None,
            num_types => Some(source.tensor(TYPES, &[num_types, width])?),
        };
        let kind = kinds.map(|kinds| kinds.get(0)).transpose().map_err(|error| first_line(&error))?;
        let layers = (0..config.num_layers)
            .map(|at| Layer::read(&source, &config, at))
            .collect::<std::result::Result<_, _>>()?;
        Ok(Self {
            words: Embedding::new(source.tensor(WORDS, &[config.num_words, width])?, width),
            positions: Embedding::new(source.tensor(POSITIONS, &[config.num_positions, width])?, width),
            kind,
            norm: source.norm("embeddings.LayerNorm", width)?,
            layers,
            device: device.clone(),
            config,
        })
    }

    /// For each text one vector for each token. Each text has a token, none more than the model has positions for, and
    /// no id is beyond the vocabulary.
    pub fn hidden_states(&self, texts: &[&[u32]], layer: usize) -> std::result::Result<Vec<Vec<Vec<f32>>>, String> {
        let states = self.forward(texts, layer).and_then(|states| states.to_vec3::<f32>());
        let mut states = states.map_err(|error| format!("The encoder failed: {}", first_line(&error)))?;
        for (rows, text) in states.iter_mut().zip(texts) {
            rows.truncate(text.len());
        }
        if states.iter().flatten().flatten().all(|value| value.is_finite()) {
            return Ok(states);
        }
        Err("The encoder gave a number that is not finite".to_owned())
    }

    fn forward(&self, texts: &[&[u32]], layer: usize) -> Result<Tensor> {
        let batch = self.batch(texts)?;
        let mut states = (self.words.forward(&batch.ids)? + self.positions.forward(&batch.positions)?)?;
        if let Some(kind) = &self.kind {
            states = states.broadcast_add(kind)?;
        }
        states = self.norm.forward(&states)?;
        for layer in self.layers.iter().take(layer) {
            states = layer.forward(&states, &batch.mask)?;
        }
        Ok(states)
    }

    fn batch(&self, texts: &[&[u32]]) -> Result<Batch> {
        let num_tokens = texts.iter().map(|text| text.len()).max().unwrap_or(0);
        let (mut ids, mut positions, mut mask) = (Vec::new(), Vec::new(), Vec::new());
        for text in texts {
            let num_padding = num_tokens - text.len();
            ids.extend_from_slice(text);
            positions.extend(self.positions_of(text));
            mask.resize(mask.len() + text.len(), 0.0_f32);
            ids.resize(ids.len() + num_padding, 0);
            positions.resize(positions.len() + num_padding, 0);
            mask.resize(mask.len() + num_padding, f32::MIN);
        }
        let shape = (texts.len(), num_tokens);
        Ok(Batch {
            ids: Tensor::from_vec(ids, shape, &self.device)?,
            positions: Tensor::from_vec(positions, shape, &self.device)?,
            mask: Tensor::from_vec(mask, (texts.len(), 1, 1, num_tokens), &self.device)?,
        })
    }

    fn positions_of(&self, text: &[u32]) -> Vec<u32> {
        if self.config.family != Family::Roberta {
            return (0..text.len() as u32).collect();
        }
        // RoBERTa leaves the padding's token out of the count, even where a text spells it.
        let padding_id = self.config.padding_id;
        let mut last = padding_id;
        let mut position = |id: &u32| {
            if *id == padding_id {
                return padding_id;
            }
            last += 1;
            last
        };
        text.iter().map(&mut position).collect()
    }
}
