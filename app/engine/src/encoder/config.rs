//! What `config.json` says of a text encoder, for the architectures whose forward pass is here.

use super::files::read_json;
use serde_json::Value;
use std::path::Path;

const SUPPORTED: &str = "BERT, RoBERTa, XLM-RoBERTa, CamemBERT and DistilBERT";
/// What class names of transformers begin with, and `model_type` where no class is named.
const FAMILIES: [(&str, &str, Family); 5] = [
    ("XLMRoberta", "xlm-roberta", Family::Roberta),
    ("Roberta", "roberta", Family::Roberta),
    ("Camembert", "camembert", Family::Roberta),
    ("DistilBert", "distilbert", Family::DistilBert),
    ("Bert", "bert", Family::Bert),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Bert,
    /// Numbers its positions from behind the padding's id on.
    Roberta,
    /// Has no token types, and other names for its tensors.
    DistilBert,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    GeluExact,
    GeluTanh,
    Relu,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub family: Family,
    pub width: usize,
    pub num_layers: usize,
    pub num_heads: usize,
    /// Of the feed-forward part.
    pub inner_width: usize,
    pub num_words: usize,
    pub num_positions: usize,
    /// 0 where there are no token types.
    pub num_types: usize,
    pub epsilon: f64,
    pub activation: Activation,
    pub padding_id: u32,
}

impl Family {
    pub fn of(config: &Value) -> Result<Self, String> {
        let class = config["architectures"][0].as_str();
        let kind = config["model_type"].as_str().unwrap_or_default();
        let is_this = |(start, model_type, _): &&(&str, &str, Self)| match class {
            Some(class) => class.strip_prefix(start).is_some_and(|rest| rest == "Model" || rest.starts_with("For")),
            None => kind == *model_type,
        };
        let (.., family) = FAMILIES.iter().find(is_this).ok_or_else(|| {
            format!("`{}` is not supported as a text encoder; {SUPPORTED} are", class.unwrap_or(kind))
        })?;
        if config["is_decoder"] == true {
            return Err("The model is a decoder, not a text encoder".to_owned());
        }
        Ok(*family)
    }

    /// Heads and other wrappers put it before the names of the encoder's own tensors.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Bert => "bert.",
            Self::Roberta => "roberta.",
            Self::DistilBert => "distilbert.",
        }
    }
}

impl Config {
    pub fn read(folder: &Path) -> Result<Self, String> {
        let config = read_json(folder, "config.json")?.ok_or("The folder has no `config.json`")?;
        Self::of(&config)
    }

    fn of(config: &Value) -> Result<Self, String> {
        let family = Family::of(config)?;
        let is_distilled = family == Family::DistilBert;
        let names = |usual, distilled| number(config, if is_distilled { distilled } else { usual });
        let default_padding = u64::from(family == Family::Roberta);
        let padding_id = config["pad_token_id"].as_u64().unwrap_or(default_padding);
        let read = Self {
            family,
            width: names("hidden_size", "dim")?,
            num_layers: names("num_hidden_layers", "n_layers")?,
            num_heads: names("num_attention_heads", "n_heads")?,
            inner_width: names("intermediate_size", "hidden_dim")?,
            num_words: number(config, "vocab_size")?,
            num_positions: number(config, "max_position_embeddings")?,
            num_types: if is_distilled { 0 } else { config["type_vocab_size"].as_u64().unwrap_or(2) as usize },
            epsilon: config["layer_norm_eps"].as_f64().unwrap_or(1e-12),
            activation: activation(config, if is_distilled { "activation" } else { "hidden_act" })?,
            padding_id: u32::try_from(padding_id).map_err(|_| "`pad_token_id` is too large")?,
        };
        match config["position_embedding_type"].as_str() {
            Some(kind) if kind != "absolute" => Err(format!("Positions of the kind `{kind}` are not supported")),
            _ if read.num_heads == 0 || !read.width.is_multiple_of(read.num_heads) => {
                Err(format!("{} heads do not divide a width of {}", read.num_heads, read.width))
            }
            _ if read.max_tokens() == 0 => Err("The model has no position for a token".to_owned()),
            _ => Ok(read),
        }
    }

    pub fn first_position(&self) -> usize {
        if self.family == Family::Roberta { self.padding_id as usize + 1 } else { 0 }
    }

    /// How many tokens have a position of their own.
    pub fn max_tokens(&self) -> usize {
        self.num_positions.saturating_sub(self.first_position())
    }
}

fn number(config: &Value, name: &str) -> Result<usize, String> {
    let number = config[name].as_u64().and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| format!("`config.json` has no whole number `{name}`"))
}

fn activation(config: &Value, name: &str) -> Result<Activation, String> {
    match config[name].as_str().unwrap_or("gelu") {
        "gelu" => Ok(Activation::GeluExact),
        "gelu_new" | "gelu_pytorch_tanh" => Ok(Activation::GeluTanh),
        "relu" => Ok(Activation::Relu),
        other => Err(format!("The activation `{other}` is not supported; gelu, gelu_new and relu are")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bert() -> Value {
        json!({
            "architectures": ["BertForMaskedLM"], "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4,
            "intermediate_size": 24, "vocab_size": 90, "max_position_embeddings": 32, "pad_token_id": 0,
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut config = bert();
        config[name] = value;
        config
    }

    #[test]
    fn what_is_left_out_has_the_values_of_transformers() {
        let config = Config::of(&bert()).unwrap();
        assert_eq!((config.num_types, config.epsilon, config.activation), (2, 1e-12, Activation::GeluExact));
        assert_eq!((config.first_position(), config.max_tokens()), (0, 32));
    }

    #[test]
    fn positions_of_roberta_begin_behind_the_padding() {
        let mut config = with("architectures", json!(["XLMRobertaModel"]));
        config["pad_token_id"] = json!(1);
        let config = Config::of(&config).unwrap();
        assert_eq!((config.first_position(), config.max_tokens()), (2, 30));
    }

    #[test]
    fn class_names_that_begin_alike_are_other_architectures() {
        for class in ["BertGenerationEncoder", "BertLMHeadModel", "RobertaPreLayerNormModel", "XLMRobertaXLModel"] {
            let error = Family::of(&with("architectures", json!([class]))).unwrap_err();
            assert_eq!(error, format!("`{class}` is not supported as a text encoder; {SUPPORTED} are"));
        }
        assert_eq!(Family::of(&json!({"model_type": "roberta"})), Ok(Family::Roberta));
        assert!(Family::of(&json!({"architectures": [], "model_type": "llama"})).is_err());
        assert!(Family::of(&json!([])).is_err());
    }

    #[test]
    fn what_cannot_be_computed_is_refused_by_name() {
        let error = |name: &str, value| Config::of(&with(name, value)).unwrap_err();
        assert_eq!(
            error("hidden_act", json!("silu")),
            "The activation `silu` is not supported; gelu, gelu_new and relu are"
        );
        assert_eq!(error("hidden_size", json!("16")), "`config.json` has no whole number `hidden_size`");
        assert_eq!(error("num_attention_heads", json!(3)), "3 heads do not divide a width of 16");
        assert_eq!(error("num_attention_heads", json!(0)), "0 heads do not divide a width of 16");
        assert_eq!(error("max_position_embeddings", json!(0)), "The model has no position for a token");
        let relative = error("position_embedding_type", json!("relative_key"));
        assert_eq!(relative, "Positions of the kind `relative_key` are not supported");
        assert_eq!(error("is_decoder", json!(true)), "The model is a decoder, not a text encoder");
    }
}
