//! Texts to token ids, with the special tokens and cut to what the model can take.

use super::files::read_json;
use serde_json::Value;
use std::path::Path;
use tokenizers::{Encoding, PostProcessor as _, PreTokenizerWrapper, Tokenizer, TruncationParams};

/// Where sentence-transformers keeps its limit; the older names are from the time when each family had its own.
const LIMITS: [&str; 6] = [
    "sentence_bert_config.json",
    "sentence_roberta_config.json",
    "sentence_distilbert_config.json",
    "sentence_camembert_config.json",
    "sentence_xlm-roberta_config.json",
    "sentence_albert_config.json",
];

pub struct TextTokenizer {
    tokenizer: Tokenizer,
    pub max_tokens: usize,
    is_lower_cased: bool,
    num_words: usize,
}

impl TextTokenizer {
    /// `num_positions` and `num_words` are what the model has.
    pub fn read(folder: &Path, num_positions: usize, num_words: usize) -> Result<Self, String> {
        let path = folder.join("tokenizer.json");
        if !path.is_file() {
            return Err("The folder has no `tokenizer.json`".to_owned());
        }
        let mut tokenizer =
            Tokenizer::from_file(path).map_err(|error| format!("`tokenizer.json` is damaged: {error}"))?;
        let settings = settings(folder)?;
        let max_tokens = max_tokens(folder, &settings, num_positions)?;
        let num_special = tokenizer.get_post_processor().map_or(0, |processor| processor.added_tokens(false));
        if max_tokens <= num_special {
            return Err(format!("A limit of {max_tokens} tokens leaves no room beside {num_special} special ones"));
        }
        tokenizer.with_padding(None);
        let limit = TruncationParams { max_length: max_tokens, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(limit)).map_err(|error| error.to_string())?;
        let is_lower_cased = settings["do_lower_case"] == true;
        Ok(Self { tokenizer, max_tokens, is_lower_cased, num_words })
    }

    pub fn encode(&self, text: &str) -> Result<Encoding, String> {
        let encoding = self.tokenizer.encode(text, true).map_err(|error| format!("The tokenizer failed: {error}"))?;
        match encoding.get_ids().iter().find(|id| **id as usize >= self.num_words) {
            Some(id) => Err(format!("The tokenizer's id {id} is beyond the model's {} words", self.num_words)),
            None => Ok(encoding),
        }
    }

    /// As sentence-transformers does it: in lower case where its settings say so.
    pub fn encode_stripped(&self, text: &str) -> Result<Encoding, String> {
        let text = stripped(text);
        if self.is_lower_cased { self.encode(&text.to_lowercase()) } else { self.encode(text) }
    }

    /// As bert-score does it: behind a space where the tokenizer has other tokens for a word behind one.
    pub fn encode_for_bert_score(&self, text: &str) -> Result<Encoding, String> {
        let text = stripped(text);
        let is_spaced = self.tokenizer.get_pre_tokenizer().is_some_and(is_byte_level) && !text.is_empty();
        if is_spaced { self.encode(&format!(" {text}")) } else { self.encode(text) }
    }
}

/// Without white space around; Python counts the four separators of ASCII among it.
fn stripped(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || ('\x1c'..='\x1f').contains(&letter))
}

fn is_byte_level(parts: &PreTokenizerWrapper) -> bool {
    match parts {
        PreTokenizerWrapper::ByteLevel(_) => true,
        PreTokenizerWrapper::Sequence(parts) => parts.as_ref().iter().any(is_byte_level),
        _ => false,
    }
}

fn settings(folder: &Path) -> Result<Value, String> {
    for name in LIMITS {
        if let Some(settings) = read_json(folder, name)? {
            return Ok(settings);
        }
    }
    Ok(Value::Null)
}

/// The limit of sentence-transformers, else of the tokenizer, and never more than the model has positions for.
fn max_tokens(folder: &Path, settings: &Value, num_positions: usize) -> Result<usize, String> {
    let of_tokenizer = read_json(folder, "tokenizer_config.json")?.unwrap_or_default();
    // Where there is no limit, a number stands there that no integer holds.
    let stated = settings["max_seq_length"].as_f64().or(of_tokenizer["model_max_length"].as_f64());
    let stated = stated.filter(|limit| *limit > 0.0).map_or(usize::MAX, |limit| limit as usize);
    Ok(stated.min(num_positions))
}
