//! Verbs of `stats`: statistics of records that come from anywhere. No workspace is needed.

use super::{Result, Studio};
use crate::metrics::statistics;
use atelier_types::api::{StatsAgreementRequest, StatsCompareRequest, StatsPowerRequest, StatsRankRequest};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::statistics::{AgreementReport, PairReport, PowerReport, RankingReport};

/// How far raters agree.
pub async fn agreement(studio: &Studio, request: StatsAgreementRequest) -> Result<AgreementReport> {
    studio
        .blocking(move || {
            statistics::agreement_report(&request.ratings).map_err(|err| {
                ApiError::new(ErrorKind::Invalid, "stats.rated_twice", "Failed to measure agreement")
                    .with_cause(err)
                    .with_action("Keep one rating for each item and rater.")
            })
        })
        .await
}

/// Players in order of strength.
pub async fn rank(studio: &Studio, request: StatsRankRequest) -> Result<RankingReport> {
    studio.blocking(move || Ok(statistics::ranking_report(&request.contests))).await
}

/// Candidate against baseline.
pub async fn compare(studio: &Studio, request: StatsCompareRequest) -> Result<PairReport> {
    studio.blocking(move || Ok(statistics::pair_report(&request.pairs, request.settings))).await
}

/// What so many rows can find, and how many rows it takes.
pub async fn power(studio: &Studio, request: StatsPowerRequest) -> Result<PowerReport> {
    studio.blocking(move || Ok(statistics::power_report(&request.pairs, request.settings))).await
}
