//! Whom the cells and scorers of a run ask, and which failures are worth asking again.

use super::models::Models;
use crate::store::Store;
use atelier_types::provider::{ErrorCategory, ProviderError};
use tokio_util::sync::CancellationToken;

/// Who is asked, and whether an answer may come from the store.
pub(super) struct Asking<'a> {
    pub models: &'a dyn Models,
    pub store: &'a Store,
    pub use_cache: bool,
    pub cancel: &'a CancellationToken,
}

/// `None` where no price is known of any of them.
pub(super) fn total_usd(costs: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    costs.into_iter().flatten().reduce(|sum, cost| sum + cost)
}

/// Whether a resumed run asks again. Beside what may pass by itself: what a person mends before resuming (a key, a
/// model's entry, a server that answered nonsense). What a model turned down it will turn down again.
pub(super) fn is_worth_retrying(error: &ProviderError) -> bool {
    let was_sent = error.status.is_some();
    match error.category {
        ErrorCategory::Auth | ErrorCategory::Protocol => true,
        ErrorCategory::BadRequest => !was_sent,
        _ => error.category.is_retryable(),
    }
}
