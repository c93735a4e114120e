//! `cosine` and `bert_score`: likeness in meaning between the output and what is expected.
//!
//! - Reads: the row's expected column, a text or a list of texts that are all right; of several the most alike counts.
//! - Settings of both: `model`, the encoder; a model of `atelier.toml` whose endpoint gives embeddings, or the folder of a
//!   local encoder. Numbers of two encoders do not compare.
//! - `cosine`: the cosine of the vectors of both texts, −1 to 1; see `cosine.rs`. An empty text has no vector to speak of
//!   and is unscored.
//! - `bert_score`: the likeness of their tokens, see `bert_score.rs`; only local encoders give vectors of tokens. Settings:
//!   `layer`, after which of the encoder's layers (the package's choice is 9 for bert-base-uncased, 10 for roberta-base, 17
//!   for roberta-large, 18 for bert-large-uncased, 5 for distilbert-base-uncased; without it the last one); `measure`, `f1`
//!   (default), `precision` or `recall`; `baseline`, what that measure gives unrelated texts, to rescale by; `idf` (default
//!   false), in runs only: tokens that are rare among the references of the run's rows count for more.
//! - COMET is not here: its weights may not be shipped, and a score of ours under its name would be another score.

use super::{Baseline, BertScore, InverseDocumentFrequencies, TokenVectors, TokenWeights, bert_score, cosine};
use crate::metrics::scorers::options::Options;
use crate::metrics::scorers::references::texts_of;
use crate::metrics::scorers::{DEFAULT_EXPECTED_COLUMN, Scored};
use atelier_types::JsonMap;
use atelier_types::experiment::ScorerInfo;
use atelier_types::ids::ModelName;
use atelier_types::provider::{TextVectors, VectorKind};
use atelier_types::score::{Direction, Score, ScorerSpec, Unit};
use serde_json::Value;
use std::borrow::Cow;

const NAMES: [&str; 2] = ["cosine", "bert_score"];
/// No encoder has more layers.
const MAX_LAYERS: usize = 1_000;

/// A scorer of vectors, with its settings.
pub struct Semantic {
    info: ScorerInfo,
    model: ModelName,
    column: String,
    method: Method,
}

enum Method {
    Cosine,
    BertScore { layer: Option<u32>, measure: Measure, baseline: Option<f64>, has_idf: bool },
}

#[derive(Clone, Copy)]
enum Measure {
    F1,
    Precision,
    Recall,
}

impl Semantic {
    /// Names as they stand in experiment files.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter()
    }

    /// Checks the settings. The error is a sentence that names the setting.
    pub fn new(spec: &ScorerSpec) -> Result<Self, String> {
        let name = spec.scorer.as_str();
        let mut options = Options::new(&spec.options);
        let model = options.text("model")?.ok_or("`model` must name the model that gives the vectors")?;
        let method = match name {
            "cosine" => Method::Cosine,
            "bert_score" => Method::bert_score(&mut options)?,
            _ => return Err(format!("There is no scorer `{name}` of vectors; there are {}", NAMES.join(", "))),
        };
        options.refuse_unknown(name)?;
        Ok(Self {
            info: ScorerInfo {
                name: spec.result_name().clone(),
                unit: Unit::Number,
                direction: Direction::HigherIsBetter,
                is_check: false,
            },
            model: model.into(),
            column: spec.expected.clone().unwrap_or_else(|| DEFAULT_EXPECTED_COLUMN.to_owned()),
            method,
        })
    }

    pub fn info(&self) -> &ScorerInfo {
        &self.info
    }

    /// Whose vectors are compared.
    pub fn model(&self) -> &ModelName {
        &self.model
    }

    /// The dataset column that must be there.
    pub fn expected_column(&self) -> &str {
        &self.column
    }

    pub fn vector_kind(&self) -> VectorKind {
        match self.method {
            Method::Cosine => VectorKind::Text,
            Method::BertScore { layer, .. } => VectorKind::Tokens { layer },
        }
    }

    /// Whether [`Self::score`] needs to know how rare tokens are among all references.
    pub fn reads_frequencies(&self) -> bool {
        matches!(self.method, Method::BertScore { has_idf: true, .. })
    }

    /// What is expected. The error is the reason why there is nothing to compare with.
    pub fn references(&self, row: &JsonMap) -> Result<Vec<String>, String> {
        let expected = match row.get(&self.column) {
            None => return Err(format!("The row has no column `{}`", self.column)),
            Some(expected) => texts_of(Some(expected).filter(|expected| **expected != Value::Null)),
        };
        let references: Vec<String> =
            expected.into_iter().filter(|text| !text.trim().is_empty()).map(Cow::into_owned).collect();
        if references.is_empty() {
            return Err(format!("The row's column `{}` is empty", self.column));
        }
        Ok(references)
    }

    /// The texts whose vectors [`Self::score`] compares: the output, and what is expected. The error is the reason why there
    /// is nothing to compare.
    pub fn texts(&self, output: &str, row: &JsonMap) -> Result<Vec<String>, String> {
        let references = self.references(row)?;
        if matches!(self.method, Method::Cosine) && output.trim().is_empty() {
            return Err("The output is empty".to_owned());
        }
        Ok(std::iter::once(output.to_owned()).chain(references).collect())
    }

    /// From the vectors of [`Self::texts`], in their order, and the frequencies if they are read.
    pub fn score(&self, texts: &[TextVectors], idf: Option<&InverseDocumentFrequencies>) -> Scored {
        match self.number(texts, idf) {
            Ok(number) => (Score::Number(number), None),
            Err(reason) => (Score::unscored(reason), None),
        }
    }

    fn number(&self, texts: &[TextVectors], idf: Option<&InverseDocumentFrequencies>) -> Result<f64, String> {
        let (output, references) = texts.split_first().ok_or("There are no vectors")?;
        let numbers = references.iter().map(|reference| self.method.compare(output, reference, idf));
        let numbers = numbers.collect::<Result<Vec<f64>, String>>()?;
        numbers.into_iter().reduce(f64::max).ok_or_else(|| "There are no vectors of what is expected".to_owned())
    }
}

impl Method {
    fn bert_score(options: &mut Options<'_>) -> Result<Self, String> {
        let layer = match options.value("layer") {
            None => None,
            Some(_) => u32::try_from(options.whole("layer", 0, 0..=MAX_LAYERS)?).ok(),
        };
        let measure = match options.choice("measure", &["f1", "precision", "recall"])? {
            "precision" => Measure::Precision,
            "recall" => Measure::Recall,
            _ => Measure::F1,
        };
        let baseline = match options.value("baseline") {
            None => None,
            Some(_) => Some(options.number("baseline", 0.0, -1.0..=0.999)?),
        };
        Ok(Self::BertScore { layer, measure, baseline, has_idf: options.flag("idf", false)? })
    }

    fn compare(
        &self,
        output: &TextVectors,
        reference: &TextVectors,
        idf: Option<&InverseDocumentFrequencies>,
    ) -> Result<f64, String> {
        match self {
            Self::Cosine => {
                let [output, reference] = [output, reference].map(|text| text.vectors.first());
                let (output, reference) = output.zip(reference).ok_or("A text has no vector")?;
                cosine(output, reference)
            }
            Self::BertScore { measure, baseline, .. } => {
                let [candidate, other] =
                    [output, reference].map(|text| TokenVectors { ids: &text.ids, vectors: &text.vectors });
                let weights = TokenWeights { special: &output.special_ids, idf };
                let raw = bert_score(candidate, other, weights)?;
                let scored = match baseline.map(|b| Baseline { precision: b, recall: b, f1: b }) {
                    Some(baseline) => raw.rescaled(baseline).ok_or("`baseline` must be under 1")?,
                    None => raw,
                };
                Ok(measure.of(scored))
            }
        }
    }
}

impl Measure {
    fn of(self, scores: BertScore) -> f64 {
        match self {
            Self::F1 => scores.f1,
            Self::Precision => scores.precision,
            Self::Recall => scores.recall,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn semantic(spec: Value) -> Result<Semantic, String> {
        Semantic::new(&serde_json::from_value(spec).unwrap())
    }

    fn tokens(ids: &[u32], vectors: &[[f32; 2]]) -> TextVectors {
        TextVectors {
            ids: ids.to_vec(),
            special_ids: vec![0],
            vectors: vectors.iter().map(|vector| vector.to_vec()).collect(),
        }
    }

    #[test]
    fn the_most_alike_reference_counts() {
        let cosine = semantic(json!({"scorer": "cosine", "model": "minilm"})).unwrap();
        let row = json!({"expected": ["right", " ", "also right"]});
        let texts = cosine.texts("an output", row.as_object().unwrap()).unwrap();
        assert_eq!(texts, ["an output", "right", "also right"]);
        let vector = |x: f32, y: f32| TextVectors { vectors: vec![vec![x, y]], ..TextVectors::default() };
        let (score, _) = cosine.score(&[vector(1.0, 0.0), vector(0.0, 2.0), vector(3.0, 4.0)], None);
        assert!((score.number().unwrap() - 0.6).abs() < 1e-12);
        assert!(cosine.score(&[vector(1.0, 0.0), vector(0.0, 0.0)], None).0.number().is_none());
    }

    #[test]
    fn special_tokens_weigh_nothing_and_the_baseline_rescales() {
        let spec = json!({"scorer": "bert_score", "model": "bert", "layer": 9, "measure": "recall"});
        let recall = semantic(spec.clone()).unwrap();
        assert_eq!(recall.vector_kind(), VectorKind::Tokens { layer: Some(9) });
        let output = tokens(&[0, 5], &[[1.0, 0.0], [0.0, 1.0]]);
        let reference = tokens(&[0, 5, 6], &[[1.0, 0.0], [0.0, 1.0], [3.0, 4.0]]);
        let texts = [output, reference];
        let number = |semantic: &Semantic| semantic.score(&texts, None).0.number().unwrap();
        assert!((number(&recall) - 0.9).abs() < 1e-9, "(1 + 0.8) / 2, without the special token");
        let mut rescaled = spec;
        rescaled["baseline"] = json!(0.5);
        assert!((number(&semantic(rescaled).unwrap()) - 0.8).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_compared_says_why() {
        let cosine = semantic(json!({"scorer": "cosine", "model": "m", "expected": "answer"})).unwrap();
        for (output, row, reason) in [
            ("x", json!({}), "no column `answer`"),
            ("x", json!({"answer": null}), "`answer` is empty"),
            (" ", json!({"answer": "a"}), "output is empty"),
        ] {
            let found = cosine.texts(output, row.as_object().unwrap()).unwrap_err();
            assert!(found.contains(reason), "{found}");
        }
        for (spec, reason) in [
            (json!({"scorer": "cosine"}), "`model` must name"),
            (json!({"scorer": "cosine", "model": "m", "layer": 3}), "no setting `layer`"),
            (json!({"scorer": "bert_score", "model": "m", "baseline": 1.0}), "`baseline` must be"),
        ] {
            assert!(semantic(spec).err().unwrap().contains(reason));
        }
    }
}
