//! The model as a GGUF file.
//!
//! Source of the layout: the GGUF specification of the ggml project, version 3.

use super::{
    FEED_FORWARD, HEAD, HIDDEN, NORM_EPSILON, NUM_HEADS, NUM_KEY_HEADS, NUM_LAYERS, ROPE_BASE, SPECIAL, TEMPLATE,
    TURN_END_ID, Tensor, TinyModel, byte_names,
};

const ALIGNMENT: usize = 32;
const NORMAL_TOKEN: i32 = 1;
const CONTROL_TOKEN: i32 = 3;

enum Value {
    Number(u32),
    Float(f32),
    Text(&'static str),
    Texts(Vec<String>),
    Numbers(Vec<i32>),
}

pub(super) fn bytes(model: &TinyModel) -> Vec<u8> {
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> =
        model.tensors.iter().map(|(name, tensor)| (gguf_name(name), shape(tensor), data(name, tensor))).collect();
    let keys = keys(model);
    let mut out = b"GGUF".to_vec();
    out.extend(3_u32.to_le_bytes());
    out.extend((tensors.len() as u64).to_le_bytes());
    out.extend((keys.len() as u64).to_le_bytes());
    for (key, value) in keys {
        text(&mut out, key);
        value.write(&mut out);
    }
    let mut offset = 0_usize;
    for (name, shape, data) in &tensors {
        text(&mut out, name);
        out.extend((shape.len() as u32).to_le_bytes());
        shape.iter().for_each(|length| out.extend((*length as u64).to_le_bytes()));
        // Element type F32.
        out.extend(0_u32.to_le_bytes());
        out.extend((offset as u64).to_le_bytes());
        offset = (offset + data.len()).next_multiple_of(ALIGNMENT);
    }
    for (_, _, data) in tensors {
        out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
        out.extend(data);
    }
    out
}

fn keys(model: &TinyModel) -> Vec<(&'static str, Value)> {
    let specials = SPECIAL.iter().map(|name| (*name).to_owned());
    let types = std::iter::repeat_n(NORMAL_TOKEN, 256).chain(std::iter::repeat_n(CONTROL_TOKEN, SPECIAL.len()));
    vec![
        ("general.architecture", Value::Text("llama")),
        ("general.file_type", Value::Number(0)),
        ("llama.block_count", Value::Number(NUM_LAYERS as u32)),
        ("llama.context_length", Value::Number(model.context_tokens as u32)),
        ("llama.embedding_length", Value::Number(HIDDEN as u32)),
        ("llama.feed_forward_length", Value::Number(FEED_FORWARD as u32)),
        ("llama.attention.head_count", Value::Number(NUM_HEADS as u32)),
        ("llama.attention.head_count_kv", Value::Number(NUM_KEY_HEADS as u32)),
        ("llama.attention.layer_norm_rms_epsilon", Value::Float(NORM_EPSILON)),
        ("llama.rope.dimension_count", Value::Number(HEAD as u32)),
        ("llama.rope.freq_base", Value::Float(ROPE_BASE)),
        ("tokenizer.ggml.model", Value::Text("gpt2")),
        ("tokenizer.ggml.tokens", Value::Texts(byte_names().into_iter().chain(specials).collect())),
        ("tokenizer.ggml.token_type", Value::Numbers(types.collect())),
        ("tokenizer.ggml.merges", Value::Texts(Vec::new())),
        ("tokenizer.ggml.eos_token_id", Value::Number(TURN_END_ID as u32)),
        ("tokenizer.chat_template", Value::Text(TEMPLATE)),
    ]
}

impl Value {
    fn write(&self, out: &mut Vec<u8>) {
        const NUMBER: u32 = 4;
        const SIGNED: u32 = 5;
        const FLOAT: u32 = 6;
        const TEXT: u32 = 8;
        const LIST: u32 = 9;
        let kind = |out: &mut Vec<u8>, kind: u32| out.extend(kind.to_le_bytes());
        match self {
            Self::Number(number) => {
                kind(out, NUMBER);
                out.extend(number.to_le_bytes());
            }
            Self::Float(number) => {
                kind(out, FLOAT);
                out.extend(number.to_le_bytes());
            }
            Self::Text(value) => {
                kind(out, TEXT);
                text(out, value);
            }
            Self::Texts(values) => {
                kind(out, LIST);
                kind(out, TEXT);
                out.extend((values.len() as u64).to_le_bytes());
                values.iter().for_each(|value| text(out, value));
            }
            Self::Numbers(values) => {
                kind(out, LIST);
                kind(out, SIGNED);
                out.extend((values.len() as u64).to_le_bytes());
                values.iter().for_each(|value| out.extend(value.to_le_bytes()));
            }
        }
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

fn gguf_name(name: &str) -> String {
    let renamed = [
        ("model.embed_tokens.", "token_embd."),
        ("model.norm.", "output_norm."),
        ("lm_head.", "output."),
        ("model.layers.", "blk."),
        ("self_attn.q_proj.", "attn_q."),
        ("self_attn.k_proj.", "attn_k."),
        ("self_attn.v_proj.", "attn_v."),
        ("self_attn.o_proj.", "attn_output."),
        ("mlp.gate_proj.", "ffn_gate."),
        ("mlp.up_proj.", "ffn_up."),
        ("mlp.down_proj.", "ffn_down."),
        ("post_attention_layernorm.", "ffn_norm."),
        ("input_layernorm.", "attn_norm."),
    ];
    renamed.iter().fold(name.to_owned(), |name, (from, to)| name.replace(from, to))
}

/// The fastest dimension comes first.
fn shape(tensor: &Tensor) -> Vec<usize> {
    tensor.shape.iter().rev().copied().collect()
}

fn data(name: &str, tensor: &Tensor) -> Vec<u8> {
    let is_rotated = name.contains("q_proj") || name.contains("k_proj");
    if is_rotated { interleaved(tensor).bytes() } else { tensor.bytes() }
}

/// Safetensors rotate the first half of a head against the second; GGUF files of Llamas rotate neighbours.
fn interleaved(tensor: &Tensor) -> Tensor {
    let rows: Vec<&[f32]> = tensor.values.chunks(HIDDEN).collect();
    let half = HEAD / 2;
    let row = |index: usize| {
        let (head, within) = (index / HEAD, index % HEAD);
        rows[head * HEAD + (within % 2) * half + within / 2]
    };
    Tensor { shape: tensor.shape.clone(), values: (0..rows.len()).flat_map(|index| row(index).to_vec()).collect() }
}
