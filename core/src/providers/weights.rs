//! What local weights say about themselves: a safetensors folder by its `config.json`, a GGUF file by its header.
//!
//! Only descriptions are read, never the weights. A file may be damaged or hostile: every length is checked against a
//! limit before anything is allocated. Whether the engine can load a model is the engine's to say.

mod gguf;

use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::model::WeightsFormat;
use serde_json::Value;
use std::io;
use std::path::{Path, PathBuf};

/// A model's description on disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    pub format: WeightsFormat,
    /// `Q4_K_M`, `F16`; as the files say.
    pub quantisation: Option<String>,
    pub disk_bytes: u64,
    pub context_tokens: Option<u32>,
    /// Keys and values that one token of context keeps.
    pub cache_bytes_per_token: Option<u64>,
}

impl Weights {
    /// Weights plus keys and values of the full context.
    pub fn needed_bytes(&self) -> u64 {
        let cache = self.cache_bytes_per_token.zip(self.context_tokens);
        self.disk_bytes.saturating_add(cache.map_or(0, |(bytes, tokens)| bytes.saturating_mul(u64::from(tokens))))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    #[error("There are no weights: {}", .path.display())]
    Missing { path: PathBuf },
    #[error("The folder has neither a config.json with safetensors nor a single GGUF file: {}", .path.display())]
    NoModel { path: PathBuf },
    #[error("The weights' description is damaged: {}", .path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("The weights cannot be read: {}", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
}

impl From<WeightsError> for ApiError {
    fn from(err: WeightsError) -> Self {
        let (kind, code, action) = match &err {
            WeightsError::Missing { .. } => {
                (ErrorKind::NotFound, "model.missing", "Correct the path of the model in atelier.toml.")
            }
            WeightsError::NoModel { .. } => {
                (ErrorKind::Invalid, "model.no_weights", "Point at a safetensors folder or at a GGUF file.")
            }
            WeightsError::Damaged { .. } => (ErrorKind::Invalid, "model.damaged", "Copy or download the model again."),
            WeightsError::Unreadable { .. } => {
                (ErrorKind::Unavailable, "model.unreadable", "Check that you may read the model's files.")
            }
        };
        let api = ApiError::new(kind, code, err.to_string()).with_action(action);
        match err {
            WeightsError::Damaged { reason, .. } => api.with_cause(reason),
            WeightsError::Unreadable { source, .. } => api.with_cause(source),
            WeightsError::Missing { .. } | WeightsError::NoModel { .. } => api,
        }
    }
}

/// Reads what a folder or file says. Blocks.
pub fn inspect(path: &Path) -> Result<Weights, WeightsError> {
    let metadata = path.metadata().map_err(|source| failed(path, source))?;
    if metadata.is_file() {
        return gguf::inspect(path, metadata.len());
    }
    if path.join("config.json").is_file() {
        return inspect_folder(path);
    }
    let files = files_ending(path, "gguf")?;
    match &files[..] {
        [(file, num_bytes)] => gguf::inspect(file, *num_bytes),
        _ => Err(WeightsError::NoModel { path: path.to_owned() }),
    }
}

fn failed(path: &Path, source: io::Error) -> WeightsError {
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => WeightsError::Missing { path: path.to_owned() },
        _ => WeightsError::Unreadable { path: path.to_owned(), source },
    }
}

fn files_ending(folder: &Path, ending: &str) -> Result<Vec<(PathBuf, u64)>, WeightsError> {
    let entries = folder.read_dir().map_err(|source| failed(folder, source))?;
    let sized = |file: PathBuf| Some((file.clone(), file.metadata().ok().filter(|one| one.is_file())?.len()));
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let files = files.filter(|file| file.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending)));
    Ok(files.filter_map(sized).collect())
}

fn inspect_folder(folder: &Path) -> Result<Weights, WeightsError> {
    let path = folder.join("config.json");
    let text = std::fs::read(&path).map_err(|source| failed(&path, source))?;
    let config: Value = serde_json::from_slice(&text)
        .map_err(|err| WeightsError::Damaged { path, reason: format!("config.json is no JSON: {err}") })?;
    let files = files_ending(folder, "safetensors")?;
    if files.is_empty() {
        return Err(WeightsError::NoModel { path: folder.to_owned() });
    }
    // Models that also see put the numbers of their text part one level down.
    let text_part = config.get("text_config").filter(|part| part.is_object()).unwrap_or(&config);
    let kind = text_part.get("torch_dtype").or_else(|| text_part.get("dtype")).or_else(|| config.get("torch_dtype"));
    Ok(Weights {
        format: WeightsFormat::Safetensors,
        quantisation: quantisation(&config).or_else(|| kind.and_then(Value::as_str).map(number_kind)),
        disk_bytes: files.iter().map(|(_, num_bytes)| num_bytes).sum(),
        context_tokens: number(text_part, "max_position_embeddings").and_then(|count| u32::try_from(count).ok()),
        cache_bytes_per_token: cache_of_config(text_part),
    })
}

fn number(object: &Value, name: &str) -> Option<u64> {
    object.get(name).and_then(Value::as_u64)
}

/// `GPTQ 4-bit`, where the folder was quantised.
fn quantisation(config: &Value) -> Option<String> {
    let settings = config.get("quantization_config")?;
    let method = settings.get("quant_method")?.as_str()?.to_uppercase();
    Some(number(settings, "bits").map_or_else(|| method.clone(), |bits| format!("{method} {bits}-bit")))
}

/// `float16` → `F16`
fn number_kind(kind: &str) -> String {
    match kind {
        "float32" => "F32".to_owned(),
        "float16" => "F16".to_owned(),
        "bfloat16" => "BF16".to_owned(),
        other => other.to_uppercase(),
    }
}

fn cache_of_config(config: &Value) -> Option<u64> {
    let num_heads = number(config, "num_attention_heads")?;
    let head_width = match number(config, "head_dim") {
        Some(width) => width,
        None => number(config, "hidden_size")?.checked_div(num_heads)?,
    };
    let num_key_heads = number(config, "num_key_value_heads").unwrap_or(num_heads);
    cache_bytes(number(config, "num_hidden_layers")?, num_key_heads, head_width, head_width)
}

/// Keys and values of one token over all layers, two bytes a number.
fn cache_bytes(num_layers: u64, num_key_heads: u64, key_width: u64, value_width: u64) -> Option<u64> {
    const BYTES_PER_NUMBER: u64 = 2;
    let width = key_width.checked_add(value_width)?;
    num_layers.checked_mul(num_key_heads)?.checked_mul(width)?.checked_mul(BYTES_PER_NUMBER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        folder
    }

    fn code(path: &Path) -> String {
        ApiError::from(inspect(path).unwrap_err()).code
    }

    #[test]
    fn safetensors_folder_says_what_it_needs() {
        let config = br#"{"torch_dtype":"float16","max_position_embeddings":512,"num_hidden_layers":4,
            "num_attention_heads":8,"num_key_value_heads":2,"hidden_size":128}"#;
        let folder = folder(&[("config.json", config), ("a.safetensors", &[0; 1000]), ("b.safetensors", &[0; 24])]);
        let weights = inspect(folder.path()).unwrap();
        assert_eq!((weights.format, weights.quantisation.as_deref()), (WeightsFormat::Safetensors, Some("F16")));
        assert_eq!((weights.disk_bytes, weights.context_tokens), (1024, Some(512)));
        // 4 layers × 2 heads × (16 + 16) × 2 bytes.
        assert_eq!(weights.cache_bytes_per_token, Some(512));
        assert_eq!(weights.needed_bytes(), 1024 + 512 * 512);
    }

    #[test]
    fn quantised_folder_and_text_part_are_read() {
        let config = br#"{"quantization_config":{"quant_method":"gptq","bits":4},
            "text_config":{"max_position_embeddings":8192}}"#;
        let folder = folder(&[("config.json", config), ("m.safetensors", b"x")]);
        let weights = inspect(folder.path()).unwrap();
        assert_eq!((weights.quantisation.as_deref(), weights.context_tokens), (Some("GPTQ 4-bit"), Some(8192)));
        assert_eq!(weights.cache_bytes_per_token, None);
    }

    #[test]
    fn what_is_no_model_says_why() {
        assert_eq!(code(Path::new("/nowhere/model")), "model.missing");
        assert_eq!(code(folder(&[]).path()), "model.no_weights");
        assert_eq!(code(folder(&[("config.json", b"{}")]).path()), "model.no_weights");
        assert_eq!(code(folder(&[("config.json", b"{"), ("m.safetensors", b"x")]).path()), "model.damaged");
        let gguf = folder(&[("m.gguf", b"GGUX")]);
        assert_eq!(code(gguf.path()), "model.damaged");
        assert_eq!(code(&gguf.path().join("m.gguf")), "model.damaged");
    }
}
