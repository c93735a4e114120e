//! Local text encoders: models that turn texts into vectors, and those of the BERT family also their tokens.
//!
//! mistral.rs cannot load the BERT family, so its forward pass is here; decoders it runs. Results are those of transformers and
//! sentence-transformers, to which the goldens hold it. A model's own prompts (`query: `) are put before a text by whoever
//! calls. Errors are sentences for the person who chose the folder.

mod config;
mod decoder;
mod files;
mod layer;
mod model;
mod pooling;
mod tokens;

pub use decoder::Decoder;

use candle_core::Device;
use config::Family;
use model::Model;
use pooling::Pooling;
use std::path::Path;
use tokenizers::Encoding;
use tokens::TextTokenizer;

/// Tokens of one pass, padding included.
const MAX_BATCH_TOKENS: usize = 4096;

pub struct Encoder {
    model: Model,
    tokenizer: TextTokenizer,
    pooling: Pooling,
}

/// Vectors in the order of their texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embedded {
    pub vectors: Vec<Vec<f32>>,
    /// Of all texts, special ones included.
    pub num_tokens: usize,
}

/// A text's tokens in order, special ones included; all lists are of one length.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenVectors {
    pub ids: Vec<u32>,
    /// Put there by the tokenizer, not by the text.
    pub is_special: Vec<bool>,
    pub tokens: Vec<String>,
    pub vectors: Vec<Vec<f32>>,
    /// The text has more tokens than the model takes.
    pub is_truncated: bool,
}

/// Whether the folder's `config.json` names an architecture that [`Encoder::load`] knows.
pub fn is_encoder(folder: &Path) -> bool {
    let config = files::read_json(folder, "config.json");
    config.is_ok_and(|config| config.is_some_and(|config| Family::of(&config).is_ok()))
}

impl Encoder {
    pub fn load(folder: &Path, device: &Device) -> Result<Self, String> {
        let model = Model::read(folder, device)?;
        let tokenizer = TextTokenizer::read(folder, model.config.max_tokens(), model.config.num_words)?;
        Ok(Self { model, tokenizer, pooling: Pooling::read(folder)? })
    }

    pub fn num_layers(&self) -> usize {
        self.model.config.num_layers
    }

    /// Special tokens included; what is longer is cut.
    pub fn max_tokens(&self) -> usize {
        self.tokenizer.max_tokens
    }

    /// One vector for each text. White space around a text is left out.
    pub fn embed(&self, texts: &[String]) -> Result<Embedded, String> {
        let encoded = texts.iter().map(|text| self.tokenizer.encode_stripped(text));
        let encoded: Vec<Encoding> = encoded.collect::<Result<_, _>>()?;
        let ids: Vec<&[u32]> = encoded.iter().map(Encoding::get_ids).collect();
        let mut vectors = vec![Vec::new(); texts.len()];
        for batch in batches(&ids) {
            let texts: Vec<&[u32]> = batch.iter().map(|(_, ids)| *ids).collect();
            let states = self.states(&texts, self.num_layers())?;
            for ((at, _), tokens) in batch.iter().zip(states) {
                if let Some(vector) = vectors.get_mut(*at) {
                    *vector = self.pooling.pool(&tokens, self.model.config.width);
                }
            }
        }
        Ok(Embedded { vectors, num_tokens: ids.iter().map(|ids| ids.len()).sum() })
    }

    /// The hidden states of a layer, 0 being the embeddings, of a text that is made ready as the package bert-score does it, to
    /// whose scores they lead.
    pub fn bert_score_vectors(&self, text: &str, layer: usize) -> Result<TokenVectors, String> {
        self.vectors_of(&self.tokenizer.encode_for_bert_score(text)?, layer)
    }

    fn vectors_of(&self, encoding: &Encoding, layer: usize) -> Result<TokenVectors, String> {
        if layer > self.num_layers() {
            return Err(format!("The encoder has {} layers, not {layer}", self.num_layers()));
        }
        let vectors = self.states(&[encoding.get_ids()], layer)?.pop().unwrap_or_default();
        Ok(TokenVectors {
            ids: encoding.get_ids().to_vec(),
            is_special: encoding.get_special_tokens_mask().iter().map(|mask| *mask == 1).collect(),
            tokens: encoding.get_tokens().to_vec(),
            vectors,
            is_truncated: !encoding.get_overflowing().is_empty(),
        })
    }

    /// Without a token there is nothing to compute; tokenizers without special ones have such texts.
    fn states(&self, texts: &[&[u32]], layer: usize) -> Result<Vec<Vec<Vec<f32>>>, String> {
        if texts.iter().all(|text| text.is_empty()) {
            return Ok(vec![Vec::new(); texts.len()]);
        }
        self.model.hidden_states(texts, layer)
    }
}

/// Texts with their places, like lengths together so that little is padded.
fn batches<'a>(texts: &[&'a [u32]]) -> Vec<Vec<(usize, &'a [u32])>> {
    let mut sorted: Vec<(usize, &[u32])> = texts.iter().copied().enumerate().collect();
    sorted.sort_by_key(|(_, ids)| std::cmp::Reverse(ids.len()));
    let mut batches: Vec<Vec<(usize, &[u32])>> = Vec::new();
    for text in sorted {
        match batches.last_mut() {
            // The first is the longest.
            Some(batch) if batch.first().is_some_and(|(_, longest)| fits(batch.len() + 1, longest, text.1)) => {
                batch.push(text);
            }
            _ => batches.push(vec![text]),
        }
    }
    batches
}

fn fits(num_texts: usize, longest: &[u32], text: &[u32]) -> bool {
    num_texts * longest.len() <= MAX_BATCH_TOKENS && text.is_empty() == longest.is_empty()
}

#[cfg(test)]
mod tests;
