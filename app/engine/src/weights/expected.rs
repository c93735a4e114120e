//! Which tensors a configuration asks for, for the architectures whose layout is fixed.
//!
//! mistral.rs loads a model that lacks a tensor and fails at each request, so the list is checked before. Architectures
//! that are not named here are left to the probe after loading.

use serde_json::Value;

const ATTENTION: &[&str] = &["q_proj", "k_proj", "v_proj", "o_proj"];
const FEED_FORWARD: &[&str] = &["gate_proj", "up_proj", "down_proj"];
const NORMS: &[&str] = &["input_layernorm", "post_attention_layernorm"];

struct Layout {
    /// Bias on the query, key and value projections.
    has_attention_bias: bool,
    has_query_key_norms: bool,
    has_feed_forward_norms: bool,
    /// What `tie_word_embeddings` is where the configuration does not say.
    ties_embeddings: bool,
}

/// Names of the tensors of a model that gives vectors: it has no head, and no name in front.
pub fn tensors_without_head(config: &Value) -> Option<Vec<String>> {
    let names = tensors(config)?;
    Some(names.iter().filter_map(|name| name.strip_prefix("model.").map(str::to_owned)).collect())
}

/// Names of the tensors, or `None` where the layout is not known or the weights are quantised in place.
pub fn tensors(config: &Value) -> Option<Vec<String>> {
    let layout = layout(config)?;
    let num_layers = config["num_hidden_layers"].as_u64()?;
    let mut names = vec!["model.embed_tokens.weight".to_owned(), "model.norm.weight".to_owned()];
    if !config["tie_word_embeddings"].as_bool().unwrap_or(layout.ties_embeddings) {
        names.push("lm_head.weight".to_owned());
    }
    for layer in 0..num_layers {
        names.extend(layer_tensors(&layout).into_iter().map(|name| format!("model.layers.{layer}.{name}")));
    }
    Some(names)
}

fn layout(config: &Value) -> Option<Layout> {
    if !config["quantization_config"].is_null() {
        return None;
    }
    let has_attention_bias = config["attention_bias"].as_bool().unwrap_or(false);
    let plain = Layout {
        has_attention_bias,
        has_query_key_norms: false,
        has_feed_forward_norms: false,
        ties_embeddings: false,
    };
    match config["architectures"][0].as_str()? {
        "LlamaForCausalLM" => Some(plain),
        "MistralForCausalLM" => Some(plain),
        "Qwen2ForCausalLM" => Some(Layout { has_attention_bias: true, ..plain }),
        "Qwen3ForCausalLM" => Some(Layout { has_query_key_norms: true, ..plain }),
        "GemmaForCausalLM" => Some(Layout { ties_embeddings: true, ..plain }),
        "Gemma2ForCausalLM" => Some(Layout { ties_embeddings: true, has_feed_forward_norms: true, ..plain }),
        _ => None,
    }
}

fn layer_tensors(layout: &Layout) -> Vec<String> {
    let mut names: Vec<String> = ATTENTION.iter().map(|name| format!("self_attn.{name}.weight")).collect();
    names.extend(FEED_FORWARD.iter().map(|name| format!("mlp.{name}.weight")));
    names.extend(NORMS.iter().map(|name| format!("{name}.weight")));
    if layout.has_attention_bias {
        names.extend(ATTENTION[..3].iter().map(|name| format!("self_attn.{name}.bias")));
    }
    if layout.has_query_key_norms {
        names.extend(["self_attn.q_norm.weight".to_owned(), "self_attn.k_norm.weight".to_owned()]);
    }
    if layout.has_feed_forward_norms {
        let norms = ["pre_feedforward_layernorm.weight", "post_feedforward_layernorm.weight"];
        names.extend(norms.map(str::to_owned));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_llama_of_two_layers_has_twenty_one_tensors_and_its_own_head() {
        let names = tensors(&json!({"architectures": ["LlamaForCausalLM"], "num_hidden_layers": 2})).unwrap();
        assert_eq!(names.len(), 3 + 2 * 9);
        assert!(names.contains(&"lm_head.weight".to_owned()));
        assert!(names.contains(&"model.layers.1.mlp.down_proj.weight".to_owned()));
    }

    #[test]
    fn tied_embeddings_need_no_head() {
        let config =
            json!({"architectures": ["LlamaForCausalLM"], "num_hidden_layers": 1, "tie_word_embeddings": true});
        assert!(!tensors(&config).unwrap().contains(&"lm_head.weight".to_owned()));
    }

    #[test]
    fn unknown_architectures_and_quantised_weights_are_not_judged() {
        assert!(tensors(&json!({"architectures": ["SomethingNew"], "num_hidden_layers": 2})).is_none());
        let quantised =
            json!({"architectures": ["LlamaForCausalLM"], "num_hidden_layers": 2, "quantization_config": {"bits": 4}});
        assert!(tensors(&quantised).is_none());
    }
}
