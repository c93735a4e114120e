//! From the vectors of a text's tokens to one for the text, by the conventions of sentence-transformers.
//!
//! - `1_Pooling/config.json` names the modes: the first token's vector, the largest number, the mean, or the sum over
//!   √tokens. Several are put one behind the other, in this order. Without the file it is the mean.
//! - Special tokens take part. A text without any token pools to zeros.
//! - With the module `Normalize` the vector has the length 1.

use super::files::read_json;
use serde_json::Value;
use std::path::Path;

/// In the order in which they are put together.
const MODES: [(&str, Mode); 4] = [
    ("pooling_mode_cls_token", Mode::First),
    ("pooling_mode_max_tokens", Mode::Max),
    ("pooling_mode_mean_tokens", Mode::Mean),
    ("pooling_mode_mean_sqrt_len_tokens", Mode::SumOverRoot),
];
const SUPPORTED: &str = "cls, max, mean and mean_sqrt_len are";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    First,
    Max,
    Mean,
    SumOverRoot,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooling {
    modes: Vec<Mode>,
    is_normalised: bool,
}

impl Pooling {
    pub fn read(folder: &Path) -> Result<Self, String> {
        let modules = read_json(folder, "modules.json")?;
        let (mut place, mut is_normalised) = ("1_Pooling", false);
        for module in modules.as_ref().and_then(Value::as_array).into_iter().flatten() {
            let class = module["type"].as_str().unwrap_or_default();
            let path = module["path"].as_str().unwrap_or_default();
            match class.rsplit('.').next().unwrap_or_default() {
                "Transformer" if path.is_empty() => {}
                "Transformer" => return Err(format!("The encoder's files lie in `{path}`, not beside `modules.json`")),
                "Pooling" => place = path,
                "Normalize" => is_normalised = true,
                _ => {
                    return Err(format!(
                        "The module `{class}` is not supported; Transformer, Pooling and Normalize are"
                    ));
                }
            }
        }
        let config = read_json(folder, &format!("{place}/config.json"))?;
        Ok(Self { modes: config.map_or(Ok(vec![Mode::Mean]), |config| modes(&config))?, is_normalised })
    }

    pub fn pool(&self, tokens: &[Vec<f32>], width: usize) -> Vec<f32> {
        let mut vector: Vec<f64> = self.modes.iter().flat_map(|mode| mode.pool(tokens, width)).collect();
        if self.is_normalised {
            let length = vector.iter().map(|value| value * value).sum::<f64>().sqrt().max(1e-12);
            vector.iter_mut().for_each(|value| *value /= length);
        }
        vector.into_iter().map(|value| value as f32).collect()
    }
}

fn modes(config: &Value) -> Result<Vec<Mode>, String> {
    let is_on = |name: &str| config[name] == true;
    for (name, _) in config.as_object().into_iter().flatten() {
        if name.starts_with("pooling_mode_") && is_on(name) && !MODES.iter().any(|(known, _)| known == name) {
            return Err(format!("`{name}` is not supported; {SUPPORTED}"));
        }
    }
    let modes: Vec<Mode> = MODES.iter().filter(|(name, _)| is_on(name)).map(|(_, mode)| *mode).collect();
    if modes.is_empty() { Err(format!("The pooling names no mode; {SUPPORTED} supported")) } else { Ok(modes) }
}

impl Mode {
    fn pool(self, tokens: &[Vec<f32>], width: usize) -> Vec<f64> {
        let Some(first) = tokens.first() else { return vec![0.0; width] };
        let numbers = |at: usize| tokens.iter().filter_map(move |token| token.get(at)).map(|value| f64::from(*value));
        let num_tokens = tokens.len() as f64;
        let pool = |at: usize| match self {
            Self::First => first.get(at).copied().map_or(0.0, f64::from),
            Self::Max => numbers(at).fold(f64::NEG_INFINITY, f64::max),
            Self::Mean => numbers(at).sum::<f64>() / num_tokens,
            Self::SumOverRoot => numbers(at).sum::<f64>() / num_tokens.sqrt(),
        };
        (0..width).map(pool).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn modes_by_hand_are_put_one_behind_the_other() {
        let config = json!({
            "pooling_mode_mean_sqrt_len_tokens": true, "pooling_mode_mean_tokens": true,
            "pooling_mode_max_tokens": true, "pooling_mode_cls_token": true, "pooling_mode_lasttoken": false,
        });
        let pooling = Pooling { modes: modes(&config).unwrap(), is_normalised: false };
        let tokens = [vec![1.0], vec![2.0], vec![6.0], vec![-1.0]];
        assert_eq!(pooling.pool(&tokens, 1), [1.0, 6.0, 2.0, 4.0]);
        assert_eq!(pooling.pool(&[vec![1.0]], 1).len(), 4);
        assert_eq!(pooling.pool(&[], 1), [0.0; 4], "no token");
    }

    #[test]
    fn normalised_zeros_stay_zeros() {
        let pooling = Pooling { modes: vec![Mode::Mean], is_normalised: true };
        assert_eq!(pooling.pool(&[vec![3.0, 4.0]], 2), [0.6, 0.8]);
        assert_eq!(pooling.pool(&[vec![0.0, 0.0]], 2), [0.0, 0.0]);
    }

    #[test]
    fn what_is_not_supported_is_named() {
        let error = modes(&json!({"pooling_mode_lasttoken": true})).unwrap_err();
        assert_eq!(error, "`pooling_mode_lasttoken` is not supported; cls, max, mean and mean_sqrt_len are");
        assert!(modes(&json!({"pooling_mode_mean_tokens": false})).is_err());
        let folder = tempfile::tempdir().unwrap();
        let modules = json!([{"type": "sentence_transformers.models.Dense", "path": "2_Dense"}]);
        std::fs::write(folder.path().join("modules.json"), modules.to_string()).unwrap();
        let error = Pooling::read(folder.path()).unwrap_err();
        assert!(error.starts_with("The module `sentence_transformers.models.Dense` is not supported"), "{error}");
    }

    #[test]
    fn without_files_it_is_the_mean() {
        let folder = tempfile::tempdir().unwrap();
        let mean = Pooling { modes: vec![Mode::Mean], is_normalised: false };
        assert_eq!(Pooling::read(folder.path()), Ok(mean));
    }
}
