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

/// `None` where it was cancelled. Everything else that goes wrong is a reason to be unscored. What vectors cost is added to
/// `cost_usd`, also when it is cancelled in between.
pub(super) async fn measure(
    scorer: &Semantic,
    output: &str,
    row: &JsonMap,
    corpus: Option<Corpus<'_>>,
    asking: &Asking<'_>,
    cost_usd: &mut Option<f64>,
) -> Option<ScoreRecord> {
    let name = scorer.info().name.clone();
    match number(scorer, output, row, corpus, asking, cost_usd).await {
        Ok((score, explanation)) => Some(NamedScore { name, score, explanation }.into()),
        Err(Lack::Cancelled) => None,
        Err(Lack::Reason { text, is_retryable }) => {
            let named = NamedScore { name, score: Score::unscored(text), explanation: None };
            Some(ScoreRecord { is_retryable, ..named.into() })
        }
    }
}

async fn number(
    scorer: &Semantic,
    output: &str,
    row: &JsonMap,
    corpus: Option<Corpus<'_>>,
    asking: &Asking<'_>,
    cost_usd: &mut Option<f64>,
) -> Result<Scored, Lack> {
    let texts = scorer.texts(output, row)?;
    let frequencies = match corpus {
        _ if !scorer.reads_frequencies() => None,
        Some(corpus) => {
            let count = count(scorer, corpus.run, asking, cost_usd);
            Some(corpus.frequencies.get_or_try_init(|| count).await?)
        }
        None => return Err("`idf` counts the references of a run, and this is none".to_owned().into()),
    };
    let vectors = embed(scorer, texts, asking, cost_usd).await?;
    Ok(scorer.score(&vectors, frequencies))
}

/// How rare each token is among the references of all rows.
async fn count(
    scorer: &Semantic,
    run: &RunShape,
    asking: &Asking<'_>,
    cost_usd: &mut Option<f64>,
) -> Result<InverseDocumentFrequencies, Lack> {
    let mut frequencies = InverseDocumentFrequencies::default();
    for first in (0..run.num_rows).step_by(ROWS_AT_ONCE as usize) {
        let rows = first..run.num_rows.min(first + ROWS_AT_ONCE);
        let rows = asking.store.read(|connection| run_rows::window(connection, run.key, rows));
        let rows = rows.map_err(|err| err.to_string())?;
        // A row without a reference has none to count.
        let references: Vec<String> =
            rows.iter().flat_map(|row| scorer.references(&row.values).unwrap_or_default()).collect();
        for texts in references.chunks(REFERENCES_AT_ONCE) {
            let vectors = embed(scorer, texts.to_vec(), asking, cost_usd).await?;
            vectors.iter().for_each(|text| frequencies.add(&text.ids));
        }
    }
    Ok(frequencies)
}

async fn embed(
    scorer: &Semantic,
    texts: Vec<String>,
    asking: &Asking<'_>,
    cost_usd: &mut Option<f64>,
) -> Result<Vec<TextVectors>, Lack> {
    let (model, kind) = (scorer.model().clone(), scorer.vector_kind());
    let call = EmbedCall { model, texts, kind, use_cache: asking.use_cache };
    match asking.models.embed(call, asking.cancel).await {
        Ok(embedded) => {
            *cost_usd = total_usd([*cost_usd, embedded.cost_usd]);
            Ok(embedded.texts)
        }
        Err(error) if error.category == ErrorCategory::Cancelled => Err(Lack::Cancelled),
        Err(error) => {
            let (text, is_retryable) = (format!("There are no vectors: {error}"), is_worth_retrying(&error));
            Err(Lack::Reason { text, is_retryable })
        }
    }
}

impl From<String> for Lack {
    fn from(text: String) -> Self {
        Self::Reason { text, is_retryable: false }
    }
}
