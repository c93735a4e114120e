//! A scorer of vectors at work on one output: the texts are sent to its model, and their vectors compared.

use super::asking::{Asking, is_worth_retrying, total_usd};
use crate::calls::EmbedCall;
use crate::metrics::scorers::Scored;
use crate::metrics::semantic::{InverseDocumentFrequencies, Semantic};
use crate::store::run_rows;
use crate::store::runs::RunShape;
use crate::store::scores::ScoreRecord;
use atelier_types::JsonMap;
use atelier_types::provider::{ErrorCategory, TextVectors};
use atelier_types::score::{NamedScore, Score};
use tokio::sync::OnceCell;

/// Texts whose vectors are asked for at a time, to count their tokens.
const REFERENCES_AT_ONCE: usize = 64;
const ROWS_AT_ONCE: u32 = 256;

/// A run whose references are counted, and what that gave.
#[derive(Clone, Copy)]
pub(super) struct Corpus<'a> {
    pub run: &'a RunShape,
    /// Of one scorer; counted for the first cell that it measures.
    pub frequencies: &'a OnceCell<InverseDocumentFrequencies>,
}

/// Why there are no vectors.
enum Lack {
    Cancelled,
    Reason { text: String, is_retryable: bool },
}

/// A scorer of vectors at work.
pub(super) struct Measuring<'a> {
    pub scorer: &'a Semantic,
    pub corpus: Option<Corpus<'a>>,
    pub asking: &'a Asking<'a>,
    /// What vectors cost is added to it, also when it is cancelled in between.
    pub cost_usd: &'a mut Option<f64>,
}

impl Measuring<'_> {
    /// `None` where it was cancelled. Everything else that goes wrong is a reason to be unscored.
    pub async fn measure(mut self, output: &str, row: &JsonMap) -> Option<ScoreRecord> {
        let name = self.scorer.info().name.clone();
        match self.number(output, row).await {
            Ok((score, explanation)) => Some(NamedScore { name, score, explanation }.into()),
            Err(Lack::Cancelled) => None,
            Err(Lack::Reason { text, is_retryable }) => {
                let named = NamedScore { name, score: Score::unscored(text), explanation: None };
                Some(ScoreRecord { is_retryable, ..named.into() })
            }
        }
    }

    async fn number(&mut self, output: &str, row: &JsonMap) -> Result<Scored, Lack> {
        let texts = self.scorer.texts(output, row)?;
        let frequencies = match self.corpus {
            _ if !self.scorer.reads_frequencies() => None,
            Some(Corpus { run, frequencies }) => Some(frequencies.get_or_try_init(|| self.count(run)).await?),
            None => return Err("`idf` counts the references of a run, and this is none".to_owned().into()),
        };
        let vectors = self.embed(texts).await?;
        Ok(self.scorer.score(&vectors, frequencies))
    }

    /// How rare each token is among the references of all rows.
    async fn count(&mut self, run: &RunShape) -> Result<InverseDocumentFrequencies, Lack> {
        let mut frequencies = InverseDocumentFrequencies::default();
        for rows in run.windows(ROWS_AT_ONCE) {
            let rows = self.asking.store.read(|connection| run_rows::window(connection, run.key, rows));
            let rows = rows.map_err(|err| err.to_string())?;
            // A row without a reference has none to count.
            let references: Vec<String> =
                rows.iter().flat_map(|row| self.scorer.references(&row.values).unwrap_or_default()).collect();
            for texts in references.chunks(REFERENCES_AT_ONCE) {
                let vectors = self.embed(texts.to_vec()).await?;
                vectors.iter().for_each(|text| frequencies.add(&text.ids));
            }
        }
        Ok(frequencies)
    }

    async fn embed(&mut self, texts: Vec<String>) -> Result<Vec<TextVectors>, Lack> {
        let (model, kind) = (self.scorer.model().clone(), self.scorer.vector_kind());
        let call = EmbedCall { model, texts, kind, use_cache: self.asking.use_cache };
        match self.asking.models.embed(call, self.asking.cancel).await {
            Ok(embedded) => {
                *self.cost_usd = total_usd([*self.cost_usd, embedded.cost_usd]);
                Ok(embedded.texts)
            }
            Err(error) if error.category == ErrorCategory::Cancelled => Err(Lack::Cancelled),
            Err(error) => {
                let (text, is_retryable) = (format!("There are no vectors: {error}"), is_worth_retrying(&error));
                Err(Lack::Reason { text, is_retryable })
            }
        }
    }
}

impl From<String> for Lack {
    fn from(text: String) -> Self {
        Self::Reason { text, is_retryable: false }
    }
}
