//! Writes a trained model as a folder that Llama loaders read: weights in half precision, sizes, vocabulary, chat form.

use anyhow::Context as _;
use atelier_demo_model::config::{CONTEXT_TOKENS, NORM_EPSILON, ROPE_THETA, Sizes};
use atelier_demo_model::conversation::CHAT_TEMPLATE;
use atelier_demo_model::layout::Layout;
use atelier_demo_model::tokenizer::{END, END_OF_TEXT, SPECIAL, Tokenizer};
use atelier_demo_model::training::Trainer;
use serde_json::{Map, Value, json};
use std::path::Path;

/// Writes all files of a model folder and gives the SHA-256 of the weights in hex.
pub fn export(trainer: &Trainer, folder: &Path) -> anyhow::Result<String> {
    std::fs::create_dir_all(folder).with_context(|| format!("could not create {}", folder.display()))?;
    let weights = safetensors(&trainer.model.layout, &trainer.model.weights)?;
    write(folder, "model.safetensors", &weights)?;
    let texts = [
        ("config.json", config(&trainer.recipe.sizes)),
        ("generation_config.json", generation_config()),
        ("tokenizer.json", tokenizer(&trainer.tokenizer)),
        ("tokenizer_config.json", tokenizer_config()),
    ];
    for (name, value) in texts {
        write(folder, name, format!("{}\n", serde_json::to_string_pretty(&value)?).as_bytes())?;
    }
    Ok(sha256(&weights))
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).with_context(|| format!("could not write {}", path.display()))
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The safetensors format: length of the head, head as JSON, numbers.
fn safetensors(layout: &Layout, weights: &[f32]) -> anyhow::Result<Vec<u8>> {
    let mut head = Map::new();
    head.insert("__metadata__".to_owned(), json!({ "format": "pt" }));
    let mut numbers = Vec::with_capacity(weights.len() * 2);
    for tensor in &layout.tensors {
        let start = numbers.len();
        numbers.extend(weights[tensor.range()].iter().flat_map(|weight| half::f16::from_f32(*weight).to_le_bytes()));
        let entry = json!({ "dtype": "F16", "shape": tensor.shape(), "data_offsets": [start, numbers.len()] });
        head.insert(tensor.name.clone(), entry);
    }
    let mut head = serde_json::to_vec(&head)?;
    head.resize(head.len().next_multiple_of(8), b' ');
    Ok([(head.len() as u64).to_le_bytes().to_vec(), head, numbers].concat())
}

fn config(sizes: &Sizes) -> Value {
    json!({
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": sizes.width,
        "intermediate_size": sizes.hidden,
        "vocab_size": sizes.vocabulary,
        "num_hidden_layers": sizes.num_layers,
        "num_attention_heads": sizes.num_heads,
        "num_key_value_heads": sizes.num_heads,
        "head_dim": sizes.head_width(),
        "rms_norm_eps": short(NORM_EPSILON),
        "rope_theta": short(ROPE_THETA),
        "max_position_embeddings": CONTEXT_TOKENS,
        "tie_word_embeddings": true,
        "attention_bias": false,
        "torch_dtype": "float16",
        "bos_token_id": END_OF_TEXT,
        "eos_token_id": [END, END_OF_TEXT],
    })
}

/// The number as it was written in the source, not as the nearest `f64` of an `f32`.
fn short(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}

fn generation_config() -> Value {
    json!({ "bos_token_id": END_OF_TEXT, "eos_token_id": [END, END_OF_TEXT], "do_sample": false })
}

fn tokenizer(tokenizer: &Tokenizer) -> Value {
    let special = |(id, content): (usize, &&str)| {
        json!({
            "id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
            "special": true,
        })
    };
    let vocabulary: Map<String, Value> =
        (0..tokenizer.size() as u32).map(|token| (tokenizer.spelled(token), Value::from(token))).collect();
    let merges: Vec<[String; 2]> =
        tokenizer.merges.iter().map(|&(left, right)| [tokenizer.spelled(left), tokenizer.spelled(right)]).collect();
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": SPECIAL.iter().enumerate().map(special).collect::<Vec<_>>(),
        "normalizer": null,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                { "type": "Digits", "individual_digits": true },
                { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true },
            ],
        },
        "post_processor": null,
        "decoder": { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true },
        "model": {
            "type": "BPE",
            "dropout": null,
            "unk_token": null,
            "continuing_subword_prefix": null,
            "end_of_word_suffix": null,
            "fuse_unk": false,
            "byte_fallback": false,
            "ignore_merges": false,
            "vocab": vocabulary,
            "merges": merges,
        },
    })
}

fn tokenizer_config() -> Value {
    json!({
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_bos_token": false,
        "add_eos_token": false,
        "bos_token": SPECIAL[END_OF_TEXT as usize],
        "eos_token": SPECIAL[END as usize],
        "pad_token": SPECIAL[END_OF_TEXT as usize],
        "model_max_length": CONTEXT_TOKENS,
        "clean_up_tokenization_spaces": false,
        "chat_template": CHAT_TEMPLATE,
    })
}
