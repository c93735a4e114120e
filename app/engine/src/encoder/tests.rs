//! What transformers, sentence-transformers and bert-score make of the same weights, by `goldens/encoders.py`.

use super::*;
use candle_core::{DType, Tensor};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use tempfile::TempDir;

const MODELS: [&str; 3] = ["bert", "roberta", "distilbert"];
const TOLERANCE: f32 = 1e-5;
const CPU: Device = Device::Cpu;

fn golden(model: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/encoder/goldens")).join(model)
}

fn load(model: &str) -> Encoder {
    Encoder::load(&golden(model), &CPU).unwrap()
}

fn tensors(path: &Path) -> HashMap<String, Tensor> {
    candle_core::safetensors::load(path, &CPU).unwrap()
}

fn cases(model: &str) -> Vec<Value> {
    serde_json::from_slice(&std::fs::read(golden(model).join("cases.json")).unwrap()).unwrap()
}

fn texts(model: &str) -> Vec<String> {
    cases(model).iter().map(|case| case["text"].as_str().unwrap().to_owned()).collect()
}

/// The largest difference; the shapes must be the same.
fn distance(ours: &[Vec<f32>], expected: &[Vec<f32>]) -> f32 {
    let lengths = |rows: &[Vec<f32>]| rows.iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(lengths(ours), lengths(expected));
    let pairs = ours.iter().flatten().zip(expected.iter().flatten());
    pairs.map(|(one, other)| (one - other).abs()).fold(0.0, f32::max)
}

/// Of the text as it is.
fn token_vectors(encoder: &Encoder, text: &str, layer: usize) -> Result<TokenVectors, String> {
    encoder.vectors_of(&encoder.tokenizer.encode(text)?, layer)
}

#[test]
fn hidden_states_of_all_layers_are_those_of_transformers() {
    for model in MODELS {
        let encoder = load(model);
        let expected = tensors(&golden(model).join("expected.safetensors"));
        for (at, case) in cases(model).iter().enumerate() {
            let layers = expected[&format!("hidden.{at}")].to_vec3::<f32>().unwrap();
            assert_eq!(layers.len(), encoder.num_layers() + 1);
            for (layer, expected) in layers.iter().enumerate() {
                let ours = token_vectors(&encoder, case["text"].as_str().unwrap(), layer).unwrap();
                let distance = distance(&ours.vectors, expected);
                assert!(distance < TOLERANCE, "{model}, layer {layer}: {distance} in {case}");
            }
        }
    }
}

#[test]
fn tokens_are_those_of_transformers_and_of_bert_score() {
    for model in MODELS {
        let encoder = load(model);
        for case in cases(model) {
            let text = case["text"].as_str().unwrap();
            let ours = token_vectors(&encoder, text, 0).unwrap();
            let special: Vec<u8> = ours.is_special.into_iter().map(u8::from).collect();
            let ours = json!({
                "text": case["text"], "ids": ours.ids, "tokens": ours.tokens, "special": special,
                "bert_score_ids": encoder.bert_score_vectors(text, 0).unwrap().ids,
                "is_truncated": ours.is_truncated,
            });
            assert_eq!(ours, case, "{model}");
        }
    }
}

#[test]
fn pooled_vectors_are_those_of_sentence_transformers() {
    for (model, width, max_tokens) in [("bert", 16, 20), ("roberta", 16, 24), ("distilbert", 32, 26)] {
        let encoder = load(model);
        let embedded = encoder.embed(&["a".to_owned()]).unwrap().vectors;
        assert_eq!((embedded[0].len(), encoder.max_tokens()), (width, max_tokens), "{model}");
        let expected = tensors(&golden(model).join("expected.safetensors"))["pooled"].to_vec2::<f32>().unwrap();
        let distance = distance(&encoder.embed(&texts(model)).unwrap().vectors, &expected);
        assert!(distance < TOLERANCE, "{model}: {distance}");
    }
}

#[test]
fn padding_in_a_batch_does_not_change_a_vector() {
    for model in MODELS {
        let (encoder, texts) = (load(model), texts(model));
        let together = encoder.embed(&texts).unwrap().vectors;
        let alone: Vec<Vec<f32>> =
            texts.iter().map(|text| encoder.embed(std::slice::from_ref(text)).unwrap().vectors.remove(0)).collect();
        let distance = distance(&together, &alone);
        assert!(distance < TOLERANCE, "{model}: {distance}");
    }
}

#[test]
fn no_text_has_no_vector_and_a_long_one_is_cut() {
    let encoder = load("bert");
    assert_eq!(encoder.embed(&[]), Ok(Embedded::default()));
    let long = "a model answers ".repeat(20_000);
    let vectors = token_vectors(&encoder, &long, 1).unwrap();
    assert!(vectors.is_truncated);
    assert_eq!(vectors.vectors.len(), 20);
    assert_eq!(token_vectors(&encoder, "a", 3).unwrap_err(), "The encoder has 2 layers, not 3");
}

#[test]
fn batches_hold_like_lengths_and_stay_within_the_limit() {
    let (long, short, none) = (vec![7; 2_000], vec![7; 10], vec![]);
    let texts: Vec<&[u32]> = vec![&short, &long, &none, &long, &long, &short, &none];
    let places: Vec<Vec<usize>> =
        batches(&texts).iter().map(|batch| batch.iter().map(|(at, _)| *at).collect()).collect();
    assert_eq!(places, [vec![1, 3], vec![4, 0], vec![5], vec![2, 6]]);
}

/// The golden's folder with other weights.
fn folder_with(model: &str, files: &[(&str, HashMap<String, Tensor>)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["config.json", "tokenizer.json", "tokenizer_config.json"] {
        std::fs::copy(golden(model).join(name), folder.path().join(name)).unwrap();
    }
    for (name, tensors) in files {
        candle_core::safetensors::save(tensors, folder.path().join(name)).unwrap();
    }
    folder
}

fn weights(model: &str, change: impl Fn(&str, Tensor) -> Option<(String, Tensor)>) -> HashMap<String, Tensor> {
    let all = tensors(&golden(model).join("model.safetensors"));
    all.into_iter().filter_map(|(name, tensor)| change(&name, tensor)).collect()
}

#[test]
fn half_precision_shards_prefixes_and_old_names_are_read_alike() {
    for kind in [DType::F16, DType::BF16] {
        let halved = |tensor: Tensor| tensor.to_dtype(kind).unwrap();
        let whole =
            weights("bert", |name, tensor| Some((name.to_owned(), halved(tensor).to_dtype(DType::F32).unwrap())));
        let whole = folder_with("bert", &[("model.safetensors", whole)]);
        let renamed = |name: &str| {
            let name = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
            format!("bert.{name}")
        };
        let shard = |is_first: bool| {
            weights("bert", |name, tensor| {
                (name.contains("layer.0") == is_first).then(|| (renamed(name), halved(tensor)))
            })
        };
        let sharded = folder_with("bert", &[("one.safetensors", shard(true)), ("two.safetensors", shard(false))]);
        let index = json!({"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}});
        std::fs::write(sharded.path().join("model.safetensors.index.json"), index.to_string()).unwrap();
        let states = |folder: &TempDir| {
            token_vectors(&Encoder::load(folder.path(), &CPU).unwrap(), "the quick brown fox", 2).unwrap()
        };
        assert_eq!(states(&sharded), states(&whole), "{kind:?}");
    }
}

fn load_error(folder: &TempDir) -> String {
    Encoder::load(folder.path(), &CPU).err().unwrap()
}

#[test]
fn tensors_that_are_missing_or_misshaped_are_named() {
    let lost = "encoder.layer.1.output.dense.bias";
    let missing = weights("bert", |name, tensor| (name != lost).then(|| (name.to_owned(), tensor)));
    let missing = folder_with("bert", &[("model.safetensors", missing)]);
    assert_eq!(load_error(&missing), format!("The weights have no tensor `{lost}`"));
    let misshaped = weights("bert", |name, tensor| {
        Some((name.to_owned(), if name == lost { tensor.reshape((4, 4)).unwrap() } else { tensor }))
    });
    let misshaped = folder_with("bert", &[("model.safetensors", misshaped)]);
    assert_eq!(load_error(&misshaped), format!("The tensor `{lost}` has the shape [4, 4]; [16] is expected"));
    let integers = weights("bert", |name, tensor| {
        Some((name.to_owned(), if name == lost { tensor.to_dtype(DType::U8).unwrap() } else { tensor }))
    });
    let integers = folder_with("bert", &[("model.safetensors", integers)]);
    assert_eq!(load_error(&integers), format!("The tensor `{lost}` is of the type U8; F32, F16 and BF16 are read"));
}

#[test]
fn files_that_are_missing_or_damaged_are_named() {
    let none = folder_with("bert", &[]);
    assert_eq!(load_error(&none), "The folder has neither `model.safetensors` nor `model.safetensors.index.json`");
    let whole = std::fs::read(golden("bert").join("model.safetensors")).unwrap();
    for (bytes, cause) in [(&whole[..whole.len() - 1], "bytes are expected"), (&[0xff; 9], "the header claims")] {
        std::fs::write(none.path().join("model.safetensors"), bytes).unwrap();
        let error = load_error(&none);
        assert!(error.starts_with("`model.safetensors` is damaged: ") && error.contains(cause), "{error}");
    }
    std::fs::write(none.path().join("model.safetensors"), whole).unwrap();
    std::fs::write(none.path().join("tokenizer.json"), "{").unwrap();
    assert!(load_error(&none).starts_with("`tokenizer.json` is damaged: "));
    std::fs::remove_file(none.path().join("tokenizer.json")).unwrap();
    assert_eq!(load_error(&none), "The folder has no `tokenizer.json`");
    std::fs::write(none.path().join("config.json"), "{").unwrap();
    assert!(load_error(&none).starts_with("`config.json` is not valid JSON: "));
    std::fs::remove_file(none.path().join("config.json")).unwrap();
    assert_eq!(load_error(&none), "The folder has no `config.json`");
}

#[test]
fn a_limit_without_room_for_a_token_is_refused() {
    let same = weights("bert", |name, tensor| Some((name.to_owned(), tensor)));
    let folder = folder_with("bert", &[("model.safetensors", same)]);
    std::fs::write(folder.path().join("sentence_bert_config.json"), r#"{"max_seq_length": 2}"#).unwrap();
    assert_eq!(load_error(&folder), "A limit of 2 tokens leaves no room beside 2 special ones");
    std::fs::write(folder.path().join("sentence_bert_config.json"), r#"{"max_seq_length": 512}"#).unwrap();
    assert_eq!(Encoder::load(folder.path(), &CPU).unwrap().max_tokens(), 26, "the model has no more positions");
}

#[test]
fn ids_beyond_the_vocabulary_are_refused() {
    let cut = weights("bert", |name, tensor| {
        let is_words = name.contains("word_embeddings");
        Some((name.to_owned(), if is_words { tensor.narrow(0, 0, 6).unwrap() } else { tensor }))
    });
    let folder = folder_with("bert", &[("model.safetensors", cut)]);
    let mut config: Value = serde_json::from_slice(&std::fs::read(folder.path().join("config.json")).unwrap()).unwrap();
    config["vocab_size"] = json!(6);
    std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    let encoder = Encoder::load(folder.path(), &CPU).unwrap();
    let error = encoder.embed(&["the".to_owned()]).unwrap_err();
    assert!(error.ends_with("is beyond the model's 6 words"), "{error}");
    assert!(encoder.embed(&[String::new()]).is_ok());
}

#[test]
fn encoders_are_known_by_their_architecture() {
    assert!(MODELS.iter().all(|model| is_encoder(&golden(model))));
    assert!(!is_encoder(Path::new("/nowhere")));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.json"), r#"{"architectures": ["LlamaForCausalLM"]}"#).unwrap();
    assert!(!is_encoder(folder.path()));
    let error = load_error(&folder);
    assert!(error.starts_with("`LlamaForCausalLM` is not supported as a text encoder; BERT, RoBERTa,"), "{error}");
}
