//! A folder with `config.json`, a tokenizer and safetensors files.

use super::{Format, LoadFault, Weights, expected, read, safetensors_file};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Small files that shape the answers, where they exist. mistral.rs panics when one of them is not JSON.
const JSON_FILES: &[&str] =
    &["config.json", "generation_config.json", "tokenizer_config.json", "model.safetensors.index.json"];
/// Architectures that mistral.rs knows as models of vectors.
const DECODERS: [&str; 2] = ["Gemma3TextModel", "Qwen3ForCausalLM"];
/// Tensors that are named in a report; the rest is counted.
const NUM_NAMED_TENSORS: usize = 5;

pub fn inspect(folder: PathBuf) -> Result<Weights, LoadFault> {
    let config = json(&folder, "config.json")?
        .ok_or_else(|| LoadFault::MissingFile { folder: folder.clone(), name: "config.json" })?;
    for name in JSON_FILES {
        json(&folder, name)?;
    }
    let shards = safetensors_files(&folder)?;
    let mut names = BTreeSet::new();
    let mut bytes_by_type: BTreeMap<String, usize> = BTreeMap::new();
    for shard in &shards {
        let header = safetensors_file::read_header(shard)?;
        names.extend(header.names);
        header.bytes_by_type.into_iter().for_each(|(kind, bytes)| *bytes_by_type.entry(kind).or_default() += bytes);
    }
    check_tensors(&folder, &config, &names)?;
    check_tokenizer(&folder)?;
    Ok(Weights {
        format: Format::Folder,
        is_decoder: is_decoder(&folder, &config),
        quantisation: quantisation(&config, &bytes_by_type),
        chat_template: chat_template(&folder)?,
        files: identity_files(&folder, shards),
        path: folder,
    })
}

/// Models that answer messages have the same architectures, and no `modules.json`.
fn is_decoder(folder: &Path, config: &Value) -> bool {
    let architecture = config["architectures"][0].as_str();
    architecture.is_some_and(|name| DECODERS.contains(&name)) && folder.join("modules.json").is_file()
}

fn json(folder: &Path, name: &str) -> Result<Option<Value>, LoadFault> {
    let path = folder.join(name);
    if !path.exists() {
        return Ok(None);
    }
    let bad = |error: serde_json::Error| LoadFault::BadFile { name: name.to_owned(), cause: error.to_string() };
    serde_json::from_slice(&read(&path)?).map(Some).map_err(bad)
}

fn check_tokenizer(folder: &Path) -> Result<(), LoadFault> {
    let path = folder.join("tokenizer.json");
    if !path.exists() {
        // Mistral's own format, which mistral.rs reads as well.
        let has_other = folder.join("tekken.json").exists();
        let missing = LoadFault::MissingFile { folder: folder.to_owned(), name: "tokenizer.json" };
        return if has_other { Ok(()) } else { Err(missing) };
    }
    match tokenizers::Tokenizer::from_bytes(read(&path)?) {
        Ok(_tokenizer) => Ok(()),
        Err(error) => Err(LoadFault::BadTokenizer { cause: error.to_string() }),
    }
}

fn safetensors_files(folder: &Path) -> Result<Vec<PathBuf>, LoadFault> {
    let unreadable =
        |error: std::io::Error| LoadFault::Unreadable { path: folder.to_owned(), cause: error.to_string() };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ending| ending == "safetensors") {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(LoadFault::MissingFile { folder: folder.to_owned(), name: "model.safetensors" });
    }
    files.sort();
    Ok(files)
}

fn check_tensors(folder: &Path, config: &Value, present: &BTreeSet<String>) -> Result<(), LoadFault> {
    let index = json(folder, "model.safetensors.index.json")?.unwrap_or_default();
    let mut wanted: BTreeSet<String> =
        index["weight_map"].as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    let is_decoder = is_decoder(folder, config);
    let expected = if is_decoder { expected::tensors_without_head(config) } else { expected::tensors(config) };
    wanted.extend(expected.unwrap_or_default());
    let missing: Vec<&String> = wanted.difference(present).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let first = missing.iter().take(NUM_NAMED_TENSORS).map(|name| (*name).clone()).collect();
    Err(LoadFault::MissingTensors { num_missing: missing.len(), first })
}

/// The method that the configuration names, or the element type that takes the most bytes.
fn quantisation(config: &Value, bytes_by_type: &BTreeMap<String, usize>) -> Option<String> {
    let quantised = &config["quantization_config"];
    if let Some(method) = quantised["quant_method"].as_str() {
        return Some(match quantised["bits"].as_u64() {
            Some(bits) => format!("{method}-{bits}bit"),
            None => method.to_owned(),
        });
    }
    bytes_by_type.iter().max_by_key(|(_, bytes)| **bytes).map(|(kind, _)| kind.clone())
}

fn chat_template(folder: &Path) -> Result<Option<String>, LoadFault> {
    let file = folder.join("chat_template.jinja");
    if file.exists() {
        return Ok(Some(String::from_utf8_lossy(&read(&file)?).into_owned()));
    }
    let config = json(folder, "tokenizer_config.json")?.unwrap_or_default();
    Ok(match &config["chat_template"] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        several => Some(several.to_string()),
    })
}

fn identity_files(folder: &Path, shards: Vec<PathBuf>) -> Vec<PathBuf> {
    let small = ["tokenizer.json", "tekken.json", "chat_template.jinja", "modules.json", "sentence_bert_config.json"];
    let small = JSON_FILES.iter().chain(&small).map(|name| folder.join(name));
    // What sentence-transformers does with a model's vectors is in folders of their own.
    let modules = json(folder, "modules.json").ok().flatten().unwrap_or_default();
    let paths = modules.as_array().into_iter().flatten().filter_map(|module| module["path"].as_str());
    let paths = paths.filter(|path| !path.is_empty()).map(|path| folder.join(path));
    let of_modules = paths.flat_map(|path| ["config.json", "model.safetensors"].map(|name| path.join(name)));
    small.chain(of_modules).filter(|path| path.is_file()).chain(shards).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn decoders_of_vectors_are_told_from_models_that_answer_by_their_modules() {
        let folder = tempfile::tempdir().unwrap();
        let config = json!({"architectures": ["Qwen3ForCausalLM"]});
        assert!(!is_decoder(folder.path(), &config));
        std::fs::write(folder.path().join("modules.json"), "[]").unwrap();
        assert!(is_decoder(folder.path(), &config));
        assert!(!is_decoder(folder.path(), &json!({"architectures": ["LlamaForCausalLM"]})));
    }

    #[test]
    fn the_element_type_with_most_bytes_names_the_quantisation() {
        let bytes = BTreeMap::from([("F32".to_owned(), 10), ("BF16".to_owned(), 1000)]);
        assert_eq!(quantisation(&Value::Null, &bytes).as_deref(), Some("BF16"));
    }

    #[test]
    fn a_named_method_wins_over_the_element_type() {
        let config = json!({"quantization_config": {"quant_method": "gptq", "bits": 4}});
        assert_eq!(quantisation(&config, &BTreeMap::new()).as_deref(), Some("gptq-4bit"));
    }

    #[test]
    fn a_tensor_that_the_index_names_and_no_file_holds_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let index = json!({"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}});
        std::fs::write(folder.path().join("model.safetensors.index.json"), index.to_string()).unwrap();
        let fault = check_tensors(folder.path(), &Value::Null, &BTreeSet::from(["a".to_owned()])).unwrap_err();
        assert_eq!(fault, LoadFault::MissingTensors { num_missing: 1, first: vec!["b".to_owned()] });
    }

    #[test]
    fn a_folder_without_configuration_says_which_file_it_lacks() {
        let folder = tempfile::tempdir().unwrap();
        let fault = inspect(folder.path().to_owned()).unwrap_err();
        assert!(matches!(fault, LoadFault::MissingFile { name: "config.json", .. }), "{fault:?}");
    }

    #[test]
    fn a_configuration_that_is_not_json_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), "{").unwrap();
        let fault = inspect(folder.path().to_owned()).unwrap_err();
        assert!(matches!(fault, LoadFault::BadFile { ref name, .. } if name == "config.json"), "{fault:?}");
    }
}
