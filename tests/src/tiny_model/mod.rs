//! A Llama with random weights, made on the spot: real files in the layout that real models have, small enough to load in
//! a moment. The same seed gives the same files.
//!
//! Its vocabulary is the 256 bytes and three special tokens. Letters have large random logits and everything else none,
//! so that texts are mostly printable; what they say means nothing.

mod gguf;

use atelier_core::support::{Random as _, SeededRandom};
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const HIDDEN: usize = 64;
const FEED_FORWARD: usize = 128;
const NUM_LAYERS: usize = 2;
const NUM_HEADS: usize = 4;
const NUM_KEY_HEADS: usize = 2;
const HEAD: usize = HIDDEN / NUM_HEADS;
const NORM_EPSILON: f32 = 1e-5;
const ROPE_BASE: f32 = 10_000.0;

pub const END_OF_TEXT: &str = "<|endoftext|>";
const TURN_START: &str = "<|im_start|>";
const TURN_END: &str = "<|im_end|>";
const SPECIAL: [&str; 3] = [END_OF_TEXT, TURN_START, TURN_END];
const NUM_TOKENS: usize = 256 + SPECIAL.len();
const TURN_END_ID: usize = 258;

const TEMPLATE: &str = "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n\
    {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

/// Tokens that the template adds for one message of a user: start, `user`, newline, end, newline, and the beginning of
/// the answer.
pub const TEMPLATE_TOKENS: usize = 1 + 4 + 1 + 1 + 1 + 1 + "assistant".len() + 1;

/// Values of a tensor, row by row.
struct Tensor {
    shape: Vec<usize>,
    values: Vec<f32>,
}

pub struct TinyModel {
    context_tokens: usize,
    tensors: BTreeMap<String, Tensor>,
}

impl TinyModel {
    pub fn new(seed: u64, context_tokens: usize) -> Self {
        let dice = Dice(SeededRandom::new(seed));
        let mut tensors = BTreeMap::new();
        tensors.insert("model.embed_tokens.weight".to_owned(), dice.tensor(&[NUM_TOKENS, HIDDEN], 1.0));
        for layer in 0..NUM_LAYERS {
            for (name, tensor) in dice.layer() {
                tensors.insert(format!("model.layers.{layer}.{name}"), tensor);
            }
        }
        tensors.insert("model.norm.weight".to_owned(), Tensor::ones(HIDDEN));
        tensors.insert("lm_head.weight".to_owned(), dice.head());
        Self { context_tokens, tensors }
    }

    /// Leaves out a tensor, as a broken download would.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        assert!(self.tensors.remove(name).is_some(), "there is no tensor {name}");
        self
    }

    /// Damages a tensor so that everything computed from it is not a number.
    #[must_use]
    pub fn with_damaged(mut self, name: &str) -> Self {
        let tensor = self.tensors.get_mut(name).unwrap_or_else(|| panic!("there is no tensor {name}"));
        tensor.values.fill(f32::NAN);
        self
    }

    /// Writes a folder with safetensors.
    pub fn write_folder(&self, folder: &Path) {
        std::fs::create_dir_all(folder).expect("a folder for the model");
        let write = |name: &str, value: Value| {
            std::fs::write(folder.join(name), value.to_string()).expect("a file of the model");
        };
        write("config.json", self.config());
        write("generation_config.json", json!({"eos_token_id": TURN_END_ID, "temperature": 0.8}));
        write("tokenizer.json", tokenizer());
        write("tokenizer_config.json", tokenizer_config());
        let bytes: BTreeMap<&str, Vec<u8>> =
            self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.bytes())).collect();
        let views = self.tensors.iter().map(|(name, tensor)| {
            let view = TensorView::new(Dtype::F32, tensor.shape.clone(), &bytes[name.as_str()]);
            (name.clone(), view.expect("shape and bytes agree"))
        });
        safetensors::serialize_to_file(views, None, &folder.join("model.safetensors")).expect("the weights");
    }

    /// Writes the same model as one GGUF file with F32 tensors.
    pub fn write_gguf(&self, file: &Path) {
        std::fs::write(file, gguf::bytes(self)).expect("a file for the model");
    }

    fn config(&self) -> Value {
        json!({
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "hidden_act": "silu",
            "hidden_size": HIDDEN,
            "intermediate_size": FEED_FORWARD,
            "num_hidden_layers": NUM_LAYERS,
            "num_attention_heads": NUM_HEADS,
            "num_key_value_heads": NUM_KEY_HEADS,
            "max_position_embeddings": self.context_tokens,
            "rms_norm_eps": NORM_EPSILON,
            "rope_theta": ROPE_BASE,
            "tie_word_embeddings": false,
            "torch_dtype": "float32",
            "vocab_size": NUM_TOKENS,
            "eos_token_id": TURN_END_ID,
        })
    }
}

impl Tensor {
    fn ones(length: usize) -> Self {
        Self { shape: vec![length], values: vec![1.0; length] }
    }

    fn bytes(&self) -> Vec<u8> {
        self.values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }
}

struct Dice(SeededRandom);

impl Dice {
    /// In the open interval from 0 to 1.
    fn uniform(&self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Normally distributed, after Box and Muller.
    fn normal(&self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn tensor(&self, shape: &[usize], deviation: f64) -> Tensor {
        let length = shape.iter().product();
        Tensor { shape: shape.to_vec(), values: (0..length).map(|_| (self.normal() * deviation) as f32).collect() }
    }

    /// A matrix that keeps the size of what goes through it.
    fn matrix(&self, num_out: usize, num_in: usize) -> Tensor {
        self.tensor(&[num_out, num_in], 1.2 / (num_in as f64).sqrt())
    }

    fn layer(&self) -> Vec<(&'static str, Tensor)> {
        let key = NUM_KEY_HEADS * HEAD;
        vec![
            ("self_attn.q_proj.weight", self.matrix(HIDDEN, HIDDEN)),
            ("self_attn.k_proj.weight", self.matrix(key, HIDDEN)),
            ("self_attn.v_proj.weight", self.matrix(key, HIDDEN)),
            ("self_attn.o_proj.weight", self.matrix(HIDDEN, HIDDEN)),
            ("mlp.gate_proj.weight", self.matrix(FEED_FORWARD, HIDDEN)),
            ("mlp.up_proj.weight", self.matrix(FEED_FORWARD, HIDDEN)),
            ("mlp.down_proj.weight", self.matrix(HIDDEN, FEED_FORWARD)),
            ("input_layernorm.weight", Tensor::ones(HIDDEN)),
            ("post_attention_layernorm.weight", Tensor::ones(HIDDEN)),
        ]
    }

    /// Rows of printable bytes are random, all others zero.
    fn head(&self) -> Tensor {
        let mut head = self.tensor(&[NUM_TOKENS, HIDDEN], 0.6);
        for (token, row) in head.values.chunks_mut(HIDDEN).enumerate() {
            if !(b' ' as usize..=b'~' as usize).contains(&token) {
                row.fill(0.0);
            }
        }
        head
    }
}

/// Names of the 256 bytes in a byte-level vocabulary: itself where it is a visible character, else one from 256 on.
fn byte_names() -> Vec<String> {
    let is_visible = |byte: u32| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    let mut next = 256;
    let name = |byte: u32| {
        let code = if is_visible(byte) {
            byte
        } else {
            next += 1;
            next - 1
        };
        char::from_u32(code).expect("a character").to_string()
    };
    (0..256).map(name).collect()
}

fn tokenizer() -> Value {
    let vocabulary: serde_json::Map<String, Value> =
        byte_names().into_iter().zip(0..).map(|(name, id)| (name, json!(id))).collect();
    let special = SPECIAL.iter().zip(256..).map(|(content, id)| {
        json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true})
    });
    let byte_level = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true});
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": special.collect::<Value>(),
        "normalizer": null,
        "pre_tokenizer": byte_level,
        "post_processor": null,
        "decoder": byte_level,
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "vocab": vocabulary, "merges": []},
    })
}

fn tokenizer_config() -> Value {
    json!({
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": null,
        "eos_token": TURN_END,
        "pad_token": END_OF_TEXT,
        "unk_token": null,
        "chat_template": TEMPLATE,
    })
}
