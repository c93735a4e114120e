//! A scorer of vectors at work on one output: the texts are sent to its model, and their vectors compared.

use super::asking::{Asking, is_worth_retrying};
use crate::calls::EmbedCall;
use crate::metrics::semantic::Semantic;
use crate::store::scores::ScoreRecord;
use atelier_types::JsonMap;
use atelier_types::provider::ErrorCategory;
use atelier_types::score::{NamedScore, Score};

/// A score with what its vectors cost.
pub(super) struct Measured {
    pub score: ScoreRecord,
    pub cost_usd: Option<f64>,
}

/// `None` where it was cancelled. Everything else that goes wrong is a reason to be unscored.
pub(super) async fn measure(scorer: &Semantic, output: &str, row: &JsonMap, asking: &Asking<'_>) -> Option<Measured> {
    let name = scorer.info().name.clone();
    let unscored = |reason: String, is_retryable| {
        let named = NamedScore { name: name.clone(), score: Score::unscored(reason), explanation: None };
        Some(Measured { score: ScoreRecord { is_retryable, ..named.into() }, cost_usd: None })
    };
    let texts = match scorer.texts(output, row) {
        Ok(texts) => texts,
        Err(reason) => return unscored(reason, false),
    };
    let (model, kind) = (scorer.model().clone(), scorer.vector_kind());
    let call = EmbedCall { model, texts, kind, use_cache: asking.use_cache };
    let embedded = match asking.models.embed(call, asking.cancel).await {
        Ok(embedded) => embedded,
        Err(error) if error.category == ErrorCategory::Cancelled => return None,
        Err(error) => return unscored(format!("There are no vectors: {error}"), is_worth_retrying(&error)),
    };
    let (score, explanation) = scorer.score(&embedded.texts);
    let score = NamedScore { name, score, explanation }.into();
    Some(Measured { score, cost_usd: embedded.cost_usd })
}
