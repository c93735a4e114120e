//! BERTScore: how well the tokens of two texts can be matched by the likeness of their vectors in context.
//!
//! - Definition: each token of the candidate is matched with the reference's token of the highest cosine; precision is
//!   the weighted mean of these cosines. Recall is the same from the reference's side, and F1 = 2PR / (P + R).
//! - Weights: 1 for each token, or with `idf` ln((N + 1) / (n + 1)) for a token that stands in n of the N references,
//!   which gives ln(N + 1) to one that stands in none. Special tokens ([CLS], [SEP]) weigh 0 and yet can be matched.
//! - Range: −1 to 1 raw; higher is better. Rescaled by a baseline b for each of the three: (x − b) / (1 − b), which may
//!   fall below −1.
//! - Several references: the best precision, recall and F1, each by itself.
//! - Source: Zhang et al., ICLR 2020; the package bert-score 0.3.13, whose `greedy_cos_idf` the goldens ran. To be
//!   comparable with its scores, a text must be stripped of outer white space before it is encoded, begin with a space
//!   for RoBERTa's tokenizer, and give the hidden states of the package's layer for that model.
//! - A candidate without a token beside special ones scores 0, as in the package, before it is rescaled.
//!
//! Where the package gives something else:
//! - A reference without a token is unscored, where the package gives 0: nothing was asked for, so nothing was missed.
//! - Weights that are all 0 (each token stands in all references) are unscored: the package gives NaN, and 0 for F1.
//! - Zero vectors are unscored, for the same reason. P = −R ≠ 0 is unscored: the package divides by zero.
//! - A text of exactly two tokens counts in the package as empty, even where neither is special; here it does not.
//! - The package pads a batch and lets a token match the padding with a cosine of 0, so that a negative best cosine
//!   becomes 0 beside longer texts. Here a score does not depend on what else is scored.

use super::cosine::{dot, unit};
use std::collections::{HashMap, HashSet};

/// A text as its encoder saw it, special tokens included: one vector for each id.
#[derive(Clone, Copy, Debug)]
pub struct TokenVectors<'a> {
    pub ids: &'a [u32],
    pub vectors: &'a [Vec<f32>],
}

/// What each token counts.
#[derive(Clone, Copy, Debug)]
pub struct TokenWeights<'a> {
    /// Ids of the tokens that begin and end a text.
    pub special: &'a [u32],
    /// Without it all other tokens count the same.
    pub idf: Option<&'a InverseDocumentFrequencies>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BertScore {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// What unrelated texts score with an encoder's layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Baseline {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// How rare each token is among the references of a data set.
#[derive(Clone, Debug, Default)]
pub struct InverseDocumentFrequencies {
    num_texts: usize,
    num_texts_with: HashMap<u32, usize>,
}

impl InverseDocumentFrequencies {
    /// From the token ids of all references; equal texts count each time.
    pub fn of_references<'a>(references: impl IntoIterator<Item = &'a [u32]>) -> Self {
        let mut counts = Self::default();
        references.into_iter().for_each(|reference| counts.add(reference));
        counts
    }

    /// One more reference.
    pub fn add(&mut self, reference: &[u32]) {
        self.num_texts += 1;
        for id in reference.iter().collect::<HashSet<_>>() {
            *self.num_texts_with.entry(*id).or_default() += 1;
        }
    }

    pub fn weight(&self, id: u32) -> f64 {
        let num_with = self.num_texts_with.get(&id).copied().unwrap_or(0);
        ((self.num_texts + 1) as f64 / (num_with + 1) as f64).ln()
    }
}

impl TokenWeights<'_> {
    fn weight(&self, id: u32) -> f64 {
        if self.special.contains(&id) { 0.0 } else { self.idf.map_or(1.0, |idf| idf.weight(id)) }
    }

    fn is_empty(&self, text: TokenVectors<'_>) -> bool {
        text.ids.iter().all(|id| self.special.contains(id))
    }

    /// Weighted mean of the tokens' best cosines.
    fn mean(&self, ids: &[u32], best: &[f64]) -> Result<f64, String> {
        let weights = || ids.iter().map(|id| self.weight(*id));
        let total: f64 = weights().sum();
        if total == 0.0 {
            return Err("All tokens of a text weigh 0, because each stands in every reference".to_owned());
        }
        Ok(weights().zip(best).map(|(weight, cosine)| weight * cosine).sum::<f64>() / total)
    }
}

impl BertScore {
    const NOTHING: Self = Self { precision: 0.0, recall: 0.0, f1: 0.0 };

    fn new(precision: f64, recall: f64) -> Result<Self, String> {
        let sum = precision + recall;
        let f1 = match (sum == 0.0, precision == 0.0) {
            (false, _) => 2.0 * precision * recall / sum,
            (true, true) => 0.0,
            (true, false) => return Err("Precision and recall cancel each other out".to_owned()),
        };
        Ok(Self { precision, recall, f1 })
    }

    /// `None` for a baseline that is not below 1.
    pub fn rescaled(self, baseline: Baseline) -> Option<Self> {
        let rescale = |value: f64, baseline: f64| (baseline < 1.0).then(|| (value - baseline) / (1.0 - baseline));
        Some(Self {
            precision: rescale(self.precision, baseline.precision)?,
            recall: rescale(self.recall, baseline.recall)?,
            f1: rescale(self.f1, baseline.f1)?,
        })
    }
}

/// Raw score of a candidate against one reference. Error: the reason why there is none.
pub fn bert_score(
    candidate: TokenVectors<'_>,
    reference: TokenVectors<'_>,
    weights: TokenWeights<'_>,
) -> Result<BertScore, String> {
    let (of_candidate, of_reference) = (units(candidate)?, units(reference)?);
    if weights.is_empty(reference) {
        return Err("The reference has no token".to_owned());
    }
    if weights.is_empty(candidate) {
        return Ok(BertScore::NOTHING);
    }
    let (best_of_candidate, best_of_reference) = best_cosines(&of_candidate, &of_reference)?;
    let precision = weights.mean(candidate.ids, &best_of_candidate)?;
    let recall = weights.mean(reference.ids, &best_of_reference)?;
    BertScore::new(precision, recall)
}

fn units(text: TokenVectors<'_>) -> Result<Vec<Vec<f64>>, String> {
    if text.ids.len() != text.vectors.len() {
        return Err(format!("A text has {} tokens and {} vectors", text.ids.len(), text.vectors.len()));
    }
    text.vectors.iter().map(|vector| unit(vector)).collect()
}

/// For each token of either side the highest cosine with one of the other.
fn best_cosines(candidate: &[Vec<f64>], reference: &[Vec<f64>]) -> Result<(Vec<f64>, Vec<f64>), String> {
    let mut of_candidate = vec![-1.0_f64; candidate.len()];
    let mut of_reference = vec![-1.0_f64; reference.len()];
    for (one, best_of_one) in candidate.iter().zip(&mut of_candidate) {
        for (other, best_of_other) in reference.iter().zip(&mut of_reference) {
            if one.len() != other.len() {
                return Err(format!("One vector has {} numbers and another {}", one.len(), other.len()));
            }
            let cosine = dot(one, other).clamp(-1.0, 1.0);
            *best_of_one = best_of_one.max(cosine);
            *best_of_other = best_of_other.max(cosine);
        }
    }
    Ok((of_candidate, of_reference))
}
