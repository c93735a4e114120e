//! Decoders that were trained to give vectors of texts, which mistral.rs runs: Qwen3-Embedding and EmbeddingGemma, in folders
//! as sentence-transformers stores them.
//!
//! Texts become tokens here, since mistral.rs cuts the last one off a text that is too long, and that is the one whose
//! vector some models take. A query's instruction is put before it by whoever calls.

use super::files::read_json;
use super::tokens::TextTokenizer;
use super::{Embedded, Encoding};
use mistralrs::EmbeddingRequest;
use serde_json::Value;
use std::path::Path;

pub struct Decoder {
    model: mistralrs::Model,
    tokenizer: TextTokenizer,
    /// Of longer texts mistral.rs' vectors are wrong.
    most_tokens: usize,
    is_normalised: bool,
}

impl Decoder {
    /// `model` is what mistral.rs made of the folder.
    pub fn new(folder: &Path, model: mistralrs::Model) -> Result<Self, String> {
        let config = read_json(folder, "config.json")?.unwrap_or_default();
        let number = |name: &str| config[name].as_u64().and_then(|number| usize::try_from(number).ok());
        let number = |name: &str| number(name).ok_or_else(|| format!("`config.json` has no number `{name}`"));
        let tokenizer = TextTokenizer::read(folder, number("max_position_embeddings")?, number("vocab_size")?)?;
        let modules = read_json(folder, "modules.json")?.unwrap_or_default();
        let is_normalised = modules.as_array().into_iter().flatten().any(is_normalisation);
        // Layers that look at a window of tokens look too far in mistral.rs; half of it is always in sight.
        let window = number("sliding_window").ok().filter(|_| config["use_sliding_window"] != false);
        let most_tokens = window.map_or(usize::MAX, |window| window / 2);
        Ok(Self { model, tokenizer, most_tokens, is_normalised })
    }

    pub fn max_tokens(&self) -> usize {
        self.tokenizer.max_tokens
    }

    /// In the order of the texts. White space around a text is left out.
    pub async fn embed(&self, texts: &[String]) -> Result<Embedded, String> {
        let encoded = texts.iter().map(|text| self.tokenizer.encode_stripped(text));
        let encoded: Vec<Encoding> = encoded.collect::<Result<_, _>>()?;
        let mut embedded = Embedded::default();
        for encoding in encoded {
            let ids = encoding.get_ids();
            // mistral.rs panics at a single token, which an empty text may be.
            if ids.len() < 2 {
                return Err("A text has less than two tokens, of which this model gives no vector".to_owned());
            }
            if ids.len() > self.most_tokens {
                let (num, most) = (ids.len(), self.most_tokens);
                return Err(format!("A text has {num} tokens; of more than {most} the vectors would be wrong"));
            }
            embedded.num_tokens += ids.len();
            let request = EmbeddingRequest::builder().add_tokens(ids);
            let vectors = self.model.generate_embeddings(request).await.map_err(|error| error.to_string())?;
            let vector = vectors.into_iter().next().ok_or("The model gave no vector")?;
            embedded.vectors.push(if self.is_normalised { normalised(&vector) } else { vector });
        }
        Ok(embedded)
    }
}

fn is_normalisation(module: &Value) -> bool {
    module["type"].as_str().is_some_and(|class| class.ends_with(".Normalize"))
}

/// In half precision mistral.rs' vectors are off the length 1 by a thousandth.
fn normalised(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt().max(1e-12);
    vector.iter().map(|value| (f64::from(*value) / length) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Models, VectorModel};

    const MODELS: [&str; 2] = ["qwen3", "gemma3"];

    fn golden(model: &str) -> std::path::PathBuf {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/encoder/goldens")).join(model)
    }

    /// Texts with their tokens.
    fn cases(model: &str) -> Vec<(String, Vec<u32>)> {
        let cases: Value = serde_json::from_slice(&std::fs::read(golden(model).join("cases.json")).unwrap()).unwrap();
        let case = |case: &Value| serde_json::from_value(serde_json::json!([case["text"], case["ids"]])).unwrap();
        cases.as_array().unwrap().iter().map(case).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn vectors_are_those_of_sentence_transformers() {
        for model in MODELS {
            let models = Models::default();
            models.load(model, &golden(model)).await.unwrap();
            let ready = models.vectors(model).unwrap();
            let VectorModel::Decoder(decoder) = &ready.model else { panic!("{model} is no decoder") };
            let expected =
                candle_core::safetensors::load(golden(model).join("expected.safetensors"), &candle_core::Device::Cpu);
            let expected = expected.unwrap()["pooled"].to_vec2::<f32>().unwrap();
            let mut num_short = 0;
            for ((text, ids), expected) in cases(model).into_iter().zip(expected) {
                let embedded = decoder.embed(std::slice::from_ref(&text)).await;
                if ids.len() < 2 {
                    assert!(embedded.unwrap_err().contains("less than two tokens"), "{text:?}");
                    num_short += 1;
                    continue;
                }
                let Embedded { vectors, num_tokens } = embedded.unwrap();
                let pairs = vectors[0].iter().zip(&expected);
                let distance = pairs.map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
                assert!(vectors[0].len() == expected.len() && distance < 1e-5, "{model}: {distance} in {text:?}");
                assert_eq!(num_tokens, ids.len());
            }
            assert!(num_short < 3);
            drop(ready);
            models.unload(model).await.unwrap();
            assert!(models.vectors(model).is_err());
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn texts_that_are_longer_than_half_a_window_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["model.safetensors", "tokenizer.json", "modules.json"] {
            std::fs::copy(golden("gemma3").join(name), folder.path().join(name)).unwrap();
        }
        for name in ["1_Pooling", "2_Dense", "3_Dense"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
            for entry in std::fs::read_dir(golden("gemma3").join(name)).unwrap() {
                let from = entry.unwrap();
                std::fs::copy(from.path(), folder.path().join(name).join(from.file_name())).unwrap();
            }
        }
        let mut config = read_json(&golden("gemma3"), "config.json").unwrap().unwrap();
        config["sliding_window"] = 16.into();
        std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
        let models = Models::default();
        models.load("gemma", folder.path()).await.unwrap();
        let ready = models.vectors("gemma").unwrap();
        let VectorModel::Decoder(decoder) = &ready.model else { panic!("no decoder") };
        assert!(decoder.embed(&["abc".to_owned()]).await.is_ok());
        let error = decoder.embed(&["zzzzzzzzzzzz".to_owned()]).await.unwrap_err();
        assert_eq!(error, "A text has 14 tokens; of more than 8 the vectors would be wrong");
    }
}
