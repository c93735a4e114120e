//! What the models screen says, in words, computed from what the studio told.

use crate::theme::{Icon, icons};
use crate::words;
use atelier_types::model::{
    Dialect, EndpointState, EndpointStatus, KeySource, LoadState, LocalModel, ModelsOverview, Speed, WeightsFormat,
};
use atelier_types::time::MillisSinceEpoch;

/// Less to spare than this share of the memory is a tight fit.
const TIGHT_SHARE: f64 = 0.06;

/// How good a piece of news is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Strong,
    Plain,
    Muted,
    Warning,
}

/// A sign, a few words and how they are meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub icon: Icon,
    pub is_filled: bool,
    pub words: String,
    pub tone: Tone,
}

fn said(icon: Icon, words: impl Into<String>, tone: Tone) -> Said {
    Said { icon, is_filled: tone == Tone::Strong, words: words.into(), tone }
}

fn loaded_bytes(models: &ModelsOverview) -> u64 {
    models.local.iter().filter_map(resident_bytes).sum()
}

/// What a loaded model holds; its need where the engine does not say.
pub fn resident_bytes(model: &LocalModel) -> Option<u64> {
    match &model.load_state {
        LoadState::Loaded { resident_bytes } => resident_bytes.or(model.needed_bytes),
        _ => None,
    }
}

/// "Fits in memory now", in words with the gap.
pub fn fits(model: &LocalModel, models: &ModelsOverview) -> Said {
    if let Some(problem) = &model.problem {
        return said(icons::WARNING_CIRCLE, &problem.message, Tone::Warning);
    }
    match &model.load_state {
        LoadState::Loaded { .. } => return said(icons::CHECK_CIRCLE, "Loaded", Tone::Strong),
        LoadState::Loading => return said(icons::HOURGLASS, "Loading", Tone::Plain),
        LoadState::Failed { error } => return said(icons::WARNING_CIRCLE, &error.message, Tone::Warning),
        LoadState::Unloaded => {}
    }
    let Some(needed) = model.needed_bytes else { return said(icons::QUESTION, "Its need is not known", Tone::Muted) };
    let available = models.available_memory_bytes;
    if let Some(spare) = available.checked_sub(needed) {
        let is_tight = (spare as f64) < models.total_memory_bytes as f64 * TIGHT_SHARE;
        let words = format!("Fits, {} to spare", words::bytes(spare));
        return if is_tight {
            said(icons::WARNING, words, Tone::Warning)
        } else {
            said(icons::CHECK, words, Tone::Plain)
        };
    }
    let reachable = available + loaded_bytes(models);
    if reachable >= needed {
        return said(icons::ARROWS_CLOCKWISE, unloading_words(models), Tone::Plain);
    }
    said(icons::X, format!("Too large by {}", words::bytes(needed - reachable)), Tone::Muted)
}

fn unloading_words(models: &ModelsOverview) -> String {
    let loaded: Vec<&LocalModel> = models.local.iter().filter(|model| resident_bytes(model).is_some()).collect();
    match loaded.as_slice() {
        [one] => format!("After unloading {}", one.name),
        many => format!("After unloading {} models", many.len()),
    }
}

pub fn format_words(format: Option<WeightsFormat>) -> &'static str {
    match format {
        Some(WeightsFormat::Gguf) => "GGUF",
        Some(WeightsFormat::Safetensors) => "safetensors",
        None => "unknown",
    }
}

/// Mean and interval of a speed; "not measured" instead of an empty 0.
pub fn speed_words(speed: Option<&Speed>) -> Option<(String, String)> {
    let speed = speed?;
    let digits = if speed.tokens_per_second < 100.0 { 1 } else { 0 };
    let mean = match digits {
        0 => words::count(speed.tokens_per_second.round() as u64),
        digits => format!("{:.digits$}", speed.tokens_per_second),
    };
    let interval = speed.half_width.map(|half| format!("±{half:.digits$}")).unwrap_or_default();
    Some((mean, interval))
}

pub fn used_words(at: Option<MillisSinceEpoch>, now: MillisSinceEpoch) -> String {
    at.map_or_else(|| "never".to_owned(), |at| words::ago(at, now))
}

pub fn dialect_words(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::OpenaiChat => "chat completions",
    }
}

/// Where the key comes from; a key that should be there and is not is said.
pub fn key_words(endpoint: &EndpointStatus) -> (String, bool) {
    let (words, is_needed) = match &endpoint.config.key {
        KeySource::None => ("no key".to_owned(), false),
        KeySource::Keychain => ("keychain".to_owned(), true),
        KeySource::Env(name) => (name.clone(), true),
    };
    if is_needed && !endpoint.has_key { (format!("{words}: no key found"), true) } else { (words, false) }
}

/// Never green before it was asked.
pub fn endpoint_state(state: &EndpointState, now: MillisSinceEpoch) -> Said {
    match state {
        EndpointState::NotAsked => said(icons::CIRCLE_DASHED, "Not asked yet", Tone::Muted),
        EndpointState::Answered { at } => said(icons::CHECK, format!("Answered {}", words::ago(*at, now)), Tone::Plain),
        EndpointState::Failed { at, error } => {
            let words = format!("{}, {}", error.message, words::ago(*at, now));
            said(icons::WARNING_CIRCLE, words, Tone::Warning)
        }
    }
}

/// Parts of the memory: others, each loaded model, free.
pub fn memory_parts(models: &ModelsOverview) -> Vec<(String, u64)> {
    let loaded = loaded_bytes(models);
    let used = models.total_memory_bytes.saturating_sub(models.available_memory_bytes);
    let mut parts = vec![("System and others".to_owned(), used.saturating_sub(loaded))];
    for model in &models.local {
        parts.extend(resident_bytes(model).map(|bytes| (model.name.to_string(), bytes)));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::error::{ApiError, ErrorKind};

    const GB: u64 = 1_000_000_000;

    fn model(name: &str, needed: u64, load_state: LoadState) -> LocalModel {
        LocalModel {
            name: name.into(),
            path: String::new(),
            format: None,
            quantisation: None,
            disk_bytes: None,
            context_tokens: None,
            needed_bytes: Some(needed),
            load_state,
            speed: None,
            last_used_at: None,
            is_builtin: false,
            problem: None,
        }
    }

    fn words(needed: u64) -> (String, Tone) {
        let models = ModelsOverview {
            total_memory_bytes: 32 * GB,
            available_memory_bytes: 16 * GB,
            local: vec![model("qwen", 5 * GB, LoadState::Loaded { resident_bytes: Some(5 * GB) })],
            ..ModelsOverview::default()
        };
        let said = fits(&model("other", needed, LoadState::Unloaded), &models);
        (said.words, said.tone)
    }

    #[test]
    fn fitting_is_said_with_the_gap() {
        assert_eq!(words(6 * GB), ("Fits, 10.0 GB to spare".to_owned(), Tone::Plain));
        assert_eq!(words(15 * GB), ("Fits, 1.0 GB to spare".to_owned(), Tone::Warning));
        assert_eq!(words(20 * GB), ("After unloading qwen".to_owned(), Tone::Plain));
        assert_eq!(words(23 * GB), ("Too large by 2.0 GB".to_owned(), Tone::Muted));
    }

    #[test]
    fn a_model_that_cannot_be_used_says_why() {
        let mut broken = model("broken", GB, LoadState::Unloaded);
        broken.problem = Some(ApiError::new(ErrorKind::Invalid, "model.corrupt", "The file is cut off"));
        assert_eq!(fits(&broken, &ModelsOverview::default()).words, "The file is cut off");
    }

    #[test]
    fn an_endpoint_is_not_called_good_before_it_was_asked() {
        let now = MillisSinceEpoch(0);
        assert_eq!(endpoint_state(&EndpointState::NotAsked, now).words, "Not asked yet");
    }

    #[test]
    fn what_was_not_measured_is_no_number() {
        assert_eq!(speed_words(None), None);
        let speed =
            Speed { tokens_per_second: 11.83, half_width: Some(0.31), first_token_millis_p50: None, num_calls: 9 };
        assert_eq!(speed_words(Some(&speed)), Some(("11.8".to_owned(), "±0.3".to_owned())));
    }
}
